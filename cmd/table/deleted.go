package table

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// NewDeleted returns the command table:deleted.
func NewDeleted(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.DeletedTable]{
		Use:   "table:deleted [DB]",
		Short: "List the deleted tables that can be restored",
		Long: `List the deleted tables of one database or of all databases that can be restored, the last deleted
first. table:undelete restores them. The service keeps a deleted table for some days.`,
		Example: "  td table:deleted web\n  td table:deleted -f jsonl",
		Args:    cobra.MaximumNArgs(1),
		Kinds:   []complete.Kind{complete.Database},
		Fetch: func(ctx context.Context, args []string) ([]api.DeletedTable, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			return fetchDeleted(ctx, client, args...)
		},
		Columns: []listcmd.Column[api.DeletedTable]{
			{Title: "ID", Cell: func(t api.DeletedTable) any { return t.ID }},
			{Title: "Database", Cell: func(t api.DeletedTable) any { return t.Database }},
			{Title: "Table", Cell: func(t api.DeletedTable) any { return t.Name }},
			{Title: "Count", Cell: func(t api.DeletedTable) any { return grid.Shown{Table: text.Commas(t.Count), Plain: t.Count} }},
			{Title: "Size", Cell: func(t api.DeletedTable) any { return text.TableSize(t.StorageSize) }},
			listcmd.LocalTime("Deleted at", func(t api.DeletedTable) time.Time { return t.DeletedAt.Time }),
			{Title: "Schema", Cell: func(t api.DeletedTable) any { return tablecmd.SchemaText(t.Schema) }},
		},
		Optional: []string{"Schema", "Size"},
		Raw:      rawDeleted,
		Empty: func(args []string) {
			if len(args) == 1 {
				env.Say("Database '%s' has no deleted tables that can be restored.", args[0])
			} else {
				env.Say("There are no deleted tables that can be restored.")
			}
		},
	})
}

// fetchDeleted returns the deleted tables of a database, or of all, the last deleted first.
func fetchDeleted(ctx context.Context, client *api.Client, databases ...string) ([]api.DeletedTable, error) {
	tables, err := client.DeletedTables(ctx)
	if err != nil {
		return nil, err
	}
	if len(databases) > 0 {
		tables = slices.DeleteFunc(tables, func(t api.DeletedTable) bool { return !slices.Contains(databases, t.Database) })
	}
	slices.SortStableFunc(tables, func(a, b api.DeletedTable) int {
		return cmp.Or(b.DeletedAt.Compare(a.DeletedAt.Time), cmp.Compare(a.Database, b.Database), cmp.Compare(a.Name, b.Name))
	})
	return tables, nil
}

// rawDeleted returns a table for jsonl, with the names and types of the API.
func rawDeleted(t api.DeletedTable) any {
	return struct {
		ID          string   `json:"id"`
		Database    string   `json:"database_name"`
		Name        string   `json:"name"`
		Count       int64    `json:"count"`
		StorageSize int64    `json:"estimated_storage_size"`
		CreatedAt   api.Time `json:"created_at"`
		DeletedAt   api.Time `json:"deleted_at"`
	}{t.ID, t.Database, t.Name, t.Count, t.StorageSize, t.CreatedAt, t.DeletedAt}
}
