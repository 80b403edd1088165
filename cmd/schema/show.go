package schema

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// NewShow returns the command schema:show.
func NewShow(env *cli.Env) *cobra.Command {
	var format cli.ListFormat
	cmd := &cobra.Command{
		Use:         "schema:show DB TABLE",
		Short:       "Show the schema of a table",
		Example:     "  td schema:show sample_datasets www_access\n  td schema:show sample_datasets www_access -f csv",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), env, format, args[0], args[1])
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func show(ctx context.Context, env *cli.Env, format cli.ListFormat, database, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	t, err := tablecmd.Find(ctx, client, database, name)
	if err != nil {
		return err
	}
	if t.RawSchema != "" {
		env.Warn("cannot parse the schema of '%s.%s': %s", database, name, t.RawSchema)
	}
	if format.Format != "" {
		l := grid.List{Columns: []string{"Name", "Type", "Alias"}}
		for _, c := range t.Schema {
			row := grid.Row{Cells: []any{c.Name, c.Type, nil}, Raw: c}
			if c.Alias != "" {
				row.Cells[2] = c.Alias
			}
			l.Rows = append(l.Rows, row)
		}
		return env.PrintList(l, format)
	}
	env.Print("%s.%s (", database, name)
	for _, c := range t.Schema {
		env.Print("  %s", formatColumn(c))
	}
	env.Print(")")
	return nil
}
