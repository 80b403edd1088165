package tablecmd

import (
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/text"
)

// SchemaText formats a schema for lists: "symbol:string, open:double".
func SchemaText(columns []api.Column) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = c.Name + ":" + c.Type
	}
	return strings.Join(texts, ", ")
}

// FormatRecords formats a number of records, such as "5,000 records".
func FormatRecords(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return text.Commas(n) + " records"
}

// RawTable returns a table for jsonl, with the names and types of the API.
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
