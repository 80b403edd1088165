package complete

import (
	"context"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Databases returns the names of the databases of the account, from its cache if that is fresh.
func Databases(ctx context.Context, e *cli.Env) []string {
	return texts(listCached(ctx, e, "databases", longLife, e.Client, listDatabases))
}

// Tables returns the names of the tables of a database.
func Tables(ctx context.Context, e *cli.Env, database string) []string {
	return texts(findTables(ctx, e, database))
}

// Columns returns the names of the columns of a table. The list may lack time, which every table has.
func Columns(ctx context.Context, e *cli.Env, database, table string) []string {
	return texts(findColumns(ctx, e, database, table))
}

func findColumns(ctx context.Context, e *cli.Env, database, table string) []candidate {
	return listCached(ctx, e, "columns "+database+"."+table, longLife, e.Client, func(ctx context.Context, c *api.Client) ([]candidate, error) {
		return listColumns(ctx, c, database, table)
	})
}

func texts(l []candidate) []string {
	words := make([]string, len(l))
	for i, c := range l {
		words[i] = c.text
	}
	return words
}
