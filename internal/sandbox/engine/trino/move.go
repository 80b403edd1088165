package trino

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
)

// deletedRetention is the time during which a dropped table can be restored.
const deletedRetention = 14 * 24 * time.Hour

// An intent is a change that consists of several steps, in the cluster and in the metadata. It is stored before the
// first step. finish completes it, or does nothing if its first step was not made.
type intent interface {
	kind() string
	finish(ctx context.Context, e *Engine) error
}

// A move gives a table another name or database.
type move struct {
	ID               int64
	Database, Name   string // new ones, in the cluster
	Deleted          int64  // time of the deletion, or 0
	Former           string // name before the table was dropped or is swapped
	FromSchema, From string
}

// A swap exchanges the names of two tables by three moves.
type swap struct{ A, B int64 }

// A conversion changes the type of a column.
type conversion struct {
	ID       int64
	Column   string
	From, To string
}

func (move) kind() string       { return "move" }
func (swap) kind() string       { return "swap" }
func (conversion) kind() string { return "conversion" }

func (m *metadata) addIntent(ctx context.Context, i intent) (id int64, err error) {
	doc, err := json.Marshal(i)
	if err != nil {
		return 0, err
	}
	r, err := m.db.ExecContext(ctx, `INSERT INTO intents (kind, doc) VALUES (?, ?)`, i.kind(), string(doc))
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

func (m *metadata) dropIntent(ctx context.Context, id int64) error {
	return m.exec(ctx, `DELETE FROM intents WHERE id = ?`, id)
}

// finishIntents completes the changes that were interrupted. The caller holds the lock of the catalog.
func (e *Engine) finishIntents(ctx context.Context) error {
	type stored struct {
		id        int64
		kind, doc string
	}
	var list []stored
	err := e.meta.collect(ctx, func(r *sql.Rows) error {
		var s stored
		err := r.Scan(&s.id, &s.kind, &s.doc)
		list = append(list, s)
		return err
	}, `SELECT id, kind, doc FROM intents ORDER BY id DESC`) // the moves of a swap before the swap
	if err != nil {
		return err
	}
	for _, s := range list {
		i, err := decodeIntent(s.kind, s.doc)
		if err != nil {
			return err
		}
		err = i.finish(ctx, e)
		if err != nil && !errors.Is(err, sql.ErrNoRows) && !errors.Is(err, engine.ErrNotFound) { // the table no longer exists
			return fmt.Errorf("complete an interrupted change: %w", err)
		}
		if err := e.meta.dropIntent(ctx, s.id); err != nil {
			return err
		}
	}
	return nil
}

func decodeIntent(kind, doc string) (intent, error) {
	decode := func(i intent, target any) (intent, error) { return i, json.Unmarshal([]byte(doc), target) }
	switch kind {
	case "move":
		i := new(move)
		return decode(i, i)
	case "swap":
		i := new(swap)
		return decode(i, i)
	case "conversion":
		i := new(conversion)
		return decode(i, i)
	}
	return nil, fmt.Errorf("trino.db contains the unknown change %q", kind)
}

func (i move) finish(ctx context.Context, e *Engine) error {
	moved, err := e.clusterColumns(ctx, i.Database, i.Name)
	if err != nil || len(moved) == 0 {
		return err
	}
	left, err := e.clusterColumns(ctx, i.FromSchema, i.From)
	if err != nil || len(left) > 0 {
		return err
	}
	return e.meta.applyMove(ctx, i)
}

func (i swap) finish(ctx context.Context, e *Engine) error {
	a, err := e.meta.table(ctx, `id = ?`, i.A)
	if err != nil || a.name != swapName(i.A) {
		return err
	}
	b, err := e.meta.table(ctx, `id = ?`, i.B)
	if err != nil {
		return err
	}
	return e.finishSwap(ctx, a, b, a.former)
}

func (i conversion) finish(ctx context.Context, e *Engine) error {
	t, err := e.meta.table(ctx, `id = ?`, i.ID)
	if err != nil {
		return err
	}
	columns, err := e.clusterColumns(ctx, t.database, t.name)
	if err != nil {
		return err
	}
	t.columns = columns[t.name]
	n := slices.IndexFunc(t.columns, func(c schema.Column) bool { return c.SQL == oldColumn+i.Column })
	if n < 0 {
		return nil // the first or the last step
	}
	t.columns[n] = schema.Column{Name: i.Column, SQL: i.Column, Type: i.From}
	return e.finishConversion(ctx, t, n, i.To)
}

// applyMove stores that a table was moved. The table that had the new name before no longer exists.
func (m *metadata) applyMove(ctx context.Context, i move) error {
	other, err := m.table(ctx, `schema = ? AND name = ? AND id <> ?`, i.Database, i.Name, i.ID)
	if err == nil {
		err = m.deleteTable(ctx, other.ID)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return m.exec(ctx, `UPDATE tables SET schema = ?, name = ?, deleted_at = ?, former = ?, updated = ? WHERE id = ?`,
		i.Database, i.Name, i.Deleted, i.Former, now(), i.ID)
}

// move renames a table in the cluster and in the metadata. The caller holds the lock of the catalog.
func (e *Engine) move(ctx context.Context, t *table, to move) error {
	to.ID, to.FromSchema, to.From = t.ID, t.database, t.name
	id, err := e.meta.addIntent(ctx, to)
	if err != nil {
		return err
	}
	err = e.exec(ctx, t.database, "ALTER TABLE "+qualified(t.database, t.name)+" RENAME TO "+qualified(to.Database, to.Name))
	if err == nil {
		err = e.meta.applyMove(ctx, to)
	}
	if _, failed := errors.AsType[*protocol.Error](err); err == nil || failed {
		err = errors.Join(err, e.meta.dropIntent(context.WithoutCancel(ctx), id))
	}
	if err == nil {
		t.database, t.name = to.Database, to.Name
	}
	return err
}

// DropTable implements engine.Engine. If the connector cannot rename tables, the table cannot be recovered.
func (e *Engine) DropTable(ctx context.Context, database, name string) error {
	t, release, err := e.lockTable(ctx, database, name)
	if err != nil {
		return err
	}
	defer release()
	if err := e.dropTable(ctx, t); err != nil {
		return err
	}
	return e.purge(ctx)
}

func (e *Engine) dropTable(ctx context.Context, t *table) error {
	database, name := t.database, t.name
	err := e.move(ctx, t, move{Database: database, Name: fmt.Sprint(deletedPrefix, t.ID), Deleted: now(), Former: name})
	if isUnsupported(err) {
		if err = e.exec(ctx, database, "DROP TABLE "+qualified(database, name)); err == nil {
			return e.meta.deleteTable(ctx, t.ID)
		}
	}
	return e.tableError(err, database, name)
}

// purge drops the tables permanently that can no longer be recovered.
func (e *Engine) purge(ctx context.Context) error {
	var old []*table
	err := e.meta.collect(ctx, func(r *sql.Rows) error {
		t, err := scanTable(r)
		old = append(old, t)
		return err
	}, `SELECT `+tableFields+` FROM tables WHERE deleted_at > 0 AND deleted_at < ?`, now()-deletedRetention.Milliseconds())
	if err != nil {
		return err
	}
	for _, t := range old {
		if err := e.exec(ctx, t.database, "DROP TABLE IF EXISTS "+qualified(t.database, t.name)); err != nil && !hasName(err, "SCHEMA_NOT_FOUND") {
			return e.tableError(err, t.database, t.name)
		}
		if err := e.meta.deleteTable(ctx, t.ID); err != nil {
			return err
		}
	}
	return nil
}

// requireFree returns ErrExists if a table has the name.
func (e *Engine) requireFree(ctx context.Context, database, name string) error {
	_, err := e.table(ctx, database, name)
	if err == nil {
		return fmt.Errorf("table '%s.%s' %w", database, name, engine.ErrExists)
	}
	if !errors.Is(err, engine.ErrNotFound) {
		return err
	}
	_, err = e.Database(ctx, database)
	return err
}

// RenameTable implements engine.Engine.
func (e *Engine) RenameTable(ctx context.Context, database, from, to string, overwrite bool) error {
	if err := checkTableName(to); err != nil {
		return err
	}
	t, release, err := e.lockTable(ctx, database, from)
	if err != nil {
		return err
	}
	defer release()
	if from == to {
		return nil
	}
	err = e.requireFree(ctx, database, to)
	if errors.Is(err, engine.ErrExists) && overwrite {
		target, tableErr := e.table(ctx, database, to)
		if tableErr != nil {
			return tableErr
		}
		err = e.dropTable(ctx, target)
	}
	if err != nil {
		return err
	}
	return e.tableError(e.move(ctx, t, move{Database: database, Name: to}), database, from)
}

// swapName is the name of the first table during a swap.
func swapName(id int64) string { return fmt.Sprint(stagePrefix, "swap_", id) }

// SwapTables implements engine.Engine. It is not atomic: a statement that starts between the moves fails.
func (e *Engine) SwapTables(ctx context.Context, database, first, second string) error {
	a, release, err := e.lockTable(ctx, database, first)
	if err != nil {
		return err
	}
	defer release()
	b, err := e.table(ctx, database, second)
	if err != nil || first == second {
		return err
	}
	id, err := e.meta.addIntent(ctx, swap{a.ID, b.ID})
	if err != nil {
		return err
	}
	if err := e.move(ctx, a, move{Database: database, Name: swapName(a.ID), Former: first}); err != nil {
		return errors.Join(e.tableError(err, database, first), e.meta.dropIntent(ctx, id))
	}
	if err := e.finishSwap(ctx, a, b, first); err != nil {
		return err
	}
	return e.meta.dropIntent(ctx, id)
}

// finishSwap exchanges the names of two tables. The first one has a temporary name instead of first.
func (e *Engine) finishSwap(ctx context.Context, a, b *table, first string) error {
	second := b.name
	if second == first { // the second table was renamed already
		second = b.former
	} else if err := e.move(ctx, b, move{Database: b.database, Name: first, Former: second}); err != nil {
		return e.tableError(err, b.database, second)
	}
	return e.tableError(e.move(ctx, a, move{Database: a.database, Name: second}), a.database, first)
}

// MoveTable implements engine.Engine.
func (e *Engine) MoveTable(ctx context.Context, database, name, toDatabase string) error {
	t, release, err := e.lockTable(ctx, database, name)
	if err != nil {
		return err
	}
	defer release()
	if err := e.requireFree(ctx, toDatabase, name); err != nil {
		return err
	}
	return e.tableError(e.move(ctx, t, move{Database: toDatabase, Name: name}), database, name)
}

// RecoverTable implements engine.Engine.
func (e *Engine) RecoverTable(ctx context.Context, id int64, newName string) (engine.Table, error) {
	release, err := e.exclude(ctx)
	if err != nil {
		return engine.Table{}, err
	}
	defer release()
	t, err := e.meta.table(ctx, `id = ? AND deleted_at > 0`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return engine.Table{}, fmt.Errorf("deleted table %d %w", id, engine.ErrNotFound)
	}
	if err != nil {
		return engine.Table{}, err
	}
	database, name := t.database, t.Name
	if newName != "" {
		name = newName
	}
	if err := checkTableName(name); err != nil {
		return engine.Table{}, err
	}
	if err := e.requireFree(ctx, database, name); err != nil {
		return engine.Table{}, err
	}
	if err := e.move(ctx, t, move{Database: database, Name: name}); err != nil {
		return engine.Table{}, e.catalogError(err, fmt.Sprintf("deleted table %d", id))
	}
	return e.Table(ctx, database, name)
}
