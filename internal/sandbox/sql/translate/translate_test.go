package translate

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/types"
)

// shop is a catalog of one database.
type shop struct{}

func (shop) Databases() []string { return []string{"crm", "shop"} }

func (shop) Tables(database string) ([]string, bool) {
	switch database {
	case "shop":
		return []string{"people", "prices", "visits"}, true
	case "crm":
		return []string{"accounts"}, true
	}
	return nil, false
}

func (shop) HidesTime(string, string) bool { return false }

func (shop) View(string, string) (View, bool) { return View{}, false }

func (s shop) Columns(database, table string) ([]Column, bool) {
	switch database + "." + table {
	case "shop.visits":
		return []Column{{"time", "bigint"}, {"page", "varchar"}, {"visitor", "varchar"}, {"verb", "varchar"}, {"status", "bigint"}, {"bytes", "bigint"}, {"ref", "varchar"}}, true
	case "shop.prices":
		return []Column{{"time", "bigint"}, {"item", "varchar"}, {"open", "double"}, {"close", "double"}, {"volume", "bigint"}}, true
	case "shop.people":
		return []Column{{"time", "bigint"}, {"name", "varchar"}, {"country", "varchar"}, {"attrs", "varchar"}}, true
	case "crm.accounts":
		return []Column{{"id", "bigint"}, {"tags", "array(varchar)"}, {"props", "map(varchar,double)"}, {"made", "timestamp"}}, true
	}
	return nil, false
}

func request(sql string, d Dialect) Request {
	return Request{
		SQL: sql, Dialect: d, Database: "shop", Catalog: shop{},
		Scheduled: time.Unix(1420160000, 0), Now: time.Date(2015, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestTranslate(t *testing.T) {
	tests := []struct {
		name string
		d    Dialect
		sql  string
		want Plan
	}{
		{
			"columns are qualified and typed", Trino, `SELECT page, Bytes AS "B" FROM visits v ORDER BY 2`,
			Plan{
				SQL:     `SELECT t1."page" AS c1, t1."bytes" AS c2 FROM "shop"."visits" AS t1 ORDER BY 2 NULLS LAST`,
				Columns: []Column{{"page", "varchar"}, {"B", "bigint"}}, Reads: []string{"shop"},
			},
		},
		{
			"aggregates are computed in a query of their own", Trino, `SELECT verb, count(*) + 1 FROM visits GROUP BY 1 HAVING count(*) > 2`,
			Plan{
				SQL: `SELECT g2.k1 AS c1, (g2.a1 + 1) AS c2 FROM (SELECT t1."verb" AS k1, count(*) AS a1 FROM "shop"."visits" AS t1 GROUP BY 1) AS g2` +
					` WHERE (g2.a1 > 2)`,
				Columns: []Column{{"verb", "varchar"}, {"_col1", "bigint"}}, Reads: []string{"shop"},
			},
		},
		{
			"a time range is a comparison", Hive, `SELECT 1 FROM visits WHERE TD_TIME_RANGE(time, 10, 20)`,
			Plan{
				SQL:     `SELECT 1 AS c1 FROM "shop"."visits" AS t1 WHERE (t1."time" >= 10 AND t1."time" < 20)`,
				Columns: []Column{{"_c0", "integer"}}, Reads: []string{"shop"},
			},
		},
		{
			"databases are collected", Trino, `SELECT name, id FROM people CROSS JOIN crm.accounts`,
			Plan{
				SQL:     `SELECT t1."name" AS c1, t2."id" AS c2 FROM "shop"."people" AS t1 JOIN "crm"."accounts" AS t2`,
				Columns: []Column{{"name", "varchar"}, {"id", "bigint"}}, Reads: []string{"crm", "shop"},
			},
		},
		{
			"create table as", Trino, `CREATE TABLE IF NOT EXISTS crm.X AS SELECT tags AS T FROM crm.accounts`,
			Plan{
				Kind: CreateTableAs, SQL: `SELECT t1."tags" AS c1 FROM "crm"."accounts" AS t1`,
				Columns: []Column{{"t", "array(varchar)"}}, Reads: []string{"crm"}, Target: TableName{"crm", "x"}, IfNotExists: true,
			},
		},
		{
			"insert without time", Trino, `INSERT INTO prices (item, open) VALUES ('A', 1)`,
			Plan{
				Kind:    Insert,
				SQL:     `SELECT c1 AS c1, CAST(c2 AS REAL) AS c2 FROM (SELECT column1 AS c1, column2 AS c2 FROM (VALUES ('A', 1)))`,
				Columns: []Column{{"item", "varchar"}, {"open", "double"}},
				Target:  TableName{"shop", "prices"},
			},
		},
		{
			"insert by name", Trino, `INSERT INTO prices SELECT 1 AS Open, 'x' AS fresh, NULL AS item`,
			Plan{
				Kind:    Insert,
				SQL:     `SELECT CAST(c1 AS REAL) AS c1, c2 AS c2, c3 AS c3 FROM (SELECT 1 AS c1, 'x' AS c2, NULL AS c3)`,
				Columns: []Column{{"open", "double"}, {"fresh", "varchar"}, {"item", "varchar"}},
				Target:  TableName{"shop", "prices"},
			},
		},
		{
			"delete", Trino, `DELETE FROM visits WHERE bytes = 0`,
			Plan{Kind: Delete, SQL: `DELETE FROM "shop"."visits" AS t1 WHERE (t1."bytes" = 0)`, Reads: []string{"shop"}, Target: TableName{"shop", "visits"}},
		},
		{
			"create table", Hive, `CREATE TABLE t (a INT, b ARRAY<STRING>, c STRUCT<x:BIGINT>)`,
			Plan{Kind: CreateTable, Columns: []Column{{"a", "integer"}, {"b", "array(varchar)"}, {"c", "row(x bigint)"}}, Target: TableName{"shop", "t"}},
		},
		{"drop table", Trino, `DROP TABLE IF EXISTS nosuch`, Plan{Kind: DropTable, Target: TableName{"shop", "nosuch"}, IfExists: true}},
		{"rename", Trino, `ALTER TABLE people RENAME TO folk`, Plan{Kind: RenameTable, Target: TableName{"shop", "people"}, NewName: "folk"}},
		{"create database", Hive, `CREATE DATABASE IF NOT EXISTS d`, Plan{Kind: CreateDatabase, Target: TableName{Database: "d"}, IfNotExists: true}},
		{"drop database", Trino, `DROP SCHEMA crm`, Plan{Kind: DropDatabase, Target: TableName{Database: "crm"}}},
		{
			"show tables", Trino, `SHOW TABLES LIKE 'p%'`,
			Plan{Kind: Rows, Columns: []Column{{"Table", "varchar"}}, Values: [][]any{{"people"}, {"prices"}}},
		},
		{
			"describe", Hive, `DESC crm.accounts`,
			Plan{
				Kind: Rows, Columns: []Column{{"col_name", "varchar"}, {"data_type", "varchar"}, {"comment", "varchar"}},
				Values: [][]any{{"id", "bigint", ""}, {"tags", "array<string>", ""}, {"props", "map<string,double>", ""}, {"made", "timestamp", ""}},
			},
		},
		{"settings are ignored", Hive, `SET a=b;`, Plan{Kind: Rows}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Translate(request(test.sql, test.d))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorsHavePositions(t *testing.T) {
	tests := []struct {
		sql          string
		kind         ErrorKind
		line, column int
	}{
		{"SELECT *\nFROM nosuch", SemanticError, 2, 6},
		{"SELECT\n  nosuch FROM visits", SemanticError, 2, 3},
		{"SELECT '日本', nosuch", SemanticError, 1, 14},
		{"/* a\nb */ SELECT ,", SyntaxError, 2, 13},
		{"SELECT (1", SyntaxError, 1, 10},
		{"SELECT page FROM visits QUALIFY 1", NotSupported, 1, 25},
		{"", SyntaxError, 1, 1},
	}
	for _, test := range tests {
		_, err := Translate(request(test.sql, Trino))
		e, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%q: %v", test.sql, err)
			continue
		}
		if e.Kind != test.kind || e.Line != test.line || e.Column != test.column {
			t.Errorf("%q: kind %d, %v", test.sql, e.Kind, e)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	for _, part := range []string{"(", "NOT ", "-", "ARRAY[", "(SELECT ", "CASE WHEN ", "f(", "x -> ", "1 IN (", "SELECT * FROM ("} {
		if _, err := Translate(request("SELECT "+strings.Repeat(part, 100_000), Trino)); err == nil {
			t.Errorf("100,000 times %q is accepted", part)
		}
	}
	for _, operator := range []string{" AND ", " OR "} {
		if _, err := Translate(request("SELECT true"+strings.Repeat(operator+"true", 5000), Trino)); err != nil {
			t.Errorf("5,000 times %q: %v", operator, err)
		}
	}
}

// TestFunctionsExist checks that the engine has all functions that the code uses.
func TestFunctionsExist(t *testing.T) {
	known := functions.Names()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, used := range regexp.MustCompile(`"[fh]_[a-z0-9_]+[("]`).FindAllString(string(text), -1) {
			if used = strings.Trim(used, `"(`); !slices.Contains(known, used) && !strings.HasSuffix(used, "_") {
				t.Errorf("%s: the engine has no %s", file, used)
			}
		}
	}
}

func TestTypeNames(t *testing.T) {
	tests := map[string]string{
		"varchar": "string", "integer": "int", "array(bigint)": "array<bigint>", "map(varchar,array(double))": "map<string,array<double>>",
		"row(a bigint, b varchar)": "struct<a:bigint,b:string>", "real": "float", "timestamp with time zone": "timestamp",
		"decimal(10,2)": "decimal(10,2)", "nonsense(": "nonsense(",
	}
	for canonical, want := range tests {
		if got := types.Display(Hive, canonical); got != want {
			t.Errorf("%s: got %s, want %s", canonical, got, want)
		}
		if got := types.Display(Trino, canonical); got != canonical {
			t.Errorf("%s: got %s", canonical, got)
		}
		parsed, err := types.Parse(canonical)
		if err == nil && parsed.String() != canonical {
			t.Errorf("%s: read and written as %s", canonical, parsed)
		}
	}
}

// seeds returns the statements of package sqltest.
func seeds(f testing.TB) (list []string) {
	files, err := filepath.Glob("../sqltest/testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no statements", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, " ") {
				list = append(list, strings.TrimSpace(line))
			}
		}
	}
	return list
}

func FuzzTranslate(f *testing.F) {
	for _, line := range seeds(f) {
		word, sql, _ := strings.Cut(line, " ")
		f.Add(sql, word == "hive")
	}
	f.Fuzz(func(t *testing.T, sql string, hive bool) {
		d := Trino
		if hive {
			d = Hive
		}
		plan, err := Translate(request(sql, d))
		if err == nil && plan == nil {
			t.Error("neither a plan nor an error")
		}
		if e, ok := errors.AsType[*Error](err); err != nil && (!ok || strings.HasPrefix(e.Message, internalError)) {
			t.Errorf("%T: %v", err, err)
		}
	})
}

func BenchmarkTranslate(b *testing.B) {
	statements := seeds(b)
	for b.Loop() {
		for _, line := range statements {
			word, sql, _ := strings.Cut(line, " ")
			d := Trino
			if word == "hive" {
				d = Hive
			}
			_, _ = Translate(request(sql, d))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(statements)), "µs/statement")
}

// TestFullJoinIsIndexed checks that a FULL JOIN becomes two outer joins whose conditions the engine has an index for.
func TestFullJoinIsIndexed(t *testing.T) {
	for _, on := range []string{
		"a.time = b.time", "upper(a.page) = b.page", "a.time + 1 = b.time - 1 AND a.bytes > 2", "CAST(a.page AS double) = CAST(b.page AS double)",
		"ARRAY[a.page] = ARRAY[b.page]", "ROW(a.time, 1) = ROW(b.time, 1)", "CAST(a.time AS decimal(10,2)) = CAST(b.time AS decimal(12,4))",
		"from_unixtime(a.time) = from_unixtime(b.time)",
	} {
		p, err := Translate(request("SELECT * FROM visits a FULL JOIN visits b ON "+on, Trino))
		if err != nil {
			t.Errorf("%s: %v", on, err)
			continue
		}
		if strings.Contains(p.SQL, " FULL JOIN ") || !strings.Contains(p.SQL, " = t") && !strings.Contains(p.SQL, ` = "`) {
			t.Errorf("%s: got %s, want two LEFT JOINs that compare columns", on, p.SQL)
		}
	}
}
