package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// deletedRetention is the time during which a dropped table can be restored.
const deletedRetention = 14 * 24 * time.Hour

const tableFields = `id, coalesce(name, ''), records, bytes, created_at, updated_at, last_import,
	expire_days, include_v, detect_schema, coalesce(deleted_at, 0), coalesce(deleted_name, '')`

// Tables returns the tables of a database, sorted by name.
func (e *Engine) Tables(ctx context.Context, database string) ([]engine.Table, error) {
	var list []engine.Table
	err := e.view(ctx, database, func(t *tx) (err error) {
		list, err = t.tables(`WHERE name IS NOT NULL ORDER BY name`)
		return err
	})
	return list, err
}

// Table returns a table of a database.
func (e *Engine) Table(ctx context.Context, database, name string) (engine.Table, error) {
	var list []engine.Table
	err := e.view(ctx, database, func(t *tx) (err error) {
		list, err = t.tables(`WHERE name = ?`, name)
		return err
	})
	if err != nil {
		return engine.Table{}, err
	}
	if len(list) == 0 {
		return engine.Table{}, fmt.Errorf("table '%s.%s' %w", database, name, engine.ErrNotFound)
	}
	return list[0], nil
}

// tables returns the tables that match a WHERE clause.
func (t *tx) tables(where string, args ...any) ([]engine.Table, error) {
	list := []engine.Table{}
	err := t.each(func(r *sql.Rows) error {
		var x engine.Table
		var created, updated, imported, deleted int64
		err := r.Scan(&x.ID, &x.Name, &x.Records, &x.StorageSize, &created, &updated, &imported,
			&x.ExpireDays, &x.IncludeV, &x.DetectSchema, &deleted, &x.DeletedDBName)
		if err != nil {
			return err
		}
		if x.Name == "" {
			x.Name = x.DeletedDBName
		}
		x.DeletedDBName = ""
		x.CreatedAt, x.UpdatedAt = unixMilli(created), unixMilli(updated)
		x.LastImport, x.DeletedAt = unixMilli(imported), unixMilli(deleted)
		list = append(list, x)
		return nil
	}, `SELECT `+tableFields+` FROM @"td$tables" `+where, args...)
	if err != nil {
		return nil, err
	}
	if err := t.readSchemas(list); err != nil {
		return nil, err
	}
	return list, nil
}

// readSchemas sets the schemas and the last log times of tables.
func (t *tx) readSchemas(list []engine.Table) error {
	query, args := `SELECT table_id, name, sql, type FROM @"td$columns" `, []any{}
	if len(list) == 1 {
		query, args = query+`WHERE table_id = ? `, append(args, list[0].ID)
	}
	index := map[int64]int{} // position in list by ID
	for i := range list {
		index[list[i].ID], list[i].Schema = i, []engine.Column{}
	}
	var timed []int // indexes of the tables with integer times
	err := t.each(func(r *sql.Rows) error {
		var id int64
		var c column
		if err := r.Scan(&id, &c.name, &c.sql, &c.typ); err != nil {
			return err
		}
		i, ok := index[id]
		switch {
		case !ok:
		case c.name != "time":
			x := engine.Column{Name: c.name, Type: schema.StorageType(c.typ)}
			if c.sql != c.name {
				x.Alias = c.sql
			}
			list[i].Schema = append(list[i].Schema, x)
		case affinity(c.typ) == "INTEGER" && list[i].DeletedAt.IsZero() && list[i].Records > 0:
			timed = append(timed, i)
		}
		return nil
	}, query+`ORDER BY table_id, position`, args...)
	if err != nil {
		return err
	}
	const maxTerms = 400 // SQLite's limit is 500
	for terms := range slices.Chunk(timed, maxTerms) {
		if err := t.readLastTimes(list, terms); err != nil {
			return err
		}
	}
	return nil
}

// readLastTimes sets the last log times of the tables with the given indexes.
func (t *tx) readLastTimes(list []engine.Table, indexes []int) error {
	terms := make([]string, len(indexes))
	for n, i := range indexes {
		terms[n] = fmt.Sprintf(`SELECT %d, max("time") FROM @%s`, i, quote(list[i].Name))
	}
	return t.each(func(r *sql.Rows) error {
		var i int
		var newest sql.NullInt64
		if err := r.Scan(&i, &newest); err != nil {
			return err
		}
		if newest.Valid {
			list[i].LastLogTime = time.Unix(newest.Int64, 0).UTC()
		}
		return nil
	}, strings.Join(terms, " UNION ALL "))
}

// nextID returns a new table ID. All databases share one sequence, so that IDs are unique.
func (e *Engine) nextID(ctx context.Context) (id int64, err error) {
	err = e.updateShared(ctx, func(t *tx) error {
		if err := t.exec(`UPDATE sequence SET last = last + 1`); err != nil {
			return err
		}
		return t.row(`SELECT last FROM sequence`).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("next table id: %w", err)
	}
	return id, nil
}

// CreateTable creates an empty table with a time column.
func (e *Engine) CreateTable(ctx context.Context, database, table string, o engine.TableOptions) error {
	columns := []column{timeColumn()}
	if o.Schema != nil {
		schema, err := planSchema(*o.Schema, nil)
		if err != nil {
			return err
		}
		columns = append(schema, columns...)
	}
	id, err := e.newTable(ctx, table)
	if err != nil {
		return err
	}
	return e.update(ctx, database, func(t *tx) error {
		if err := t.createTable(id, database, table, columns); err != nil {
			return err
		}
		return t.setOptions(id, o)
	})
}

// newTable checks the name of a new table and returns an ID for it.
func (e *Engine) newTable(ctx context.Context, name string) (id int64, err error) {
	if err := checkTableName(name); err != nil {
		return 0, err
	}
	return e.nextID(ctx)
}

// timeColumn returns the time column of a new table.
func timeColumn() column {
	return column{name: "time", sql: "time", typ: "bigint", position: timeLast}
}

// createTable creates a table. It returns ErrExists if the table exists.
func (t *tx) createTable(id int64, database, table string, columns []column) error {
	if _, err := t.tableID(database, table); err == nil {
		return fmt.Errorf("table '%s.%s' %w", database, table, engine.ErrExists)
	} else if !isNotFound(err) {
		return err
	}
	if err := t.requireNoView(database, table); err != nil {
		return err
	}
	if err := t.exec(`CREATE TABLE @` + quote(table) + ` (` + columnDefinitions(columns) + `)`); err != nil {
		return err
	}
	err := t.exec(`INSERT INTO @"td$tables" (id, name, created_at, updated_at) VALUES (?, ?, ?3, ?3)`, id, table, now())
	if err != nil {
		return err
	}
	if err := t.writeColumns(id, columns); err != nil {
		return err
	}
	if err := t.indexTime(id, table, columns); err != nil {
		return err
	}
	return t.incrementGeneration()
}

// columnDefinitions returns the column list of a CREATE TABLE statement.
func columnDefinitions(columns []column) string {
	var b strings.Builder
	b.WriteString(rowKey + " INTEGER PRIMARY KEY")
	for _, c := range columns {
		b.WriteString(", " + quote(c.sql) + " " + affinity(c.typ))
	}
	return b.String()
}

// writeColumns replaces the stored description of a table's columns.
func (t *tx) writeColumns(id int64, columns []column) error {
	if err := t.exec(`DELETE FROM @"td$columns" WHERE table_id = ?`, id); err != nil {
		return err
	}
	for _, c := range columns {
		err := t.exec(`INSERT INTO @"td$columns" (table_id, position, name, sql, type) VALUES (?, ?, ?, ?, ?)`,
			id, c.position, c.name, c.sql, c.typ)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) indexTime(id int64, table string, columns []column) error {
	for _, c := range columns {
		if c.sql == "time" {
			index := `"td$time_` + strconv.FormatInt(id, 10) + `"`
			return t.exec(`CREATE INDEX IF NOT EXISTS @` + index + ` ON ` + quote(table) + ` ("time")`)
		}
	}
	return nil
}

// setOptions stores the options that are not nil, except the schema.
func (t *tx) setOptions(id int64, o engine.TableOptions) error {
	return t.exec(`UPDATE @"td$tables" SET expire_days = coalesce(?, expire_days), include_v = coalesce(?, include_v),
		detect_schema = coalesce(?, detect_schema), updated_at = ? WHERE id = ?`,
		o.ExpireDays, o.IncludeV, o.DetectSchema, now(), id)
}

// UpdateTable changes the options of a table. A schema replaces the old one: missing columns are
// dropped with their values. If the type of a column changes, its values are converted, or become
// null if that fails.
func (e *Engine) UpdateTable(ctx context.Context, database, table string, o engine.TableOptions) error {
	return e.update(ctx, database, func(t *tx) error {
		id, err := t.tableID(database, table)
		if err != nil {
			return err
		}
		if o.Schema != nil {
			if err := t.setSchema(id, table, *o.Schema); err != nil {
				return err
			}
		}
		return t.setOptions(id, o)
	})
}

func (t *tx) setSchema(id int64, table string, schema []engine.Column) error {
	old, err := t.columns(id)
	if err != nil {
		return err
	}
	want, err := planSchema(schema, old)
	if err != nil {
		return err
	}
	for _, c := range old {
		if c.name == "time" {
			want = append(want, c)
		}
	}
	if err := t.rebuild(id, table, old, want); err != nil {
		return err
	}
	return t.incrementGeneration()
}

// DropTable drops a table. RecoverTable can restore it for some days.
func (e *Engine) DropTable(ctx context.Context, database, table string) error {
	return e.update(ctx, database, func(t *tx) error { return t.dropTable(database, table) })
}

func (t *tx) dropTable(database, table string) error {
	id, err := t.tableID(database, table)
	if err != nil {
		return err
	}
	if err := t.exec(`ALTER TABLE @` + quote(table) + ` RENAME TO ` + deletedTable(id)); err != nil {
		return err
	}
	err = t.exec(`UPDATE @"td$tables" SET name = NULL, deleted_name = name, deleted_at = ? WHERE id = ?`, now(), id)
	if err != nil {
		return err
	}
	if err := t.purge(now() - deletedRetention.Milliseconds()); err != nil {
		return err
	}
	return t.incrementGeneration()
}

// deletedTable returns the quoted name of the SQLite table of a dropped table.
func deletedTable(id int64) string { return `"td$deleted_` + strconv.FormatInt(id, 10) + `"` }

// purge deletes the tables that were dropped before the given time.
func (t *tx) purge(before int64) error {
	old, err := t.tables(`WHERE deleted_at < ?`, before)
	if err != nil {
		return err
	}
	for _, x := range old {
		if err := t.deleteTable(x.ID, deletedTable(x.ID)); err != nil {
			return err
		}
	}
	return nil
}

// deleteTable permanently deletes a table.
func (t *tx) deleteTable(id int64, quoted string) error {
	return errors.Join(
		t.exec(`DROP TABLE @`+quoted),
		t.exec(`DELETE FROM @"td$columns" WHERE table_id = ?`, id),
		t.exec(`DELETE FROM @"td$uploads" WHERE table_id = ?`, id),
		t.exec(`DELETE FROM @"td$tables" WHERE id = ?`, id),
	)
}
