package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// Append implements engine.Engine. It holds the database's write lock while it iterates over
// records, so a slow source should be read in advance. If a table does not detect its schema,
// only values of existing columns are stored.
func (e *Engine) Append(ctx context.Context, database, table, uploadID string, records iter.Seq2[engine.Record, error]) (int64, error) {
	var added int64
	err := e.update(ctx, database, func(t *tx) error {
		id, err := t.tableID(database, table)
		if err != nil {
			return err
		}
		if uploadID != "" {
			n, err := t.execCount(`INSERT OR IGNORE INTO @"td$uploads" VALUES (?, ?, ?)`, id, uploadID, now())
			if err != nil || n == 0 {
				return err
			}
		}
		a, err := newAppender(t, id, table)
		if err != nil {
			return err
		}
		for record, err := range records {
			if err != nil {
				return err
			}
			if err := a.add(record); err != nil {
				return err
			}
		}
		added = a.added
		return a.finish()
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// Appended implements engine.Engine.
func (e *Engine) Appended(ctx context.Context, database, table, uploadID string) (found bool, err error) {
	err = e.view(ctx, database, func(t *tx) error {
		id, err := t.tableID(database, table)
		if err != nil {
			return err
		}
		return t.row(`SELECT count(*) FROM @"td$uploads" WHERE table_id = ? AND upload = ?`, id, uploadID).Scan(&found)
	})
	return found, err
}

// An appender inserts records in batches.
type appender struct {
	tx      *tx
	columns *columnSet
	seconds int64 // time of records without one
	detect  bool  // add columns for unknown keys

	insert *sql.Stmt // inserts a full batch
	values []any     // values of the current batch
	added  int64
	bytes  int64
}

func newAppender(t *tx, id int64, table string) (*appender, error) {
	columns, err := newColumnSet(t, id, table)
	if err != nil {
		return nil, err
	}
	a := &appender{tx: t, columns: columns, seconds: now() / 1000}
	if err := t.row(`SELECT detect_schema FROM @"td$tables" WHERE id = ?`, id).Scan(&a.detect); err != nil {
		return nil, err
	}
	return a, columns.addTime(a.seconds)
}

// add adds a record to the batch.
func (a *appender) add(record engine.Record) error {
	if len(record) > schema.MaxColumns {
		return fmt.Errorf("record %d has %d keys, the maximum is %d: %w", a.added+1, len(record), schema.MaxColumns, engine.ErrInvalid)
	}
	for _, f := range record {
		if err := a.ensureColumn(f.Key, f.Value); err != nil {
			return fmt.Errorf("record %d: %w", a.added+1, err)
		}
	}
	if a.insert == nil {
		if err := a.prepare(); err != nil {
			return err
		}
	}
	start := len(a.values)
	a.values = a.values[:start+len(a.columns.list)]
	row := a.values[start:]
	clear(row)
	for _, f := range record {
		i, ok := a.columns.index[f.Key]
		if !ok || f.Value == nil {
			continue
		}
		if f.Key == "time" {
			row[i], _ = schema.Seconds(f.Value)
			continue
		}
		row[i] = columnValue(f.Value, a.columns.list[i].typ)
		a.bytes += valueSize(row[i])
	}
	if i := a.columns.index["time"]; row[i] == nil {
		row[i] = a.seconds
	}
	a.added++
	if len(a.values) == cap(a.values) {
		return a.flush()
	}
	return nil
}

// ensureColumn adds or widens a column so that it can store the value.
func (a *appender) ensureColumn(key string, value any) error {
	if value == nil {
		return nil
	}
	i, ok := a.columns.index[key]
	switch {
	case key == "time":
		if _, ok := schema.Seconds(value); !ok {
			return fmt.Errorf("time '%v' is not an integer: %w", value, engine.ErrInvalid)
		}
		return nil
	case ok && schema.CanStore(a.columns.list[i].typ, value), !ok && !a.detect:
		return nil
	}
	typ := schema.ValueType(value)
	if ok {
		if typ = schema.Widen(a.columns.list[i].typ, typ); typ == a.columns.list[i].typ {
			return nil
		}
	}
	// The batch was built for the current columns.
	if err := a.flush(); err != nil {
		return err
	}
	if ok {
		return a.columns.widen(i, typ)
	}
	return a.columns.add(key, schema.SQLName(key, a.columns.sqlNames), typ)
}

// prepare starts a batch for the current columns.
func (a *appender) prepare() (err error) {
	const preferredRows, maxParameters = 16, 32000
	n := len(a.columns.list)
	rows := max(1, min(preferredRows, maxParameters/n))
	a.values = make([]any, 0, rows*n)
	a.insert, err = a.tx.PrepareContext(a.tx.ctx, a.tx.qualify(a.insertSQL(rows)))
	return err
}

// insertSQL returns a statement that inserts a number of rows.
func (a *appender) insertSQL(rows int) string {
	row := "(?" + strings.Repeat(",?", len(a.columns.list)-1) + ")"
	return `INSERT INTO @` + quote(a.columns.table) + ` (` + nameList(a.columns.list)[2:] + `) VALUES ` +
		row + strings.Repeat(","+row, rows-1)
}

// flush inserts the batch. A batch that was not full is ended, because the columns may change.
func (a *appender) flush() (err error) {
	if err := a.tx.ctx.Err(); err != nil {
		return err
	}
	full := a.insert != nil && len(a.values) == cap(a.values)
	switch {
	case full:
		// Watching the context would take longer than this short statement.
		_, err = a.insert.ExecContext(context.WithoutCancel(a.tx.ctx), a.values...)
		a.values = a.values[:0]
		return err
	case len(a.values) > 0:
		err = a.tx.exec(a.insertSQL(len(a.values)/len(a.columns.list)), a.values...)
	}
	a.values = nil
	if a.insert != nil {
		_ = a.insert.Close()
		a.insert = nil
	}
	return err
}

// finish inserts the last batch and updates the description of the table.
func (a *appender) finish() error {
	if err := a.flush(); err != nil {
		return err
	}
	if err := a.columns.save(); err != nil {
		return err
	}
	return a.tx.exec(`UPDATE @"td$tables" SET records = records + ?, bytes = bytes + ?, last_import = ?3, updated_at = ?3
		WHERE id = ?`, a.added, a.bytes, now(), a.columns.id)
}
