package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewPasswordChange returns the command password:change.
func NewPasswordChange(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "password:change",
		Short:   "Change your own password",
		Long:    "Change your own password. td asks for the old password once and for the new one twice.",
		Example: "  td password:change",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return changePassword(cmd.Context(), env)
		},
	}
}

func changePassword(ctx context.Context, env *cli.Env) error {
	if err := env.CheckSecrecy(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	old, err := env.OldPassword("Old password (typing will be hidden): ")
	if err != nil {
		return err
	}
	password, err := env.NewPassword("New password (typing will be hidden): ", "Retype new password: ")
	if err != nil {
		return err
	}
	if err := client.ChangePassword(ctx, old, password); err != nil {
		if errors.Is(err, api.ErrUnauthorized) {
			return fmt.Errorf("the old password is wrong: %w", err)
		}
		return err
	}
	env.Say("Password changed.")
	return nil
}
