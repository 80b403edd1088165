package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// emitFunction is the name of the aggregate function that passes the rows of a query to a sink.
// A query runs as
//
//	WITH "td$result" (c0, c1) AS (QUERY) SELECT td$emit(c0, c1) FROM "td$result"
//
// so that the whole query is a single step of SQLite. The driver reacts to a canceled context
// during a step, but not between the rows of a result.
const emitFunction = "td$emit"

// maxResultColumns is SQLite's limit of function arguments.
const maxResultColumns = 1000

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
		s.convert = append(s.convert, converterOf(schema.ParseType(c.Type)))
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

// emit is the state of emitFunction in a query.
type emit struct{ sink *resultSink }

func (f emit) Step(_ *sqlite.FunctionContext, values []driver.Value) error {
	if f.sink == nil || len(f.sink.columns) != len(values) {
		return fmt.Errorf("no sink with %d columns", len(values))
	}
	return f.sink.add(values)
}

func (f emit) WindowInverse(*sqlite.FunctionContext, []driver.Value) error { return nil }

func (f emit) WindowValue(*sqlite.FunctionContext) (driver.Value, error) { return nil, nil }

func (f emit) Final(*sqlite.FunctionContext) {}

// emitSQL returns a statement that passes the rows of query to the runtime's sink.
func emitSQL(query string, columns int) string {
	names := make([]string, columns)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	list := strings.Join(names, ", ")
	return `WITH "td$result" (` + list + `) AS (` + query + "\n" + `) SELECT "` + emitFunction + `"(` + list + `) FROM "td$result"`
}
