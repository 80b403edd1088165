package trino

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver sqlite
)

// layout creates the tables of trino.db. Times are in milliseconds since 1970.
//
//   - databases has the times when schemas were created or first seen.
//   - tables has a row for each table that was created or first seen. A dropped table keeps its row; its name is that of
//     the renamed table of the cluster.
//   - columns has the keys that differ from the names of the columns.
//   - orders has the order of the columns in the schema, if it is not that of the cluster, which cannot change it.
//   - imports has the state of each import: sending or applied.
//   - stages has the staging tables of imports, until they are dropped.
//   - jobs has the state of the statements of jobs that change something.
//   - intents has the changes that consist of several statements, until they are complete.
const layout = `
CREATE TABLE IF NOT EXISTS databases (name TEXT PRIMARY KEY, created INTEGER NOT NULL, updated INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tables (
	id INTEGER PRIMARY KEY AUTOINCREMENT, schema TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
	last_import INTEGER NOT NULL DEFAULT 0, records INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
	last_time INTEGER, stats_at INTEGER NOT NULL DEFAULT 0,
	expire INTEGER NOT NULL DEFAULT 0, include_v INTEGER NOT NULL DEFAULT 1, detect INTEGER NOT NULL DEFAULT 1,
	deleted_at INTEGER NOT NULL DEFAULT 0, former TEXT NOT NULL DEFAULT '', UNIQUE (schema, name));
CREATE TABLE IF NOT EXISTS columns (
	table_id INTEGER NOT NULL, key TEXT NOT NULL, sql TEXT NOT NULL, PRIMARY KEY (table_id, sql)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
	table_id INTEGER NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (table_id, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imports (
	table_id INTEGER NOT NULL, import_id TEXT NOT NULL, state TEXT NOT NULL, query_id TEXT NOT NULL,
	rows INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (table_id, import_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stages (
	table_id INTEGER NOT NULL, import_id TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (table_id, import_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
	id INTEGER PRIMARY KEY, query_id TEXT NOT NULL, state TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
	written INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS intents (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, doc TEXT NOT NULL);
`

// States of imports and of the statements of jobs.
const (
	sending = "sending" // the statement was submitted; its outcome is not known
	applied = "applied"
)

// A metadata is the open file trino.db.
type metadata struct{ db *sql.DB }

// openMetadata opens the file at path, which is created if it is missing. Each transaction is on the disk when it ends,
// because the file decides whether an import is repeated.
func openMetadata(ctx context.Context, path string) (*metadata, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	options := url.Values{
		"_txlock": {"immediate"}, "_dqs": {"0"}, "_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"},
	}
	name := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/"), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, layout); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &metadata{db}, nil
}

func (m *metadata) close() error { return m.db.Close() }

func (m *metadata) exec(ctx context.Context, query string, args ...any) error {
	_, err := m.db.ExecContext(ctx, query, args...)
	return err
}

// update runs f in a transaction.
func (m *metadata) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// collect calls scan for each row of a query.
func (m *metadata) collect(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := m.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// pendingQueries returns the IDs of queries whose outcome is not known.
func (m *metadata) pendingQueries(ctx context.Context) (ids []string, err error) {
	err = m.collect(ctx, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT query_id FROM imports WHERE state = 'sending' UNION SELECT query_id FROM jobs WHERE state = 'sending'`)
	return ids, err
}

// deleteTable removes everything about a table.
func (m *metadata) deleteTable(ctx context.Context, id int64) error {
	return m.update(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{
			`DELETE FROM tables WHERE id = ?`, `DELETE FROM columns WHERE table_id = ?`, `DELETE FROM orders WHERE table_id = ?`, `DELETE FROM imports WHERE table_id = ?`,
		} {
			if _, err := tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// now returns the time in milliseconds since 1970.
func now() int64 { return time.Now().UnixMilli() }

// fromMilli returns the time of milliseconds since 1970, and the zero time for 0.
func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
