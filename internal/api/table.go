package api

import (
	"context"
	"encoding/json"
)

// A Table is one entry of a database's list.
type Table struct {
	ID, Name, Type   string
	Count            int64    // records
	StorageSize      int64    // bytes, estimated
	Schema           []Column // without the built-in columns time and v
	RawSchema        string   // the service's text when it is no schema, else empty
	ExpireDays       int      // 0: records never expire
	IncludeV         bool
	DetectSchema     bool
	DeleteProtected  bool
	Description      string
	LastImport       Time // counter_updated_at
	LastLogTimestamp Time // of the newest record
	CreatedAt        Time
	UpdatedAt        Time
}

// UnmarshalJSON reads a table as the service writes it.
func (t *Table) UnmarshalJSON(b []byte) error {
	var w struct {
		ID               id
		Name, Type       text
		Count            Int
		StorageSize      Int `json:"estimated_storage_size"`
		Schema           json.RawMessage
		ExpireDays       Int  `json:"expire_days"`
		IncludeV         flag `json:"include_v"`
		DetectSchema     flag `json:"detect_schema"`
		DeleteProtected  flag `json:"delete_protected"`
		Description      text
		LastImport       Time `json:"counter_updated_at"`
		LastLogTimestamp Time `json:"last_log_timestamp"`
		CreatedAt        Time `json:"created_at"`
		UpdatedAt        Time `json:"updated_at"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*t = Table{
		ID: string(w.ID), Name: string(w.Name), Type: string(w.Type),
		Count: w.Count.Value, StorageSize: w.StorageSize.Value, ExpireDays: int(w.ExpireDays.Value),
		IncludeV: bool(w.IncludeV), DetectSchema: bool(w.DetectSchema), DeleteProtected: bool(w.DeleteProtected),
		Description: string(w.Description),
		LastImport:  w.LastImport, LastLogTimestamp: w.LastLogTimestamp, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
	schema := schemaText(w.Schema)
	var err error
	if t.Schema, err = ParseSchema(schema); err != nil {
		t.RawSchema = schema
	}
	return nil
}

// Tables lists a database's tables: GET /v3/table/list/:db.
func (c *Client) Tables(ctx context.Context, database string) ([]Table, error) {
	return fetchList[Table](ctx, c, &call{method: "GET", route: "/v3/table/list/:db", names: []string{database}}, "tables")
}

// SwapTables exchanges the contents of two tables: POST /v3/table/swap/:db/:table1/:table2.
// A second swap undoes the first, so a swap that may have reached the server is not
// sent again; after a [NetworkError] the tables' IDs tell whether it happened.
func (c *Client) SwapTables(ctx context.Context, database, table1, table2 string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/swap/:db/:table1/:table2", names: []string{database, table1, table2},
		onlyOnce: true,
	})
}
