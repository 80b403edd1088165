package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// A column is a column as it is stored.
type column struct {
	name string // in records
	sql  string // in statements, and in the file
	typ  string // logical, Trino's spelling
	at   int64  // position
}

// A catalog answers a translation from the databases' files. Each is read once,
// when it is first asked for, and remembered with its generation, so that the
// statement can be refused a run on anything else.
type catalog struct {
	engine    *Engine
	ctx       context.Context
	databases map[string]*described
	err       error // what kept a database from being read
}

type described struct {
	generation int64
	tables     []string
	columns    map[string][]translate.Column
}

var _ translate.Catalog = (*catalog)(nil)

func (e *Engine) catalog(ctx context.Context) *catalog {
	return &catalog{engine: e, ctx: ctx, databases: map[string]*described{}}
}

// Databases implements translate.Catalog.
func (c *catalog) Databases() []string {
	names, err := c.engine.names()
	if err != nil && c.err == nil {
		c.err = err
	}
	return names
}

// Tables implements translate.Catalog.
func (c *catalog) Tables(database string) ([]string, bool) {
	d := c.describe(database)
	if d == nil {
		return nil, false
	}
	return d.tables, true
}

// Columns implements translate.Catalog.
func (c *catalog) Columns(database, table string) ([]translate.Column, bool) {
	d := c.describe(database)
	if d == nil {
		return nil, false
	}
	columns, ok := d.columns[table]
	return columns, ok
}

// describe reads a database; nil when there is none.
func (c *catalog) describe(database string) *described {
	if d, ok := c.databases[database]; ok {
		return d
	}
	d := &described{columns: map[string][]translate.Column{}}
	err := c.engine.view(c.ctx, database, func(t *tx) error {
		if err := t.row(`SELECT generation FROM @"td$database"`).Scan(&d.generation); err != nil {
			return err
		}
		return t.each(func(r *sql.Rows) error {
			var table string
			var name, typ sql.NullString
			if err := r.Scan(&table, &name, &typ); err != nil {
				return err
			}
			if n := len(d.tables); n == 0 || d.tables[n-1] != table {
				d.tables = append(d.tables, table)
				d.columns[table] = []translate.Column{}
			}
			if name.Valid {
				d.columns[table] = append(d.columns[table], translate.Column{Name: name.String, Type: typ.String})
			}
			return nil
		}, `SELECT t.name, c.sql, c.type FROM @"td$tables" t LEFT JOIN @"td$columns" c ON c.table_id = t.id
			WHERE t.name IS NOT NULL ORDER BY t.name, c.position`)
	})
	if err != nil {
		d = nil
		if !isNotFound(err) && c.err == nil {
			c.err = err
		}
	}
	c.databases[database] = d
	return d
}

// changed raises the generation of the transaction's database.
func (t *tx) changed() error {
	return t.exec(`UPDATE @"td$database" SET generation = generation + 1, updated_at = ?`, now())
}

// table finds a table by name.
func (t *tx) table(database, name string) (id int64, err error) {
	err = t.row(`SELECT id FROM @"td$tables" WHERE name = ?`, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("table '%s.%s' %w", database, name, engine.ErrNotFound)
	}
	return id, err
}

// columns lists a table's columns in order.
func (t *tx) columns(id int64) ([]column, error) {
	var list []column
	err := t.each(func(r *sql.Rows) error {
		var c column
		if err := r.Scan(&c.name, &c.sql, &c.typ, &c.at); err != nil {
			return err
		}
		list = append(list, c)
		return nil
	}, `SELECT name, sql, type, position FROM @"td$columns" WHERE table_id = ? ORDER BY position`, id)
	return list, err
}
