package sqlite

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestInsertColumns inserts into tables that were created by the API, by an import and by a
// statement. Columns are matched by name if possible, and every row has a time.
func TestInsertColumns(t *testing.T) {
	scheduled := time.Unix(1500000000, 0)
	at := scheduled.Unix()
	api := func(e *Engine) error { return e.CreateTable(t.Context(), "db1", "t", engine.TableOptions{}) }
	imported := func(e *Engine) error {
		if err := api(e); err != nil {
			return err
		}
		_, err := e.Append(t.Context(), "db1", "t", "", enginetest.Records(enginetest.Record("time", int64(1), "Big Name", "x", "n", int64(5))))
		return err
	}
	trino, hive := translate.Trino, translate.Hive
	for _, tt := range []struct {
		name    string
		create  func(*Engine) error
		dialect translate.Dialect
		sql     []string
		query   string
		want    [][]any
	}{
		{"API table", api, trino, []string{`INSERT INTO t SELECT 7 AS cnt`}, `SELECT time, cnt FROM t`, [][]any{{at, int64(7)}}},
		{"API table, Hive", api, hive, []string{`INSERT INTO TABLE t SELECT 'A' AS symbol`}, `SELECT symbol, time FROM t`, [][]any{{"A", at}}},
		{"several columns", api, trino, []string{`INSERT INTO t SELECT 1 AS a, 'x' AS b, 2e0 AS c`}, `SELECT * FROM t`, [][]any{{int64(1), "x", 2.0, at}}},
		{"given time", api, trino, []string{`INSERT INTO t SELECT 'x' AS a, 5 AS time`}, `SELECT a, time FROM t`, [][]any{{"x", int64(5)}}},
		{"null time", api, trino, []string{`INSERT INTO t SELECT 'x' AS a, CAST(NULL AS bigint) AS time`}, `SELECT a, time FROM t`, [][]any{{"x", at}}},
		{"unnamed in Hive", api, hive, []string{`INSERT INTO TABLE t SELECT 1, 'x'`}, "SELECT `_c0`, `_c1`, time FROM t", [][]any{{int64(1), "x", at}}},
		{"different order", imported, trino, []string{`INSERT INTO t SELECT 6 AS n, 'y' AS big_name`}, `SELECT big_name, n FROM t ORDER BY n`, [][]any{{"x", int64(5)}, {"y", int64(6)}}},
		{"new column", imported, trino, []string{`INSERT INTO t SELECT 6 AS n, true AS fresh`}, `SELECT big_name, n, fresh FROM t ORDER BY n`, [][]any{{"x", int64(5), nil}, {nil, int64(6), true}}},
		{"new column, then an import", imported, trino, []string{`INSERT INTO t SELECT 6 AS n, 'f' AS fresh`}, `SELECT count(fresh) FROM t`, [][]any{{int64(1)}}},
		{"conversion", imported, trino, []string{`INSERT INTO t SELECT CAST(6 AS double) AS n`}, `SELECT max(n) FROM t`, [][]any{{int64(6)}}},
		{"position", imported, trino, []string{`INSERT INTO t SELECT 'z', 7`}, `SELECT big_name, n, time FROM t WHERE n = 7`, [][]any{{"z", int64(7), at}}},
		{"position with time", imported, trino, []string{`INSERT INTO t VALUES ('z', 7, 9)`}, `SELECT big_name, n, time FROM t WHERE n = 7`, [][]any{{"z", int64(7), int64(9)}}},
		{"list", imported, trino, []string{`INSERT INTO t (n) SELECT 8 AS big_name`}, `SELECT big_name, n, time FROM t WHERE n = 8`, [][]any{{nil, int64(8), at}}},
		{"overwrite", imported, hive, []string{`INSERT OVERWRITE TABLE t SELECT n + 1 AS n, 'o' AS other FROM t`}, `SELECT n, other, big_name, time FROM t`, [][]any{{int64(6), "o", nil, at}}},
		{
			"several tables", imported, hive,
			[]string{`CREATE TABLE u (n int)`, `FROM t INSERT INTO TABLE u SELECT n + 1 AS n INSERT OVERWRITE TABLE t SELECT n, 'y' AS big_name WHERE n > 5`},
			`SELECT (SELECT count(*) FROM t) AS t, n FROM u`,
			[][]any{{int64(0), int64(6)}},
		},
		{
			"several inserts into a table that they read", imported, hive,
			[]string{`FROM t INSERT INTO TABLE t SELECT n + 1 AS n INSERT INTO TABLE t SELECT n + 2 AS n`},
			`SELECT n FROM t ORDER BY n`,
			[][]any{{int64(5)}, {int64(6)}, {int64(7)}},
		},
		{"a name twice in Hive", nil, hive, []string{`CREATE TABLE t (a int, b int)`, `INSERT INTO TABLE t SELECT 1 AS b, 2 AS b`}, `SELECT a, b FROM t`, [][]any{{int64(1), int64(2)}}},
		{"some names in Hive", nil, hive, []string{`CREATE TABLE t (a int, b int)`, `INSERT INTO TABLE t SELECT 1 AS b, 2 AS c`}, `SELECT * FROM t`, [][]any{{int64(1), int64(2)}}},
		{"all names in Hive", nil, hive, []string{`CREATE TABLE t (a int, b int)`, `INSERT INTO TABLE t SELECT 1 AS b, 2 AS a`}, `SELECT * FROM t`, [][]any{{int64(2), int64(1)}}},
		{
			"constant partition", nil, hive, []string{
				`CREATE TABLE t (n int) PARTITIONED BY (d string)`, `INSERT INTO TABLE t PARTITION (d = 'a') SELECT 1`, `INSERT INTO TABLE t PARTITION (d = 'b') (n) SELECT 2`,
				`INSERT OVERWRITE TABLE t PARTITION (d = 'b') SELECT 3`,
			}, `SELECT n, d FROM t ORDER BY n`, [][]any{{int64(1), "a"}, {int64(3), "b"}},
		},
		{
			"partition of the query", nil, hive, []string{
				`CREATE TABLE t (n int) PARTITIONED BY (d string)`, `INSERT INTO TABLE t VALUES (1, 'a'), (2, 'b'), (3, 'c')`,
				`INSERT OVERWRITE TABLE t PARTITION (d) SELECT n + 10, d FROM t WHERE n < 3`,
			}, `SELECT n, d FROM t ORDER BY n`, [][]any{{int64(3), "c"}, {int64(11), "a"}, {int64(12), "b"}},
		},
		{
			"partition without new rows", nil, hive, []string{
				`CREATE TABLE t (n int, d string)`, `INSERT INTO TABLE t VALUES (1, 'a'), (2, 'b')`, `INSERT OVERWRITE TABLE t PARTITION (d = 'a') SELECT n FROM t WHERE n > 5`,
			}, `SELECT n, d FROM t`, [][]any{{int64(2), "b"}},
		},
		{"created by a query", nil, trino, []string{`CREATE TABLE t AS SELECT 'x' AS a, 1 AS b`}, `SELECT time, a, b FROM t`, [][]any{{at, "x", int64(1)}}},
		{"created by a query with time", nil, trino, []string{`CREATE TABLE t AS SELECT 3 AS time, 'x' AS a`}, `SELECT * FROM t`, [][]any{{int64(3), "x"}}},
		{"time of a table made by SQL is hidden", nil, trino, []string{`CREATE TABLE t (a varchar)`, `INSERT INTO t VALUES 'x'`}, `SELECT * FROM t`, [][]any{{"x"}}},
		{"created by columns", nil, trino, []string{`CREATE TABLE t (a varchar)`, `INSERT INTO t VALUES 'x'`}, `SELECT a, time FROM t`, [][]any{{"x", at}}},
		{"all columns of another table", nil, trino, []string{`CREATE TABLE u AS SELECT 2 AS time, 'x' AS a`, `CREATE TABLE t (a varchar)`, `INSERT INTO t SELECT * FROM u`}, `SELECT a, time FROM t`, [][]any{{"x", int64(2)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := Open(t.TempDir(), Options{})
			must(t, err)
			must(t, e.CreateDatabase(t.Context(), "db1"))
			if tt.create != nil {
				must(t, tt.create(e))
			}
			var sink rowsSink
			for _, sql := range append(tt.sql, tt.query) {
				sink = rowsSink{}
				s := engine.Statement{SQL: sql, Dialect: tt.dialect, Database: "db1", Scheduled: scheduled}
				if err := e.Run(t.Context(), s, &sink); err != nil {
					t.Fatalf("%s: %v", sql, err)
				}
			}
			if diff := cmp.Diff(tt.want, sink.rows); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			_, err = e.Append(t.Context(), "db1", "t", "", enginetest.Records(enginetest.Record("time", int64(1), "Fresh", int64(1), "fresh", int64(2))))
			must(t, err)
		})
	}
}
