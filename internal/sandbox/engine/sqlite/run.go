package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// maxAttached is SQLite's default limit of attached databases per connection.
const maxAttached = 10

// maxTries limits how often a statement is translated again because tables changed before it
// started.
const maxTries = 20

// errStale is returned if a database changed between translation and execution.
var errStale = errors.New("the catalog changed")

// Run implements engine.Engine. In Trino, the result of a statement that writes is one row with the
// number of written rows. In Hive it has no columns.
func (e *Engine) Run(ctx context.Context, s engine.Statement, sink engine.Sink) error {
	if s.Scheduled.IsZero() {
		s.Scheduled = time.Now()
	}
	for range maxTries {
		c := newCatalog(ctx, e)
		p, err := e.translate(translate.Request{
			SQL: s.SQL, Dialect: s.Dialect, Database: s.Database, Catalog: c,
			Scheduled: s.Scheduled, Now: time.Now(),
		})
		if c.err != nil {
			return contextError(ctx, c.err)
		}
		if err != nil {
			return err
		}
		r := run{engine: e, catalog: c, plan: p, statement: s, sink: sink}
		err = r.execute(ctx)
		if !errors.Is(err, errStale) {
			return contextError(ctx, e.statementError(err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return fmt.Errorf("run statement: %w", errStale)
}

// A run is the execution of a translated statement.
type run struct {
	engine    *Engine
	catalog   *catalog
	plan      *translate.Plan
	statement engine.Statement
	sink      engine.Sink
}

func (r *run) execute(ctx context.Context) error {
	e, p := r.engine, r.plan
	target := p.Target
	switch p.Kind {
	case translate.Query:
		return r.query(ctx)
	case translate.Rows:
		return r.sendValues()
	case translate.CreateTable:
		return r.finish(ignore(r.createTable(ctx), engine.ErrExists, p.IfNotExists), engine.NoRowCount)
	case translate.DropTable:
		err := r.update(ctx, func(t *tx) error { return t.dropTable(target.Database, target.Table) })
		return r.finish(ignore(err, engine.ErrNotFound, p.IfExists), engine.NoRowCount)
	case translate.CreateView:
		err := r.update(ctx, func(t *tx) error { return t.createView(target, p.View, p.Replace) })
		return r.finish(ignore(err, engine.ErrExists, p.IfNotExists), engine.NoRowCount)
	case translate.DropView:
		err := r.update(ctx, func(t *tx) error { return t.dropView(target) })
		return r.finish(ignore(err, engine.ErrNotFound, p.IfExists), engine.NoRowCount)
	case translate.CreateDatabase:
		err := e.createDatabase(ctx, target.Database, r.statement.Job)
		return r.finish(ignore(err, engine.ErrExists, p.IfNotExists), engine.NoRowCount)
	case translate.DropDatabase:
		err := e.dropDatabase(ctx, target.Database, r.statement.Job)
		return r.finish(ignore(err, engine.ErrNotFound, p.IfExists), engine.NoRowCount)
	case translate.RenameTable:
		err := r.update(ctx, func(t *tx) error { return t.renameTable(target.Database, target.Table, p.NewName, false) })
		return r.finish(err, engine.NoRowCount)
	case translate.CreateTableAs, translate.Insert, translate.InsertOverwrite, translate.Delete:
		return r.write(ctx)
	}
	return &translate.Error{Kind: translate.NotSupported, Message: "this kind of statement is not supported by the sandbox"}
}

// ignore returns nil if err is target and the statement has IF EXISTS or IF NOT EXISTS.
func ignore(err, target error, ifExists bool) error {
	if ifExists && errors.Is(err, target) {
		return nil
	}
	return err
}

func (r *run) createTable(ctx context.Context) error {
	target := r.plan.Target
	id, err := r.engine.newTable(ctx, target.Table)
	if err != nil {
		return err
	}
	return r.update(ctx, func(t *tx) error { return t.createTable(id, target.Database, target.Table, r.columns()) })
}

// update runs f in a write transaction on the target's database, and records the job in it.
func (r *run) update(ctx context.Context, f func(*tx) error) error {
	return r.engine.update(ctx, r.plan.Target.Database, func(t *tx) error {
		if err := f(t); err != nil {
			return err
		}
		return t.recordJob(r.statement.Job, engine.NoRowCount)
	})
}

// finish passes the result of a statement that is not a query to the sink.
func (r *run) finish(err error, written int64) error {
	if err != nil {
		return err
	}
	return engine.SendWritten(r.sink, r.statement.Dialect, written)
}

// sendValues passes the rows of the plan to the sink.
func (r *run) sendValues() error {
	if err := r.sink.Schema(r.plan.Columns); err != nil {
		return err
	}
	for _, row := range r.plan.Values {
		if err := r.sink.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// columns returns the columns of the table to create. Every table has a time column.
func (r *run) columns() []column {
	list := make([]column, len(r.plan.Columns))
	for i, c := range r.plan.Columns {
		list[i] = column{name: c.Name, sql: c.Name, typ: c.Type, position: int64(i + 1)}
	}
	if !slices.ContainsFunc(list, func(c column) bool { return c.name == "time" }) {
		c := timeColumn()
		c.position = timeHidden
		list = append(list, c)
	}
	return list
}

func (r *run) query(ctx context.Context) error {
	p := r.plan
	if len(p.Columns) > maxResultColumns {
		return &translate.Error{Kind: translate.NotSupported, Message: fmt.Sprintf("a result of %d columns is not supported by the sandbox", len(p.Columns))}
	}
	if err := r.loadDatabases(p.Reads); err != nil {
		return err
	}
	rt, err := r.engine.runtimes.get()
	if err != nil {
		return err
	}
	defer r.engine.runtimes.put(rt)
	s, err := r.engine.attach(ctx, rt, p.Reads, nil)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, read)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := r.checkGenerations(t, p.Reads); err != nil {
		return err
	}
	if err := r.sink.Schema(p.Columns); err != nil {
		return err
	}
	sink := newResultSink(r.sink, p.Columns, r.engine.maxRows)
	rt.sink = sink
	_, err = t.ExecContext(ctx, emitSQL(p.SQL, len(p.Columns)))
	if sink.err != nil {
		return sink.err
	}
	return err
}

// loadDatabases reads the databases that the translation did not need, before this run takes a lock.
func (r *run) loadDatabases(databases []string) error {
	for _, name := range databases {
		if r.catalog.load(name) == nil && r.catalog.err == nil {
			return databaseNotFound(name)
		}
	}
	return r.catalog.err
}

// checkGenerations returns errStale if a database changed since the translation.
func (r *run) checkGenerations(t *tx, databases []string) error {
	for _, name := range databases {
		// A database lacks its layout if the process that created it was interrupted.
		var hasLayout bool
		err := t.attached(name).row(`SELECT count(*) FROM @sqlite_schema WHERE name = 'td$database'`).Scan(&hasLayout)
		if err != nil {
			return err
		}
		if !hasLayout {
			return errStale
		}
		var generation int64
		if err := t.attached(name).row(`SELECT generation FROM @"td$database"`).Scan(&generation); err != nil {
			return err
		}
		if generation != r.catalog.databases[name].generation {
			return errStale
		}
	}
	return nil
}

// attach opens a connection with databases attached under their names, some of them writable.
func (e *Engine) attach(ctx context.Context, rt *runtime, databases, writable []string) (*session, error) {
	// SQLite names a connection's own database main, so a database of that name cannot be attached.
	own := ":memory:?" + pragmas
	attached := len(databases)
	mode := func(name string) string {
		if slices.Contains(writable, name) {
			return "rw"
		}
		return "ro"
	}
	release, err := e.guard.share(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	for _, name := range databases {
		if !e.files.contains(name) {
			return nil, databaseNotFound(name)
		}
	}
	if slices.Contains(databases, "main") {
		own = fileURI(e.files.file("main"), mode("main")) + "&" + pragmas
		attached--
	}
	if attached > maxAttached {
		return nil, &translate.Error{
			Kind:    translate.NotSupported,
			Message: fmt.Sprintf("a statement with more than %d databases is not supported by the sandbox", maxAttached),
		}
	}
	s, err := connect(ctx, rt.driver, own)
	if err != nil {
		return nil, err
	}
	s.guard = e.guard
	// Parsed arrays and maps need about 16 times the memory of their texts.
	if _, err := sqlite.Limit(s.conn, sqlite3.SQLITE_LIMIT_LENGTH, int(max(1<<20, min(e.runtimes.maxMemory/16, math.MaxInt32)))); err != nil {
		s.disconnect()
		return nil, err
	}
	for _, name := range databases {
		if err := e.attachOne(ctx, s, name, mode(name)); err != nil {
			s.disconnect()
			return nil, fmt.Errorf("open database '%s': %w", name, err)
		}
	}
	return s, nil
}

// attachOne attaches a database, unless it is the connection's own, and reads from it. The caller holds e.guard.
func (e *Engine) attachOne(ctx context.Context, s *session, name, mode string) error {
	if name != "main" {
		if _, err := s.conn.ExecContext(ctx, `ATTACH ? AS `+quote(name), fileURI(e.files.file(name), mode)); err != nil {
			return err
		}
		if _, err := s.conn.ExecContext(ctx, `PRAGMA `+quote(name)+`.synchronous = NORMAL`); err != nil {
			return err
		}
	}
	var version int
	return s.conn.QueryRowContext(ctx, `PRAGMA `+quote(name)+`.user_version`).Scan(&version)
}
