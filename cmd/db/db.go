package db

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the db:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewList(env), NewShow(env), NewCreate(env), NewDelete(env)}
}

// missing names the database that an error says does not exist.
func missing(name string, err error) error {
	return tablecmd.DatabaseNotFound(name, err)
}

// exists names the database that an error says is there already.
func exists(name string, err error) error {
	return cli.AlreadyExists("database", name, err)
}
