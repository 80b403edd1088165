package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// A DeletedTable is a table that can be recovered.
type DeletedTable struct {
	Table
	Database  string
	DeletedAt Time
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *DeletedTable) UnmarshalJSON(b []byte) error {
	var w struct {
		Database  looseString `json:"database_name"`
		DeletedAt Time        `json:"deleted_at"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &t.Table); err != nil {
		return err
	}
	t.Database, t.DeletedAt = string(w.Database), w.DeletedAt
	return nil
}

// DeletedTables returns all tables that can be recovered, in the order of the service.
//
// API: GET /v3/table/deleted
func (c *Client) DeletedTables(ctx context.Context) ([]DeletedTable, error) {
	const pageSize = 100
	var all []DeletedTable
	query := url.Values{"page_size": {strconv.Itoa(pageSize)}}
	for {
		var page []DeletedTable
		var next struct {
			CursorID looseID `json:"cursor_id"`
		}
		err := c.fetch(ctx, &call{method: "GET", route: "/v3/table/deleted", query: query}, func(b []byte) (err error) {
			_ = unmarshal(b, &next) // a list without an object has one page
			page, err = decodeList[DeletedTable](b, "tables")
			return err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		cursor := string(next.CursorID)
		if cursor == "" || len(page) == 0 || cursor == query.Get("cursor_id") {
			return all, nil
		}
		query.Set("cursor_id", cursor)
	}
}

// RecoverTable restores a deleted table under a name, or under its former name if name is empty. It returns an
// [ErrConflict] if another table has the name.
//
// API: POST /v3/table/recover/:table_id
func (c *Client) RecoverTable(ctx context.Context, id, name string) error {
	form := url.Values{}
	setText(form, "table_name", name)
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/recover/:table_id", names: []string{id}, form: form, idempotent: true,
		deletion: true, // from the list of deleted tables
	})
}
