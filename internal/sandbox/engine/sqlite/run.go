package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// maxAttached is how many databases a connection can have besides its own.
const maxAttached = 10

// maxTries is how often a statement is translated anew when its tables change
// before it has begun.
const maxTries = 20

// errStale says that a database changed between translation and run.
var errStale = errors.New("the catalog changed")

// Run runs a statement into the sink; see Engine. A statement that writes
// gives the sink one row, how many rows it wrote, in Trino; nothing in Hive.
func (e *Engine) Run(ctx context.Context, s engine.Statement, sink engine.Sink) error {
	if s.Scheduled.IsZero() {
		s.Scheduled = time.Now()
	}
	for range maxTries {
		c := e.catalog(ctx)
		p, err := e.translate(translate.Request{
			SQL: s.SQL, Dialect: s.Dialect, Database: s.Database, Catalog: c,
			Scheduled: s.Scheduled, Now: time.Now(),
		})
		if c.err != nil {
			return cause(ctx, c.err)
		}
		if err != nil {
			return err
		}
		r := run{engine: e, catalog: c, plan: p, statement: s, sink: sink}
		err = r.do(ctx)
		if !errors.Is(err, errStale) {
			return cause(ctx, explain(err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return fmt.Errorf("run: %w", errStale)
}

// A run is one statement under way.
type run struct {
	engine    *Engine
	catalog   *catalog
	plan      *translate.Plan
	statement engine.Statement
	sink      engine.Sink
}

func (r *run) do(ctx context.Context) error {
	e, p := r.engine, r.plan
	target := p.Target
	switch p.Kind {
	case translate.Query:
		return r.query(ctx)
	case translate.Rows:
		return r.values()
	case translate.CreateTable:
		err := e.newTable(ctx, target.Database, target.Table, r.columns(), func(*tx, int64) error { return nil })
		return r.finish(allowed(err, engine.ErrExists, p.IfNotExists), -1)
	case translate.DropTable:
		return r.finish(allowed(e.DropTable(ctx, target.Database, target.Table), engine.ErrNotFound, p.IfExists), -1)
	case translate.CreateDatabase:
		return r.finish(allowed(e.CreateDatabase(ctx, target.Database), engine.ErrExists, p.IfNotExists), -1)
	case translate.DropDatabase:
		return r.finish(allowed(e.DropDatabase(ctx, target.Database), engine.ErrNotFound, p.IfExists), -1)
	case translate.RenameTable:
		return r.finish(e.RenameTable(ctx, target.Database, target.Table, p.NewName, false), -1)
	case translate.CreateTableAs, translate.Insert, translate.InsertOverwrite, translate.Delete:
		return r.write(ctx)
	}
	return &translate.Error{Kind: translate.NotSupported, Message: "this kind of statement is not supported"}
}

// allowed forgives one refusal where the statement says IF (NOT) EXISTS.
func allowed(err, refusal error, forgiven bool) error {
	if forgiven && errors.Is(err, refusal) {
		return nil
	}
	return err
}

// finish tells the sink that a statement without rows is done; written is how
// many rows it wrote, -1 when it is not about rows.
func (r *run) finish(err error, written int64) error {
	if err != nil {
		return err
	}
	if written < 0 || r.statement.Dialect == translate.Hive {
		return r.sink.Schema(nil)
	}
	if err := r.sink.Schema([]translate.Column{{Name: "rows", Type: "bigint"}}); err != nil {
		return err
	}
	return r.sink.Row([]any{written})
}

// values answers from the plan alone.
func (r *run) values() error {
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

// columns are those of the table to create. A column called time keeps its
// place among them.
func (r *run) columns() []column {
	list := make([]column, len(r.plan.Columns))
	for i, c := range r.plan.Columns {
		list[i] = column{name: c.Name, sql: c.Name, typ: c.Type, at: int64(i + 1)}
	}
	return list
}

func (r *run) query(ctx context.Context) error {
	p := r.plan
	if len(p.Columns) > maxResultColumns {
		return &translate.Error{Kind: translate.NotSupported, Message: fmt.Sprintf("a result of %d columns", len(p.Columns))}
	}
	if err := r.describe(p.Reads); err != nil {
		return err
	}
	s, err := r.engine.attach(ctx, p.Reads, nil)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, read)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := r.fresh(t, p.Reads); err != nil {
		return err
	}
	if err := r.sink.Schema(p.Columns); err != nil {
		return err
	}
	em := newEmitter(r.sink, p.Columns, r.engine.maxRows)
	number, remove := r.engine.addEmitter(em)
	defer remove()
	_, err = t.ExecContext(ctx, emissionSQL(p.SQL, number, len(p.Columns)))
	if em.err != nil {
		return em.err
	}
	return err
}

// describe reads what the translation did not ask for, before a lock of this
// run's own could stand in the way.
func (r *run) describe(databases []string) error {
	for _, name := range databases {
		if r.catalog.describe(name) == nil && r.catalog.err == nil {
			return fmt.Errorf("database '%s' %w", name, engine.ErrNotFound)
		}
	}
	return r.catalog.err
}

// fresh refuses to go on when a database is not what the translation saw.
func (r *run) fresh(t *tx, databases []string) error {
	for _, name := range databases {
		var generation int64
		if err := t.in(name).row(`SELECT generation FROM @"td$database"`).Scan(&generation); err != nil {
			return err
		}
		if generation != r.catalog.databases[name].generation {
			return errStale
		}
	}
	return nil
}

// attach opens a connection that sees these databases under their names and
// can write some of them.
func (e *Engine) attach(ctx context.Context, databases, writable []string) (*session, error) {
	// SQLite calls a connection's own database main: one of that name has to be it.
	own := ":memory:?" + pragmas
	attached := slices.Clone(databases)
	mode := func(name string) string {
		if slices.Contains(writable, name) {
			return "rw"
		}
		return "ro"
	}
	for _, name := range databases {
		if !e.exists(name) {
			return nil, fmt.Errorf("database '%s' %w", name, engine.ErrNotFound)
		}
	}
	if i := slices.Index(attached, "main"); i >= 0 {
		own = uri(e.file("main"), mode("main")) + "&" + pragmas
		attached = slices.Delete(attached, i, i+1)
	}
	if len(attached) > maxAttached {
		return nil, &translate.Error{
			Kind:    translate.NotSupported,
			Message: fmt.Sprintf("a statement can name %d databases at most here", maxAttached),
		}
	}
	s, err := connect(ctx, e.driver, own)
	if err != nil {
		return nil, err
	}
	for _, name := range attached {
		_, err := s.conn.ExecContext(ctx, `ATTACH ? AS `+quote(name), uri(e.file(name), mode(name)))
		if err == nil {
			_, err = s.conn.ExecContext(ctx, `PRAGMA `+quote(name)+`.synchronous = NORMAL`)
		}
		if err != nil {
			s.close()
			if !e.exists(name) {
				return nil, fmt.Errorf("database '%s' %w", name, engine.ErrNotFound)
			}
			return nil, fmt.Errorf("open database '%s': %w", name, err)
		}
	}
	return s, nil
}
