package result

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command result:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "result:delete NAME",
		Short:       "Delete a saved result URL",
		Example:     "  td result:delete warehouse",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Result),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0])
		},
	}
}

func remove(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.DeleteSavedResult(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Result URL '%s' is deleted.", name)
	return nil
}
