// Package user is the commands on the users of the account, their API keys and their
// passwords.
package user

import (
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// explain names the user that an error is about; nil stays nil.
func explain(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound), errors.Is(err, cli.ErrMissing):
		return cli.WithHint(fmt.Errorf("user '%s' does not exist: %w", name, err), "'td user:list' lists the users")
	case errors.Is(err, api.ErrConflict):
		return fmt.Errorf("user '%s' was not created: %w", name, err)
	}
	return err
}
