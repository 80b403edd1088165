// Package sqltest runs SQL statements of both dialects on the engine and compares their results with the expected
// ones.
package sqltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// scheduled is the result of TD_SCHEDULED_TIME, 2015-01-02 00:53:20 UTC.
const scheduled = 1420160000

// An expectation is a statement of testdata with its expected results.
//
//	trino SELECT 1
//	  [[1]]
//	  types integer
//
// In the rows, "~x" matches texts with the prefix x, and a list holds alternatives. Other expectations are ok,
// error TEXT, refused TEXT (a NotSupported error), contains TEXT, and names and types of the columns.
type expectation struct {
	line    int
	dialect translate.Dialect
	sql     string
	want    []string
}

// read parses a file of testdata.
func read(t testing.TB, file string) (list []expectation) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "  "):
			last := &list[len(list)-1]
			last.want = append(last.want, line[2:])
		case word == "trino":
			list = append(list, expectation{line: i + 1, dialect: translate.Trino, sql: rest})
		case word == "hive":
			list = append(list, expectation{line: i + 1, dialect: translate.Hive, sql: rest})
		case line != "" && word != "#":
			t.Fatalf("%s:%d: neither trino nor hive", file, i+1)
		}
	}
	return list
}

// result collects the rows of a result.
type result struct {
	columns []translate.Column
	rows    [][]any
}

func (r *result) Schema(columns []translate.Column) error {
	r.columns = columns
	return nil
}

func (r *result) Row(values []any) error {
	row := make([]any, len(values))
	for i, v := range values {
		row[i] = plain(v)
	}
	r.rows = append(r.rows, row)
	return nil
}

// nested is the JSON text of an array or a map.
type nested string

// plain converts a value for the comparison: arrays and maps to JSON text.
func plain(v any) any {
	switch x := v.(type) {
	case []byte:
		return string(x)
	case []any, engine.Map:
		return nested(jsonText(x))
	}
	return v
}

func jsonText(v any) string {
	switch x := v.(type) {
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = jsonText(e)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case engine.Map:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = jsonText(fmt.Sprint(e.Key)) + ":" + jsonText(e.Value)
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}

// matches reports whether a value is the expected one.
func matches(want, got any) bool {
	if alternatives, ok := want.([]any); ok {
		return slices.ContainsFunc(alternatives, func(w any) bool { return matches(w, got) })
	}
	switch g := got.(type) {
	case nested:
		return want == string(g)
	case string:
		w, ok := want.(string)
		if prefix, cut := strings.CutPrefix(w, "~"); cut {
			return strings.HasPrefix(g, prefix)
		}
		return ok && w == g
	case int64:
		w, ok := want.(float64)
		return ok && math.Abs(w-float64(g)) < 1e-6
	case float64:
		if math.IsInf(g, 1) {
			return want == "+Inf"
		}
		w, ok := want.(float64)
		return ok && math.Abs(w-g) < 1e-6
	}
	return want == got
}

// open starts an engine with the tables of testdata/tables.json.
func open(t testing.TB) *sqlite.Engine {
	t.Helper()
	e, err := sqlite.Open(t.TempDir(), sqlite.Options{Translate: translate.Translate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	text, err := os.ReadFile(filepath.Join("testdata", "tables.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tables []struct {
		Name    string
		Columns []string
		Rows    [][]any
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tables); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := e.CreateDatabase(ctx, "shop"); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if err := e.CreateTable(ctx, "shop", table.Name, engine.TableOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Append(ctx, "shop", table.Name, "", records(table.Columns, table.Rows)); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func records(columns []string, rows [][]any) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for _, row := range rows {
			var r engine.Record
			for i, v := range row {
				if n, ok := v.(json.Number); ok {
					if whole, err := n.Int64(); err == nil {
						v = whole
					} else {
						v, _ = n.Float64()
					}
				}
				r = append(r, struct {
					Key   string
					Value any
				}{columns[i], v})
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func run(ctx context.Context, e *sqlite.Engine, d translate.Dialect, sql string) (*result, error) {
	r := &result{}
	err := e.Run(ctx, engine.Statement{SQL: sql, Dialect: d, Database: "shop", Scheduled: time.Unix(scheduled, 0)}, r)
	return r, err
}

func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			e := open(t)
			for _, x := range read(t, file) {
				r, err := run(t.Context(), e, x.dialect, x.sql)
				for _, want := range x.want {
					if fault := check(want, r, err); fault != "" {
						t.Errorf("%s:%d: %s\n\twant %s\n\t%s", file, x.line, x.sql, want, fault)
					}
				}
			}
		})
	}
}

// check compares a result with an expectation. It returns "" if they agree.
func check(want string, r *result, err error) string {
	word, text, _ := strings.Cut(want, " ")
	if word == "error" || word == "refused" {
		e, ok := errors.AsType[*translate.Error](err)
		switch {
		case !ok:
			return fmt.Sprintf("got %v, error %v", jsonRows(r), err)
		case (e.Kind == translate.NotSupported) != (word == "refused") || !strings.Contains(e.Error(), text):
			return fmt.Sprintf("got kind %d: %v", e.Kind, e)
		}
		return ""
	}
	if err != nil {
		return "error " + err.Error()
	}
	switch word {
	case "ok":
		return ""
	case "contains":
		if !strings.Contains(jsonRows(r), text) {
			return "got " + jsonRows(r)
		}
		return ""
	case "names", "types":
		var got []string
		for _, c := range r.columns {
			if word == "names" {
				got = append(got, c.Name)
			} else {
				got = append(got, c.Type)
			}
		}
		if strings.Join(got, ",") != text {
			return "got " + strings.Join(got, ",")
		}
		return ""
	}
	var rows [][]any
	if err := json.Unmarshal([]byte(want), &rows); err != nil {
		return "the expectation is no JSON: " + err.Error()
	}
	if len(rows) != len(r.rows) || !slices.EqualFunc(rows, r.rows, func(w, g []any) bool { return slices.EqualFunc(w, g, matches) }) {
		return "got  " + jsonRows(r)
	}
	return ""
}

func jsonRows(r *result) string {
	rows := make([]any, len(r.rows))
	for i, row := range r.rows {
		cells := make([]any, len(row))
		for j, v := range row {
			if n, ok := v.(nested); ok {
				v = string(n)
			}
			cells[j] = v
		}
		rows[i] = cells
	}
	return jsonText(rows)
}
