package tablecmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// CheckDeletable returns a [cli.StateError] if a table of the database is protected from deletion.
func CheckDeletable(database string, tables ...api.Table) error {
	var protected []string
	for _, t := range tables {
		if t.DeleteProtected {
			protected = append(protected, "'"+database+"."+t.Name+"'")
		}
	}
	switch len(protected) {
	case 0:
		return nil
	case 1:
		return protectedError("table " + protected[0] + " is")
	}
	return protectedError("tables " + strings.Join(protected, ", ") + " are")
}

// CheckDatabaseDeletable returns a [cli.StateError] if the database or one of its tables is protected from deletion.
func CheckDatabaseDeletable(d api.Database, tables []api.Table) error {
	if d.DeleteProtected {
		return protectedError("database '" + d.Name + "' is")
	}
	return CheckDeletable(d.Name, tables...)
}

func protectedError(subject string) error {
	return cli.WithHint(cli.StateError{Err: errors.New(subject + " protected from deletion; nothing was deleted")},
		"remove the protection in the settings of the database or the table in the Console; there is no flag to override it")
}

// UndeleteCommand returns the command that restores a deleted table. The ID may be empty; with an ID the command restores
// this table even if another one of its name is deleted later.
func UndeleteCommand(database, name, id string) string {
	if id != "" {
		return "td table:undelete --id " + id
	}
	return fmt.Sprintf("td table:undelete %s %s", cli.QuoteArgument(database), cli.QuoteArgument(name))
}
