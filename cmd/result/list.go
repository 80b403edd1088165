package result

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// NewList returns the command result:list.
func NewList(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     "result:list",
		Aliases: []string{"results"},
		Short:   "List the saved result URLs",
		Long:    "List the saved result URLs. Passwords in them are not shown.",
		Example: "  td result:list\n  td result:list -f csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return list(cmd.Context(), env, format)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func list(ctx context.Context, env *cli.Env, format cli.ListFormat) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	results, err := client.SavedResults(ctx)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		env.Say("There are no result URLs.")
		env.Say("Use 'td result:create <name> <URL>' to create a result URL.")
	}
	slices.SortStableFunc(results, func(a, b api.SavedResult) int { return cmp.Compare(a.Name, b.Name) })
	l := grid.List{Columns: []string{"Name", "URL"}}
	for _, r := range results {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{r.Name, api.RedactURL(r.URL)}, Raw: raw(r)})
	}
	return env.PrintList(l, format)
}
