package query

import (
	"testing"

	"github.com/td-cli/td/internal/sqlsyntax"
)

func TestExplain(t *testing.T) {
	for _, tt := range []struct {
		sql  string
		d    sqlsyntax.Dialect
		want string // the SQL, or the error
	}{
		{"SELECT 1", sqlsyntax.Trino, "EXPLAIN SELECT 1"},
		{"SELECT 1;;\n", sqlsyntax.Trino, "EXPLAIN SELECT 1;;\n"},
		{"-- @TD engine_version: 423\n/* a; */  (SELECT 1)", sqlsyntax.Trino, "-- @TD engine_version: 423\n/* a; */  EXPLAIN (SELECT 1)"},
		{"SET a = b;\nADD JAR x; CREATE TEMPORARY FUNCTION f AS 'g'; USE web; INSERT INTO TABLE t SELECT 1", sqlsyntax.Hive, "SET a = b;\nADD JAR x; CREATE TEMPORARY FUNCTION f AS 'g'; USE web; EXPLAIN INSERT INTO TABLE t SELECT 1"},
		{"SELECT ';' -- ;\n", sqlsyntax.Hive, "EXPLAIN SELECT ';' -- ;\n"},
		{"SELECT 'open", sqlsyntax.Trino, "EXPLAIN SELECT 'open"},
		{"CREATE TABLE t AS SELECT 1", sqlsyntax.Trino, "EXPLAIN CREATE TABLE t AS SELECT 1"},
		{"SELECT 1;\nSELECT 2", sqlsyntax.Trino, "--check requires one statement, but line 2 has another one"},
		{"SELECT 1; SET a = b", sqlsyntax.Hive, "--check requires one statement, but line 1 has another one"},
		{"SET a = b", sqlsyntax.Hive, "--check requires a statement such as SELECT or INSERT, which EXPLAIN can check"},
		{"\nexplain SELECT 1", sqlsyntax.Trino, "--check cannot be used with EXPLAIN in line 2"},
	} {
		e, err := explain(tt.sql, tt.d)
		got := e.sql
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.sql, got, tt.want)
		}
	}
}

func TestRestorePositions(t *testing.T) {
	e, err := explain("SET a = b;\n/* c */ SELECT x,\n  y FROM t", sqlsyntax.Hive)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ message, want string }{
		{"line 2:24: Column 'x' cannot be resolved", "line 2:16: Column 'x' cannot be resolved"},
		{"line 2:17: the first word", "line 2:9: the first word"},
		{"line 2:16 the first word, counted from 0", "line 2:8 the first word, counted from 0"},
		{"line 2:9: mismatched input 'EXPLAIN'", "line 2:9: mismatched input 'EXPLAIN'"},
		{"line 2:3: a comment", "line 2:3: a comment"},
		{"line 3:3: Column 'y' cannot be resolved", "line 3:3: Column 'y' cannot be resolved"},
		{"line 1:20: another line", "line 1:20: another line"},
		{"[Error 10004]: Line 2:24 Invalid table alias (line 2:30)", "[Error 10004]: Line 2:16 Invalid table alias (line 2:22)"},
		{"pipeline 2:24", "pipeline 2:24"},
		{"no position", "no position"},
	} {
		if got := e.restorePositions(tt.message); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
