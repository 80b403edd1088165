package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// jobRetention is the time after which the record of a committed job is deleted. It is the time for which
// the service keeps jobs.
const jobRetention = 90 * 24 * time.Hour

// recordJob records in the transaction that the statement of a job has written rows. A job ID of 0 is
// not recorded.
func (t *tx) recordJob(id, written int64) error {
	if id == 0 {
		return nil
	}
	if err := t.exec(`DELETE FROM @"td$jobs" WHERE committed_at < ?`, now()-jobRetention.Milliseconds()); err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO @"td$jobs" (id, written, committed_at) VALUES (?, ?, ?)`, id, written, now())
}

// CommittedJob implements engine.Engine.
func (e *Engine) CommittedJob(ctx context.Context, id int64) (written int64, ok bool, err error) {
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
