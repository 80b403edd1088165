package sqlite

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestViews runs statements one after the other, and checks their rows or their errors.
func TestViews(t *testing.T) {
	dir := t.TempDir()
	e, err := Open(dir, Options{})
	must(t, err)
	ctx := t.Context()
	for _, name := range []string{"db1", "db2"} {
		must(t, e.CreateDatabase(ctx, name))
	}
	trino, hive := translate.Trino, translate.Hive
	run := func(dialect translate.Dialect, sql string) ([][]any, error) {
		var sink rowsSink
		err := e.Run(ctx, engine.Statement{SQL: sql, Dialect: dialect, Database: "db1"}, &sink)
		return sink.rows, err
	}
	steps := []struct {
		in   translate.Dialect
		sql  string
		want any // rows, or the end of an error
	}{
		{trino, `CREATE TABLE t AS SELECT * FROM (VALUES (1, 'x'), (2, 'y')) v(a, b)`, [][]any{{int64(2)}}},
		{trino, `CREATE VIEW v AS SELECT a, b FROM t WHERE a > 1 ;`, nil},
		{trino, `SELECT v.b, db1.v.a FROM v`, [][]any{{"y", int64(2)}}},
		{trino, `WITH t AS (SELECT 7 AS a, 'w' AS b) SELECT count(*) FROM db1.v, t`, [][]any{{int64(1)}}},
		{trino, `INSERT INTO t VALUES (3, 'z')`, [][]any{{int64(1)}}},
		{trino, `SELECT count(*) FROM v AS w (c, d) WHERE c IN (SELECT a FROM v)`, [][]any{{int64(2)}}},
		{trino, `CREATE VIEW v AS SELECT 1 AS x`, "View already exists: 'db1.v'"},
		{trino, `CREATE OR REPLACE VIEW v AS SELECT max(a) AS m FROM t`, nil},
		{trino, `CREATE VIEW db2.w AS SELECT m + 1 AS n FROM v`, nil},
		{trino, `SELECT n FROM db2.w`, [][]any{{int64(4)}}},
		{trino, `CREATE OR REPLACE VIEW v AS SELECT n AS m FROM db2.w`, "View 'db1.v' refers to itself"},
		{trino, `CREATE OR REPLACE VIEW v AS SELECT 1 AS x FROM v`, "View 'db1.v' refers to itself"},
		{trino, `SHOW CREATE VIEW v`, [][]any{{"CREATE VIEW db1.v AS\nSELECT max(a) AS m FROM t"}}},
		{trino, `SHOW CREATE VIEW t`, "Relation 'db1.t' is a table, not a view"},
		{trino, `SHOW TABLES`, [][]any{{"t"}, {"v"}}},
		{trino, `DESCRIBE v`, [][]any{{"m", "integer", "", ""}}},
		{trino, `SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'db1'`, [][]any{{"t", "BASE TABLE"}, {"v", "VIEW"}}},
		{trino, `INSERT INTO v VALUES 1`, "'db1.v' is a view, not a table"},
		{trino, `DELETE FROM v`, "'db1.v' is a view, not a table"},
		{trino, `DROP TABLE IF EXISTS v`, "'db1.v' is a view, not a table"},
		{trino, `ALTER TABLE v RENAME TO u`, "'db1.v' is a view, not a table"},
		{trino, `ALTER TABLE t RENAME TO v`, "Table 'db1.v' already exists"},
		{trino, `CREATE TABLE v (x bigint)`, "Table 'db1.v' already exists"},
		{trino, `CREATE VIEW t AS SELECT 1 AS x`, "Table already exists: 'db1.t'"},
		{trino, `CREATE VIEW u AS SELECT 1`, "Column name not specified at position 1"},
		{trino, `CREATE VIEW u AS SELECT nope FROM t`, "Column 'nope' cannot be resolved"},
		{trino, `DROP VIEW t`, "View 'db1.t' does not exist, but a table with that name exists"},
		{trino, `DROP VIEW u`, "View 'db1.u' does not exist"},
		{trino, `DROP VIEW IF EXISTS u`, nil},
		{hive, `SELECT * FROM v`, "reading the view 'db1.v', which a job of the other dialect created, is not supported by the sandbox"},
		{hive, `CREATE VIEW IF NOT EXISTS h (c COMMENT 'x', d) COMMENT 'y' AS SELECT a, upper(b) FROM t`, nil},
		{hive, `CREATE VIEW IF NOT EXISTS h AS SELECT 1`, nil},
		{hive, `SELECT d FROM h WHERE c = 1`, [][]any{{"X"}}},
		{hive, `SHOW CREATE TABLE h`, [][]any{{"CREATE VIEW db1.h AS\nSELECT a, upper(b) FROM t"}}},
		{trino, `ALTER TABLE t RENAME TO t2`, nil},
		{trino, `SELECT * FROM v`, "Failed analyzing stored view 'db1.v': line 1:25: Table 'db1.t' does not exist"},
		{trino, `DROP VIEW v`, nil},
		{trino, `SELECT * FROM v`, "Table 'db1.v' does not exist"},
	}
	for _, step := range steps {
		rows, err := run(step.in, step.sql)
		switch want := step.want.(type) {
		case string:
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%s: got %v, error %v", step.sql, rows, err)
			}
		case [][]any:
			if diff := cmp.Diff(want, rows); diff != "" || err != nil {
				t.Errorf("%s: %s, error %v", step.sql, diff, err)
			}
		default:
			if len(rows) > 0 || err != nil {
				t.Errorf("%s: got %v, error %v", step.sql, rows, err)
			}
		}
	}
	if err := e.CreateTable(ctx, "db1", "h", engine.TableOptions{}); err == nil {
		t.Error("a table was created under the name of a view")
	}
	if err := e.RenameTable(ctx, "db1", "t2", "h", false); err == nil {
		t.Error("a table was renamed to the name of a view")
	}
	must(t, e.Close())
	e, err = Open(dir, Options{})
	must(t, err)
	if rows, err := run(trino, `SELECT count(*) FROM information_schema.columns WHERE table_name = 'h'`); err != nil || cmp.Diff([][]any{{int64(2)}}, rows) != "" {
		t.Errorf("after the engine was opened again: %v, error %v", rows, err)
	}
	must(t, e.Close())
}
