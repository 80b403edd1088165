// Package tablecmd contains code that is shared by the commands that name a table: lookup, creation on demand,
// checks of names, and how a table is shown.
package tablecmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Find returns a table by its name. If the table or its database does not exist, the error is a
// [cli.NotFoundError] that names it.
func Find(ctx context.Context, client *api.Client, database, name string) (api.Table, error) {
	tables, err := List(ctx, client, database)
	if err != nil {
		return api.Table{}, err
	}
	for _, t := range tables {
		if t.Name == name {
			return t, nil
		}
	}
	return api.Table{}, NotFound(database, name, api.ErrNotFound)
}

// List returns the tables of a database. The error names the database if it does not exist, or if it accepts
// imports only.
func List(ctx context.Context, client *api.Client, database string) ([]api.Table, error) {
	tables, err := client.Tables(ctx, database)
	if errors.Is(err, api.ErrForbidden) {
		databases, listErr := client.Databases(ctx)
		importOnly := func(d api.Database) bool { return d.Name == database && d.Permission == "import_only" }
		if listErr == nil && slices.ContainsFunc(databases, importOnly) {
			return nil, fmt.Errorf("database '%s' is import only, cannot list: %w", database, err)
		}
	}
	return tables, DatabaseNotFound(database, err)
}

// NotFound returns a [cli.NotFoundError] for the table if err is an [api.ErrNotFound], and err otherwise.
func NotFound(database, name string, err error) error {
	return cli.NotFound("table", database+"."+name, "table:list "+database, err)
}

// DatabaseNotFound returns a [cli.NotFoundError] for the database if err is an [api.ErrNotFound], and err otherwise.
func DatabaseNotFound(database string, err error) error {
	return cli.NotFound("database", database, "db:list", err)
}

// ExplainNotFound replaces an [api.ErrNotFound] of a request that names a table by an error that names what
// does not exist, the table or its database. Other errors are returned unchanged.
func ExplainNotFound(ctx context.Context, client *api.Client, database, name string, err error) error {
	if !errors.Is(err, api.ErrNotFound) {
		return err
	}
	if _, found := Find(ctx, client, database, name); found != nil {
		return found
	}
	return err
}
