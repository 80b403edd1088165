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
func NewPasswordChange(e *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "password:change",
		Short:   "Change your own password",
		Long:    "Change your own password. The old one is asked for, and the new one twice.",
		Example: "  td password:change",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return changePassword(cmd.Context(), e)
		},
	}
}

func changePassword(ctx context.Context, e *cli.Env) error {
	if err := e.CheckSecrecy(); err != nil {
		return err
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	old, err := e.OldPassword("Old password (typing will be hidden): ")
	if err != nil {
		return err
	}
	password, err := e.NewPassword("New password (typing will be hidden): ", "Retype new password: ")
	if err != nil {
		return err
	}
	if err := client.ChangePassword(ctx, old, password); err != nil {
		if errors.Is(err, api.ErrUnauthorized) {
			return fmt.Errorf("the old password was refused: %w", err)
		}
		return err
	}
	e.Say("Password changed.")
	return nil
}
