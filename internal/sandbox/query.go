package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sandbox/state"
)

// A resultSink spools a statement's rows.
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

// runQuery runs a job's statement, keeps its rows, and sends them where the job wants them besides.
func (s *Server) runQuery(ctx context.Context, j *state.Job, log joblog) (state.Output, error) {
	statement := engine.Statement{SQL: j.Query, Database: j.Database, Scheduled: j.ScheduledTime}
	if j.Type == "hive" {
		statement.Dialect = translate.Hive
	}
	if statement.Scheduled.IsZero() {
		statement.Scheduled = s.options.ScheduledTime
	}
	if statement.Scheduled.IsZero() {
		statement.Scheduled = j.StartAt
	}
	logStart(j, log)
	out, err := s.spoolRows(ctx, j, statement)
	if err != nil {
		return state.NoOutput(), queryError(j, err)
	}
	logEnd(j, out, log)
	if j.Result == "" {
		return out, nil
	}
	return out, s.exportRows(ctx, j.Result, j, out.Columns, log)
}

func (s *Server) spoolRows(ctx context.Context, j *state.Job, statement engine.Statement) (state.Output, error) {
	w, err := s.spool.Create(j.ID)
	if err != nil {
		return state.Output{}, err
	}
	sink := &resultSink{Writer: w, dialect: statement.Dialect}
	if err := s.engine.Run(ctx, statement, sink); err != nil {
		w.Abort()
		return state.Output{}, err
	}
	figures, err := w.Commit()
	if err != nil {
		return state.Output{}, err
	}
	out := state.Output{Records: figures.Records, Size: figures.Size, RawSize: figures.RawSize, ETag: figures.ETag}
	if sink.columns != nil {
		columns, err := marshal(sink.columns)
		if err != nil {
			return state.Output{}, err
		}
		out.Columns = string(columns)
	}
	return out, nil
}

// queryError words a failure as the service does, with the server's message and position in it.
func queryError(j *state.Job, err error) error {
	if errors.Is(err, msgpackfile.ErrTooLarge) {
		err = fmt.Errorf("the result exceeds the limit of %d MB, compressed", maxResult>>20)
		return failJob("%s", wordFailure(j, "", err))
	}
	e, ok := errors.AsType[*translate.Error](err)
	if !ok {
		return fmt.Errorf("%s", wordFailure(j, "", err))
	}
	kind := "SemanticException"
	switch e.Kind {
	case translate.SyntaxError:
		kind = "ParseException"
	case translate.DataError:
		kind = "HiveException"
	}
	return failJob("%s", wordFailure(j, kind, err))
}

func wordFailure(j *state.Job, kind string, err error) string {
	if j.Type != "hive" {
		return fmt.Sprintf("Query %s failed: %v", queryID(j), err)
	}
	if kind == "" {
		return fmt.Sprintf("FAILED: %v", err)
	}
	return fmt.Sprintf("FAILED: %s %v", kind, err)
}

// queryID names a query as Trino does: when it began, a number, and the coordinator.
func queryID(j *state.Job) string {
	return fmt.Sprintf("%s_%05d_sandb", j.StartAt.UTC().Format("20060102_150405"), j.ID%100000)
}

func logStart(j *state.Job, log joblog) {
	if j.Type == "hive" {
		log.stderr("Hive query %s\nTotal jobs = 1\nLaunching Job 1 out of 1", queryID(j))
		return
	}
	log.cmdout("started at %s\nexecuting query: %s\nQuery %s, RUNNING, 1 stage", j.StartAt.UTC().Format(time.RFC3339), strings.TrimSpace(j.Query), queryID(j))
}

func logEnd(j *state.Job, out state.Output, log joblog) {
	took := time.Since(j.StartAt).Round(time.Millisecond)
	if j.Type == "hive" {
		log.stderr("Stage-1 map = 100%%, reduce = 100%%\nOK\nMapReduce time taken: %v\nFetched: %d row(s)", took, out.Records)
		return
	}
	log.cmdout("Query %s, FINISHED, 1 stage, %s rows, %v\nfinished at %s", queryID(j), commas(out.Records), took, time.Now().UTC().Format(time.RFC3339))
}

// commas writes a count with thousands separators.
func commas(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
