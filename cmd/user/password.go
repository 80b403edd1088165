package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewPasswordChange returns the command user:password:change.
func NewPasswordChange(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "user:password:change NAME",
		Short:       "Change the password of another user",
		Long:        "Change the password of another user. td asks for it twice. Only administrators may do this.",
		Example:     "  td user:password:change alice",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.User),
		RunE: func(cmd *cobra.Command, args []string) error {
			return changePassword(cmd.Context(), env, args[0])
		},
	}
}

func changePassword(ctx context.Context, env *cli.Env, name string) error {
	if err := env.CheckSecrecy(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	password, err := env.NewPassword("New password (typing will be hidden): ", "Retype new password: ")
	if err != nil {
		return err
	}
	if err := client.ChangeUserPassword(ctx, name, password); err != nil {
		return withName(name, err)
	}
	env.Say("Password of user '%s' changed.", name)
	return nil
}
