package sqllint

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// findTable returns the sizes of the tables in the corpus.
func findTable(database, name string) (Table, bool) {
	t, ok := map[string]Table{
		"web.events":                {12_345_678, 10},
		"web.users":                 {500_000, 8},
		"web.orders":                {900_000, 12},
		"web.items":                 {40_000, 5},
		"web.config":                {1, 3},
		"web.small":                 {900, 3},
		"web.wide":                  {2_000_000, 120},
		"web.smallwide":             {100, 120},
		"logs.clicks":               {2_000_000, 10},
		"information_schema.events": {12_345_678, 10},
	}[database+"."+name]
	return t, ok
}

func TestCorpus(t *testing.T) {
	b, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := map[Rule]int{}
	for c := range strings.SplitSeq(string(b), "\n\n") {
		head, body, _ := strings.Cut(strings.TrimSuffix(c, "\n"), "\n")
		if strings.HasPrefix(head, "#") {
			continue
		}
		sql, want, _ := strings.Cut(body+"\n", "\n=> ")
		o := Options{Database: "web", Table: findTable, ToFile: strings.HasSuffix(head, " file")}
		if strings.HasPrefix(head, "hive") {
			o.Dialect = sqlsyntax.Hive
		}
		var got strings.Builder
		for _, f := range Check(sql, o) {
			fmt.Fprintf(&got, "%d:%d %s\n=> ", f.Line, f.Column, f.Rule)
			found[f.Rule]++
			if f.Message == "" || f.Advice == "" {
				t.Errorf("%s: %+v has no message or no advice", sql, f)
			}
		}
		if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSuffix(got.String(), "\n=> ")); diff != "" {
			t.Errorf("%s %s: %s", head, sql, diff)
		}
	}
	for _, rule := range Rules() {
		if found[rule] == 0 {
			t.Errorf("the corpus has no finding of %s", rule)
		}
	}
}

func TestMessages(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"SELECT 1 FROM events", "no condition on time limits the scan of web.events, which has 12,345,678 rows; add one such as TD_INTERVAL(time, '-1d') to WHERE"},
		{"SELECT 1 FROM users JOIN events e ON id = e.uid", "no condition on time limits the scan of web.events, which has 12,345,678 rows; add one such as TD_INTERVAL(e.time, '-1d') to WHERE"},
		{"SELECT 1 FROM events WHERE TD_INTERVAL(created, '-1d')", "no condition on time limits the scan of web.events, which has 12,345,678 rows; ranges of other columns do not limit it; add one such as TD_INTERVAL(time, '-1d') to WHERE"},
		{"SELECT 1 FROM users u, (SELECT id FROM items) i", "no condition joins i with users: each row is combined with each row; add a condition to ON or WHERE"},
		{"SELECT * FROM wide WHERE time > 5", "* reads all 120 columns of web.wide; name the columns that are needed"},
		{"SELECT `a`", "names in backquotes are Hive syntax; use \"a\""},
		{"SELECT Nvl(a, b)", "Nvl is a function of Hive; use coalesce(x, y)"},
		{"SELECT 1 -- td:ignore all", "td:ignore names the unknown rule 'all'; the rule must be no-time-range, cross-join, select-star, hive-syntax, trino-syntax, limit-without-order or unknown-rule"},
	} {
		found := Check(tt.sql, Options{Database: "web", Table: findTable})
		if len(found) != 1 || found[0].Message+"; "+found[0].Advice != tt.want {
			t.Errorf("%s: got %+v, want %q", tt.sql, found, tt.want)
		}
	}
}

// TestNoCatalog checks that rules about tables report nothing if no size is known.
func TestNoCatalog(t *testing.T) {
	if found := Check("SELECT * FROM events JOIN wide ON a = b", Options{}); found != nil {
		t.Errorf("%+v", found)
	}
}

func FuzzCheck(f *testing.F) {
	b, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		f.Fatal(err)
	}
	for c := range strings.SplitSeq(string(b), "\n\n") {
		_, sql, _ := strings.Cut(c, "\n")
		f.Add(sql, false)
		f.Add(sql, true)
	}
	f.Fuzz(func(t *testing.T, sql string, hive bool) {
		o := Options{Database: "web", Table: findTable, ToFile: true}
		if hive {
			o.Dialect = sqlsyntax.Hive
		}
		lines := strings.Split(sql, "\n")
		for _, found := range Check(sql, o) {
			if found.Line < 1 || found.Line > len(lines) || found.Column < 1 || found.Column > utf8.RuneCountInString(lines[found.Line-1])+1 {
				t.Errorf("%q: %+v is not in the text", sql, found)
			}
		}
	})
}
