package tablefunc

import (
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sqlsyntax"
)

func parse(t *testing.T, sql string) *sqlsyntax.Selection {
	t.Helper()
	s, err := sqlsyntax.Parse(sql, sqlsyntax.Hive)
	if err != nil {
		t.Fatal(err)
	}
	return s.Query.Body.Selection
}

func TestMoveToFrom(t *testing.T) {
	tests := []struct {
		sql       string
		functions []string // in FROM
		err       string
	}{
		{sql: "SELECT a FROM t"},
		{sql: "SELECT explode(a) FROM t", functions: []string{"explode"}},
		{sql: "SELECT stack(2, 1, 2)", functions: []string{"stack"}},
		{sql: "SELECT amplify(2, a) FROM t", functions: []string{"explode"}},
		{sql: "SELECT binarize_label(1, 2, a) FROM t", functions: []string{"explode"}},
		{sql: "SELECT a, explode(b) FROM t", err: "line 1:11: Only a single expression in the SELECT clause is supported with UDTF's"},
		{sql: "SELECT amplify(2) FROM t", err: "line 1:8: amplify() takes at least 2 arguments"},
	}
	for _, tt := range tests {
		sel, aliases := parse(t, tt.sql), 0
		err := MoveToFrom(sel, func(prefix string) string {
			aliases++
			return prefix + strconv.Itoa(aliases)
		})
		checkError(t, tt.sql, err, tt.err)
		var functions []string
		for _, r := range sel.From {
			if r.Kind == sqlsyntax.JoinRelation {
				r = r.Right
			}
			if r.Function != "" {
				functions = append(functions, r.Function)
			}
		}
		if diff := cmp.Diff(tt.functions, functions); diff != "" {
			t.Errorf("%s: %s", tt.sql, diff)
		}
	}
}

func TestExpandView(t *testing.T) {
	tests := []struct{ call, function, err string }{
		{call: "explode(a)", function: "explode"},
		{call: "json_tuple(a, 'b')", function: "inline"},
		{call: "stack(2, 1, 2, 3)", function: "inline"},
		{call: "generate_series(1, 3)", function: "explode"},
		{call: "td_pivot(k, v, 'a,b')", function: "inline"},
		{call: "stack(0, 1)", err: "stack() takes a number of rows and their values"},
		{call: "upper(a)", err: "LATERAL VIEW upper is not supported by the sandbox"},
		{call: "nosuch(a)", err: "Function 'nosuch' not registered"},
	}
	for _, tt := range tests {
		sel := parse(t, "SELECT 1 FROM t LATERAL VIEW "+tt.call+" v")
		view := sel.From[0].Right
		err := ExpandView(view)
		if tt.err != "" {
			tt.err = "line 1:30: " + tt.err
		}
		checkError(t, tt.call, err, tt.err)
		if err == nil && (view.Function != tt.function || len(view.Arguments) != 1) {
			t.Errorf("%s became %s with %d arguments", tt.call, view.Function, len(view.Arguments))
		}
	}
}

func checkError(t *testing.T, name string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") {
		t.Errorf("%s: error %v, want %q", name, err, want)
	}
	if err != nil {
		if got := err.Error(); got != want {
			t.Errorf("%s: error %q, want %q", name, got, want)
		}
		if _, ok := errors.AsType[*sqlsyntax.Error](err); !ok {
			t.Errorf("%s: the error is a %T", name, err)
		}
	}
}
