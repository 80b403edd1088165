package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
)

// TestRowIDKeys stores records whose keys are SQLite's names for the row number, see
// https://sqlite.org/lang_createtable.html#rowid.
func TestRowIDKeys(t *testing.T) {
	e, err := Open(t.TempDir(), Options{})
	must(t, err)
	ctx := t.Context()
	must(t, e.CreateDatabase(ctx, "db1"))
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	for i, r := range []engine.Record{
		enginetest.Record("oid", int64(10), "time", int64(1)),
		enginetest.Record("oid", "x", "rowid", int64(11), "time", int64(2)),
		enginetest.Record("_rowid_", 1.5, "rowid", int64(12), "oid", nil, "ROWID", true, "time", int64(3)),
	} {
		if _, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(r)); err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
	}
	for sql, want := range map[string][][]any{
		"SELECT oid, rowid, _rowid_, rowid_2 FROM t1 ORDER BY time":          {{"10", nil, nil, nil}, {"x", int64(11), nil, nil}, {nil, int64(12), 1.5, "true"}},
		"SELECT count(*) FROM t1 WHERE rowid = 11":                           {{int64(1)}},
		"SELECT a.rowid FROM t1 a JOIN t1 b ON a.rowid = b.rowid ORDER BY 1": {{int64(11)}, {int64(12)}},
	} {
		var sink rowsSink
		if err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &sink); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
		if diff := cmp.Diff(want, sink.rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
	must(t, e.Run(ctx, engine.Statement{SQL: "CREATE TABLE t2 AS SELECT 1 AS oid, 2 AS rowid, 3 AS _rowid_", Database: "db1"}, &rowsSink{}))
	must(t, e.Run(ctx, engine.Statement{SQL: "DELETE FROM t1 WHERE oid = 'x'", Database: "db1"}, &rowsSink{}))
	must(t, e.CreateDatabase(ctx, "db2"))
	must(t, e.MoveTable(ctx, "db1", "t1", "db2"))
	tail, err := e.Tail(ctx, "db2", "t1", 9)
	must(t, err)
	if len(tail) != 2 {
		t.Errorf("%d records", len(tail))
	}
}
