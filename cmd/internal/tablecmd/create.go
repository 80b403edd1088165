package tablecmd

import (
	"context"
	"errors"
	"slices"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Ensure creates a table and its database unless they exist, and reports what it created. It is not an error if
// another process creates them at the same time, or if this is a dry run.
func Ensure(ctx context.Context, env *cli.Env, client *api.Client, database, name string) error {
	tables, err := client.Tables(ctx, database)
	switch {
	case errors.Is(err, api.ErrNotFound):
		created, err := ignoreConflict(client.CreateDatabase(ctx, database))
		if err != nil {
			return err
		}
		if created {
			env.Say("Database '%s' is created.", database)
		}
	case err != nil:
		_, err = List(ctx, client, database) // names the database
		return err
	case slices.ContainsFunc(tables, func(t api.Table) bool { return t.Name == name }):
		return nil
	}
	created, err := ignoreConflict(client.CreateTable(ctx, database, name, api.TableOptions{}))
	if created {
		env.Say("Table '%s.%s' is created.", database, name)
	}
	return err
}

// ignoreConflict reports whether an object was created. That it exists already is not an error, nor is a dry run.
func ignoreConflict(err error) (created bool, _ error) {
	if errors.Is(err, api.ErrConflict) || errors.Is(err, api.ErrDryRun) {
		return false, nil
	}
	return err == nil, err
}
