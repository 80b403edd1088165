package sqlite

import (
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
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

// second returns an error without the value that accompanies it.
func second[T any](_ T, err error) error { return err }

// record returns a Record of keys and values.
func record(pairs ...any) engine.Record {
	var r engine.Record
	for i := 0; i < len(pairs); i += 2 {
		r = append(r, engine.Field{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return r
}

func records(list ...engine.Record) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
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

func TestDatabases(t *testing.T) {
	e := openScript(t, t.TempDir(), nil)
	ctx := t.Context()
	must(t, e.CreateDatabase(ctx, "db1"))
	must(t, e.CreateDatabase(ctx, "main"))
	for _, tt := range []struct {
		name string
		want error
	}{{"db1", engine.ErrExists}, {"temp", engine.ErrInvalid}, {"Db", engine.ErrInvalid}, {"", engine.ErrInvalid}, {"a/b", engine.ErrInvalid}} {
		if err := e.CreateDatabase(ctx, tt.name); !errors.Is(err, tt.want) {
			t.Errorf("create %q: %v, want %v", tt.name, err, tt.want)
		}
	}
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	_, err := e.Append(ctx, "db1", "t1", "", records(record("a", int64(1)), record("a", int64(2))))
	must(t, err)
	list, err := e.Databases(ctx)
	must(t, err)
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintln(d.Name, d.Records, d.CreatedAt.IsZero(), d.UpdatedAt.Before(d.CreatedAt)))
	}
	if diff := cmp.Diff([]string{"db1 2 false false\n", "main 0 false false\n"}, got); diff != "" {
		t.Error(diff)
	}
	must(t, e.DropDatabase(ctx, "db1"))
	if err := e.DropDatabase(ctx, "db1"); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("drop again: %v", err)
	}
	if _, err := e.Tables(ctx, "db1"); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("tables of a dropped database: %v", err)
	}
	must(t, e.CreateDatabase(ctx, "db1"))
	if tables, err := e.Tables(ctx, "db1"); err != nil || len(tables) != 0 {
		t.Errorf("created again: %v %v", tables, err)
	}
}

// newDB returns an engine with the database db1.
func newDB(t *testing.T, s script) *Engine {
	t.Helper()
	e := openScript(t, t.TempDir(), s)
	must(t, e.CreateDatabase(t.Context(), "db1"))
	return e
}

func tableNames(t *testing.T, e *Engine) map[string]int64 {
	t.Helper()
	list, err := e.Tables(t.Context(), "db1")
	must(t, err)
	got := map[string]int64{}
	for _, x := range list {
		got[x.Name] = x.ID
	}
	return got
}

func TestTablesKeepTheirIDs(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "aaa", engine.TableOptions{}))
	must(t, e.CreateTable(ctx, "db1", "bbb", engine.TableOptions{}))
	ids := tableNames(t, e)
	a, b := ids["aaa"], ids["bbb"]
	must(t, e.SwapTables(ctx, "db1", "aaa", "bbb"))
	if diff := cmp.Diff(map[string]int64{"aaa": b, "bbb": a}, tableNames(t, e)); diff != "" {
		t.Errorf("swap: %s", diff)
	}
	must(t, e.RenameTable(ctx, "db1", "aaa", "ccc", false))
	if err := e.RenameTable(ctx, "db1", "ccc", "bbb", false); !errors.Is(err, engine.ErrExists) {
		t.Errorf("rename onto a table: %v", err)
	}
	must(t, e.RenameTable(ctx, "db1", "ccc", "bbb", true))
	if diff := cmp.Diff(map[string]int64{"bbb": b}, tableNames(t, e)); diff != "" {
		t.Errorf("rename: %s", diff)
	}
	deleted, err := e.DeletedTables(ctx)
	must(t, err)
	if len(deleted) != 1 || deleted[0].ID != a || deleted[0].Name != "bbb" || deleted[0].DeletedDBName != "db1" {
		t.Errorf("deleted: %+v", deleted)
	}
	if _, err := e.RecoverTable(ctx, a, ""); !errors.Is(err, engine.ErrExists) {
		t.Errorf("recover onto a table: %v", err)
	}
	if _, err := e.RecoverTable(ctx, a, "No Name"); !errors.Is(err, engine.ErrInvalid) {
		t.Errorf("recover under an invalid name: %v", err)
	}
	must(t, e.RenameTable(ctx, "db1", "bbb", "ddd", false))
	for _, name := range []string{"eee", ""} { // an empty name is the old one
		recovered, err := e.RecoverTable(ctx, a, name)
		must(t, err)
		found, err := e.Table(ctx, "db1", "eee")
		must(t, err)
		if diff := cmp.Diff(found, recovered); diff != "" || recovered.ID != a {
			t.Errorf("recovered table: %s", diff)
		}
		if name != "" {
			must(t, e.DropTable(ctx, "db1", name))
		}
	}
	must(t, e.RenameTable(ctx, "db1", "eee", "bbb", false))
	if diff := cmp.Diff(map[string]int64{"bbb": a, "ddd": b}, tableNames(t, e)); diff != "" {
		t.Errorf("recover: %s", diff)
	}
	must(t, e.CreateDatabase(ctx, "db2"))
	_, err = e.Append(ctx, "db1", "ddd", "u1", records(record("x", "y", "time", int64(5))))
	must(t, err)
	must(t, e.MoveTable(ctx, "db1", "ddd", "db2"))
	moved, err := e.Tables(ctx, "db2")
	must(t, err)
	if len(moved) != 1 || moved[0].ID != b || moved[0].Records != 1 || len(moved[0].Schema) != 1 || moved[0].LastLogTime.Unix() != 5 {
		t.Errorf("moved: %+v", moved)
	}
	if n, err := e.Append(ctx, "db2", "ddd", "u1", records(record("x", "y"))); n != 0 || err != nil {
		t.Errorf("an upload ID that was moved: %d, %v", n, err)
	}
	for name, err := range map[string]error{
		"swap":    e.SwapTables(ctx, "db1", "bbb", "zzz"),
		"rename":  e.RenameTable(ctx, "db1", "zzz", "yyy", false),
		"drop":    e.DropTable(ctx, "db1", "zzz"),
		"move":    e.MoveTable(ctx, "db1", "zzz", "db2"),
		"recover": second(e.RecoverTable(ctx, 999, "")),
		"table":   second(e.Table(ctx, "db1", "zzz")),
		"db":      second(e.Database(ctx, "nodb")),
		"db name": second(e.Database(ctx, "../db1")),
		"nodb":    e.CreateTable(ctx, "nodb", "zzz", engine.TableOptions{}),
	} {
		if !errors.Is(err, engine.ErrNotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
}

func TestAppendTypes(t *testing.T) {
	e, ctx := newDB(t, script{"all": query(`SELECT i, f, s, a, m, "time" FROM "db1"."t1" ORDER BY "time"`,
		"i", "double", "f", "double", "s", "varchar", "a", "array(bigint)", "m", "map(varchar,bigint)", "time", "bigint")}), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	n, err := e.Append(ctx, "db1", "t1", "u1", records(
		record("time", int64(1), "i", int64(1), "f", 2.5, "s", int64(7), "Big Name", true, "a", []any{int64(1), nil}),
		record("time", 2.9, "i", 1.5, "f", int64(3), "s", "x", "u", uint64(1<<63), "m", engine.Map{{Key: "k", Value: int64(1 << 60)}, {Key: "a"}}),
		record("time", "3", "i", nil, "nothing", nil),
	))
	must(t, err)
	if n != 3 {
		t.Errorf("added %d", n)
	}
	tables, err := e.Tables(ctx, "db1")
	must(t, err)
	want := []engine.Column{
		{Name: "i", Type: "double"},
		{Name: "f", Type: "double"},
		{Name: "s", Type: "string"},
		{Name: "Big Name", Type: "string", Alias: "big_name"},
		{Name: "a", Type: "array<long>"},
		{Name: "u", Type: "string"},
		{Name: "m", Type: "map<string,long>"},
	}
	if diff := cmp.Diff(want, tables[0].Schema); diff != "" {
		t.Error(diff)
	}
	if x := tables[0]; x.Records != 3 || x.LastLogTime.Unix() != 3 || x.StorageSize == 0 || x.LastImport.IsZero() {
		t.Errorf("figures: %+v", x)
	}
	wantRows := [][]any{
		{1.0, 2.5, "7", []any{int64(1), nil}, nil, int64(1)},
		{1.5, 3.0, "x", nil, engine.Map{{Key: "k", Value: int64(1 << 60)}, {Key: "a"}}, int64(2)},
		{nil, nil, nil, nil, nil, int64(3)},
	}
	if diff := cmp.Diff(wantRows, run1(t, e, "all").rows); diff != "" {
		t.Error(diff)
	}
	tail, err := e.Tail(ctx, "db1", "t1", 2)
	must(t, err)
	wantTail := []engine.Record{
		record("i", 1.5, "f", 3.0, "s", "x", "u", "9223372036854775808", "m", engine.Map{{Key: "k", Value: int64(1 << 60)}, {Key: "a"}}, "time", int64(2)),
		record("time", int64(3)),
	}
	if diff := cmp.Diff(wantTail, tail); diff != "" {
		t.Error(diff)
	}
}

// TestAppendWide stores a record with more keys than a streaming import allows, as bulk imports do.
func TestAppendWide(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	wide := record("time", int64(1))
	for i := range maxColumns - 2 {
		wide = append(wide, record(fmt.Sprint("k", i), int64(i))...)
	}
	if _, err := e.Append(ctx, "db1", "t1", "", records(wide)); err != nil {
		t.Fatal(err)
	}
}

func TestAppendRefuses(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	var wide engine.Record
	for i := range maxColumns + 1 {
		wide = append(wide, record(fmt.Sprint("k", i), int64(i))...)
	}
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		records iter.Seq2[engine.Record, error]
		want    error
	}{
		"keys": {records(record("a", int64(1)), wide), engine.ErrInvalid},
		"time": {records(record("time", "soon")), engine.ErrInvalid},
		"source": {func(yield func(engine.Record, error) bool) {
			_ = yield(record("a", int64(1)), nil) && yield(nil, broken)
		}, broken},
	} {
		if n, err := e.Append(ctx, "db1", "t1", "up", tt.records); n != 0 || !errors.Is(err, tt.want) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	tables, err := e.Tables(ctx, "db1")
	must(t, err)
	if x := tables[0]; x.Records != 0 || len(x.Schema) != 0 {
		t.Errorf("a failed Append left data: %+v", x)
	}
	for range 2 { // the upload ID was not used by the failed calls
		if n, err := e.Append(ctx, "db1", "t1", "up", records(record("a", int64(1)))); err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	tables, err = e.Tables(ctx, "db1")
	must(t, err)
	if tables[0].Records != 1 {
		t.Errorf("%d records", tables[0].Records)
	}
}

func TestUpdateSchema(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	schema := func(c ...engine.Column) engine.TableOptions { return engine.TableOptions{Schema: &c} }
	must(t, e.CreateTable(ctx, "db1", "t1", schema(engine.Column{Name: "A b", Type: "string"}, engine.Column{Name: "n", Type: "array<map<string,long>>"})))
	_, err := e.Append(ctx, "db1", "t1", "", records(record("A b", "12", "n", []any{engine.Map{{Key: "k", Value: int64(1)}}}), record("A b", "x")))
	must(t, err)
	days := 7
	must(t, e.UpdateTable(ctx, "db1", "t1", engine.TableOptions{ExpireDays: &days}))
	must(t, e.UpdateTable(ctx, "db1", "t1", schema(engine.Column{Name: "A b", Type: "string", Alias: "ab"}, engine.Column{Name: "new", Type: "int"})))
	tables, err := e.Tables(ctx, "db1")
	must(t, err)
	want := []engine.Column{{Name: "A b", Type: "string", Alias: "ab"}, {Name: "new", Type: "int"}}
	if diff := cmp.Diff(want, tables[0].Schema); diff != "" || tables[0].ExpireDays != 7 || tables[0].Records != 2 {
		t.Errorf("%s %+v", diff, tables[0])
	}
	for name, c := range map[string][]engine.Column{
		"v": {{Name: "v", Type: "string"}}, "time": {{Name: "time", Type: "long"}}, "type": {{Name: "c", Type: "text"}},
		"twice": {{Name: "c", Type: "int"}, {Name: "c", Type: "int"}}, "alias": {{Name: "c", Type: "int", Alias: "C"}},
		"taken": {{Name: "c", Type: "int", Alias: "d"}, {Name: "e", Type: "int", Alias: "d"}}, "nested": {{Name: "c", Type: "map<string>"}},
		"name": {{Name: "c", Type: "int", Alias: "d"}, {Name: "d", Type: "int"}},
	} {
		if err := e.UpdateTable(ctx, "db1", "t1", schema(c...)); !errors.Is(err, engine.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
