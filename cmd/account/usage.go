package account

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// NewUsage returns the command account:usage.
func NewUsage(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "account:usage [USER]",
		Short:       "Show how much the account stores",
		Example:     "  td account:usage",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.User),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				env.Warn("'%s' is ignored: the API key determines the account", args[0])
			}
			return usage(cmd.Context(), env)
		},
	}
}

func usage(ctx context.Context, env *cli.Env) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	account, err := client.Account(ctx)
	if err != nil {
		return err
	}
	env.Print("Storage:  %s", text.TableSize(account.StorageSize))
	return nil
}
