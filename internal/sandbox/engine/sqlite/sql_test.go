package sqlite

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestStatements translates and runs statements.
func TestStatements(t *testing.T) {
	e, err := Open(t.TempDir(), Options{})
	must(t, err)
	ctx := t.Context()
	must(t, e.CreateDatabase(ctx, "db1"))
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	_, err = e.Append(ctx, "db1", "t1", "", enginetest.Records(
		enginetest.Record("time", int64(1412121600), "k", "b", "n", int64(3), "tags", []any{"x", "y"}, "m", engine.Map{{Key: "p", Value: int64(1)}}),
		enginetest.Record("time", int64(1412125200), "k", "a", "n", int64(1), "tags", []any{"z"}),
		enginetest.Record("time", int64(1412128800), "k", "a", "n", nil, "tags", []any{}),
	))
	must(t, err)
	trino, hive := translate.Trino, translate.Hive
	for _, tt := range []struct {
		in   translate.Dialect
		sql  string
		want [][]any
	}{
		{trino, `SELECT k, n FROM t1 ORDER BY n DESC, k`, [][]any{{"b", int64(3)}, {"a", int64(1)}, {"a", nil}}},
		{trino, `SELECT k, array_agg(n ORDER BY time DESC), count(*) FROM t1 GROUP BY k ORDER BY k`, [][]any{{"a", []any{nil, int64(1)}, int64(2)}, {"b", []any{int64(3)}, int64(1)}}},
		{trino, `SELECT tags, m, tags[1] FROM t1 WHERE n = 3`, [][]any{{[]any{"x", "y"}, engine.Map{{Key: "p", Value: int64(1)}}, "x"}}},
		{trino, `SELECT max_by(k, n), approx_percentile(n, 0.5) FROM t1`, [][]any{{"b", int64(3)}}},
		{trino, `SELECT count_if(n > 1) OVER (ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t1 ORDER BY time`, [][]any{{int64(1)}, {int64(1)}, {int64(0)}}},
		{trino, `SELECT from_unixtime(1412121600), date_trunc('day', from_unixtime(1412125200)), CAST(1 AS varchar), true`, [][]any{{"2014-10-01 00:00:00.000 UTC", "2014-10-01 00:00:00.000 UTC", "1", true}}},
		{trino, `SELECT map_agg(k, n) FROM t1 WHERE n IS NOT NULL`, [][]any{{engine.Map{{Key: "b", Value: int64(3)}, {Key: "a", Value: int64(1)}}}}},
		{hive, `SELECT 7 / 2, size(tags) FROM t1 WHERE n = 3`, [][]any{{3.5, int64(2)}}},
		{trino, `CREATE TABLE t2 AS SELECT k, n > 1 AS big, from_unixtime(time) AS at FROM t1`, [][]any{{int64(3)}}},
		{trino, `SELECT k, big, at FROM t2 WHERE big`, [][]any{{"b", true, "2014-10-01 00:00:00.000 UTC"}}},
		{trino, `INSERT INTO t2 SELECT 'c', false, NULL`, [][]any{{int64(1)}}},
		{trino, `DELETE FROM t2 WHERE k = 'a'`, [][]any{{int64(2)}}},
		{trino, `SELECT count(*), sum(if(big, 1, 0)) FROM t2`, [][]any{{int64(2), int64(1)}}},
		{hive, `INSERT OVERWRITE TABLE t2 SELECT k, big, at FROM t2 WHERE k = 'b'`, nil},
		{trino, `SELECT count(*) FROM t2`, [][]any{{int64(1)}}},
		{trino, `DROP TABLE t2`, nil},
	} {
		var sink rowsSink
		if err := e.Run(ctx, engine.Statement{SQL: tt.sql, Dialect: tt.in, Database: "db1"}, &sink); err != nil {
			t.Errorf("%s: %v", tt.sql, err)
			continue
		}
		if diff := cmp.Diff(tt.want, sink.rows); diff != "" {
			t.Errorf("%s: %s", tt.sql, diff)
		}
	}
	for _, tt := range []struct {
		sql  string
		kind translate.ErrorKind
		want string
	}{
		{`SELECT CAST(k AS bigint) FROM t1`, translate.DataError, "Cannot cast 'b' to BIGINT"},
		{`SELECT n / 0 FROM t1`, translate.DataError, "Division by zero"},
		{`SELECT tags[5] FROM t1 WHERE n = 3`, translate.DataError, "Array subscript must be less than or equal to array length: 5 > 2"},
		{`SELECT regexp_like(k, '\Ga') FROM t1`, translate.NotSupported, `\G`},
		{`SELECT nosuch FROM t1`, translate.SemanticError, "Column 'nosuch' cannot be resolved"},
		{`SELECT 1 FROM t2`, translate.SemanticError, "does not exist"},
		{`CREATE TABLE sqlite_x AS SELECT 1 AS a`, translate.SemanticError, "Table name 'sqlite_x' is invalid"},
	} {
		err := e.Run(ctx, engine.Statement{SQL: tt.sql, Database: "db1"}, &rowsSink{})
		d, ok := errors.AsType[*translate.Error](err)
		if !ok || d.Kind != tt.kind || !strings.Contains(d.Message, tt.want) {
			t.Errorf("%s: %v", tt.sql, err)
		}
	}
}
