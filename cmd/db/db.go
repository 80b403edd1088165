package db

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the db:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewList(env), NewShow(env), NewCreate(env), NewDelete(env)}
}

// missing names the database that an error says does not exist.
func missing(name string, err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return cli.NoDatabase(name, err)
	}
	return err
}

// exists names the database that an error says is there already.
func exists(name string, err error) error {
	if errors.Is(err, api.ErrConflict) {
		return fmt.Errorf("database '%s' already exists: %w", name, err)
	}
	return err
}
