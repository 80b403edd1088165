package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// jobRetention is the time after which the record of a committed job is deleted. It is the time for which
// the service keeps jobs.
const jobRetention = 90 * 24 * time.Hour

// recordJob records in the transaction that the statement of a job changes the database. A job ID of 0 is not
// recorded.
func (t *tx) recordJob(id, written int64) error {
	if id == 0 {
		return nil
	}
	if err := t.exec(`DELETE FROM @"td$jobs" WHERE committed_at < ?`, now()-jobRetention.Milliseconds()); err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO @"td$jobs" (id, written, committed_at) VALUES (?, ?, ?)`, id, written, now())
}

// recordDrop records that a job is about to remove the files of a database. t is a transaction on it.
func (e *Engine) recordDrop(ctx context.Context, t *tx, database string, job int64) error {
	if job == 0 {
		return nil
	}
	var created int64
	if err := t.row(`SELECT created_at FROM @"td$database"`).Scan(&created); err != nil {
		return err
	}
	return e.updateShared(ctx, func(t *tx) error {
		if err := t.exec(`DELETE FROM drops WHERE at < ?`, now()-jobRetention.Milliseconds()); err != nil {
			return err
		}
		return t.exec(`INSERT OR REPLACE INTO drops VALUES (?, ?, ?, ?)`, job, database, created, now())
	})
}

// dropped reports whether a job has removed the files of a database.
func (e *Engine) dropped(ctx context.Context, job int64) (bool, error) {
	var name string
	var created int64
	err := e.updateShared(ctx, func(t *tx) error {
		return t.row(`SELECT database, created_at FROM drops WHERE job = ?`, job).Scan(&name, &created)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d, err := e.Database(ctx, name)
	if isNotFound(err) {
		return true, nil
	}
	return !d.CreatedAt.Equal(unixMilli(created)), err
}

// CommittedJob implements engine.Engine.
func (e *Engine) CommittedJob(ctx context.Context, id int64) (written int64, ok bool, err error) {
	if ok, err := e.dropped(ctx, id); ok || err != nil {
		return engine.NoRowCount, ok, err
	}
	names, err := e.files.databases()
	if err != nil {
		return 0, false, err
	}
	for _, name := range names {
		err := e.view(ctx, name, func(t *tx) error {
			return t.row(`SELECT written FROM @"td$jobs" WHERE id = ?`, id).Scan(&written)
		})
		switch {
		case err == nil:
			return written, true, nil
		case !errors.Is(err, sql.ErrNoRows) && !isNotFound(err):
			return 0, false, err
		}
	}
	return 0, false, nil
}
