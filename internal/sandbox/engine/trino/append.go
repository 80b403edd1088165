package trino

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
)

// Append implements engine.Engine. Records that do not fit into one statement are collected in a staging table, from
// which one statement copies them. The ID of that statement is stored before it runs, so that its outcome can be looked
// up after a crash of the sandbox or the cluster, and no record is added twice. If the cluster does not answer, Append
// fails soon at its start; later, it waits longer.
func (e *Engine) Append(ctx context.Context, database, name, uploadID string, records iter.Seq2[engine.Record, error]) (int64, error) {
	t, err := e.table(ctx, database, name)
	if err != nil {
		return 0, err
	}
	lock, err := lockfile.Wait(ctx, e.importLock(t.ID))
	if err != nil {
		return 0, err
	}
	defer func() { _ = lock.Remove() }()
	if uploadID == "" {
		uploadID = "td-" + rand.Text()
	}
	if done, err := e.appended(ctx, t, uploadID); done || err != nil {
		if done {
			e.dropStageOf(ctx, t, uploadID)
		}
		return 0, err
	}
	batch, err := newBatch(filepath.Join(e.dir, spoolPrefix(e.id)), t, records)
	if err != nil {
		return 0, err
	}
	defer batch.close()
	if err := e.prepareColumns(ctx, t, batch); err != nil {
		return 0, err
	}
	if err := e.insert(ctx, t, uploadID, batch); err != nil {
		return 0, err
	}
	return batch.rows, nil
}

// Appended implements engine.Engine.
func (e *Engine) Appended(ctx context.Context, database, name, uploadID string) (bool, error) {
	t, err := e.table(ctx, database, name)
	if err != nil {
		return false, err
	}
	return e.appended(ctx, t, uploadID)
}

// appended reports whether an upload was appended to a table. It looks up the outcome of an interrupted import.
func (e *Engine) appended(ctx context.Context, t *table, uploadID string) (bool, error) {
	var state, query string
	var rows, at int64
	err := e.meta.db.QueryRowContext(ctx, `SELECT state, query_id, rows, at FROM imports WHERE table_id = ? AND import_id = ?`, t.ID, uploadID).
		Scan(&state, &query, &rows, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || state == applied {
		return err == nil, err
	}
	result, err := e.lookUp(ctx, query, t.database, t.name, fromMilli(at))
	switch {
	case err != nil:
		return false, err
	case result.state == committed:
		return true, e.meta.setApplied(ctx, t.ID, uploadID, rows)
	case result.state == failed:
		return false, e.meta.exec(ctx, `DELETE FROM imports WHERE table_id = ? AND import_id = ?`, t.ID, uploadID)
	}
	return false, &unknownOutcomeError{fmt.Sprintf("import %s: it is not known whether it was applied to %s.%s", uploadID, t.database, t.name)}
}

// An unknownOutcomeError is returned if nothing shows whether an interrupted import was applied.
type unknownOutcomeError struct{ what string }

// Error names the import and the way out.
func (e *unknownOutcomeError) Error() string {
	return e.what + ": the cluster no longer has its record; check the table before you repeat it under another ID"
}

// Unwrap returns engine.ErrUnknownOutcome.
func (e *unknownOutcomeError) Unwrap() error { return engine.ErrUnknownOutcome }

// setApplied stores that an import was applied.
func (m *metadata) setApplied(ctx context.Context, table int64, uploadID string, rows int64) error {
	return m.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE imports SET state = 'applied', at = ? WHERE table_id = ? AND import_id = ?`, now(), table, uploadID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE tables SET records = records + ?, last_import = ?2, updated = ?2, stats_at = 0 WHERE id = ?`, rows, now(), table)
		return err
	})
}

// prepareColumns adds and widens the columns of a table so that they can store the records.
func (e *Engine) prepareColumns(ctx context.Context, t *table, b *batch) error {
	if len(b.added) == 0 && len(b.widened) == 0 {
		return nil
	}
	current, release, err := e.lockTable(ctx, t.database, t.name) // another process may have changed it
	if err != nil {
		return err
	}
	defer release()
	*t = *current
	for _, c := range b.added {
		if slices.ContainsFunc(t.columns, func(old schema.Column) bool { return old.Name == c.Name }) {
			continue
		}
		if err := e.addColumn(ctx, t, c); err != nil {
			return err
		}
	}
	for name, typ := range b.widened {
		i := slices.IndexFunc(t.columns, func(c schema.Column) bool { return c.Name == name })
		if i < 0 || schema.Widen(t.columns[i].Type, typ) == t.columns[i].Type {
			continue
		}
		if err := e.convertColumn(ctx, t, i, typ); err != nil {
			return err
		}
	}
	return e.saveKeys(ctx, t)
}

// insert adds the records of a batch to a table with one statement.
func (e *Engine) insert(ctx context.Context, t *table, uploadID string, b *batch) error {
	if b.rows == 0 {
		return e.meta.exec(ctx, `INSERT OR REPLACE INTO imports VALUES (?, ?, 'applied', '', 0, ?)`, t.ID, uploadID, now())
	}
	columns := b.columnsIn(t)
	names := columnNames(columns)
	target := "INSERT INTO " + qualified(t.database, t.name) + " (" + names + ") "
	next, stop := iter.Pull2(b.queries(columns, e.address.maxQuery-len(target)-len(stagePrefix)-hashLength))
	defer stop()
	first, err, _ := next()
	if err != nil {
		return err
	}
	second, err, more := next()
	if err != nil {
		return err
	}
	if !more {
		return e.insertOnce(ctx, t, uploadID, b.rows, target+first)
	}
	s := newStage(t, uploadID)
	from := qualified(s.database, s.name)
	defer e.dropStage(ctx, s)
	if err := e.createStage(ctx, s, columns); err != nil {
		return e.tableError(err, t.database, t.name)
	}
	if e.address.files != "" && e.connector == iceberg {
		if err := e.fillWithFile(ctx, t, s.name, columns, b); err != nil {
			return err
		}
		return e.insertOnce(ctx, t, uploadID, b.rows, target+"SELECT "+names+" FROM "+from)
	}
	fill := func(query string) error {
		return e.tableError(e.jobs.exec(ctx, t.database, "INSERT INTO "+from+" ("+names+") "+query), t.database, t.name)
	}
	if err := fill(first); err != nil {
		return err
	}
	for query := second; more; {
		if err := fill(query); err != nil {
			return err
		}
		if query, err, more = next(); err != nil {
			return err
		}
	}
	return e.insertOnce(ctx, t, uploadID, b.rows, target+"SELECT "+names+" FROM "+from)
}

// hashLength is the length of the result of hash.
const hashLength = 20

// hash returns a short text for a key.
func hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:hashLength/2])
}

// insertOnce runs the statement that adds the records of an import. If the connection breaks, it looks up the outcome.
func (e *Engine) insertOnce(ctx context.Context, t *table, uploadID string, rows int64, statement string) error {
	return e.repeatRejected(ctx, func() error { return e.tryInsert(ctx, t, uploadID, rows, statement) })
}

func (e *Engine) tryInsert(ctx context.Context, t *table, uploadID string, rows int64, statement string) error {
	const tries = 3
	for try := 1; ; try++ {
		q, err := e.jobs.client.Submit(ctx, statement, protocol.Session{Schema: t.database})
		if err != nil {
			return err
		}
		err = e.meta.exec(ctx, `INSERT OR REPLACE INTO imports VALUES (?, ?, 'sending', ?, ?, ?)`, t.ID, uploadID, q.ID, rows, now())
		if err != nil {
			q.Cancel()
			return err
		}
		err = q.Fetch(ctx, protocol.Receiver{})
		unstopped := context.WithoutCancel(ctx)
		if err == nil {
			return e.meta.setApplied(unstopped, t.ID, uploadID, rows)
		}
		if _, ok := errors.AsType[*protocol.Error](err); ok && ctx.Err() == nil {
			return errors.Join(e.tableError(err, t.database, t.Name), e.meta.exec(unstopped, `DELETE FROM imports WHERE table_id = ? AND import_id = ?`, t.ID, uploadID))
		}
		limited, cancel := context.WithTimeout(unstopped, lookUpTime)
		done, lookErr := e.appended(limited, t, uploadID)
		cancel()
		switch {
		case done:
			return nil
		case errors.Is(lookErr, engine.ErrUnknownOutcome):
			return lookErr
		case lookErr != nil:
			return errors.Join(err, lookErr)
		case ctx.Err() != nil || try == tries:
			return err
		}
	}
}

// columnNames returns a list of quoted names.
func columnNames(columns []schema.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = quote(c.SQL)
	}
	return strings.Join(names, ", ")
}

// Tail implements engine.Engine. It returns the newest records by time, because the cluster does not store the order of
// insertion.
func (e *Engine) Tail(ctx context.Context, database, name string, count int) ([]engine.Record, error) {
	t, err := e.table(ctx, database, name)
	if err != nil || count <= 0 {
		return nil, err
	}
	where, order := "", ""
	if t.timeType() == "bigint" {
		order = ` ORDER BY "time" DESC`
		if where, err = e.tailCondition(ctx, t, count); err != nil {
			return nil, err
		}
	}
	var records []engine.Record
	q, err := e.client.Submit(ctx, fmt.Sprintf("SELECT %s FROM %s%s%s LIMIT %d", columnNames(t.columns), qualified(database, name), where, order, count),
		protocol.Session{Schema: database})
	if err != nil {
		return nil, err
	}
	err = q.Fetch(ctx, protocol.Receiver{Row: func(row []any) error {
		var r engine.Record
		for i, v := range row {
			if v != nil {
				r = append(r, engine.Field{Key: t.columns[i].Name, Value: v})
			}
		}
		records = append(records, r)
		return nil
	}})
	slices.Reverse(records)
	return records, e.tableError(err, database, name)
}

// tailCondition returns a condition for the time of the newest rows. Without it, the cluster would sort the whole table.
func (e *Engine) tailCondition(ctx context.Context, t *table, count int) (string, error) {
	if time.Since(t.statsAt) > maxStatsAge {
		if err := e.readFigures(ctx, t); err != nil {
			return "", err
		}
	}
	const hour, factor, few = 3600, 24, 100_000
	if !t.lastTime.Valid || t.Records < few {
		return "", nil
	}
	for width := int64(hour); width < 1<<40; width *= factor {
		where := fmt.Sprintf(` WHERE "time" >= %d`, t.lastTime.Int64-width)
		rows, err := e.query(ctx, t.database, "SELECT count(*) FROM "+qualified(t.database, t.name)+where)
		if err != nil {
			return "", e.tableError(err, t.database, t.name)
		}
		if n, _ := rows[0][0].(int64); n >= int64(count) {
			return where, nil
		}
	}
	return "", nil
}
