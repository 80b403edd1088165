package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// keepDeleted is how long a dropped table can be recovered.
const keepDeleted = 14 * 24 * time.Hour

func now() int64 { return time.Now().UnixMilli() }

const tableFields = `id, coalesce(name, ''), records, bytes, created_at, updated_at, last_import,
	expire_days, include_v, detect_schema, coalesce(deleted_at, 0), coalesce(deleted_name, '')`

// Tables lists a database's tables by name.
func (e *Engine) Tables(ctx context.Context, database string) ([]engine.Table, error) {
	var list []engine.Table
	err := e.view(ctx, database, func(t *tx) (err error) {
		list, err = t.tables(`WHERE name IS NOT NULL ORDER BY name`)
		return err
	})
	return list, err
}

// tables reads what is known of the tables that a WHERE clause picks.
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
		x.CreatedAt, x.UpdatedAt = moment(created), moment(updated)
		x.LastImport, x.DeletedAt = moment(imported), moment(deleted)
		list = append(list, x)
		return nil
	}, `SELECT `+tableFields+` FROM @"td$tables" `+where, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := t.fill(&list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// fill adds a table's schema and its newest time.
func (t *tx) fill(x *engine.Table) error {
	columns, err := t.columns(x.ID)
	if err != nil {
		return err
	}
	x.Schema = []engine.Column{}
	for _, c := range columns {
		if c.name == "time" {
			var newest sql.NullInt64
			if affinity(c.typ) == "INTEGER" && x.DeletedAt.IsZero() {
				if err := t.row(`SELECT max("time") FROM @` + quote(x.Name)).Scan(&newest); err != nil {
					return err
				}
			}
			if newest.Valid {
				x.LastLogTime = time.Unix(newest.Int64, 0).UTC()
			}
			continue
		}
		column := engine.Column{Name: c.name, Type: storageType(c.typ)}
		if c.sql != c.name {
			column.Alias = c.sql
		}
		x.Schema = append(x.Schema, column)
	}
	return nil
}

// nextID gives out the numbers of tables. They come from a file that all
// databases share, so that one is never given twice.
func (e *Engine) nextID(ctx context.Context) (id int64, err error) {
	s, err := connect(ctx, e.plain, uri(filepath.Join(e.dir, "engine.db"), "rwc")+"&"+pragmas)
	if err != nil {
		return 0, fmt.Errorf("next table id: %w", err)
	}
	defer s.close()
	t, err := s.begin(ctx, write)
	if err != nil {
		return 0, fmt.Errorf("next table id: %w", err)
	}
	defer t.rollback()
	err = t.exec(`CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
		INSERT INTO sequence SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM sequence);
		UPDATE sequence SET last = last + 1`)
	if err == nil {
		err = t.row(`SELECT last FROM sequence`).Scan(&id)
	}
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		return 0, fmt.Errorf("next table id: %w", err)
	}
	return id, nil
}

// CreateTable makes an empty table with a time column.
func (e *Engine) CreateTable(ctx context.Context, database, table string, o engine.TableOptions) error {
	columns := []column{{name: "time", sql: "time", typ: "bigint", at: timeLast}}
	if o.Schema != nil {
		schema, err := plan(*o.Schema, nil)
		if err != nil {
			return err
		}
		columns = append(schema, columns...)
	}
	return e.newTable(ctx, database, table, columns, func(t *tx, id int64) error { return t.setOptions(id, o) })
}

// newTable makes a table of these columns and does then, all in one transaction.
func (e *Engine) newTable(ctx context.Context, database, table string, columns []column, then func(*tx, int64) error) error {
	if err := checkTableName(table); err != nil {
		return err
	}
	id, err := e.nextID(ctx)
	if err != nil {
		return err
	}
	return e.update(ctx, database, func(t *tx) error {
		if err := t.create(id, database, table, columns); err != nil {
			return err
		}
		return then(t, id)
	})
}

// create makes a table that must not exist yet.
func (t *tx) create(id int64, database, table string, columns []column) error {
	if _, err := t.table(database, table); err == nil {
		return fmt.Errorf("table '%s.%s' %w", database, table, engine.ErrExists)
	} else if !isNotFound(err) {
		return err
	}
	if err := t.exec(`CREATE TABLE @` + quote(table) + ` (` + definition(columns) + `)`); err != nil {
		return err
	}
	err := t.exec(`INSERT INTO @"td$tables" (id, name, created_at, updated_at) VALUES (?, ?, ?3, ?3)`, id, table, now())
	if err != nil {
		return err
	}
	if err := t.describe(id, columns); err != nil {
		return err
	}
	if err := t.indexTime(id, table, columns); err != nil {
		return err
	}
	return t.changed()
}

// definition is the column list of a CREATE TABLE.
func definition(columns []column) string {
	var b strings.Builder
	b.WriteString(rowKey + " INTEGER PRIMARY KEY")
	for _, c := range columns {
		b.WriteString(", " + quote(c.sql) + " " + affinity(c.typ))
	}
	return b.String()
}

// describe records a table's columns in place of what was recorded before.
func (t *tx) describe(id int64, columns []column) error {
	if err := t.exec(`DELETE FROM @"td$columns" WHERE table_id = ?`, id); err != nil {
		return err
	}
	for _, c := range columns {
		err := t.exec(`INSERT INTO @"td$columns" (table_id, position, name, sql, type) VALUES (?, ?, ?, ?, ?)`,
			id, c.at, c.name, c.sql, c.typ)
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

// setOptions writes the options that are given, the schema aside.
func (t *tx) setOptions(id int64, o engine.TableOptions) error {
	return t.exec(`UPDATE @"td$tables" SET expire_days = coalesce(?, expire_days), include_v = coalesce(?, include_v),
		detect_schema = coalesce(?, detect_schema), updated_at = ? WHERE id = ?`,
		o.ExpireDays, o.IncludeV, o.DetectSchema, now(), id)
}

// UpdateTable changes a table's options; a schema is the whole new one. A
// column that is left out is lost with its values, one whose type changes
// keeps the values that the new type can hold, the others become null. An
// empty alias keeps the one that the column has.
func (e *Engine) UpdateTable(ctx context.Context, database, table string, o engine.TableOptions) error {
	return e.update(ctx, database, func(t *tx) error {
		id, err := t.table(database, table)
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
	had, err := t.columns(id)
	if err != nil {
		return err
	}
	want, err := plan(schema, had)
	if err != nil {
		return err
	}
	for _, c := range had {
		if c.name == "time" {
			want = append(want, c)
		}
	}
	if err := t.rebuild(id, table, had, want); err != nil {
		return err
	}
	return t.changed()
}

// DropTable moves a table aside, where RecoverTable finds it.
func (e *Engine) DropTable(ctx context.Context, database, table string) error {
	return e.update(ctx, database, func(t *tx) error { return t.drop(database, table) })
}

func (t *tx) drop(database, table string) error {
	id, err := t.table(database, table)
	if err != nil {
		return err
	}
	if err := t.exec(`ALTER TABLE @` + quote(table) + ` RENAME TO ` + aside(id)); err != nil {
		return err
	}
	err = t.exec(`UPDATE @"td$tables" SET name = NULL, deleted_name = name, deleted_at = ? WHERE id = ?`, now(), id)
	if err != nil {
		return err
	}
	if err := t.purge(now() - keepDeleted.Milliseconds()); err != nil {
		return err
	}
	return t.changed()
}

// aside is the name of a dropped table's rows.
func aside(id int64) string { return `"td$deleted_` + strconv.FormatInt(id, 10) + `"` }

// purge forgets the tables that were dropped before a moment.
func (t *tx) purge(before int64) error {
	old, err := t.tables(`WHERE deleted_at < ?`, before)
	if err != nil {
		return err
	}
	for _, x := range old {
		if err := t.forget(x.ID, aside(x.ID)); err != nil {
			return err
		}
	}
	return nil
}

// forget removes a table for good.
func (t *tx) forget(id int64, quoted string) error {
	return errors.Join(
		t.exec(`DROP TABLE @`+quoted),
		t.exec(`DELETE FROM @"td$columns" WHERE table_id = ?`, id),
		t.exec(`DELETE FROM @"td$uploads" WHERE table_id = ?`, id),
		t.exec(`DELETE FROM @"td$tables" WHERE id = ?`, id),
	)
}
