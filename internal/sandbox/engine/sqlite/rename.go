package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// RenameTable renames a table; it keeps its ID. With overwrite, an existing table with the new name
// is dropped first.
func (e *Engine) RenameTable(ctx context.Context, database, from, to string, overwrite bool) error {
	return e.update(ctx, database, func(t *tx) error { return t.renameTable(database, from, to, overwrite) })
}

func (t *tx) renameTable(database, from, to string, overwrite bool) error {
	if err := checkTableName(to); err != nil {
		return err
	}
	id, err := t.tableID(database, from)
	if err != nil || from == to {
		return err
	}
	if _, err := t.tableID(database, to); err == nil {
		if !overwrite {
			return fmt.Errorf("table '%s.%s' %w", database, to, engine.ErrExists)
		}
		if err := t.dropTable(database, to); err != nil {
			return err
		}
	} else if !isNotFound(err) {
		return err
	}
	if err := t.requireNoView(database, to); err != nil {
		return err
	}
	if err := t.rename(id, from, to); err != nil {
		return err
	}
	return t.incrementGeneration()
}

// rename renames a table. The new name must not be in use.
func (t *tx) rename(id int64, from, to string) error {
	if err := t.exec(`ALTER TABLE @` + quote(from) + ` RENAME TO ` + quote(to)); err != nil {
		return err
	}
	return t.exec(`UPDATE @"td$tables" SET name = ?, updated_at = ? WHERE id = ?`, to, now(), id)
}

// SwapTables exchanges the names of two tables. Each keeps its rows, schema and ID.
func (e *Engine) SwapTables(ctx context.Context, database, a, b string) error {
	return e.update(ctx, database, func(t *tx) error {
		idA, err := t.tableID(database, a)
		if err != nil {
			return err
		}
		idB, err := t.tableID(database, b)
		if err != nil || a == b {
			return err
		}
		const temporary = "td$swap"
		for _, step := range []struct {
			id       int64
			from, to string
		}{{idA, a, temporary}, {idB, b, a}, {idA, temporary, b}} {
			if err := t.rename(step.id, step.from, step.to); err != nil {
				return err
			}
		}
		return t.incrementGeneration()
	})
}

// MoveTable moves a table to another database; it keeps its ID.
func (e *Engine) MoveTable(ctx context.Context, database, table, toDatabase string) error {
	if database == toDatabase {
		return fmt.Errorf("table '%s.%s' %w", database, table, engine.ErrExists)
	}
	for _, name := range []string{database, toDatabase} { // create the layout of a new database
		if err := e.view(ctx, name, func(*tx) error { return nil }); err != nil {
			return err
		}
	}
	// SQLite commits to the files in this order. After a crash between the two commits the table
	// exists in both databases instead of neither.
	rt, err := e.runtimes.get()
	if err != nil {
		return err
	}
	defer e.runtimes.put(rt)
	s, err := e.attach(ctx, rt, []string{toDatabase, database}, []string{toDatabase, database})
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, write)
	if err != nil {
		return contextError(ctx, err)
	}
	defer t.rollback()
	from, to := t.attached(database), t.attached(toDatabase)
	for name, t := range map[string]*tx{database: from, toDatabase: to} {
		if err := checkNotDropped(t, name); err != nil {
			return err
		}
	}
	if err := move(from, to, database, table, toDatabase); err != nil {
		return contextError(ctx, err)
	}
	return contextError(ctx, t.Commit())
}

func move(from, to *tx, database, table, toDatabase string) error {
	id, err := from.tableID(database, table)
	if err != nil {
		return err
	}
	columns, err := from.columns(id)
	if err != nil {
		return err
	}
	if err := to.createTable(id, toDatabase, table, columns); err != nil {
		return err
	}
	names := rowKey + nameList(columns)
	err = to.exec(`INSERT INTO @` + quote(table) + ` (` + names + `) SELECT ` + names +
		` FROM ` + from.schema + quote(table) + ` ORDER BY ` + rowKey)
	if err != nil {
		return err
	}
	const fields = `records, bytes, created_at, last_import, expire_days, include_v, detect_schema`
	err = to.exec(`UPDATE @"td$tables" SET (`+fields+`) =
		(SELECT `+fields+` FROM `+from.schema+`"td$tables" WHERE id = ?1) WHERE id = ?1`, id)
	if err != nil {
		return err
	}
	err = to.exec(`INSERT INTO @"td$uploads" SELECT * FROM `+from.schema+`"td$uploads" WHERE table_id = ?`, id)
	if err != nil {
		return err
	}
	if err := from.deleteTable(id, quote(table)); err != nil {
		return err
	}
	return from.incrementGeneration()
}

// nameList returns the quoted names of columns, each preceded by a comma.
func nameList(columns []column) string {
	var b strings.Builder
	for _, c := range columns {
		b.WriteString(", " + quote(c.sql))
	}
	return b.String()
}

// DeletedTables returns the tables that RecoverTable can restore, the most recently dropped first.
func (e *Engine) DeletedTables(ctx context.Context) ([]engine.Table, error) {
	names, err := e.files.databases()
	if err != nil {
		return nil, err
	}
	list := []engine.Table{}
	for _, name := range names {
		err := e.view(ctx, name, func(t *tx) error {
			tables, err := t.tables(`WHERE deleted_at IS NOT NULL`)
			for _, x := range tables {
				x.DeletedDBName = name
				list = append(list, x)
			}
			return err
		})
		if err != nil && !isNotFound(err) {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b engine.Table) int { return b.DeletedAt.Compare(a.DeletedAt) })
	return list, nil
}

// RecoverTable restores a dropped table under a new name, or under its old one if newName is
// empty.
func (e *Engine) RecoverTable(ctx context.Context, id int64, newName string) (engine.Table, error) {
	tables, err := e.DeletedTables(ctx)
	if err != nil {
		return engine.Table{}, err
	}
	for _, x := range tables {
		if x.ID != id {
			continue
		}
		if newName != "" {
			x.Name = newName
		}
		if err := checkTableName(x.Name); err != nil {
			return engine.Table{}, err
		}
		if err := e.restore(ctx, x); err != nil {
			return engine.Table{}, err
		}
		return e.Table(ctx, x.DeletedDBName, x.Name)
	}
	return engine.Table{}, fmt.Errorf("deleted table %d %w", id, engine.ErrNotFound)
}

// restore makes a dropped table available under the name in x.
func (e *Engine) restore(ctx context.Context, x engine.Table) error {
	return e.update(ctx, x.DeletedDBName, func(t *tx) error {
		if _, err := t.tableID(x.DeletedDBName, x.Name); err == nil {
			return fmt.Errorf("table '%s.%s' %w", x.DeletedDBName, x.Name, engine.ErrExists)
		} else if !isNotFound(err) {
			return err
		}
		n, err := t.execCount(`UPDATE @"td$tables" SET name = ?, deleted_name = NULL, deleted_at = NULL,
			updated_at = ? WHERE id = ? AND deleted_at IS NOT NULL`, x.Name, now(), x.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("deleted table %d %w", x.ID, engine.ErrNotFound)
		}
		if err := t.exec(`ALTER TABLE @` + deletedTable(x.ID) + ` RENAME TO ` + quote(x.Name)); err != nil {
			return err
		}
		return t.incrementGeneration()
	})
}
