// Package state stores the sandbox's data other than tables: jobs, schedules,
// users, saved results and import sessions. The data is in one SQLite file, which
// several processes may use concurrently. Changes are durable when a method
// returns, even if the process is killed.
package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors of lookups and additions.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
)

// version is the version of the layout. It is stored as user_version of the file.
const version = 1

const layout = `
CREATE TABLE objects (
	id   INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	doc  TEXT NOT NULL,
	UNIQUE (kind, name)
);
CREATE TABLE jobs (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	type           TEXT NOT NULL,
	db             TEXT NOT NULL,
	query          TEXT NOT NULL,
	status         TEXT NOT NULL,
	priority       INTEGER NOT NULL,
	retry_limit    INTEGER NOT NULL,
	result         TEXT NOT NULL,
	domain_key     TEXT UNIQUE,
	user_name      TEXT NOT NULL,
	scheduled_time INTEGER NOT NULL,
	schedule       INTEGER NOT NULL,
	connector      INTEGER NOT NULL,
	target         INTEGER NOT NULL,
	linked         INTEGER NOT NULL DEFAULT 0,
	detail         TEXT NOT NULL,
	owner          TEXT NOT NULL,
	kill           INTEGER NOT NULL DEFAULT 0,
	created        INTEGER NOT NULL,
	updated        INTEGER NOT NULL,
	started        INTEGER NOT NULL DEFAULT 0,
	ended          INTEGER NOT NULL DEFAULT 0,
	cpu            INTEGER NOT NULL DEFAULT -1,
	records        INTEGER NOT NULL DEFAULT -1,
	size           INTEGER NOT NULL DEFAULT -1,
	raw_size       INTEGER NOT NULL DEFAULT -1,
	etag           TEXT NOT NULL DEFAULT '',
	columns        TEXT NOT NULL DEFAULT '',
	cmdout         TEXT NOT NULL DEFAULT '',
	stderr         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_unfinished ON jobs (owner, status) WHERE ended = 0;
CREATE INDEX jobs_schedule ON jobs (schedule) WHERE schedule > 0;
CREATE INDEX jobs_connector ON jobs (connector) WHERE connector > 0;
`

// A DB is an open state file. It is safe for concurrent use.
type DB struct {
	write *sql.DB // has one connection, which serializes the writers of this process
	read  *sql.DB
}

// Open opens the file at path, which is created if it is missing.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	write, err := open(path, 1)
	if err != nil {
		return nil, err
	}
	d := &DB{write: write}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open %q: %w", path, err), write.Close())
	}
	if d.read, err = open(path, 4); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return d, nil
}

// IsStateFile reports whether the file at path was created by [Open]. It changes nothing.
func IsStateFile(ctx context.Context, path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	options := url.Values{"mode": {"ro"}}
	if _, err := os.Stat(path + "-wal"); err != nil { // SQLite creates files to read one that has a log
		options.Set("immutable", "1")
	}
	name := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/"), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	var found bool
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM pragma_table_info('objects') WHERE name IN ('id', 'kind', 'name', 'doc')) = 4
		AND (SELECT count(*) FROM pragma_table_info('jobs') WHERE name IN ('id', 'type', 'db', 'domain_key', 'retry_limit')) = 5`).Scan(&found)
	return err == nil && found
}

// touch creates the file with a mode that protects the API keys in it. SQLite
// creates its other files with the same mode.
func touch(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

func open(path string, connections int) (*sql.DB, error) {
	options := url.Values{
		"_txlock": {"immediate"},
		"_dqs":    {"0"},
		"_pragma": {"busy_timeout(10000)", "synchronous(NORMAL)"},
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// In a URL, a '?' in the path is escaped and does not start the options.
	name := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/"), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// prepare creates the tables in a new file. Write-ahead logging requires a local
// disk (https://www.sqlite.org/wal.html); on other ones, a rollback journal is used.
func (d *DB) prepare(ctx context.Context) error {
	if _, err := d.write.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		if _, err := d.write.ExecContext(ctx, "PRAGMA journal_mode = DELETE"); err != nil {
			return err
		}
	}
	return d.tx(ctx, func(tx *sql.Tx) error {
		var found int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil {
			return err
		}
		switch found {
		case version:
			return nil
		case 0:
			if _, err := tx.ExecContext(ctx, layout); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
			return err
		default:
			return fmt.Errorf("it was created by another version of this program (layout %d, want %d)", found, version)
		}
	})
}

// Close closes the file.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// tx runs f in a write transaction.
func (d *DB) tx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // fails after Commit
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// isDuplicate reports whether err is a violation of a uniqueness constraint.
func isDuplicate(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

// toMillis returns milliseconds since 1970, or 0 for the zero time.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// IsDiskFull reports whether err is SQLite's error for a file system without free space.
// The second code is its error for the file of shared memory.
func IsDiskFull(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_FULL || e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE)
}
