package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/api"
)

// Missing is the error for something that the server does not have, a user say; err is what the server said of
// it, or nil. The command list lists those that there are.
func Missing(kind, name string, err error, list string) error {
	what := fmt.Errorf("%s '%s' %w", kind, name, ErrMissing)
	if err != nil {
		what = fmt.Errorf("%w: %w", what, err)
	}
	return WithHint(what, "'td %s' lists the %ss", list, kind)
}

// NoDatabase is the error for a database that the server does not have; err is what
// the server said.
func NoDatabase(name string, err error) error {
	return WithHint(fmt.Errorf("database '%s' does not exist: %w", name, err), "'td db:list' lists the databases")
}

// NoTables says of an error why the tables of a database cannot be had.
func NoTables(ctx context.Context, client *api.Client, database string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return NoDatabase(database, err)
	case !errors.Is(err, api.ErrForbidden):
		return err
	}
	databases, lerr := client.Databases(ctx)
	importOnly := func(d api.Database) bool { return d.Name == database && d.Permission == "import_only" }
	if lerr == nil && slices.ContainsFunc(databases, importOnly) {
		return fmt.Errorf("database '%s' is import only, cannot list: %w", database, err)
	}
	return err
}

// NoTable is the error for a table that is not in its database.
func NoTable(database, name string) error {
	return WithHint(fmt.Errorf("table '%s.%s' %w", database, name, ErrMissing), "'td table:list %s' lists the tables", database)
}

// SchemaText is a schema as lists show it: "symbol:string, open:double".
func SchemaText(columns []api.Column) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = c.Name + ":" + c.Type
	}
	return strings.Join(texts, ", ")
}

// RawTable is a table as jsonl shows it: the API's names and types.
func RawTable(database string, t api.Table) any {
	schema := make([][]string, len(t.Schema))
	for i, c := range t.Schema {
		schema[i] = []string{c.Name, c.Type}
		if c.Alias != "" {
			schema[i] = append(schema[i], c.Alias)
		}
	}
	return struct {
		Database         string     `json:"database"`
		ID               string     `json:"id"`
		Name             string     `json:"name"`
		Type             string     `json:"type"`
		Count            int64      `json:"count"`
		StorageSize      int64      `json:"estimated_storage_size"`
		LastImport       api.Time   `json:"counter_updated_at"`
		LastLogTimestamp api.Time   `json:"last_log_timestamp"`
		ExpireDays       int        `json:"expire_days"`
		CreatedAt        api.Time   `json:"created_at"`
		UpdatedAt        api.Time   `json:"updated_at"`
		Schema           [][]string `json:"schema"`
	}{
		database, t.ID, t.Name, t.Type, t.Count, t.StorageSize, t.LastImport, t.LastLogTimestamp, t.ExpireDays,
		t.CreatedAt, t.UpdatedAt, schema,
	}
}
