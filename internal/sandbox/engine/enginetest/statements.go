package enginetest

import (
	"context"
	"errors"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

func testStatements(f *fixture) {
	oneRow := &Rows{Columns: columns("rows", "bigint"), Rows: [][]any{{int64(1)}}}
	for _, tt := range []struct {
		sql  string
		want *Rows
	}{
		{`SELECT 1 AS a, 'x' AS b, CAST(NULL AS double) AS c`, &Rows{Columns: columns("a", "integer", "b", "varchar", "c", "double"), Rows: [][]any{{int64(1), "x", nil}}}},
		{`SELECT true AS a, 9223372036854775807 AS b, 1e0 AS c;`, &Rows{Columns: columns("a", "boolean", "b", "bigint", "c", "double"), Rows: [][]any{{true, int64(1<<63 - 1), 1.0}}}},
		{`CREATE TABLE t1 AS SELECT 1 AS a, 'x' AS b`, oneRow},
		{`INSERT INTO t1 SELECT 2, 'y'`, oneRow},
		{`INSERT INTO t1 (a, b, "time") VALUES (3, 'z', 7)`, oneRow},
		{`SELECT a, b FROM DB.t1 ORDER BY a`, &Rows{Rows: [][]any{{int64(1), "x"}, {int64(2), "y"}, {int64(3), "z"}}}},
		{`DELETE FROM t1 WHERE a = 2`, oneRow},
		{`SELECT count(*), count("time") FROM t1`, &Rows{Rows: [][]any{{int64(2), int64(2)}}}},
		{`SELECT count(*) FROM t1 WHERE TD_TIME_RANGE("time", '1970-01-01', '1970-01-02')`, &Rows{Rows: [][]any{{int64(1)}}}},
		{`DROP TABLE t1`, &Rows{}},
	} {
		got := f.run(tt.sql)
		if tt.want.Columns == nil {
			got.Columns = nil
		}
		if diff := cmp.Diff(tt.want.Columns, got.Columns) + cmp.Diff(tt.want.Rows, got.Rows); diff != "" {
			f.Errorf("%s (-want +got):\n%s", tt.sql, diff)
		}
	}
	f.compare(map[string]int64{}, f.tableIDs(f.db))
}

func columns(pairs ...string) []translate.Column {
	var list []translate.Column
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, translate.Column{Name: pairs[i], Type: pairs[i+1]})
	}
	return list
}

func testStatementErrors(f *fixture) {
	f.create("t1", engine.Column{Name: "a", Type: "long"})
	for _, tt := range []struct {
		sql, message string
		kind         translate.ErrorKind
		line, column int
	}{
		{"SELECT nosuch FROM t1", "Column 'nosuch' cannot be resolved", translate.SemanticError, 1, 8},
		{"SELECT a,\n  nosuch FROM t1", "Column 'nosuch' cannot be resolved", translate.SemanticError, 2, 3},
		{"SELECT 'é', TD_TIME_PARSE('2020-01-01'), nosuch FROM t1", "Column 'nosuch' cannot be resolved", translate.SemanticError, 1, 42},
		{"SELECT 1/0", "Division by zero", translate.DataError, 0, 0},
		{"SELECT td_no_such(1)", "Function 'td_no_such' not registered", translate.SemanticError, 1, 8},
	} {
		_, err := f.try(tt.sql)
		e, ok := errors.AsType[*translate.Error](err)
		if !ok || e.Kind != tt.kind || e.Message != tt.message || e.Line != tt.line || e.Column != tt.column {
			f.Errorf("%s: %#v, want kind %d at %d:%d: %s", tt.sql, err, tt.kind, tt.line, tt.column, tt.message)
		}
	}
	for _, sql := range []string{"", "SELECT", "SELECT * FROM", "SELECT 'x", "FROM t1 SELECT 1"} {
		_, err := f.try(sql)
		if e, ok := errors.AsType[*translate.Error](err); !ok || e.Kind != translate.SyntaxError {
			f.Errorf("%q: %v, want a syntax error", sql, err)
		}
	}
}

// A cancelingSink ends the context of a statement when it gets a row.
type cancelingSink struct {
	Rows
	cancel func()
}

// Row implements engine.Sink.
func (s *cancelingSink) Row([]any) error {
	s.cancel()
	return nil
}

func testCanceledStatement(f *fixture) {
	ctx, cancel := context.WithCancel(f.Context())
	defer cancel()
	sql := `SELECT a.x * 1000 + b.x FROM UNNEST(sequence(1, 9999)) a (x), UNNEST(sequence(1, 9999)) b (x), UNNEST(sequence(1, 9999)) c (x)`
	err := f.engine.Run(ctx, engine.Statement{SQL: sql, Database: f.db}, &cancelingSink{cancel: cancel})
	if !errors.Is(err, context.Canceled) {
		f.Errorf("canceled statement: %v", err)
	}
	if err := f.engine.Run(ctx, engine.Statement{SQL: "SELECT 1", Database: f.db}, &Rows{}); !errors.Is(err, context.Canceled) {
		f.Errorf("statement that was canceled before it started: %v", err)
	}
}

func testNames(f *fixture) {
	e, ctx := f.engine, f.Context()
	for name, want := range map[string]error{
		"t": nil, "a_1": nil, "select": nil, "": engine.ErrInvalid, "T": engine.ErrInvalid, "a-b": engine.ErrInvalid,
		"a.b": engine.ErrInvalid, `a"b`: engine.ErrInvalid, "td$tables": engine.ErrInvalid, strings.Repeat("x", 256): engine.ErrInvalid,
	} {
		if err := e.CreateTable(ctx, f.db, name, engine.TableOptions{}); !errors.Is(err, want) {
			f.Errorf("CreateTable(%s) = %v; want %v", name, err, want)
		}
	}
	f.create("from")
	for _, name := range []string{"X", "a b", ""} {
		if err := e.RenameTable(ctx, f.db, "from", name, false); !errors.Is(err, engine.ErrInvalid) {
			f.Errorf("RenameTable to %s: %v", name, err)
		}
	}
}
