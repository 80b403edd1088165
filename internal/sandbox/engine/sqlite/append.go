package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// maxKeys is how many keys the service takes in a record.
const maxKeys = 512

// Append adds records, all or none; see Engine. It holds the database's write
// lock while records are drawn: a slow source had better be read before. A table that does not detect its
// schema keeps only the columns that it has. A key whose text no statement could
// say gets an alias.
func (e *Engine) Append(ctx context.Context, database, table, uploadID string, records iter.Seq2[engine.Record, error]) (int64, error) {
	var added int64
	err := e.update(ctx, database, func(t *tx) error {
		id, err := t.table(database, table)
		if err != nil {
			return err
		}
		if uploadID != "" {
			n, err := t.affect(`INSERT OR IGNORE INTO @"td$uploads" VALUES (?, ?, ?)`, id, uploadID, now())
			if err != nil || n == 0 {
				return err
			}
		}
		a := appender{tx: t, id: id, table: table, now: now() / 1000}
		if err := a.begin(); err != nil {
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
		if err := a.flush(); err != nil {
			return err
		}
		added = a.added
		return a.end()
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// An appender writes records in batches of rows.
type appender struct {
	*tx
	id     int64
	table  string
	now    int64
	detect bool

	columns []column
	index   map[string]int // of a record's key among the columns
	taken   map[string]bool
	changed bool // the columns are not what the file says

	insert *sql.Stmt // for a full batch
	rows   int       // in a full batch
	values []any     // of the batch under way
	added  int64
	bytes  int64
}

func (a *appender) begin() (err error) {
	if err := a.row(`SELECT detect_schema FROM @"td$tables" WHERE id = ?`, a.id).Scan(&a.detect); err != nil {
		return err
	}
	if a.columns, err = a.tx.columns(a.id); err != nil {
		return err
	}
	a.index, a.taken = map[string]int{}, map[string]bool{}
	for i, c := range a.columns {
		a.index[c.name], a.taken[c.sql] = i, true
	}
	if _, ok := a.index["time"]; !ok { // a statement made the table without
		if err := a.addColumn("time", "bigint"); err != nil {
			return err
		}
		return a.exec(`UPDATE @`+quote(a.table)+` SET "time" = ?`, a.now)
	}
	return nil
}

// add puts a record into the batch, after the columns were made to hold it.
func (a *appender) add(record engine.Record) error {
	if len(record) > maxKeys {
		return fmt.Errorf("record %d: %d keys, %d at most: %w", a.added+1, len(record), maxKeys, engine.ErrInvalid)
	}
	for _, f := range record {
		if err := a.fit(f.Key, f.Value); err != nil {
			return fmt.Errorf("record %d: %w", a.added+1, err)
		}
	}
	if a.insert == nil {
		if err := a.prepare(); err != nil {
			return err
		}
	}
	start := len(a.values)
	a.values = a.values[:start+len(a.columns)]
	row := a.values[start:]
	clear(row)
	for _, f := range record {
		i, ok := a.index[f.Key]
		if !ok || f.Value == nil {
			continue
		}
		if f.Key == "time" {
			row[i], _ = timeValue(f.Value)
			continue
		}
		row[i] = stored(f.Value, a.columns[i].typ)
		a.bytes += size(row[i])
	}
	if i := a.index["time"]; row[i] == nil {
		row[i] = a.now
	}
	a.added++
	if len(a.values) == cap(a.values) {
		return a.flush()
	}
	return nil
}

// fit makes sure that the table has a column that holds the value.
func (a *appender) fit(key string, value any) error {
	if value == nil {
		return nil
	}
	i, ok := a.index[key]
	if key == "time" {
		if _, ok := timeValue(value); !ok {
			return fmt.Errorf("time '%v' is not an integer: %w", value, engine.ErrInvalid)
		}
		return nil
	}
	if !ok {
		if !a.detect {
			return nil
		}
		if key == "" {
			return fmt.Errorf("an empty key is %w", engine.ErrInvalid)
		}
		return a.addColumn(key, valueType(value))
	}
	if holds(a.columns[i].typ, value) {
		return nil
	}
	wide := widen(a.columns[i].typ, valueType(value))
	if wide == a.columns[i].typ {
		return nil
	}
	return a.widenColumn(i, wide)
}

func (a *appender) addColumn(name, typ string) error {
	if len(a.columns) >= maxColumns {
		return fmt.Errorf("more than %d columns: %w", maxColumns, engine.ErrInvalid)
	}
	if err := a.flush(); err != nil {
		return err
	}
	c := column{name: name, sql: sqlName(name, a.taken), typ: typ, at: 1}
	if name == "time" {
		c.at = timeLast
	}
	for _, other := range a.columns {
		if other.at != timeLast && c.at != timeLast {
			c.at = max(c.at, other.at+1)
		}
	}
	err := a.exec(`ALTER TABLE @` + quote(a.table) + ` ADD COLUMN ` + quote(c.sql) + ` ` + affinity(c.typ))
	if err != nil {
		return err
	}
	a.columns = append(a.columns, c)
	a.index[name], a.taken[c.sql], a.changed = len(a.columns)-1, true, true
	return nil
}

func (a *appender) widenColumn(i int, typ string) error {
	if err := a.flush(); err != nil {
		return err
	}
	want := append([]column(nil), a.columns...)
	want[i].typ = typ
	a.changed = true
	if parseLogical(typ).base != parseLogical(a.columns[i].typ).base {
		if err := a.rebuild(a.id, a.table, a.columns, want); err != nil {
			return err
		}
	}
	a.columns = want
	return nil
}

// prepare readies a batch for the columns as they are.
func (a *appender) prepare() (err error) {
	const wanted, parameters = 16, 32000
	a.rows = max(1, min(wanted, parameters/len(a.columns)))
	a.values = make([]any, 0, a.rows*len(a.columns))
	a.insert, err = a.PrepareContext(a.ctx, a.qualify(a.insertion(a.rows)))
	return err
}

func (a *appender) insertion(rows int) string {
	row := "(?" + strings.Repeat(",?", len(a.columns)-1) + ")"
	return `INSERT INTO @` + quote(a.table) + ` (` + nameList(a.columns)[2:] + `) VALUES ` +
		row + strings.Repeat(","+row, rows-1)
}

// flush writes the batch. What follows may have other columns.
func (a *appender) flush() (err error) {
	if err := a.ctx.Err(); err != nil {
		return err
	}
	full := a.insert != nil && len(a.values) == cap(a.values)
	switch {
	case full:
		// The statement is short: watching the context would cost more than it does.
		_, err = a.insert.ExecContext(context.WithoutCancel(a.ctx), a.values...)
		a.values = a.values[:0]
		return err
	case len(a.values) > 0:
		err = a.exec(a.insertion(len(a.values)/len(a.columns)), a.values...)
	}
	a.values = nil
	if a.insert != nil {
		_ = a.insert.Close()
		a.insert = nil
	}
	return err
}

// end records what was appended.
func (a *appender) end() error {
	if a.changed {
		if err := a.describe(a.id, a.columns); err != nil {
			return err
		}
		if err := a.indexTime(a.id, a.table, a.columns); err != nil {
			return err
		}
		if err := a.tx.changed(); err != nil {
			return err
		}
	}
	return a.exec(`UPDATE @"td$tables" SET records = records + ?, bytes = bytes + ?, last_import = ?3, updated_at = ?3
		WHERE id = ?`, a.added, a.bytes, now(), a.id)
}
