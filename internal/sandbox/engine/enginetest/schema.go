package enginetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
)

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
	f.must(update(engine.Column{Name: "new", Type: "int"}, engine.Column{Name: "A b", Type: "string", Alias: "ab"}))
	f.append("t1", "", Record("later", int64(1)))
	f.compare([]engine.Column{{Name: "new", Type: "int"}, {Name: "A b", Type: "string", Alias: "ab"}, {Name: "later", Type: "long"}}, f.table("t1").Schema)
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
