package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sleep"
	"github.com/td-cli/td/internal/text"
)

// runQuery runs the statement of a job, spools its rows and sends them to the
// job's result URL, if any.
func (h *Handlers) runQuery(ctx context.Context, j *state.Job, log *jobqueue.Log) (state.Output, error) {
	statement := engine.Statement{SQL: j.Query, Dialect: h.dialectOf(j), Database: j.Database, Scheduled: j.ScheduledTime, Job: j.ID}
	if statement.Scheduled.IsZero() {
		statement.Scheduled = h.ScheduledTime
	}
	if statement.Scheduled.IsZero() {
		statement.Scheduled = j.StartAt
	}
	out, err := h.execute(ctx, j, statement, log)
	if err != nil || j.Result == "" {
		return out, err
	}
	j.Output = out
	if err := h.State.SetOutput(ctx, j.ID, out); err != nil { // committedQuery reads it
		return out, err
	}
	return out, h.sender.Send(ctx, j.Result, j, log)
}

// execute runs the statement of a job, unless an earlier attempt has committed it, and spools its rows.
func (h *Handlers) execute(ctx context.Context, j *state.Job, statement engine.Statement, log *jobqueue.Log) (state.Output, error) {
	if j.Attempt > 0 {
		if out, ok, err := h.committedOutput(ctx, j); ok || err != nil {
			return out, err
		}
	}
	h.logStart(j, log)
	if j.Type == "hive" && h.HiveAsTrino {
		log.Stderr("The statement of this Hive job is run as a Trino statement (--hive-as-trino)")
	}
	query := &clusterQuery{log: log}
	statement.Progress = query.report
	out, err := h.spoolRows(ctx, j, statement)
	if _, ok := errors.AsType[*storeError](err); ok {
		if out, ok := h.storeCommitted(ctx, j, log); ok {
			return out, nil
		}
	}
	if err != nil {
		return state.NoOutput(), queryError(j, cmp.Or(query.id, queryID(j)), err)
	}
	logEnd(j, cmp.Or(query.id, queryID(j)), out, log)
	return out, nil
}

// storeCommitted stores the result of a statement that was committed although its result could not be stored.
// The job must not fail, because it would be repeated: storeCommitted waits until the disk has room or ctx ends.
// It returns false if the statement was not committed.
func (h *Handlers) storeCommitted(ctx context.Context, j *state.Job, log *jobqueue.Log) (state.Output, bool) {
	for try := 0; ; try++ {
		out, ok, err := h.committedOutput(context.WithoutCancel(ctx), j)
		if err == nil {
			return out, ok
		}
		if try == 0 {
			log.Stderr("The result cannot be stored yet: %v", err)
		}
		if sleep.For(ctx, time.Second) != nil {
			return out, ok
		}
	}
}

// committedQuery implements jobqueue.CommittedFunc. A query whose rows were added to a table must not be
// repeated, either.
func (h *Handlers) committedQuery(ctx context.Context, j *state.Job, log *jobqueue.Log) (state.Output, bool, error) {
	sent, err := h.sender.Sent(ctx, j.Result, j.ID)
	if sent || err != nil {
		return j.Output, sent, err
	}
	out, ok, err := h.committedOutput(ctx, j)
	if ok && j.Result != "" {
		log.Stderr("the result was not sent")
	}
	return out, ok, err
}

// committedOutput stores the result of a job whose statement was committed. It returns false if the statement
// was not committed or is a query.
func (h *Handlers) committedOutput(ctx context.Context, j *state.Job) (state.Output, bool, error) {
	written, ok, err := h.Engine.CommittedJob(ctx, j.ID)
	if !ok || err != nil {
		return state.NoOutput(), false, err
	}
	out, err := h.spool(j, h.dialectOf(j), func(sink engine.Sink) error {
		return engine.SendWritten(sink, h.dialectOf(j), written)
	})
	if err != nil {
		out = state.NoOutput()
	}
	return out, true, err
}

func (h *Handlers) dialectOf(j *state.Job) translate.Dialect {
	if j.Type == "hive" && !h.HiveAsTrino {
		return translate.Hive
	}
	return translate.Trino
}

// A resultSink writes the rows of a statement to the spool.
type resultSink struct {
	*msgpackfile.Writer
	dialect translate.Dialect
	columns [][2]string // name and type
}

// Schema implements engine.Sink.
func (r *resultSink) Schema(columns []translate.Column) error {
	r.columns = make([][2]string, len(columns))
	for i, c := range columns {
		r.columns[i] = [2]string{c.Name, types.Display(r.dialect, c.Type)}
	}
	return nil
}

func (h *Handlers) spoolRows(ctx context.Context, j *state.Job, statement engine.Statement) (state.Output, error) {
	return h.spool(j, statement.Dialect, func(sink engine.Sink) error { return h.Engine.Run(ctx, statement, sink) })
}

// A storeError is returned if the rows of a job cannot be stored.
type storeError struct{ error }

// Unwrap returns the cause.
func (e *storeError) Unwrap() error { return e.error }

// Row implements engine.Sink.
func (r *resultSink) Row(values []any) error {
	if err := r.Writer.Row(values); err != nil {
		return &storeError{err}
	}
	return nil
}

// BeginRow implements engine.RowWriter.
func (r *resultSink) BeginRow(n int) error {
	if err := r.Writer.BeginRow(n); err != nil {
		return &storeError{err}
	}
	return nil
}

// spool stores the rows that send passes to its argument as the result of a job.
func (h *Handlers) spool(j *state.Job, dialect translate.Dialect, send func(engine.Sink) error) (state.Output, error) {
	w, err := h.Spool.Create(j.ID)
	if err != nil {
		return state.Output{}, err
	}
	sink := &resultSink{Writer: w, dialect: dialect}
	if err := send(sink); err != nil {
		w.Abort()
		return state.Output{}, err
	}
	figures, err := w.Commit()
	if err != nil {
		return state.Output{}, &storeError{err}
	}
	out := state.Output{Records: figures.Records, Size: figures.Size, RawSize: figures.RawSize, ETag: figures.ETag}
	if sink.columns != nil {
		if out.Columns, err = formatColumns(sink.columns); err != nil {
			return state.Output{}, err
		}
	}
	return out, nil
}

// formatColumns returns the columns of a result as the service does: with a space
// after each comma.
func formatColumns(columns [][2]string) (string, error) {
	list := make([]string, len(columns))
	for i, c := range columns {
		name, nameErr := httpapi.Marshal(c[0])
		typeName, typeErr := httpapi.Marshal(c[1])
		if err := errors.Join(nameErr, typeErr); err != nil {
			return "", err
		}
		list[i] = fmt.Sprintf("[%s, %s]", name, typeName)
	}
	return "[" + strings.Join(list, ", ") + "]", nil
}

var tableName = lazyregexp.New(`([Tt])able '([a-z0-9_]+\.[a-z0-9_]+)'`)

// A clusterQuery is the query of a cluster that runs the statement of a job.
type clusterQuery struct {
	log       *jobqueue.Log
	id, state string
}

// report adds changes of the query's state to the log of its job. The end is added by logEnd.
func (q *clusterQuery) report(p engine.QueryProgress) {
	if p.ID == q.id && p.State == q.state {
		return
	}
	q.id, q.state = p.ID, p.State
	if p.State != "FINISHED" {
		q.log.Cmdout("Query %s, %s, %s rows read", p.ID, p.State, text.Commas(p.Rows))
	}
}

// queryError adds the service's words to an error of the engine. Messages of Presto and
// Trino jobs name tables with the service's catalog: td-presto.db.table.
func queryError(j *state.Job, id string, err error) error {
	if errors.Is(err, msgpackfile.ErrTooLarge) {
		err = fmt.Errorf("the result exceeds the limit of %d MB, compressed", MaxResult>>20)
		return jobqueue.Failf("%s", failureMessage(j, id, "", err))
	}
	e, ok := errors.AsType[*translate.Error](err)
	if !ok {
		return errors.New(failureMessage(j, id, "", err))
	}
	if j.Type != "hive" {
		err = errors.New(tableName().ReplaceAllString(err.Error(), "${1}able 'td-presto.$2'"))
	}
	exception := "SemanticException"
	switch e.Kind {
	case translate.SyntaxError:
		exception = "ParseException"
	case translate.DataError:
		exception = "HiveException"
	}
	return jobqueue.Failf("%s", failureMessage(j, id, exception, err))
}

// failureMessage returns the text that a failed query adds to its job's log. Only
// Hive names an exception.
func failureMessage(j *state.Job, id, exception string, err error) string {
	if j.Type != "hive" {
		return fmt.Sprintf("Query %s failed: %v", id, err)
	}
	if exception == "" {
		return fmt.Sprintf("FAILED: %v", err)
	}
	return fmt.Sprintf("FAILED: %s %v", exception, err)
}

// queryID returns a query ID in Trino's form: start time, number and coordinator. A cluster has its own.
func queryID(j *state.Job) string {
	return fmt.Sprintf("%s_%05d_sandb", j.StartAt.UTC().Format("20060102_150405"), j.ID%100000)
}

func (h *Handlers) logStart(j *state.Job, log *jobqueue.Log) {
	switch {
	case j.Type == "hive" && h.Cluster:
		log.Stderr("Total jobs = 1\nLaunching Job 1 out of 1")
	case j.Type == "hive":
		log.Stderr("Hive query %s\nTotal jobs = 1\nLaunching Job 1 out of 1", queryID(j))
	default:
		log.Cmdout("started at %s\nexecuting query: %s", j.StartAt.UTC().Format(time.RFC3339), strings.TrimSpace(j.Query))
		if !h.Cluster {
			log.Cmdout("Query %s, RUNNING, 1 stage", queryID(j))
		}
	}
}

func logEnd(j *state.Job, id string, out state.Output, log *jobqueue.Log) {
	now := time.Now()
	elapsed := now.Sub(j.StartAt).Round(time.Millisecond)
	if j.Type == "hive" {
		log.Stderr("Stage-1 map = 100%%, reduce = 100%%\nOK\nMapReduce time taken: %v\nFetched: %d row(s)", elapsed, out.Records)
		return
	}
	log.Cmdout("Query %s, FINISHED, 1 stage, %s rows, %v\nfinished at %s", id, text.Commas(out.Records), elapsed, now.UTC().Format(time.RFC3339))
}
