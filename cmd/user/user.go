// Package user implements the user:* commands, which manage the users of the account, their
// API keys and their passwords.
package user

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the user:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{
		NewList(env), NewShow(env), NewCreate(env), NewDelete(env), NewAPIKeyList(env),
		NewAPIKeyAdd(env), NewAPIKeyRemove(env), NewPasswordChange(env),
	}
}

// withName adds the user's name to a not-found or conflict error.
func withName(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return notFound(name, err)
	case errors.Is(err, api.ErrConflict):
		return fmt.Errorf("user '%s' was not created: %w", name, err)
	}
	return err
}

// notFound returns the error for a user that does not exist. The server's error err may be
// nil.
func notFound(name string, err error) error {
	return cli.NotFound("user", name, "user:list", cmp.Or(err, api.ErrNotFound))
}
