package shell

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// TestCompleteCommand completes arguments that need no server.
func TestCompleteCommand(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"a b.csv", "a.sql", "it's.csv", "dir x/in.sql"} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	env := &cli.Env{}
	env.Getenv = func(name string) string { return map[string]string{"HOME": home}[name] }
	s := &session{env: env, jobs: []string{"7", "12"}, params: []string{"day=x", "n:int=1"}}
	s.request.Type = "trino"
	s.last = api.Job{ID: "12", Schema: `[["symbol","varchar"],["my total","bigint"]]`}
	for _, tt := range []struct {
		text string
		from int
		want []string
	}{
		{`\ti`, 1, []string{"timing"}},
		{`\ ti`, 2, []string{"timing"}},
		{"\\c\nselec", 3, []string{"select"}},
		{`\timing `, 8, []string{"off", "on"}},
		{`\t of`, 3, []string{"off"}},
		{`\T `, 3, []string{"hive", "presto", "trino"}},
		{`\chart `, 7, []string{"'my total'", "bar", "line", "symbol"}},
		{`\chart bar s`, 11, []string{"symbol"}},
		{`\chart bar 'my `, 11, []string{"'my total'"}},
		{`\h t`, 3, []string{"t", "timing"}},
		{`\fg `, 4, []string{"12", "7"}},
		{`\set `, 5, []string{"day", "n"}},
		{`\unset n`, 7, []string{"n"}},
		{`\watch `, 7, nil},
		{`\nosuch `, 8, nil},
		{`\i a`, 3, []string{"'a b.csv'", "a.sql"}},
		{`\i "a `, 3, []string{`"a b.csv"`}},
		{`\i it`, 3, []string{`"it's.csv"`}},
		{`\i d`, 3, []string{"'dir x/"}},
		{`\i 'dir x/`, 3, []string{"'dir x/in.sql'"}},
		{`\i ~/a.`, 3, []string{"~/a.sql"}},
		{`\g nosuch/`, 3, nil},
		{`select 1 \o a.`, 12, []string{"a.sql"}},
	} {
		from, candidates := completer{s}.complete(t.Context(), tt.text, len(tt.text))
		if diff := cmp.Diff(tt.want, candidates); diff != "" || from != tt.from && tt.want != nil {
			t.Errorf("%q: from %d: %s", tt.text, from, diff)
		}
	}
}

func TestIsComplete(t *testing.T) {
	s := &session{}
	for text, want := range map[string]bool{
		"":                          true,
		"select 1":                  false,
		"select 1;":                 true,
		"select 1; -- it's":         true,
		"select 1; /* a */ -- b\n":  true,
		"select 1; /* a":            false,
		"select 1; -- a\nselect 2":  false,
		"select 1; -- a\nselect 2;": true,
		"-- a comment":              false,
		"\\l":                       true,
		"exit":                      true,
		"select ';":                 false,
	} {
		if got := s.isComplete(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFindTables(t *testing.T) {
	for text, want := range map[string][]tableRef{
		"select a, b":                   {},
		"select a, from t":              {{name: "t"}},
		"select a from t order by b, c": {{name: "t"}},
		`select * from a, web.b as x, "c" y join d where e in (f, g)`: {
			{name: "a"}, {"web", "b", "x"}, {name: "c", alias: "y"}, {name: "d"},
		},
		"select f(a, b) from (select 1, c)": {},
	} {
		got := findTables(sqlsyntax.ScanText(text, sqlsyntax.Trino))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(tableRef{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
