package api

import (
	"context"
	"net/url"
	"strconv"
)

// TableOptions are the options of a table. A nil field is left unchanged or set to the service's default.
type TableOptions struct {
	ExpireDays   *int  // days after which records are deleted; 0 means never
	IncludeV     *bool // the column v, for Hive
	DetectSchema *bool // imports add new columns to the schema
}

func (o TableOptions) form() url.Values {
	form := url.Values{}
	setInt(form, "expire_days", o.ExpireDays)
	setBool(form, "include_v", o.IncludeV)
	setBool(form, "detect_schema", o.DetectSchema)
	return form
}

// CreateTable creates a table. It returns an [ErrConflict] if it exists.
//
// API: POST /v3/table/create/:db/:table/log
func (c *Client) CreateTable(ctx context.Context, database, table string, o TableOptions) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/create/:db/:table/log", names: []string{database, table}, form: o.form(),
	})
}

// UpdateTable changes a table's options.
//
// API: POST /v3/table/update/:db/:table
func (c *Client) UpdateTable(ctx context.Context, database, table string, o TableOptions) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/update/:db/:table", names: []string{database, table}, form: o.form(),
		idempotent: true,
	})
}

// UpdateSchema replaces a table's schema.
//
// API: POST /v3/table/update-schema/:db/:table
func (c *Client) UpdateSchema(ctx context.Context, database, table string, columns []Column) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/update-schema/:db/:table", names: []string{database, table},
		form: url.Values{"schema": {encodeSchema(columns)}}, idempotent: true,
	})
}

// AppendSchema adds columns to a table's schema.
//
// API: POST /v3/table/append-schema/:db/:table
func (c *Client) AppendSchema(ctx context.Context, database, table string, columns []Column) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/append-schema/:db/:table", names: []string{database, table},
		form: url.Values{"schema": {encodeSchema(columns)}},
	})
}

// DeleteTable deletes a table. It returns the type of the table if the response contains it.
//
// API: POST /v3/table/delete/:db/:table
func (c *Client) DeleteTable(ctx context.Context, database, table string) (tableType string, err error) {
	var answer struct{ Type looseString }
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/table/delete/:db/:table", names: []string{database, table}, deletion: true,
	}, decodeOptional(&answer))
	return string(answer.Type), err
}

// RenameTable renames a table. With overwrite it replaces an existing table of the new name.
//
// API: POST /v3/table/rename/:db/:table/:new
func (c *Client) RenameTable(ctx context.Context, database, table, name string, overwrite bool) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/rename/:db/:table/:new", names: []string{database, table, name},
		form: url.Values{"overwrite": {strconv.FormatBool(overwrite)}},
	})
}

// MoveTable moves a table to another database. It returns an [ErrForbidden] if that has a table of this name.
//
// API: POST /v3/table/change_database/:db/:table
func (c *Client) MoveTable(ctx context.Context, database, table, to string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/change_database/:db/:table", names: []string{database, table},
		form: url.Values{"dest_database_name": {to}},
	})
}

// TailTable returns at most count recent records in a format, "msgpack" or "json". MessagePack is a sequence of
// records, JSON an array. A record is a map from column to value, or an array. The body may be empty if there are no
// records.
//
// API: GET /v3/table/tail/:db/:table
func (c *Client) TailTable(ctx context.Context, database, table, format string, count int) (records []byte, err error) {
	err = c.fetch(ctx, &call{
		method: "GET", route: "/v3/table/tail/:db/:table", names: []string{database, table},
		query: url.Values{"format": {format}, "count": {strconv.Itoa(count)}},
	}, func(b []byte) error {
		records = b
		return nil
	})
	return records, err
}
