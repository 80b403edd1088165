package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
	"github.com/td-cli/td/internal/sandbox/engine/trino/rewrite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Run implements engine.Engine. A row that a statement writes without a time gets the scheduled time.
func (e *Engine) Run(ctx context.Context, s engine.Statement, sink engine.Sink) error {
	if s.Dialect == translate.Hive {
		return &translate.Error{Kind: translate.NotSupported, Message: "Hive jobs cannot run on a Trino cluster: submit the query as a Trino job (-T trino)"}
	}
	if strings.TrimSpace(s.SQL) == "" {
		return &translate.Error{Kind: translate.SyntaxError, Message: "SQL statement is empty"}
	}
	if s.Scheduled.IsZero() {
		s.Scheduled = time.Now()
	}
	r, err := rewrite.Rewrite(s.SQL, s.Scheduled)
	if err != nil {
		return err
	}
	if r.Database != "" {
		s.Database = r.Database
	}
	x := &run{engine: e, statement: s, rewritten: r, sink: sink}
	return x.execute(ctx)
}

// A run is the execution of a statement.
type run struct {
	engine    *Engine
	statement engine.Statement
	rewritten *rewrite.Statement
	sink      engine.Sink
	sent      bool // the sink has got the schema
}

func (x *run) execute(ctx context.Context) error {
	e := x.engine
	if err := x.requireNew(ctx); err != nil {
		return err
	}
	existed := true
	if x.rewritten.Kind == rewrite.Insert || x.rewritten.Kind == rewrite.CreateTableAs {
		var err error
		if existed, err = x.addTime(ctx); err != nil {
			return err
		}
	}
	err := e.repeatRejected(ctx, func() error { return x.send(ctx) })
	if err != nil && x.rewritten.Kind == rewrite.CreateTableAs && !existed && e.connector != iceberg { // the connector leaves an empty table
		database, name := x.target()
		_ = e.jobs.exec(context.WithoutCancel(ctx), database, "DROP TABLE IF EXISTS "+qualified(database, name))
	}
	if err != nil {
		return err
	}
	if !x.sent {
		if err := x.sink.Schema(nil); err != nil {
			return err
		}
	}
	return x.updateMetadata(context.WithoutCancel(ctx))
}

// requireNew returns an error if an earlier attempt of the job may have been applied.
func (x *run) requireNew(ctx context.Context) error {
	if x.statement.Job == 0 || !x.rewritten.Kind.Writes() {
		return nil
	}
	state, err := x.engine.jobOutcome(ctx, x.statement.Job)
	if err != nil || state.state == failed {
		return err
	}
	return &translate.Error{Kind: translate.DataError, Message: "the statement may have been applied by an earlier attempt, and is not repeated"}
}

// target returns the table that the statement writes. The database is empty if it is in another catalog.
func (x *run) target() (database, name string) {
	t := x.rewritten.Target
	switch len(t) {
	case 1:
		return x.statement.Database, t[0]
	case 2:
		return t[0], t[1]
	case 3:
		if t[0] == x.engine.address.catalog {
			return t[1], t[2]
		}
	}
	return "", ""
}

// describe returns the columns of a query.
func (x *run) describe(ctx context.Context, s *rewrite.Statement) (columns []protocol.Column, err error) {
	q, err := x.engine.jobs.client.Submit(ctx, s.SQL, protocol.Session{Schema: x.statement.Database})
	if err != nil {
		return nil, err
	}
	err = q.Fetch(ctx, protocol.Receiver{Columns: func(c []protocol.Column) error {
		columns = c
		return nil
	}})
	return columns, x.engine.statementError(err, s)
}

// addTime adds the time to the rows of an INSERT or CREATE TABLE AS that do not have one, if the table has the column
// time. It reports whether the table exists.
func (x *run) addTime(ctx context.Context) (exists bool, err error) {
	database, name := x.target()
	if database == "" {
		return true, nil
	}
	table, err := x.engine.jobs.clusterColumns(ctx, database, name)
	if err != nil {
		return false, err
	}
	existing, exists := table[name]
	isTime := func(c schema.Column) bool { return c.SQL == "time" }
	if x.rewritten.Kind == rewrite.Insert && !slices.ContainsFunc(existing, isTime) {
		return exists, nil
	}
	columns := x.rewritten.Columns()
	if columns == nil {
		described, err := x.describe(ctx, x.rewritten.Query())
		if err != nil {
			return exists, err
		}
		for _, c := range described {
			columns = append(columns, strings.ToLower(c.Name))
		}
		if x.rewritten.Kind == rewrite.Insert {
			if len(columns) != len(existing)-1 { // complete, or an error that the cluster reports
				return exists, nil
			}
			columns = nil
			for _, c := range existing {
				if !isTime(c) {
					columns = append(columns, c.SQL)
				}
			}
		}
	}
	if !slices.Contains(columns, "time") {
		x.rewritten = x.rewritten.AddTime(x.statement.Scheduled.Unix(), columns)
	}
	return exists, nil
}

// send runs the statement once.
func (x *run) send(ctx context.Context) error {
	e := x.engine
	session := protocol.Session{Schema: x.statement.Database}
	if x.statement.Job != 0 {
		session.Tags = []string{fmt.Sprint("td-job-", x.statement.Job)}
	}
	q, err := e.jobs.client.Submit(ctx, x.rewritten.SQL, session)
	if err != nil {
		return err
	}
	if x.rewritten.Kind.Writes() && x.statement.Job != 0 {
		if err := e.recordJob(ctx, x, q.ID); err != nil {
			q.Cancel()
			return err
		}
	}
	var written int64 = engine.NoRowCount
	writer, _ := x.sink.(engine.RowWriter)
	if x.rewritten.Kind.Writes() {
		writer = nil
	}
	err = q.Fetch(ctx, protocol.Receiver{
		Writer: writer,
		Columns: func(columns []protocol.Column) error {
			if len(columns) == 0 {
				return nil
			}
			list := make([]translate.Column, len(columns))
			for i, c := range columns {
				list[i] = translate.Column{Name: c.Name, Type: normalType(c.Type)}
			}
			x.sent = true
			return x.sink.Schema(list)
		},
		Row: func(row []any) error {
			if n, ok := row[0].(int64); ok && x.rewritten.Kind.Writes() {
				written = n
			}
			return x.sink.Row(row)
		},
		Progress: func(p protocol.Progress) {
			if x.statement.Progress != nil {
				x.statement.Progress(engine.QueryProgress{ID: q.ID, State: p.State, Percent: p.Percent, Rows: p.Rows})
			}
		},
	})
	if x.rewritten.Kind.Writes() && x.statement.Job != 0 {
		return x.finishJob(ctx, err, written)
	}
	return e.statementError(err, x.rewritten)
}

// recordJob stores the ID of the query of a job before it runs.
func (e *Engine) recordJob(ctx context.Context, x *run, query string) error {
	database, name := x.target()
	const retention = 90 * 24 * time.Hour
	if err := e.meta.exec(ctx, `DELETE FROM jobs WHERE at < ?`, now()-retention.Milliseconds()); err != nil {
		return err
	}
	return e.meta.exec(ctx, `INSERT OR REPLACE INTO jobs VALUES (?, ?, 'sending', ?, ?, ?, ?)`, x.statement.Job, query, database, name, engine.NoRowCount, now())
}

// finishJob stores the outcome of the statement of a job. If the result could not be read, it looks up whether the
// statement was applied.
func (x *run) finishJob(ctx context.Context, err error, written int64) error {
	e, job, unstopped := x.engine, x.statement.Job, context.WithoutCancel(ctx)
	if err == nil {
		return e.meta.exec(unstopped, `UPDATE jobs SET state = 'applied', written = ? WHERE id = ?`, written, job)
	}
	if _, ok := errors.AsType[*protocol.Error](err); ok {
		return errors.Join(e.statementError(err, x.rewritten), e.meta.exec(unstopped, `DELETE FROM jobs WHERE id = ?`, job))
	}
	limited, cancel := context.WithTimeout(unstopped, lookUpTime)
	defer cancel()
	result, lookErr := e.jobOutcome(limited, job)
	switch {
	case result.state == failed:
		return err
	case result.state == committed && ctx.Err() == nil && !x.sent:
		x.sent = true
		return engine.SendWritten(x.sink, translate.Trino, result.written)
	case result.state == committed && ctx.Err() == nil:
		return nil
	}
	message := "canceled; the statement may have been applied"
	if result.state == committed {
		message = "canceled after the statement was applied"
	}
	return errors.Join(&translate.Error{Kind: translate.DataError, Message: message}, err, lookErr)
}

// jobOutcome returns the outcome of the statement of a job. It is failed if the job has no statement that changes
// something.
func (e *Engine) jobOutcome(ctx context.Context, job int64) (lookUpResult, error) {
	var query, state, database, name string
	var written, at int64
	err := e.meta.db.QueryRowContext(ctx, `SELECT query_id, state, schema, name, written, at FROM jobs WHERE id = ?`, job).
		Scan(&query, &state, &database, &name, &written, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return lookUpResult{state: failed}, nil
	}
	if err != nil {
		return lookUpResult{}, err
	}
	if state == applied {
		return lookUpResult{committed, written}, nil
	}
	result, err := e.jobs.lookUp(ctx, query, database, name, fromMilli(at))
	switch {
	case err != nil:
		return lookUpResult{}, err
	case result.state == committed:
		err = e.meta.exec(ctx, `UPDATE jobs SET state = 'applied', written = ? WHERE id = ?`, result.written, job)
	case result.state == failed:
		err = e.meta.exec(ctx, `DELETE FROM jobs WHERE id = ?`, job)
	}
	return result, err
}

// CommittedJob implements engine.Engine.
func (e *Engine) CommittedJob(ctx context.Context, id int64) (written int64, ok bool, err error) {
	result, err := e.jobOutcome(ctx, id)
	return result.written, result.state == committed, err
}

// updateMetadata stores the consequences of a statement for the metadata of its table.
func (x *run) updateMetadata(ctx context.Context) error {
	database, name := x.target()
	if database == "" || name == "" {
		return nil
	}
	if x.rewritten.Kind == rewrite.DropTable || x.rewritten.Kind == rewrite.CreateTableAs {
		columns, err := x.engine.jobs.clusterColumns(ctx, database, name)
		if err != nil {
			return err
		}
		if len(columns) == 0 {
			return x.engine.meta.forgetTable(ctx, database, name)
		}
	}
	return x.engine.meta.exec(ctx, `UPDATE tables SET stats_at = 0, updated = ? WHERE schema = ? AND name = ?`, now(), database, name)
}
