// Package db implements the db:* commands.
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

// withName adds the database's name to a not-found error.
func withName(name string, err error) error { return tablecmd.DatabaseNotFound(name, err) }
