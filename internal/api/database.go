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
func (c *Client) Databases(ctx context.Context) (databases []Database, err error) {
	err = c.fetch(ctx, &call{method: "GET", route: "/v3/database/list"}, func(b []byte) (err error) {
		databases, err = list[Database](b, "databases")
		return err
	})
	return databases, err
}
