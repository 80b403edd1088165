package api

import (
	"context"
	"net/url"
	"strconv"
)

// TableOptions are what a table can be told to do. Nil leaves an option as it is, or
// to the service.
type TableOptions struct {
	ExpireDays   *int  // days after which records go; 0: never
	IncludeV     *bool // the column v, for Hive
	DetectSchema *bool // columns that imports bring are added to the schema
}

func (o TableOptions) form() url.Values {
	form := url.Values{}
	setInt(form, "expire_days", o.ExpireDays)
	setBool(form, "include_v", o.IncludeV)
	setBool(form, "detect_schema", o.DetectSchema)
	return form
}

// CreateTable makes a table: POST /v3/table/create/:db/:table/log. One that exists is
// [ErrConflict].
func (c *Client) CreateTable(ctx context.Context, database, table string, o TableOptions) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/create/:db/:table/log", names: []string{database, table}, form: o.form(),
	})
}

// UpdateTable changes a table's options: POST /v3/table/update/:db/:table.
func (c *Client) UpdateTable(ctx context.Context, database, table string, o TableOptions) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/update/:db/:table", names: []string{database, table}, form: o.form(),
		harmless: true,
	})
}

// UpdateSchema replaces a table's schema: POST /v3/table/update-schema/:db/:table.
func (c *Client) UpdateSchema(ctx context.Context, database, table string, columns []Column) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/update-schema/:db/:table", names: []string{database, table},
		form: url.Values{"schema": {encodeSchema(columns)}}, harmless: true,
	})
}

// AppendSchema adds columns to a table's schema: POST /v3/table/append-schema/:db/:table.
func (c *Client) AppendSchema(ctx context.Context, database, table string, columns []Column) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/append-schema/:db/:table", names: []string{database, table},
		form: url.Values{"schema": {encodeSchema(columns)}},
	})
}

// DeleteTable removes a table and returns its type, if the service tells:
// POST /v3/table/delete/:db/:table.
func (c *Client) DeleteTable(ctx context.Context, database, table string) (tableType string, err error) {
	var answer struct{ Type text }
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/table/delete/:db/:table", names: []string{database, table}, gone: true,
	}, optional(&answer))
	return string(answer.Type), err
}

// RenameTable gives a table another name: POST /v3/table/rename/:db/:table/:new. With
// overwrite, a table that has the name already goes.
func (c *Client) RenameTable(ctx context.Context, database, table, name string, overwrite bool) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/rename/:db/:table/:new", names: []string{database, table, name},
		form: url.Values{"overwrite": {strconv.FormatBool(overwrite)}},
	})
}

// MoveTable moves a table to another database: POST /v3/table/change_database/:db/:table.
// A table of its name there is [ErrForbidden].
func (c *Client) MoveTable(ctx context.Context, database, table, to string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/table/change_database/:db/:table", names: []string{database, table},
		form: url.Values{"dest_database_name": {to}},
	})
}

// TailTable returns at most count recent records in a format, "msgpack" or "json":
// GET /v3/table/tail/:db/:table. MessagePack is a sequence of records, JSON an array of
// them; a record is a map from column to value, or an array. No records may be no bytes.
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
