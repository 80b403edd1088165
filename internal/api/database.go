package api

import (
	"context"
	"encoding/json"
)

// A Database is one entry of the account's list.
type Database struct {
	Name                 string
	Count                int64 // records in all its tables, as far as the service counts them
	CreatedAt, UpdatedAt Time
	Permission           string // "administrator", "full_access", "import_only", "query_only" …; may be empty
	DeleteProtected      bool
}

// UnmarshalJSON reads a database as the service writes it.
func (d *Database) UnmarshalJSON(b []byte) error {
	var w struct {
		Name            text
		Count           Int
		CreatedAt       Time `json:"created_at"`
		UpdatedAt       Time `json:"updated_at"`
		Permission      text
		DeleteProtected flag `json:"delete_protected"`
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

// Databases lists the account's databases: GET /v3/database/list.
func (c *Client) Databases(ctx context.Context) ([]Database, error) {
	return fetchList[Database](ctx, c, &call{method: "GET", route: "/v3/database/list"}, "databases")
}

// CreateDatabase makes a database: POST /v3/database/create/:db. One that exists is
// [ErrConflict].
func (c *Client) CreateDatabase(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/database/create/:db", names: []string{name}})
}

// DeleteDatabase removes a database with all its tables: POST /v3/database/delete/:db.
func (c *Client) DeleteDatabase(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/database/delete/:db", names: []string{name}, gone: true})
}
