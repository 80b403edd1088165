// Package db implements the db:* commands.
package db

import (
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/tablecmd"
)

// Commands returns the db:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "db:list", Aliases: []string{"dbs", "databases", "database:list", "show-databases", "show-dbs"}, New: NewList, ReadOnly: true},
		{Name: "db:show", Aliases: []string{"db", "database", "database:show"}, New: NewShow, ReadOnly: true},
		{Name: "db:create", Aliases: []string{"database:create", "create-database", "create-db"}, New: NewCreate},
		{Name: "db:delete", Aliases: []string{"database:delete", "drop-database", "drop-db", "delete-database", "delete-db"}, New: NewDelete},
	}
}

// withName adds the database's name to a not-found error.
func withName(name string, err error) error { return tablecmd.DatabaseNotFound(name, err) }
