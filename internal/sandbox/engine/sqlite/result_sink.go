package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// emitName is the aggregate that hands a query's rows to a sink. A query runs as
//
//	WITH "td$result" (c0, c1) AS (QUERY) SELECT td$emit(7, c0, c1) FROM "td$result"
//
// which makes all of it one step of SQLite: the driver watches the context
// through the whole of a step, but not between the rows of a result.
const emitName = "td$emit"

// maxResultColumns is SQLite's limit on arguments, less the emitter's number.
const maxResultColumns = 999

// An emitter gives rows to a sink, with the values that the columns say.
type emitter struct {
	sink    engine.Sink
	convert []converter
	columns []translate.Column
	row     []any
	rows    int64
	max     int64
	err     error // what ended it; SQLite only sees that something did
}

func newEmitter(sink engine.Sink, columns []translate.Column, limit int64) *emitter {
	em := &emitter{sink: sink, columns: columns, row: make([]any, len(columns)), max: limit}
	for _, c := range columns {
		em.convert = append(em.convert, converterOf(parseLogical(c.Type)))
	}
	return em
}

func (em *emitter) take(values []driver.Value) error {
	if em.rows++; em.max > 0 && em.rows > em.max {
		em.err = &translate.Error{Kind: translate.NotSupported, Message: fmt.Sprintf("a result of more than %d rows", em.max)}
		return em.err
	}
	for i, v := range values {
		x, err := em.convert[i](v)
		if err != nil {
			em.err = fmt.Errorf("column '%s': %w", em.columns[i].Name, err)
			return em.err
		}
		em.row[i] = x
	}
	em.err = em.sink.Row(em.row)
	return em.err
}

func (e *Engine) registerEmit() error {
	return e.driver.RegisterFunction(emitName, &sqlite.FunctionImpl{
		NArgs: -1, VolatileArgs: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &emission{engine: e}, nil },
	})
}

// addEmitter gives an emitter a number; remove forgets it.
func (e *Engine) addEmitter(em *emitter) (number int64, remove func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	number = e.last
	e.emitters[number] = em
	return number, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.emitters, number)
	}
}

// An emission is the aggregate of one query.
type emission struct {
	engine *Engine
	to     *emitter
}

func (m *emission) Step(_ *sqlite.FunctionContext, values []driver.Value) error {
	if m.to == nil {
		number, _ := values[0].(int64)
		m.engine.mu.Lock()
		m.to = m.engine.emitters[number]
		m.engine.mu.Unlock()
		if m.to == nil || len(m.to.columns) != len(values)-1 {
			return fmt.Errorf("no emitter %d of %d columns", number, len(values)-1)
		}
	}
	return m.to.take(values[1:])
}

func (m *emission) WindowInverse(*sqlite.FunctionContext, []driver.Value) error { return nil }

func (m *emission) WindowValue(*sqlite.FunctionContext) (driver.Value, error) { return nil, nil }

func (m *emission) Final(*sqlite.FunctionContext) {}

// emissionSQL wraps a query for an emitter.
func emissionSQL(query string, number int64, columns int) string {
	var names strings.Builder
	for i := range columns {
		fmt.Fprintf(&names, ", c%d", i)
	}
	list := names.String()[min(2, names.Len()):]
	return `WITH "td$result" (` + list + `) AS (` + query + "\n" + `) SELECT "` + emitName + `"(` +
		fmt.Sprint(number) + names.String() + `) FROM "td$result"`
}
