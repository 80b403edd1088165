package sqlite

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// TestChangeColumnTypes changes the type of a column and compares the converted values.
func TestChangeColumnTypes(t *testing.T) {
	for _, tt := range []struct {
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
		t.Run(tt.from+" to "+tt.to, func(t *testing.T) {
			e, ctx := newDB(t, nil), t.Context()
			schema := func(typ string) engine.TableOptions {
				return engine.TableOptions{Schema: &[]engine.Column{{Name: "c", Type: typ}}}
			}
			must(t, e.CreateTable(ctx, "db1", "t1", schema(tt.from)))
			var list []engine.Record
			for i, v := range tt.values {
				list = append(list, record("time", int64(i), "c", v))
			}
			_, err := e.Append(ctx, "db1", "t1", "", records(list...))
			must(t, err)
			must(t, e.UpdateTable(ctx, "db1", "t1", schema(tt.to)))
			tail, err := e.Tail(ctx, "db1", "t1", len(list))
			must(t, err)
			var got []any
			for _, r := range tail {
				var v any
				for _, f := range r {
					if f.Key == "c" {
						v = f.Value
					}
				}
				got = append(got, v)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestWidenOnAppend appends records whose values need a wider type than the column has.
func TestWidenOnAppend(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	for i, v := range []any{int64(1), 1.5, "x", []any{int64(1)}} {
		_, err := e.Append(ctx, "db1", "t1", "", records(record("time", int64(i), "c", v)))
		must(t, err)
	}
	tail, err := e.Tail(ctx, "db1", "t1", 10)
	must(t, err)
	var got []any
	for _, r := range tail {
		got = append(got, r[len(r)-1].Value, r[0].Value)
	}
	want := []any{int64(0), "1.0", int64(1), "1.5", int64(2), "x", int64(3), "[1]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if tail, err := e.Tail(ctx, "db1", "t1", 0); err != nil || len(tail) != 0 {
		t.Errorf("Tail of 0 records: %v, %v", tail, err)
	}
}

// TestFixedSchema appends to a table that does not detect its schema: unknown keys are ignored.
func TestFixedSchema(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	detect := false
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{DetectSchema: &detect, Schema: &[]engine.Column{{Name: "a", Type: "long"}}}))
	_, err := e.Append(ctx, "db1", "t1", "", records(record("time", int64(1), "a", int64(2), "b", "lost", "", "lost")))
	must(t, err)
	tail, err := e.Tail(ctx, "db1", "t1", 10)
	must(t, err)
	if diff := cmp.Diff([]engine.Record{record("a", int64(2), "time", int64(1))}, tail); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	tables, err := e.Tables(ctx, "db1")
	must(t, err)
	if x := tables[0]; x.DetectSchema || len(x.Schema) != 1 {
		t.Errorf("table %+v", x)
	}
}

// TestTooManyColumns appends records until the table has the maximum number of columns.
func TestTooManyColumns(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	for from := 0; from < 1989; from += 500 {
		var r engine.Record
		for i := from; i < min(from+500, 1989); i++ {
			r = append(r, record("c"+string(rune('a'+i%26))+strings.Repeat("_", i/26), int64(i))...)
		}
		_, err := e.Append(ctx, "db1", "t1", "", records(r))
		must(t, err)
	}
	if _, err := e.Append(ctx, "db1", "t1", "", records(record("one_more", int64(1)))); !errors.Is(err, engine.ErrInvalid) || !strings.Contains(err.Error(), "more than 1990 columns") {
		t.Errorf("error %v", err)
	}
}

// TestPurge drops a table, and then another one after the first can no longer be restored.
func TestPurge(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	for _, name := range []string{"old", "new"} {
		must(t, e.CreateTable(ctx, "db1", name, engine.TableOptions{}))
	}
	must(t, e.DropTable(ctx, "db1", "old"))
	must(t, e.update(ctx, "db1", func(t *tx) error {
		return t.exec(`UPDATE @"td$tables" SET deleted_at = deleted_at - ? WHERE deleted_at IS NOT NULL`, deletedRetention.Milliseconds()+1)
	}))
	must(t, e.DropTable(ctx, "db1", "new"))
	list, err := e.DeletedTables(ctx)
	must(t, err)
	if len(list) != 1 || list[0].Name != "new" {
		t.Errorf("deleted tables %+v", list)
	}
}

func TestNames(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	for name, want := range map[string]error{
		"t": nil, "a_1": nil, strings.Repeat("x", 200): nil,
		"": engine.ErrInvalid, "T": engine.ErrInvalid, "a-b": engine.ErrInvalid, "a.b": engine.ErrInvalid, "td$tables": engine.ErrInvalid,
		"sqlite_x": engine.ErrInvalid, strings.Repeat("x", 256): engine.ErrInvalid,
	} {
		if err := e.CreateTable(ctx, "db1", name, engine.TableOptions{}); !errors.Is(err, want) {
			t.Errorf("CreateTable(%s) = %v; want %v", name, err, want)
		}
	}
	must(t, e.CreateTable(ctx, "db1", "from", engine.TableOptions{}))
	for _, name := range []string{"X", "sqlite_y", ""} {
		if err := e.RenameTable(ctx, "db1", "from", name, false); !errors.Is(err, engine.ErrInvalid) {
			t.Errorf("RenameTable to %s: %v", name, err)
		}
	}
	if err := e.MoveTable(ctx, "db1", "from", "db1"); !errors.Is(err, engine.ErrExists) {
		t.Errorf("MoveTable to the same database: %v", err)
	}
}
