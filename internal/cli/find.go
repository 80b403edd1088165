package cli

import (
	"context"

	"github.com/td-cli/td/internal/api"
)

// FindTable finds a table by its name. A missing one is ErrMissing, a missing database
// api.ErrNotFound.
func FindTable(ctx context.Context, client *api.Client, database, name string) (api.Table, error) {
	tables, err := client.Tables(ctx, database)
	if err != nil {
		return api.Table{}, NoTables(ctx, client, database, err)
	}
	for _, t := range tables {
		if t.Name == name {
			return t, nil
		}
	}
	return api.Table{}, NoTable(database, name)
}
