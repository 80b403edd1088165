// Package user is the commands on the users of the account, their API keys and their
// passwords.
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

// explain names the user that an error is about; nil stays nil.
func explain(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return missing(name, err)
	case errors.Is(err, api.ErrConflict):
		return fmt.Errorf("user '%s' was not created: %w", name, err)
	}
	return err
}

// missing is the error for a user that the server does not have; err is what it said of
// it, or nil.
func missing(name string, err error) error {
	return cli.NotFound("user", name, "user:list", cmp.Or(err, api.ErrNotFound))
}
