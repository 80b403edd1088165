package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// emitFunction is the name of the aggregate function that passes the rows of a query to a sink.
// A query runs as
//
//	WITH "td$result" (c0, c1) AS (QUERY) SELECT td$emit(7, c0, c1) FROM "td$result"
//
// so that the whole query is a single step of SQLite. The driver reacts to a cancelled context
// during a step, but not between the rows of a result.
const emitFunction = "td$emit"

// maxResultColumns is SQLite's limit of function arguments minus one for the sink's number.
const maxResultColumns = 999

// A resultSink converts rows to the types of the result's columns and passes them to a Sink.
type resultSink struct {
	sink    engine.Sink
	convert []converter
	columns []translate.Column
	row     []any
	rows    int64
	maxRows int64 // 0: no limit
	err     error // SQLite returns only the text of an error
}

func newResultSink(sink engine.Sink, columns []translate.Column, maxRows int64) *resultSink {
	s := &resultSink{sink: sink, columns: columns, row: make([]any, len(columns)), maxRows: maxRows}
	for _, c := range columns {
		s.convert = append(s.convert, converterOf(parseLogical(c.Type)))
	}
	return s
}

func (s *resultSink) add(values []driver.Value) error {
	if s.rows++; s.maxRows > 0 && s.rows > s.maxRows {
		s.err = &translate.Error{Kind: translate.NotSupported, Message: fmt.Sprintf("a result of more than %d rows is not supported by the sandbox", s.maxRows)}
		return s.err
	}
	for i, v := range values {
		x, err := s.convert[i](v)
		if err != nil {
			s.err = fmt.Errorf("column '%s': %w", s.columns[i].Name, err)
			return s.err
		}
		s.row[i] = x
	}
	s.err = s.sink.Row(s.row)
	return s.err
}

// A sinkRegistry assigns numbers to the sinks of running queries.
type sinkRegistry struct {
	mu    sync.Mutex
	sinks map[int64]*resultSink
	last  int64
}

func newSinkRegistry() *sinkRegistry { return &sinkRegistry{sinks: map[int64]*resultSink{}} }

// register makes emitFunction available to the connections of d.
func (r *sinkRegistry) register(d *sqlite.Driver) error {
	return d.RegisterFunction(emitFunction, &sqlite.FunctionImpl{
		NArgs: -1, VolatileArgs: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &emit{registry: r}, nil },
	})
}

// add assigns a number to a sink until the returned function is called.
func (r *sinkRegistry) add(s *resultSink) (number int64, remove func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	number = r.last
	r.sinks[number] = s
	return number, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.sinks, number)
	}
}

func (r *sinkRegistry) get(number int64) *resultSink {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sinks[number]
}

// emit is the state of emitFunction in one query.
type emit struct {
	registry *sinkRegistry
	sink     *resultSink
}

func (f *emit) Step(_ *sqlite.FunctionContext, values []driver.Value) error {
	if f.sink == nil {
		number, _ := values[0].(int64)
		if f.sink = f.registry.get(number); f.sink == nil || len(f.sink.columns) != len(values)-1 {
			return fmt.Errorf("no sink %d with %d columns", number, len(values)-1)
		}
	}
	return f.sink.add(values[1:])
}

func (f *emit) WindowInverse(*sqlite.FunctionContext, []driver.Value) error { return nil }

func (f *emit) WindowValue(*sqlite.FunctionContext) (driver.Value, error) { return nil, nil }

func (f *emit) Final(*sqlite.FunctionContext) {}

// emitSQL returns a statement that passes the rows of query to the sink with the given number.
func emitSQL(query string, number int64, columns int) string {
	var names strings.Builder
	for i := range columns {
		fmt.Fprintf(&names, ", c%d", i)
	}
	list := names.String()[min(2, names.Len()):]
	return `WITH "td$result" (` + list + `) AS (` + query + "\n" + `) SELECT "` + emitFunction + `"(` +
		fmt.Sprint(number) + names.String() + `) FROM "td$result"`
}
