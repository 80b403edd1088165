// Package state keeps what the sandbox knows besides tables: jobs, schedules,
// users, saved results and import sessions, in one SQLite file that several
// processes may use at once. What a method has acknowledged survives kill -9.
// It runs no job and knows no HTTP.
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

// Sentinels for what cannot be.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
)

// version is the layout of the file, kept in its user_version.
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

// A DB is an open state file. It may be used by several goroutines at once.
type DB struct {
	write *sql.DB // one connection: writers of one process wait for each other here
	read  *sql.DB
}

// Open opens the file at path, or makes it.
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
		write.Close() //nolint:errcheck // the first error says more
		return nil, fmt.Errorf("cannot open %q: %w", path, err)
	}
	if d.read, err = open(path, 4); err != nil {
		write.Close() //nolint:errcheck // the first error says more
		return nil, err
	}
	return d, nil
}

// touch makes the file readable by its owner alone: it holds keys. SQLite gives the
// files beside it the same mode.
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
	// Only a URL can name every path: in a plain name a '?' begins the options.
	name := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/"), RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// prepare makes the tables in a new file. Write-ahead logging needs a local disk:
// where it cannot be had, the rollback journal serves.
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
			return fmt.Errorf("it was made by another version of this program (layout %d, not %d)", found, version)
		}
	})
}

// Close closes the file.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// tx runs f in a transaction that nobody writes beside.
func (d *DB) tx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// isDuplicate tells whether err is a refused second value of a unique column.
func isDuplicate(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

// Times are kept as milliseconds since 1970; 0 is no time.
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
