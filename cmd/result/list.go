package result

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/redact"
)

// NewList returns the command result:list.
func NewList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.SavedResult]{
		Use:     "result:list",
		Short:   "List the saved result URLs",
		Long:    "List the saved result URLs. Passwords in them are not shown.",
		Example: "  td result:list\n  td result:list -f csv",
		Fetch: func(ctx context.Context, _ []string) ([]api.SavedResult, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			results, err := client.SavedResults(ctx)
			slices.SortStableFunc(results, func(a, b api.SavedResult) int { return cmp.Compare(a.Name, b.Name) })
			return results, err
		},
		Columns: []listcmd.Column[api.SavedResult]{
			{Title: "Name", Cell: func(r api.SavedResult) any { return r.Name }},
			{Title: "URL", Cell: func(r api.SavedResult) any { return redact.Text(r.URL) }},
		},
		Raw: func(r api.SavedResult) any {
			return struct {
				Name string `json:"name"`
				URL  string `json:"url"`
			}{r.Name, redact.Text(r.URL)}
		},
		Empty: func([]string) {
			env.Say("There are no result URLs.")
			env.Say("Use 'td result:create <name> <URL>' to create a result URL.")
		},
	})
}
