package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewAPIKeyList returns the command user:apikey:list.
func NewAPIKeyList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.Key]{
		Use:     "user:apikey:list NAME",
		Short:   "List the API keys of a user",
		Long:    "List the API keys of a user. They are printed in full: user:apikey:remove needs the whole key.",
		Example: "  td user:apikey:list alice",
		Args:    cobra.ExactArgs(1),
		Kinds:   []complete.Kind{complete.User},
		Fetch: func(ctx context.Context, args []string) ([]api.Key, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			keys, err := client.APIKeys(ctx, args[0])
			return keys, withName(args[0], err)
		},
		Columns: []listcmd.Column[api.Key]{{Title: "Key", Cell: func(k api.Key) any { return k.Value }}},
		Raw: func(k api.Key) any {
			return struct {
				Value string `json:"value"`
				Type  string `json:"type,omitempty"`
			}(k)
		},
		Empty: func(args []string) {
			env.Say("User '%s' has no API keys.", args[0])
			env.Say("Use 'td user:apikey:add %s' to add an API key.", args[0])
		},
	})
}
