package shell

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sqlsyntax"
)

func TestCutInput(t *testing.T) {
	type result struct {
		In   input
		Rest string
		OK   bool
	}
	for _, tt := range []struct {
		text    string
		dialect sqlsyntax.Dialect
		want    result
	}{
		{"", sqlsyntax.Trino, result{}},
		{"select 1", sqlsyntax.Trino, result{Rest: "select 1"}},
		{"select 1; x", sqlsyntax.Trino, result{input{sql: "select 1", isSQL: true}, " x", true}},
		{"select ';", sqlsyntax.Trino, result{Rest: "select ';"}},
		{"-- a;b\n/*;\\*/", sqlsyntax.Trino, result{Rest: "-- a;b\n/*;\\*/"}},
		{`select '\';`, sqlsyntax.Trino, result{input{sql: `select '\'`, isSQL: true}, "", true}},
		{`select '\';`, sqlsyntax.Hive, result{Rest: `select '\';`}},
		{`select '\';';`, sqlsyntax.Hive, result{input{sql: `select '\';'`, isSQL: true}, "", true}},
		{"\\d  x \nselect", sqlsyntax.Trino, result{input{command: "d  x"}, "select", true}},
		{"\\o a;b.csv", sqlsyntax.Trino, result{input{command: "o a;b.csv"}, "", true}},
		{`select 1\G;select 2`, sqlsyntax.Trino, result{input{sql: "select 1", command: "G"}, "select 2", true}},
		{"select 1 \\g | wc -l\nx", sqlsyntax.Trino, result{input{sql: "select 1 ", command: "g | wc -l"}, "x", true}},
		{`select _a;`, sqlsyntax.Hive, result{input{sql: "select _a", isSQL: true}, "", true}},
	} {
		in, rest, ok := cutInput(tt.text, tt.dialect)
		if diff := cmp.Diff(tt.want, result{in, rest, ok}, cmp.AllowUnexported(input{})); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestSplitWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":             nil,
		" a  b\tc ":    {"a", "b", "c"},
		`'a b' "c d"e`: {"a b", "c d", "e"},
		`it's 'open x`: {"it's", "'open", "x"},
		`''`:           {""},
	} {
		if diff := cmp.Diff(want, splitWords(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestParseUse(t *testing.T) {
	for sql, want := range map[string]string{
		"use web": "web", "/* x */ USE\n\"a b\" -- c": "a b", "use": "", "use a b": "", "select 1": "", "use 'a'": "",
	} {
		if got, ok := parseUse(sql, sqlsyntax.Trino); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", sql, got, ok)
		}
	}
}

func TestFindInputUnfinished(t *testing.T) {
	for text, want := range map[string]unfinished{
		"":                  {},
		"select 1":          {0, ""},
		"select 1,\n2 -- a": {10, ""},
		"select /* a;":      {0, "*/"},
		"select 1 as \"a;":  {9, `"`},
		"select `a":         {0, "`"},
		"select 'it''s;":    {0, "'"},
	} {
		if _, _, got, ok := findInput(text, sqlsyntax.Trino); ok || got != want {
			t.Errorf("%q: %+v, %v", text, got, ok)
		}
	}
}
