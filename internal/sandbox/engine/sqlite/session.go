package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// A session is one connection. It belongs to one call and ends with it.
type session struct {
	db   *sql.DB
	conn *sql.Conn
}

type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// pragmas hold for every connection: wait for locks, take the write lock at
// the beginning of a transaction, and read "x" as a name, never as a text.
const pragmas = "_txlock=immediate&_dqs=0&_error_rc=1&_pragma=busy_timeout(10000)&_pragma=synchronous(NORMAL)" +
	"&_pragma=cache_size(-16000)&_pragma=case_sensitive_like(1)"

// uri names a file for SQLite, whatever characters its path has.
func uri(file, mode string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=" + mode}).String()
}

// connect opens a connection to what dsn names.
func connect(ctx context.Context, d *sqlite.Driver, dsn string) (*session, error) {
	db := sql.OpenDB(connector{d, dsn})
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &session{db, conn}, nil
}

// open connects to a database that exists and is ready for use.
func (e *Engine) open(ctx context.Context, d *sqlite.Driver, database string) (*session, error) {
	missing := fmt.Errorf("database '%s' %w", database, engine.ErrNotFound)
	if !e.exists(database) {
		return nil, missing
	}
	s, err := connect(ctx, d, uri(e.file(database), "rw")+"&"+pragmas)
	if err != nil {
		if !e.exists(database) {
			return nil, missing
		}
		return nil, fmt.Errorf("open database '%s': %w", database, err)
	}
	dropped, err := s.prepare(ctx)
	if err != nil {
		s.close()
		return nil, fmt.Errorf("open database '%s': %w", database, err)
	}
	if dropped {
		s.close()
		return nil, missing
	}
	return s, nil
}

// prepare lays out a database that was just created, by this process or by one
// that did not get that far, and tells whether it was dropped.
func (s *session) prepare(ctx context.Context) (dropped bool, err error) {
	// Where there can be no log with shared memory, on network disks, the
	// mode stays what it was and readers and writers wait for each other.
	var mode string
	if err := s.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return false, err
	}
	if mode != "wal" {
		_, _ = s.conn.ExecContext(ctx, "PRAGMA journal_mode=WAL")
	}
	var version int
	if err := s.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return false, err
	}
	if version == 0 {
		t, err := s.begin(ctx, write)
		if err != nil {
			return false, err
		}
		defer t.rollback()
		if err := t.exec(layout, time.Now().UnixMilli()); err != nil {
			return false, err
		}
		if err := t.commit(); err != nil {
			return false, err
		}
	}
	return dropped, s.conn.QueryRowContext(ctx, `SELECT dropped FROM "td$database"`).Scan(&dropped)
}

// close ends the connection; a transaction that is still open is rolled back.
func (s *session) close() {
	_ = s.conn.Close()
	_ = s.db.Close()
}

// An access is what a transaction is for.
type access bool

const (
	read  access = false
	write access = true
)

// A tx is a transaction on one database of a connection. In its statements an @
// before a table's name stands for that database.
type tx struct {
	*sql.Tx
	ctx    context.Context
	schema string
}

// in gives the same transaction for another database of the connection.
func (t *tx) in(database string) *tx { return &tx{t.Tx, t.ctx, quote(database) + "."} }

func (t *tx) qualify(query string) string { return strings.ReplaceAll(query, "@", t.schema) }

// begin waits for the lock as long as the context allows.
func (s *session) begin(ctx context.Context, a access) (*tx, error) {
	for {
		t, err := s.conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: a == read})
		if err == nil {
			return &tx{t, ctx, "main."}, nil
		}
		if !isBusy(err) || ctx.Err() != nil {
			return nil, err
		}
	}
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, t.qualify(query), args...)
	return err
}

// affect runs a statement and tells how many rows it touched.
func (t *tx) affect(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, t.qualify(query), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.QueryRowContext(t.ctx, t.qualify(query), args...)
}

// each calls scan for every row of a query.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.QueryContext(t.ctx, t.qualify(query), args...)
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

func (t *tx) commit() error { return t.Commit() }

// rollback undoes a transaction that was not committed.
func (t *tx) rollback() { _ = t.Rollback() }

// view reads a database in one transaction.
func (e *Engine) view(ctx context.Context, database string, f func(*tx) error) error {
	return e.within(ctx, database, read, f)
}

// update changes a database in one transaction, or not at all.
func (e *Engine) update(ctx context.Context, database string, f func(*tx) error) error {
	return e.within(ctx, database, write, f)
}

func (e *Engine) within(ctx context.Context, database string, a access, f func(*tx) error) error {
	d := e.plain
	if a == write { // a column's new type may need a function to convert by
		d = e.driver
	}
	s, err := e.open(ctx, d, database)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, a)
	if err != nil {
		return cause(ctx, err)
	}
	defer t.rollback()
	if a == write {
		if err := stillThere(t, database); err != nil {
			return err
		}
	}
	if err := f(t); err != nil {
		return cause(ctx, err)
	}
	return cause(ctx, t.commit())
}

// stillThere refuses a database that was dropped while its lock was waited for.
func stillThere(t *tx, database string) error {
	var dropped bool
	if err := t.row(`SELECT dropped FROM @"td$database"`).Scan(&dropped); err != nil {
		return err
	}
	if dropped {
		return fmt.Errorf("database '%s' %w", database, engine.ErrNotFound)
	}
	return nil
}

// cause puts the context's error in place of what its end made fail.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// quote spells a name for SQLite.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func isNotFound(err error) bool { return errors.Is(err, engine.ErrNotFound) }
