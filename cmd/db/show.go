package db

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// NewShow returns the command db:show.
func NewShow(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:         "db:show DB",
		Aliases:     []string{"db", "database", "database:show"},
		Short:       "Show the tables of a database",
		Example:     "  td db:show sample_datasets",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Database),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), env, format, args[0])
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func show(ctx context.Context, env *cli.Env, format cli.ListFormat, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	tables, err := client.Tables(ctx, name)
	if err != nil {
		return cli.NoTables(ctx, client, name, err)
	}
	slices.SortStableFunc(tables, func(a, b api.Table) int {
		return cmp.Or(cmp.Compare(len(a.Type), len(b.Type)), cmp.Compare(a.Name, b.Name))
	})
	l := grid.List{Columns: []string{"Table", "Type", "Count", "Schema"}}
	for _, t := range tables {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{t.Name, t.Type, t.Count, cli.SchemaText(t.Schema)},
			Raw:   cli.RawTable(name, t),
		})
	}
	return env.PrintList(l, format)
}
