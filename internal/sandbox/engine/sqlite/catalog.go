package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// A column is a stored column.
type column struct {
	name     string // key in records
	sql      string // name in statements and in the SQLite table
	typ      string // logical type in Trino's spelling
	position int64
}

// A catalog implements translate.Catalog for one statement. It reads each database on first use and
// keeps its generation, so that a change between translation and execution is detected.
type catalog struct {
	engine    *Engine
	ctx       context.Context
	databases map[string]*databaseInfo
	err       error // first error while reading a database
}

type databaseInfo struct {
	generation int64
	tables     []string
	columns    map[string][]translate.Column
	hidesTime  map[string]bool
	views      map[string]translate.View
}

var _ translate.Catalog = (*catalog)(nil)

func newCatalog(ctx context.Context, e *Engine) *catalog {
	return &catalog{engine: e, ctx: ctx, databases: map[string]*databaseInfo{}}
}

// Databases implements translate.Catalog.
func (c *catalog) Databases() []string {
	names, err := c.engine.files.databases()
	if err != nil && c.err == nil {
		c.err = err
	}
	return names
}

// Tables implements translate.Catalog.
func (c *catalog) Tables(database string) ([]string, bool) {
	d := c.load(database)
	if d == nil {
		return nil, false
	}
	return d.tables, true
}

// Columns implements translate.Catalog.
func (c *catalog) Columns(database, table string) ([]translate.Column, bool) {
	d := c.load(database)
	if d == nil {
		return nil, false
	}
	columns, ok := d.columns[table]
	return columns, ok
}

// HidesTime implements translate.Catalog.
func (c *catalog) HidesTime(database, table string) bool {
	d := c.load(database)
	return d != nil && d.hidesTime[table]
}

// load returns the description of a database, or nil if it does not exist or cannot be read.
func (c *catalog) load(database string) *databaseInfo {
	if d, ok := c.databases[database]; ok {
		return d
	}
	d := &databaseInfo{columns: map[string][]translate.Column{}, hidesTime: map[string]bool{}, views: map[string]translate.View{}}
	err := c.engine.view(c.ctx, database, func(t *tx) error {
		if err := t.row(`SELECT generation FROM @"td$database"`).Scan(&d.generation); err != nil {
			return err
		}
		err := t.each(func(r *sql.Rows) error {
			var table string
			var name, typ sql.NullString
			var position sql.NullInt64
			if err := r.Scan(&table, &name, &typ, &position); err != nil {
				return err
			}
			if n := len(d.tables); n == 0 || d.tables[n-1] != table {
				d.tables = append(d.tables, table)
				d.columns[table] = []translate.Column{}
			}
			if name.Valid {
				d.columns[table] = append(d.columns[table], translate.Column{Name: name.String, Type: typ.String})
				d.hidesTime[table] = d.hidesTime[table] || position.Int64 == timeHidden
			}
			return nil
		}, `SELECT t.name, c.sql, c.type, c.position FROM @"td$tables" t LEFT JOIN @"td$columns" c ON c.table_id = t.id
			WHERE t.name IS NOT NULL ORDER BY t.name, c.position`)
		if err != nil {
			return err
		}
		return t.loadViews(d)
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

// incrementGeneration records that names or columns of the database changed.
func (t *tx) incrementGeneration() error {
	return t.exec(`UPDATE @"td$database" SET generation = generation + 1, updated_at = ?`, now())
}

// tableID returns the ID of a table.
func (t *tx) tableID(database, name string) (id int64, err error) {
	err = t.row(`SELECT id FROM @"td$tables" WHERE name = ?`, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("table '%s.%s' %w", database, name, engine.ErrNotFound)
	}
	return id, err
}

// columns returns the columns of a table in order.
func (t *tx) columns(id int64) ([]column, error) {
	var list []column
	err := t.each(func(r *sql.Rows) error {
		var c column
		if err := r.Scan(&c.name, &c.sql, &c.typ, &c.position); err != nil {
			return err
		}
		list = append(list, c)
		return nil
	}, `SELECT name, sql, type, position FROM @"td$columns" WHERE table_id = ? ORDER BY position`, id)
	return list, err
}
