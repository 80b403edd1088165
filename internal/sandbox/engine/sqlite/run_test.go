package sqlite

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

func TestRunKinds(t *testing.T) {
	target := translate.TableName{Database: "db1", Table: "t2"}
	reads := []string{"db1"}
	s := script{
		"ctas":   {Kind: translate.CreateTableAs, SQL: `SELECT a AS x, 'a@b' FROM "db1"."t1"`, Columns: columns("x", "bigint", "y", "varchar"), Reads: reads, Target: target},
		"insert": {Kind: translate.Insert, SQL: `SELECT 10, 'z' UNION ALL SELECT 11, 'z'`, Columns: columns("x", "bigint", "y", "varchar"), Target: target},
		"over":   {Kind: translate.InsertOverwrite, SQL: `SELECT x + 1 FROM "db1"."t2" WHERE x > 1`, Columns: columns("x", "bigint"), Reads: reads, Target: target},
		"delete": {Kind: translate.Delete, SQL: `DELETE FROM "db1"."t2" WHERE "x" = 11`, Reads: reads, Target: target},
		"rows":   query(`SELECT x, y FROM "db1"."t2" ORDER BY x DESC`, "x", "bigint", "y", "varchar"),
		"drop":   {Kind: translate.DropTable, Target: target},
		"dropif": {Kind: translate.DropTable, Target: target, IfExists: true},
		"show":   {Kind: translate.Rows, Columns: columns("Table", "varchar"), Values: [][]any{{"t1"}}},
		"create": {Kind: translate.CreateTable, Columns: columns("x", "array(row(a bigint, b boolean))"), Target: target},
		"fail":   query(`SELECT f_fail(1)`, "x", "bigint"),
	}
	e, ctx := newDB(t, s), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	_, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(enginetest.Record("a", int64(1)), enginetest.Record("a", int64(2))))
	must(t, err)
	for _, tt := range []struct {
		sql  string
		want [][]any
	}{
		{"ctas", [][]any{{int64(2)}}},
		{"rows", [][]any{{int64(2), "a@b"}, {int64(1), "a@b"}}},
		{"insert", [][]any{{int64(2)}}},
		{"over", [][]any{{int64(3)}}},
		{"rows", [][]any{{int64(12), nil}, {int64(11), nil}, {int64(3), nil}}},
		{"delete", [][]any{{int64(1)}}},
		{"rows", [][]any{{int64(12), nil}, {int64(3), nil}}},
		{"show", [][]any{{"t1"}}},
		{"drop", nil},
		{"dropif", nil},
		{"create", nil},
		{"drop", nil},
	} {
		if diff := cmp.Diff(tt.want, run1(t, e, tt.sql).rows); diff != "" {
			t.Errorf("%s: %s", tt.sql, diff)
		}
		if tt.sql == "over" {
			list, err := e.Tables(ctx, "db1")
			must(t, err)
			if list[1].Records != 3 {
				t.Errorf("counted %d", list[1].Records)
			}
		}
	}
	for sql, want := range map[string]string{
		"drop": "Table 'db1.t2' does not exist",
		"what": "line 1:1: no plan for what",
	} {
		err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &rowsSink{})
		if _, ok := errors.AsType[*translate.Error](err); !ok || err.Error() != want {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestDecode(t *testing.T) {
	s := script{"q": {
		Kind: translate.Query, SQL: `SELECT 1, 2, 2, 'x', x'00ff', '[1,"2",null]', '{"2":1.5,"1":9007199254740993}',
		'["2020-01-01",true]', 90061001, 14, '[[1],[2]]', NULL, 'a' || char(0) || 'b'`,
		Columns: columns("a", "boolean", "b", "bigint", "c", "double", "d", "varchar", "e", "varbinary", "f", "array(varchar)",
			"g", "map(bigint,double)", "h", "row(a date, b boolean)", "i", "interval day to second", "j", "interval year to month",
			"k", "array(array(bigint))", "l", "map(varchar,bigint)", "m", "varchar"),
	}}
	e := newDB(t, s)
	want := []any{
		true, int64(2), 2.0, "x",
		[]byte{0, 255},
		[]any{"1", "2", nil},
		engine.Map{{Key: int64(2), Value: 1.5}, {Key: int64(1), Value: 9007199254740992.0}},
		[]any{"2020-01-01", true},
		"1 01:01:01.001", "1-2",
		[]any{[]any{int64(1)}, []any{int64(2)}},
		nil, "a\x00b",
	}
	if diff := cmp.Diff([][]any{want}, run1(t, e, "q").rows); diff != "" {
		t.Error(diff)
	}
}
