// Package user implements the user:* commands, which manage the users of the account, their
// API keys and their passwords.
package user

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the user:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "user:list", Aliases: []string{"users"}, New: NewList, ReadOnly: true},
		{Name: "user:show", Aliases: []string{"user"}, New: NewShow, ReadOnly: true},
		{Name: "user:create", New: NewCreate},
		{Name: "user:delete", New: NewDelete},
		{Name: "user:apikey:list", Aliases: []string{"user:apikey", "user:apikeys"}, New: NewAPIKeyList, ReadOnly: true},
		{Name: "user:apikey:add", New: NewAPIKeyAdd},
		{Name: "user:apikey:remove", New: NewAPIKeyRemove},
		{Name: "user:password:change", New: NewPasswordChange},
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
