package sqlite

import (
	"fmt"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// A script maps statements to plans. It replaces the translator in tests of the execution of plans.
type script map[string]*translate.Plan

func (s script) translate(r translate.Request) (*translate.Plan, error) {
	p, ok := s[r.SQL]
	if !ok {
		return nil, &translate.Error{Kind: translate.SyntaxError, Message: "no plan for " + r.SQL, Line: 1, Column: 1}
	}
	return p, nil
}

func openScript(t *testing.T, dir string, s script) *Engine {
	t.Helper()
	e, err := Open(dir, Options{Translate: s.translate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A rowsSink stores a result.
type rowsSink struct {
	columns []translate.Column
	rows    [][]any
}

func (s *rowsSink) Schema(c []translate.Column) error { s.columns = c; return nil }

func (s *rowsSink) Row(v []any) error {
	s.rows = append(s.rows, append([]any(nil), v...))
	return nil
}

func run1(t *testing.T, e *Engine, sql string) *rowsSink {
	t.Helper()
	var sink rowsSink
	if err := e.Run(t.Context(), engine.Statement{SQL: sql, Database: "db1"}, &sink); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return &sink
}

func columns(pairs ...string) []translate.Column {
	var list []translate.Column
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, translate.Column{Name: pairs[i], Type: pairs[i+1]})
	}
	return list
}

func query(sql string, cols ...string) *translate.Plan {
	return &translate.Plan{Kind: translate.Query, SQL: sql, Columns: columns(cols...), Reads: []string{"db1"}}
}

// newDB returns an engine with the database db1.
func newDB(t *testing.T, s script) *Engine {
	t.Helper()
	e := openScript(t, t.TempDir(), s)
	must(t, e.CreateDatabase(t.Context(), "db1"))
	return e
}

// TestAppendWide stores a record with more keys than a streaming import allows, as bulk imports do.
func TestAppendWide(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	wide := enginetest.Record("time", int64(1))
	for i := range schema.MaxColumns - 2 {
		wide = append(wide, enginetest.Record(fmt.Sprint("k", i), int64(i))...)
	}
	if _, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(wide)); err != nil {
		t.Fatal(err)
	}
}
