package api

import (
	"context"
	"encoding/json"
)

// A Database is an entry of the account's database list.
type Database struct {
	Name                 string
	Count                int64 // number of records in all tables; may be out of date
	CreatedAt, UpdatedAt Time
	Permission           string // "administrator", "full_access", "import_only", "query_only" or another value; may be empty
	DeleteProtected      bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Database) UnmarshalJSON(b []byte) error {
	var w struct {
		Name            looseString
		Count           Int
		CreatedAt       Time `json:"created_at"`
		UpdatedAt       Time `json:"updated_at"`
		Permission      looseString
		DeleteProtected looseBool `json:"delete_protected"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*d = Database{
		Name: string(w.Name), Count: w.Count.Value, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
		Permission: string(w.Permission), DeleteProtected: bool(w.DeleteProtected),
	}
	return nil
}

// Databases returns the account's databases.
//
// API: GET /v3/database/list
func (c *Client) Databases(ctx context.Context) ([]Database, error) {
	return fetchList[Database](ctx, c, &call{method: "GET", route: "/v3/database/list"}, "databases")
}

// CreateDatabase creates a database. It returns an [ErrConflict] if it exists.
//
// API: POST /v3/database/create/:db
func (c *Client) CreateDatabase(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/database/create/:db", names: []string{name}})
}

// DeleteDatabase deletes a database and all its tables.
//
// API: POST /v3/database/delete/:db
func (c *Client) DeleteDatabase(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/database/delete/:db", names: []string{name}, deletion: true})
}
