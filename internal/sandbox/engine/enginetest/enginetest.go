// Package enginetest tests implementations of engine.Engine.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Options describe the engine under test.
type Options struct {
	// Open returns an engine without databases whose names have the prefix. It closes the engine at the end of t.
	Open func(t *testing.T) engine.Engine
	// Prefix is the start of the names of databases.
	Prefix string
}

// Run runs all tests.
func Run(t *testing.T, o Options) {
	for _, test := range []struct {
		name string
		run  func(*fixture)
	}{
		{"databases", testDatabases},
		{"table IDs", testTablesKeepTheirIDs},
		{"append types", testAppendTypes},
		{"append refuses", testAppendRefuses},
		{"upload IDs", testUploadIDs},
		{"update schema", testUpdateSchema},
		{"change column types", testChangeColumnTypes},
		{"widen on append", testWidenOnAppend},
		{"fixed schema", testFixedSchema},
		{"statements", testStatements},
		{"statement errors", testStatementErrors},
		{"canceled statement", testCanceledStatement},
		{"names", testNames},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &fixture{T: t, engine: o.Open(t), db: o.Prefix + "db1", other: o.Prefix + "db2"}
			f.dropDatabases() // of an interrupted test
			f.must(f.engine.CreateDatabase(t.Context(), f.db))
			t.Cleanup(f.dropDatabases)
			test.run(f)
		})
	}
}

// A fixture is an engine with an empty database.
type fixture struct {
	*testing.T
	engine    engine.Engine
	db, other string
}

// dropDatabases drops the databases of a test, because the engine may store them outside of the test's directory.
func (f *fixture) dropDatabases() {
	for _, name := range []string{f.db, f.other} {
		if err := f.engine.DropDatabase(context.WithoutCancel(f.Context()), name); err != nil && !errors.Is(err, engine.ErrNotFound) {
			f.Error(err)
		}
	}
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// second returns an error without the value that accompanies it.
func second[T any](_ T, err error) error { return err }

// Record returns a record of alternating keys and values.
func Record(pairs ...any) engine.Record {
	var r engine.Record
	for i := 0; i < len(pairs); i += 2 {
		r = append(r, engine.Field{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return r
}

// Records returns a sequence of records.
func Records(list ...engine.Record) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (f *fixture) append(table, id string, list ...engine.Record) int64 {
	f.Helper()
	n, err := f.engine.Append(f.Context(), f.db, table, id, Records(list...))
	f.must(err)
	return n
}

func (f *fixture) create(table string, columns ...engine.Column) {
	f.Helper()
	o := engine.TableOptions{}
	if columns != nil {
		o.Schema = &columns
	}
	f.must(f.engine.CreateTable(f.Context(), f.db, table, o))
}

func (f *fixture) table(name string) engine.Table {
	f.Helper()
	x, err := f.engine.Table(f.Context(), f.db, name)
	f.must(err)
	return x
}

func (f *fixture) compare(want, got any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("(-want +got):\n%s", diff)
	}
}

// tableIDs returns the IDs of the tables by their names.
func (f *fixture) tableIDs(database string) map[string]int64 {
	f.Helper()
	list, err := f.engine.Tables(f.Context(), database)
	f.must(err)
	got := map[string]int64{}
	for _, x := range list {
		got[x.Name] = x.ID
	}
	return got
}

// A Rows is a Sink that stores a result.
type Rows struct {
	Columns []translate.Column
	Rows    [][]any
	calls   int
}

// Schema implements engine.Sink.
func (r *Rows) Schema(c []translate.Column) error {
	r.Columns = c
	r.calls++
	return nil
}

// Row implements engine.Sink.
func (r *Rows) Row(values []any) error {
	if r.calls != 1 {
		return fmt.Errorf("%d calls of Schema before a row", r.calls)
	}
	r.Rows = append(r.Rows, slices.Clone(values))
	return nil
}

// run runs a statement in which DB is replaced by the name of the database.
func (f *fixture) run(sql string) *Rows {
	f.Helper()
	rows, err := f.try(sql)
	if err != nil {
		f.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func (f *fixture) try(sql string) (*Rows, error) {
	var rows Rows
	err := f.engine.Run(f.Context(), engine.Statement{SQL: strings.ReplaceAll(sql, "DB", f.db), Database: f.db}, &rows)
	return &rows, err
}

func testDatabases(f *fixture) {
	e, ctx := f.engine, f.Context()
	for _, tt := range []struct {
		name string
		want error
	}{{f.db, engine.ErrExists}, {"Db", engine.ErrInvalid}, {"", engine.ErrInvalid}, {"a/b", engine.ErrInvalid}, {`a"b`, engine.ErrInvalid}} {
		if err := e.CreateDatabase(ctx, tt.name); !errors.Is(err, tt.want) {
			f.Errorf("create %q: %v, want %v", tt.name, err, tt.want)
		}
	}
	f.create("t1")
	f.append("t1", "", Record("a", int64(1)), Record("a", int64(2)))
	list, err := e.Databases(ctx)
	f.must(err)
	i := slices.IndexFunc(list, func(d engine.Database) bool { return d.Name == f.db })
	if i < 0 {
		f.Fatalf("database %s is not in %v", f.db, list)
	}
	one, err := e.Database(ctx, f.db)
	f.must(err)
	f.compare(list[i], one)
	if d := list[i]; d.Records != 2 || d.CreatedAt.IsZero() || d.UpdatedAt.Before(d.CreatedAt) {
		f.Errorf("database %+v", d)
	}
	f.must(e.DropDatabase(ctx, f.db))
	if err := e.DropDatabase(ctx, f.db); !errors.Is(err, engine.ErrNotFound) {
		f.Errorf("drop again: %v", err)
	}
	if _, err := e.Tables(ctx, f.db); !errors.Is(err, engine.ErrNotFound) {
		f.Errorf("tables of a dropped database: %v", err)
	}
	f.must(e.CreateDatabase(ctx, f.db))
	f.compare(map[string]int64{}, f.tableIDs(f.db))
}

func testTablesKeepTheirIDs(f *fixture) {
	e, ctx := f.engine, f.Context()
	f.create("aaa")
	f.create("bbb")
	ids := f.tableIDs(f.db)
	a, b := ids["aaa"], ids["bbb"]
	f.must(e.SwapTables(ctx, f.db, "aaa", "bbb"))
	f.compare(map[string]int64{"aaa": b, "bbb": a}, f.tableIDs(f.db))
	f.must(e.RenameTable(ctx, f.db, "aaa", "ccc", false))
	if err := e.RenameTable(ctx, f.db, "ccc", "bbb", false); !errors.Is(err, engine.ErrExists) {
		f.Errorf("rename onto a table: %v", err)
	}
	f.must(e.RenameTable(ctx, f.db, "ccc", "bbb", true))
	f.compare(map[string]int64{"bbb": b}, f.tableIDs(f.db))
	f.testRecover(a)
	f.compare(map[string]int64{"bbb": a, "ddd": b}, f.tableIDs(f.db))
	f.testMove(b)
	for name, err := range map[string]error{
		"swap":    e.SwapTables(ctx, f.db, "bbb", "zzz"),
		"rename":  e.RenameTable(ctx, f.db, "zzz", "yyy", false),
		"drop":    e.DropTable(ctx, f.db, "zzz"),
		"move":    e.MoveTable(ctx, f.db, "zzz", f.other),
		"recover": second(e.RecoverTable(ctx, 999_999, "")),
		"table":   second(e.Table(ctx, f.db, "zzz")),
		"append":  second(e.Append(ctx, f.db, "zzz", "", Records(Record("a", int64(1))))),
		"tail":    second(e.Tail(ctx, f.db, "zzz", 1)),
		"db":      second(e.Database(ctx, f.db+"_nodb")),
		"db name": second(e.Database(ctx, "../db1")),
		"nodb":    e.CreateTable(ctx, f.db+"_nodb", "zzz", engine.TableOptions{}),
	} {
		if !errors.Is(err, engine.ErrNotFound) {
			f.Errorf("%s: %v, want not found", name, err)
		}
	}
	if err := e.CreateTable(ctx, f.db, "bbb", engine.TableOptions{}); !errors.Is(err, engine.ErrExists) {
		f.Errorf("create again: %v", err)
	}
}

// testRecover recovers the dropped table a, whose name bbb is in use.
func (f *fixture) testRecover(a int64) {
	e, ctx := f.engine, f.Context()
	deleted, err := e.DeletedTables(ctx)
	f.must(err)
	i := slices.IndexFunc(deleted, func(t engine.Table) bool { return t.ID == a })
	if i < 0 || deleted[i].Name != "bbb" || deleted[i].DeletedDBName != f.db || deleted[i].DeletedAt.IsZero() {
		f.Errorf("deleted: %+v", deleted)
	}
	if _, err := e.RecoverTable(ctx, a, ""); !errors.Is(err, engine.ErrExists) {
		f.Errorf("recover onto a table: %v", err)
	}
	if _, err := e.RecoverTable(ctx, a, "No Name"); !errors.Is(err, engine.ErrInvalid) {
		f.Errorf("recover under an invalid name: %v", err)
	}
	f.must(e.RenameTable(ctx, f.db, "bbb", "ddd", false))
	for _, name := range []string{"eee", ""} { // an empty name is the old one
		recovered, err := e.RecoverTable(ctx, a, name)
		f.must(err)
		f.compare(f.table("eee"), recovered)
		if recovered.ID != a {
			f.Errorf("recovered table %d, want %d", recovered.ID, a)
		}
		if name != "" {
			f.must(e.DropTable(ctx, f.db, name))
		}
	}
	f.must(e.RenameTable(ctx, f.db, "eee", "bbb", false))
}

// testMove moves the table ddd, whose ID is given, to the other database.
func (f *fixture) testMove(id int64) {
	e, ctx := f.engine, f.Context()
	f.must(e.CreateDatabase(ctx, f.other))
	f.append("ddd", "u1", Record("x", "y", "time", int64(5)))
	f.must(e.MoveTable(ctx, f.db, "ddd", f.other))
	moved, err := e.Tables(ctx, f.other)
	f.must(err)
	if len(moved) != 1 || moved[0].ID != id || moved[0].Records != 1 || len(moved[0].Schema) != 1 || moved[0].LastLogTime.Unix() != 5 {
		f.Errorf("moved: %+v", moved)
	}
	if n, err := e.Append(ctx, f.other, "ddd", "u1", Records(Record("x", "y"))); n != 0 || err != nil {
		f.Errorf("an upload ID that was moved: %d, %v", n, err)
	}
	if err := e.MoveTable(ctx, f.other, "ddd", f.other); !errors.Is(err, engine.ErrExists) {
		f.Errorf("move to the same database: %v", err)
	}
}

func testAppendTypes(f *fixture) {
	f.create("t1")
	n := f.append("t1", "u1",
		Record("time", int64(1), "i", int64(1), "f", 2.5, "s", int64(7), "Big Name", true, "a", []any{int64(1), nil}),
		Record("time", 2.9, "i", 1.5, "f", int64(3), "s", "it's \"x\"\n\x00é😀", "u", uint64(1<<63), "m", engine.Map{{Key: "k", Value: int64(1 << 60)}, {Key: "a"}}),
		Record("time", "3", "i", nil, "nothing", nil),
	)
	if n != 3 {
		f.Errorf("added %d", n)
	}
	x := f.table("t1")
	f.compare([]engine.Column{
		{Name: "i", Type: "double"},
		{Name: "f", Type: "double"},
		{Name: "s", Type: "string"},
		{Name: "Big Name", Type: "string", Alias: "big_name"},
		{Name: "a", Type: "array<long>"},
		{Name: "u", Type: "string"},
		{Name: "m", Type: "map<string,long>"},
	}, x.Schema)
	if x.Records != 3 || x.LastLogTime.Unix() != 3 || x.StorageSize == 0 || x.LastImport.IsZero() {
		f.Errorf("figures: %+v", x)
	}
	f.compare([][]any{
		{1.0, 2.5, "7", []any{int64(1), nil}, nil, int64(1)},
		{1.5, 3.0, "it's \"x\"\n\x00é😀", nil, int64(1 << 60), int64(2)},
		{nil, nil, nil, nil, nil, int64(3)},
	}, f.run(`SELECT i, f, s, a, m['k'] AS k, "time" FROM t1 ORDER BY "time"`).Rows)
	tail, err := f.engine.Tail(f.Context(), f.db, "t1", 1)
	f.must(err)
	f.compare([]engine.Record{Record("time", int64(3))}, tail)
	tail, err = f.engine.Tail(f.Context(), f.db, "t1", 3)
	f.must(err)
	f.compare(Record("i", 1.0, "f", 2.5, "s", "7", "Big Name", "true", "a", []any{int64(1), nil}, "time", int64(1)), tail[0])
}

func testAppendRefuses(f *fixture) {
	f.create("t1")
	var wide engine.Record
	for i := range schema.MaxColumns + 1 {
		wide = append(wide, Record(fmt.Sprint("k", i), int64(i))...)
	}
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		records iter.Seq2[engine.Record, error]
		want    error
	}{
		"keys": {Records(Record("a", int64(1)), wide), engine.ErrInvalid},
		"time": {Records(Record("time", "soon")), engine.ErrInvalid},
		"source": {func(yield func(engine.Record, error) bool) {
			_ = yield(Record("a", int64(1)), nil) && yield(nil, broken)
		}, broken},
	} {
		if n, err := f.engine.Append(f.Context(), f.db, "t1", "up", tt.records); n != 0 || !errors.Is(err, tt.want) {
			f.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if x := f.table("t1"); x.Records != 0 || len(x.Schema) != 0 {
		f.Errorf("a failed Append left data: %+v", x)
	}
	for range 2 { // the upload ID was not used by the failed calls
		f.append("t1", "up", Record("a", int64(1)))
	}
	if x := f.table("t1"); x.Records != 1 {
		f.Errorf("%d records", x.Records)
	}
}

func testUploadIDs(f *fixture) {
	f.create("t1")
	for _, tt := range []struct {
		id   string
		want int64
	}{{"one", 2}, {"one", 0}, {"", 2}, {"", 2}, {"it's \"two\"", 2}, {"it's \"two\"", 0}} {
		if n := f.append("t1", tt.id, Record("a", int64(1)), Record("a", int64(2))); n != tt.want {
			f.Errorf("%q: %d records were added, want %d", tt.id, n, tt.want)
		}
	}
	for id, want := range map[string]bool{"one": true, "it's \"two\"": true, "three": false} {
		if got, err := f.engine.Appended(f.Context(), f.db, "t1", id); got != want || err != nil {
			f.Errorf("Appended(%q) = %v, %v", id, got, err)
		}
	}
	f.compare([][]any{{int64(8)}}, f.run(`SELECT count(*) FROM t1`).Rows)
	if n := f.append("t1", "empty"); n != 0 {
		f.Errorf("an empty import added %d records", n)
	}
}

func testUpdateSchema(f *fixture) {
	e, ctx := f.engine, f.Context()
	f.create("t1", engine.Column{Name: "A b", Type: "string"}, engine.Column{Name: "n", Type: "array<map<string,long>>"})
	f.append("t1", "", Record("A b", "12", "n", []any{engine.Map{{Key: "k", Value: int64(1)}}}), Record("A b", "x"))
	days := 7
	f.must(e.UpdateTable(ctx, f.db, "t1", engine.TableOptions{ExpireDays: &days}))
	update := func(c ...engine.Column) error {
		return e.UpdateTable(ctx, f.db, "t1", engine.TableOptions{Schema: &c})
	}
	f.must(update(engine.Column{Name: "A b", Type: "string", Alias: "ab"}, engine.Column{Name: "new", Type: "int"}))
	x := f.table("t1")
	f.compare([]engine.Column{{Name: "A b", Type: "string", Alias: "ab"}, {Name: "new", Type: "int"}}, x.Schema)
	if x.ExpireDays != 7 || x.Records != 2 {
		f.Errorf("table %+v", x)
	}
	f.compare([][]any{{"12", nil}, {"x", nil}}, f.run(`SELECT ab, new FROM t1 ORDER BY ab`).Rows)
	for name, c := range map[string][]engine.Column{
		"v": {{Name: "v", Type: "string"}}, "time": {{Name: "time", Type: "long"}}, "type": {{Name: "c", Type: "text"}},
		"twice": {{Name: "c", Type: "int"}, {Name: "c", Type: "int"}}, "alias": {{Name: "c", Type: "int", Alias: "C"}},
		"taken": {{Name: "c", Type: "int", Alias: "d"}, {Name: "e", Type: "int", Alias: "d"}}, "nested": {{Name: "c", Type: "map<string>"}},
		"name": {{Name: "c", Type: "int", Alias: "d"}, {Name: "d", Type: "int"}},
	} {
		if err := update(c...); !errors.Is(err, engine.ErrInvalid) {
			f.Errorf("%s: %v", name, err)
		}
	}
}

// testChangeColumnTypes changes the type of a column and compares the converted values.
func testChangeColumnTypes(f *fixture) {
	for i, tt := range []struct {
		from, to string
		values   []any
		want     []any
	}{
		{"long", "double", []any{int64(1), nil}, []any{1.0, nil}},
		{"long", "string", []any{int64(-1), nil}, []any{"-1", nil}},
		{"double", "string", []any{1.5, 3.0, 1e20}, []any{"1.5", "3.0", "1.0E20"}},
		{"double", "long", []any{1.5, -2.5, 1e30}, []any{int64(2), int64(-3), nil}},
		{"string", "long", []any{"12", "x", ""}, []any{int64(12), nil, nil}},
		{"string", "double", []any{"1e3", "x"}, []any{1000.0, nil}},
		{"string", "boolean", []any{"true", "x"}, []any{true, nil}},
		{"string", "date", []any{"2020-01-02", "x"}, []any{"2020-01-02", nil}},
		{"long", "int", []any{int64(5), int64(1) << 40}, []any{int64(5), nil}},
	} {
		name := fmt.Sprint("t", i)
		f.create(name, engine.Column{Name: "c", Type: tt.from})
		var list []engine.Record
		for i, v := range tt.values {
			list = append(list, Record("time", int64(i), "c", v))
		}
		f.append(name, "", list...)
		f.must(f.engine.UpdateTable(f.Context(), f.db, name, engine.TableOptions{Schema: &[]engine.Column{{Name: "c", Type: tt.to}}}))
		if diff := cmp.Diff(tt.want, f.tailValues(name, "c", len(list))); diff != "" {
			f.Errorf("%s to %s (-want +got):\n%s", tt.from, tt.to, diff)
		}
	}
}

// tailValues returns the values of a key in the last records, nil where it is missing.
func (f *fixture) tailValues(table, key string, count int) []any {
	f.Helper()
	tail, err := f.engine.Tail(f.Context(), f.db, table, count)
	f.must(err)
	values := make([]any, len(tail))
	for i, r := range tail {
		for _, field := range r {
			if field.Key == key {
				values[i] = field.Value
			}
		}
	}
	return values
}

// testWidenOnAppend appends records whose values need a wider type than the column has.
func testWidenOnAppend(f *fixture) {
	f.create("t1")
	for i, v := range []any{int64(1), 1.5, "x", []any{int64(1)}} {
		f.append("t1", "", Record("time", int64(i), "c", v))
	}
	f.compare([]any{"1.0", "1.5", "x", "[1]"}, f.tailValues("t1", "c", 10))
	f.compare([]any{int64(0), int64(1), int64(2), int64(3)}, f.tailValues("t1", "time", 10))
	if tail, err := f.engine.Tail(f.Context(), f.db, "t1", 0); err != nil || len(tail) != 0 {
		f.Errorf("Tail of 0 records: %v, %v", tail, err)
	}
}

// testFixedSchema appends to a table that does not detect its schema: unknown keys are ignored.
func testFixedSchema(f *fixture) {
	detect := false
	o := engine.TableOptions{DetectSchema: &detect, Schema: &[]engine.Column{{Name: "a", Type: "long"}}}
	f.must(f.engine.CreateTable(f.Context(), f.db, "t1", o))
	f.append("t1", "", Record("time", int64(1), "a", int64(2), "b", "lost", "", "lost"))
	tail, err := f.engine.Tail(f.Context(), f.db, "t1", 10)
	f.must(err)
	f.compare([]engine.Record{Record("a", int64(2), "time", int64(1))}, tail)
	if x := f.table("t1"); x.DetectSchema || len(x.Schema) != 1 {
		f.Errorf("table %+v", x)
	}
}

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
