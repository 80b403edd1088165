package sqltest

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// A statement is a statement of Trino or, with hive, of Hive, and an expectation as in testdata.
type statement struct {
	sql  string
	want string
}

func checkAll(t *testing.T, d translate.Dialect, tests []statement) {
	t.Helper()
	e := open(t)
	for _, test := range tests {
		r, err := run(t.Context(), e, d, test.sql)
		if fault := check(test.want, r, err); fault != "" {
			t.Errorf("%s\n\twant %s\n\t%s", test.sql, test.want, fault)
		}
	}
}

func TestJoins(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT a.x, b.y FROM (VALUES 1, 2) a(x) LEFT JOIN (VALUES 1) b(y) JOIN (VALUES 1) c(z) ON y = z ON x = y ORDER BY 1`, `[[1,1],[2,null]]`},
		{`SELECT k, v FROM (VALUES 1) t(k) JOIN (VALUES (1, 2)) u(k, v) USING (k)`, `[[1,2]]`},
		{`SELECT u.* FROM (VALUES 1) t(k) JOIN (VALUES (1, 2)) u(k, v) USING (k)`, `[[2]]`},
		{`SELECT t.* FROM (VALUES (1, 2)) t(k, v) JOIN (VALUES 1) u(k) USING (k)`, `[[2]]`},
		{`SELECT t.k FROM (VALUES 1) t(k) JOIN (VALUES (1, 2)) u(k, v) USING (k)`, `error Column 't.k' cannot be resolved`},
		{`SELECT * FROM (VALUES (1, 9)) t(k, a) JOIN (VALUES (1, 2)) u(k, v) USING (k) JOIN (VALUES (1, 3)) w(k, z) USING (k)`, `[[1,9,2,3]]`},
		{`SELECT k FROM (VALUES 1) t(k) FULL JOIN (VALUES 2e0) u(k) USING (k) ORDER BY 1`, `[[1.0],[2.0]]`},
		{`SELECT typeof(k) FROM (VALUES 1) t(k) JOIN (VALUES BIGINT '1') u(k) USING (k)`, `[["bigint"]]`},
		{`SELECT x, y FROM (VALUES 1, 2, NULL) t(x) LEFT JOIN (VALUES 1, 3, NULL) u(y) ON u.y IN (VALUES t.x) ORDER BY x`, `error line 1:96: Reference to column 't.x' from outer scope not allowed in this context`},
	})
}

func TestLateral(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{
			`SELECT * FROM (VALUES 1, 2, 3) t(k) LEFT JOIN LATERAL (SELECT count(DISTINCT v) FROM (VALUES (1, 10), (2, 20), (1, 10)) u(k2, v) WHERE k2 = k) w(n) ON true ORDER BY 1`,
			`[[1,1],[2,1],[3,0]]`,
		},
		{`SELECT x, y, z FROM (VALUES (1, ARRAY[1, 2]), (2, ARRAY[])) t(x, a), LATERAL (SELECT e + x, 'v' || CAST(e AS varchar) FROM UNNEST(a) AS u(e)) AS w(y, z) ORDER BY 1, 2`, `[[1,2,"v1"],[1,3,"v2"]]`},
		{`SELECT p.name, v.page FROM people p, LATERAL (SELECT page FROM visits WHERE visitor = p.name ORDER BY time DESC LIMIT 1) v ORDER BY 1`, `[["ann","/shoes/red"],["bob","/cart"]]`},
		{`SELECT t.x, u.b FROM (VALUES 1) t(x) LEFT JOIN LATERAL (SELECT true AS b, x AS q) u ON u.q > 1`, `[[1,null]]`},
		{`SELECT b, d, s, n, a FROM (VALUES 1) t(x), LATERAL (SELECT true AS b, 1e0 AS d, 'a"b' AS s, NULL AS n, ARRAY[x] AS a) u`, `[[true,1.0,"a\"b",null,"[1]"]]`},
		{`SELECT b FROM (VALUES 1) t(x), LATERAL (SELECT 1e0 AS a, DATE '2014-10-01' AS b) u`, `types date`},
		{`SELECT x, y, z FROM (VALUES 1, 2) t(x), LATERAL (SELECT x * 10) u(y), LATERAL (SELECT x + y) v(z) ORDER BY 1`, `[[1,10,11],[2,20,22]]`},
		{`SELECT count(*) FROM (VALUES 1, 2) t(x), LATERAL (SELECT x UNION ALL SELECT x) u(y)`, `refused line 1:51: Given correlated subquery is not supported`},
		{`SELECT a, b FROM (VALUES 1, 2) t(a) RIGHT JOIN LATERAL (VALUES 3) u(b) ON true ORDER BY 1`, `[[1,3],[2,3]]`},
		{`SELECT x FROM (VALUES 1) t(x), LATERAL (SELECT nosuch) u(y)`, `error Column 'nosuch' cannot be resolved`},
		{`SELECT x FROM (VALUES 1) t(x), LATERAL (SELECT x) u(y, z)`, `error Column alias list has 2 entries but 'u' has 1 columns available`},
	})
}

func TestIgnoreNulls(t *testing.T) {
	const rows = ` FROM (VALUES (1, 3), (2, NULL), (3, 4), (4, NULL), (5, 6)) t(o, a) ORDER BY o`
	checkAll(t, translate.Trino, []statement{
		{`SELECT lag(a) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[null],[3],[3],[4],[4]]`},
		{`SELECT lag(a, 2) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[null],[null],[null],[3],[3]]`},
		{`SELECT lag(a, 1, -1) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[-1],[3],[3],[4],[4]]`},
		{`SELECT lead(a) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[4],[4],[6],[6],[null]]`},
		{`SELECT lead(a, 2) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[6],[6],[null],[null],[null]]`},
		{`SELECT first_value(a) IGNORE NULLS OVER (ORDER BY o ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING)` + rows, `[[4],[4],[6],[6],[null]]`},
		{`SELECT last_value(a) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[3],[3],[4],[4],[6]]`},
		{`SELECT last_value(a) IGNORE NULLS OVER w FROM (VALUES (1, 3), (2, NULL)) t(o, a) WINDOW w AS (ORDER BY o) ORDER BY o`, `[[3],[3]]`},
		{`SELECT nth_value(a, 2) IGNORE NULLS OVER (ORDER BY o)` + rows, `[[null],[null],[4],[4],[4]]`},
		{`SELECT lag(a) RESPECT NULLS OVER (ORDER BY o)` + rows, `[[null],[3],[null],[4],[null]]`},
		{`SELECT o, lag(a) IGNORE NULLS OVER (PARTITION BY o % 2 ORDER BY o)` + rows, `[[1,null],[2,null],[3,3],[4,null],[5,4]]`},
	})
	checkAll(t, translate.Hive, []statement{
		{`SELECT first_value(visitor, true) OVER (ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM visits WHERE bytes IS NULL OR bytes >= 0 LIMIT 1`, `ok`},
	})
}

func TestGroupingSets(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT a FROM (VALUES 1) t(a) GROUP BY GROUPING SETS ((), (a)) ORDER BY 1`, `[[1],[null]]`},
		{`SELECT a FROM (VALUES 1) t(a) WHERE a > 1 GROUP BY GROUPING SETS ((), (a))`, `[[null]]`},
		{`SELECT a, b FROM (VALUES (1, 2)) t(a, b) GROUP BY ROLLUP (a, b) ORDER BY 1, 2`, `[[1,2],[1,null],[null,null]]`},
		{`SELECT a, b, grouping(a, b) FROM (VALUES ('x', 'y'), ('z', 'y')) AS t(a, b) GROUP BY CUBE (a, b) HAVING grouping(a, b) = 0 ORDER BY 1`, `[["x","y",0],["z","y",0]]`},
		{`SELECT grouping(a), rank() OVER (ORDER BY grouping(a)) FROM (VALUES 1) t(a) GROUP BY ROLLUP (a) ORDER BY 1`, `[[0,1],[1,2]]`},
		{`SELECT a, count(*) FROM (VALUES (1, 2)) t(a, b) GROUP BY DISTINCT GROUPING SETS (a, a, (b, a), (a, b)) ORDER BY 2, 1`, `[[1,1],[1,1]]`},
		{`SELECT a, count(*) FROM (VALUES (1, 2)) t(a, b) GROUP BY GROUPING SETS (a, a)`, `[[1,1],[1,1]]`},
		{`SELECT -a AS a, b FROM (VALUES (1, 2), (2, 1)) t(a, b) GROUP BY a, b ORDER BY a + 0`, `[[-2,1],[-1,2]]`},
		{`SELECT a AS b, sum(b) FROM (VALUES (1, 2), (2, 1)) t(a, b) GROUP BY a ORDER BY -b`, `[[2,1],[1,2]]`},
	})
}

func TestNegation(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT -(-1), 2 - -(-3), - -1, -(-1.5e0)`, `[[1,-1,1,1.5]]`},
		{`SELECT -DECIMAL '1.50', -(-DECIMAL '1.50')`, `[["-1.50","1.50"]]`},
		{`SELECT -INTERVAL '-1' DAY`, `[["1 00:00:00.000"]]`},
		{`SELECT -(-9223372036854775807), -9223372036854775808`, `[[9223372036854775807,-9223372036854775808]]`},
		{`SELECT -TINYINT '-1', typeof(-TINYINT '-1')`, `[[1,"tinyint"]]`},
		{`SELECT NOT NOT true, NOT NOT NOT NULL`, `[[true,null]]`},
	})
	checkAll(t, translate.Hive, []statement{
		{`SELECT -(-1), NOT NOT true`, `[[1,true]]`},
		{`SELECT - -1`, `error Operator - before - requires parentheses in Hive`},
	})
}

func TestRows(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT ROW(1, 'a') IN (ROW(1, 'a'), NULL), ROW(1, 'b') IN (ROW(1, 'a'), NULL)`, `[[true,null]]`},
		{`SELECT (SELECT 1, 'x'), (SELECT 1, 'x' WHERE false)`, `[["[1,\"x\"]",null]]`},
		{`SELECT (SELECT x, x + 1 FROM (VALUES 1) t(x))`, `types row(x integer, integer)`},
		{`SELECT (SELECT a, b FROM (VALUES (1, 2), (3, 4)) t(a, b))`, `error Scalar sub-query has returned multiple rows`},
	})
}

func TestFrames(t *testing.T) {
	const rows = ` FROM (VALUES 1, 2, 3) t(a) ORDER BY a`
	checkAll(t, translate.Trino, []statement{
		{`SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN TINYINT '1' PRECEDING AND 1 + 0 FOLLOWING)` + rows, `[[3],[6],[5]]`},
		{`SELECT sum(a) OVER (ORDER BY a GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)` + rows, `[[1],[3],[5]]`},
		{`SELECT sum(a) OVER (ORDER BY a ROWS a PRECEDING)` + rows, `[[1],[3],[6]]`},
	})
}

func TestOuterJoins(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT * FROM (VALUES 1, 2) a(x) RIGHT JOIN (VALUES (2, 'b'), (3, 'c')) b(y, z) ON x = y ORDER BY y`, `[[2,2,"b"],[null,3,"c"]]`},
		{`SELECT * FROM (VALUES 1, 2) a(x) FULL JOIN (VALUES (2, 'b'), (3, 'c')) b(y, z) ON x = y ORDER BY coalesce(x, y)`, `[[1,null,null],[2,2,"b"],[null,3,"c"]]`},
		{`SELECT * FROM (VALUES 1, 2, NULL) a(x) FULL JOIN (VALUES 2, 3, NULL) b(x) USING (x) ORDER BY 1`, `[[1],[2],[3],[null],[null]]`},
		{
			`SELECT * FROM (VALUES 1, 2) a(x) FULL JOIN (VALUES 2, 3) b(y) ON x = y FULL JOIN (VALUES 3, 4) c(z) ON y = z ORDER BY coalesce(x, y, z)`,
			`[[1,null,null],[2,2,null],[null,3,3],[null,null,4]]`,
		},
		{`SELECT * FROM (VALUES 1, 2) a(x) LEFT JOIN (VALUES 2, 3) b(y) ON x = y RIGHT JOIN (VALUES 1, 3, 4) c(z) ON x = z ORDER BY z`, `[[1,null,1],[null,null,3],[null,null,4]]`},
		{`SELECT * FROM (VALUES 1, 2) a(x) RIGHT JOIN (VALUES 2, 3) b(y) ON x = y LEFT JOIN (VALUES 3, 4) c(z) ON y = z ORDER BY y`, `[[2,2,null],[null,3,3]]`},
		{`SELECT * FROM (VALUES 1, 2) a(x) FULL JOIN ((VALUES 2, 3) b(y) JOIN (VALUES 3, 4) c(z) ON y = z) ON x = y ORDER BY coalesce(x, y)`, `[[1,null,null],[2,null,null],[null,3,3]]`},
		{`SELECT * FROM (VALUES 1, 2) a(x) FULL JOIN (VALUES 0, 1) b(y) ON x < y ORDER BY x, y`, `[[1,null],[2,null],[null,0],[null,1]]`},
		{`SELECT * FROM (VALUES 1, 2) a(x) FULL JOIN (VALUES 0, 1) b(y) ON coalesce(x, 0) = y ORDER BY x, y`, `[[1,1],[2,null],[null,0]]`},
		{`SELECT count(*) FROM people p RIGHT JOIN visits v ON v.visitor = p.name WHERE p.name IS NULL`, `[[2]]`},
		{`SELECT x, z FROM (VALUES 1, 2) a(x) RIGHT JOIN (SELECT y, z FROM (VALUES (2, ARRAY[5, 6])) t(y, a) CROSS JOIN UNNEST(a) AS u(z)) b ON x = y ORDER BY z`, `[[2,5],[2,6]]`},
		{`SELECT (SELECT max(y) FROM (VALUES 1) b(y) FULL JOIN (VALUES 2) c(z) ON y = z AND z > x) FROM (VALUES 7) a(x)`, `error Reference to column 'x' from outer scope not allowed in this context`},
		{`SELECT sum(x), count(y) FROM (VALUES 1, 2, 2) a(x) FULL JOIN (VALUES 2, 2, 3) b(y) ON x = y`, `[[9,5]]`},
	})
	checkAll(t, translate.Hive, []statement{
		{
			`SELECT a.name, c.name FROM people a LEFT SEMI JOIN visits b ON a.name = b.visitor AND b.status = 200 RIGHT OUTER JOIN people c ON a.name = c.name ORDER BY c.name`,
			`[["ann","ann"],["bob","bob"],[null,"dan"]]`,
		},
		{`SELECT a.name FROM people a LEFT SEMI JOIN visits b ON a.name = b.visitor FULL OUTER JOIN people c ON a.name = c.name`, `refused FULL JOIN after LEFT SEMI JOIN`},
	})
}

// Tables that SQL creates have a time column, which SELECT * does not return.
func TestTimeOfTables(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`CREATE TABLE c AS SELECT 'x' AS a, 1 AS b`, `ok`},
		{`SELECT * FROM c`, `[["x",1]]`},
		{`SELECT time > 0, a FROM c`, `[[true,"x"]]`},
		{`SELECT c.*, count(*) OVER () FROM c`, `names a,b,_col2`},
		{`SELECT * FROM c AS d (p, q)`, `names p,q`},
		{`SELECT time > 0 FROM c, (SELECT 7 AS time) d`, `[[true]]`},
		{`INSERT INTO c VALUES ('y', 2)`, `ok`},
		{`INSERT INTO c SELECT a, b FROM c WHERE b = 2`, `ok`},
		{`SELECT count(*), count(time), sum(b) FROM c`, `[[3,3,5]]`},
		{`CREATE TABLE d LIKE c`, `ok`},
		{`SELECT * FROM d`, `names a,b`},
		{`CREATE TABLE e AS SELECT time, a FROM c`, `ok`},
		{`SELECT * FROM e LIMIT 1`, `names time,a`},
		{`WITH w AS (SELECT * FROM c) SELECT * FROM w WHERE b = 1`, `[["x",1]]`},
	})
	checkAll(t, translate.Hive, []statement{
		{`CREATE TABLE h (a INT, b STRING)`, `ok`},
		{`INSERT INTO TABLE h SELECT 1, 'x'`, `ok`},
		{`SELECT * FROM h`, `[[1,"x"]]`},
		{`SELECT h.*, h.time > 0 FROM h`, `names a,b,_c2`},
	})
}
