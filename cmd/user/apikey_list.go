package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// NewAPIKeyList returns the command user:apikey:list.
func NewAPIKeyList(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:         "user:apikey:list NAME",
		Aliases:     []string{"user:apikey", "user:apikeys"},
		Short:       "List the API keys of a user",
		Long:        "List the API keys of a user. They are printed in full: user:apikey:remove asks for one.",
		Example:     "  td user:apikey:list alice",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.User),
		RunE: func(cmd *cobra.Command, args []string) error {
			return listKeys(cmd.Context(), env, format, args[0])
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

// rawKey is a key as jsonl shows it: the API's names and types.
type rawKey struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

func listKeys(ctx context.Context, env *cli.Env, format cli.ListFormat, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	keys, err := client.APIKeys(ctx, name)
	if err != nil {
		return explain(name, err)
	}
	if len(keys) == 0 {
		env.Say("User '%s' has no API keys.", name)
		env.Say("Use 'td user:apikey:add %s' to add an API key.", name)
	}
	l := grid.List{Columns: []string{"Key"}}
	for _, k := range keys {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{k.Value}, Raw: rawKey(k)})
	}
	return env.PrintList(l, format)
}
