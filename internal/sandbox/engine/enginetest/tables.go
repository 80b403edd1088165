package enginetest

import (
	"errors"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
)

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
