package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command user:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "user:delete NAME",
		Short:       "Delete a user",
		Example:     "  td user:delete alice",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.User),
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
	if err := client.DeleteUser(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("User '%s' is deleted.", name)
	return nil
}
