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

// A session is a connection that is used for the duration of one call.
type session struct {
	db      *sql.DB
	conn    *sql.Conn
	version int        // layout version of the database, set by connectDatabase
	guard   *fileGuard // guards the open databases; nil if there are none
}

type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// pragmas apply to every connection. Transactions take the write lock when they start, and "x"
// is always a name, never a string literal (see https://sqlite.org/quirks.html).
const pragmas = "_txlock=immediate&_dqs=0&_error_rc=1&_pragma=busy_timeout(10000)&_pragma=synchronous(NORMAL)" +
	"&_pragma=cache_size(-16000)&_pragma=case_sensitive_like(1)"

// fileURI returns the URI of a file, see https://sqlite.org/uri.html.
func fileURI(file, mode string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=" + mode}).String()
}

// connect opens a connection.
func connect(ctx context.Context, d *sqlite.Driver, dsn string) (*session, error) {
	db := sql.OpenDB(connector{d, dsn})
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &session{db: db, conn: conn}, nil
}

// openDatabase connects to an existing database and creates its layout if necessary. It returns
// ErrNotFound if the database does not exist or was dropped.
func (e *Engine) openDatabase(ctx context.Context, d *sqlite.Driver, database string) (*session, error) {
	s, err := e.openFile(ctx, d, database)
	if err != nil {
		return nil, err
	}
	err = s.createLayout(ctx, 0)
	if err == nil {
		var dropped bool
		err = s.conn.QueryRowContext(ctx, `SELECT dropped FROM "td$database"`).Scan(&dropped)
		if dropped || isMoved(err) {
			err = databaseNotFound(database)
		}
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openFile connects to the file of an existing database.
func (e *Engine) openFile(ctx context.Context, d *sqlite.Driver, database string) (*session, error) {
	release, err := e.guard.share(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if !e.files.contains(database) {
		return nil, databaseNotFound(database)
	}
	s, err := e.connectDatabase(ctx, d, database)
	if err != nil {
		return nil, fmt.Errorf("open database '%s': %w", database, err)
	}
	return s, nil
}

// connectDatabase connects to an existing file and reads from it. The caller holds e.guard.
func (e *Engine) connectDatabase(ctx context.Context, d *sqlite.Driver, database string) (*session, error) {
	s, err := connect(ctx, d, fileURI(e.files.file(database), "rw")+"&"+pragmas)
	if err != nil {
		return nil, err
	}
	s.guard = e.guard
	var mode string
	if err := s.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		s.disconnect()
		return nil, err
	}
	if mode != "wal" {
		s.enableWAL(ctx)
	}
	if s.version, err = s.layoutVersion(ctx); err != nil {
		s.disconnect()
		return nil, err
	}
	return s, nil
}

// enableWAL changes the journal mode of a database. WAL needs shared memory, which network file systems lack.
// The mode is left unchanged there; readers and writers then block each other.
func (s *session) enableWAL(ctx context.Context) {
	_, _ = s.conn.ExecContext(ctx, "PRAGMA journal_mode=WAL")
}

func (s *session) layoutVersion(ctx context.Context) (version int, err error) {
	return version, s.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
}

// createLayout creates or updates the layout of a database. It records the job that creates the database, if
// there is one.
func (s *session) createLayout(ctx context.Context, job int64) error {
	if s.version >= layoutVersion {
		return nil
	}
	t, err := s.begin(ctx, write)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := t.exec(layout, time.Now().UnixMilli()); err != nil {
		return err
	}
	if err := t.recordJob(job, engine.NoRowCount); err != nil {
		return err
	}
	return t.Commit()
}

// close closes the connection and rolls back an open transaction. The caller does not hold the guard.
func (s *session) close() {
	if s.guard != nil {
		if release, err := s.guard.share(context.Background()); err == nil {
			defer release()
		}
	}
	s.disconnect()
}

// disconnect is close for a caller that holds the guard.
func (s *session) disconnect() {
	_ = s.conn.Close()
	_ = s.db.Close()
}

// access is the kind of a transaction.
type access bool

const (
	read  access = false
	write access = true
)

// A tx is a transaction on one database of a connection. Its methods replace "@" before a table
// name by the name of the database.
type tx struct {
	*sql.Tx
	ctx    context.Context
	schema string
}

// attached returns the same transaction for another attached database.
func (t *tx) attached(database string) *tx { return &tx{t.Tx, t.ctx, quote(database) + "."} }

func (t *tx) qualify(query string) string { return strings.ReplaceAll(query, "@", t.schema) }

// begin starts a transaction. It waits for the lock until the context ends.
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

// execCount runs a statement and returns the number of rows that it changed.
func (t *tx) execCount(query string, args ...any) (int64, error) {
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

// rollback undoes the transaction unless it was committed.
func (t *tx) rollback() { _ = t.Rollback() }

// checkNotDropped returns ErrNotFound if the database was dropped before t got its lock.
func checkNotDropped(t *tx, database string) error {
	var dropped bool
	if err := t.row(`SELECT dropped FROM @"td$database"`).Scan(&dropped); err != nil {
		return err
	}
	if dropped {
		return databaseNotFound(database)
	}
	return nil
}

// contextError returns the context's error if the context has ended, otherwise err.
func contextError(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// isMoved reports whether err means that the file of a database was removed while it was open.
func isMoved(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_READONLY_DBMOVED
}

// quote returns name as a quoted SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func isNotFound(err error) bool { return errors.Is(err, engine.ErrNotFound) }
