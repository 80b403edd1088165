package sqlite

import (
	"errors"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
)

// TestTooManyColumns appends records until the table has the maximum number of columns.
func TestTooManyColumns(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	for from := 0; from < 1989; from += 500 {
		var r engine.Record
		for i := from; i < min(from+500, 1989); i++ {
			r = append(r, enginetest.Record("c"+string(rune('a'+i%26))+strings.Repeat("_", i/26), int64(i))...)
		}
		_, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(r))
		must(t, err)
	}
	if _, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(enginetest.Record("one_more", int64(1)))); !errors.Is(err, engine.ErrInvalid) || !strings.Contains(err.Error(), "more than 1990 columns") {
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
	must(t, e.CreateDatabase(ctx, "main"))
	if err := e.CreateDatabase(ctx, "temp"); !errors.Is(err, engine.ErrInvalid) {
		t.Errorf("CreateDatabase(temp): %v", err)
	}
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
