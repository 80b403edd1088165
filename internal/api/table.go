package api

import (
	"context"
	"encoding/json"
)

// A Table is an entry of a database's table list.
type Table struct {
	ID, Name, Type   string
	Count            int64    // number of records
	StorageSize      int64    // estimated size in bytes
	Schema           []Column // without the built-in columns time and v
	RawSchema        string   // the schema as received if it cannot be parsed; otherwise ""
	ExpireDays       int      // 0 if records do not expire
	IncludeV         bool
	DetectSchema     bool
	DeleteProtected  bool
	Description      string
	LastImport       Time // counter_updated_at
	LastLogTimestamp Time // time of the newest record
	CreatedAt        Time
	UpdatedAt        Time
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Table) UnmarshalJSON(b []byte) error {
	var w struct {
		ID               looseID
		Name, Type       looseString
		Count            Int
		StorageSize      Int `json:"estimated_storage_size"`
		Schema           json.RawMessage
		ExpireDays       Int       `json:"expire_days"`
		IncludeV         looseBool `json:"include_v"`
		DetectSchema     looseBool `json:"detect_schema"`
		DeleteProtected  looseBool `json:"delete_protected"`
		Description      looseString
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

// Tables returns the tables of a database.
//
// API: GET /v3/table/list/:db
func (c *Client) Tables(ctx context.Context, database string) ([]Table, error) {
	return fetchList[Table](ctx, c, &call{method: "GET", route: "/v3/table/list/:db", names: []string{database}}, "tables")
}

// SwapTables exchanges the contents of two tables. A swap that may have reached the server is not repeated, because
// a second swap undoes the first. After a [NetworkError] the IDs of the tables show whether it happened.
//
// API: POST /v3/table/swap/:db/:table1/:table2
func (c *Client) SwapTables(ctx context.Context, database, table1, table2 string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/swap/:db/:table1/:table2", names: []string{database, table1, table2},
		neverRepeat: true,
	})
}
