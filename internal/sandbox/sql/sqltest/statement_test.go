package sqltest

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

func TestWithTies(t *testing.T) {
	const rows = ` FROM (VALUES (1, 5), (1, 3), (0, 2), (0, 1), (2, 4), (NULL, 7)) AS t(x, y)`
	checkAll(t, translate.Trino, []statement{
		{`SELECT count(*), min(x), max(x) FROM (SELECT x` + rows + ` ORDER BY x FETCH FIRST 3 ROWS WITH TIES)`, `[[4,0,1]]`},
		{`SELECT x, y` + rows + ` ORDER BY -x, y DESC OFFSET 1 ROW FETCH NEXT 2 ROWS WITH TIES`, `[[1,5],[1,3]]`},
		{`SELECT count(*) FROM (SELECT x, count(*)` + rows + ` GROUP BY x ORDER BY count(*) DESC FETCH NEXT ROW WITH TIES)`, `[[2]]`},
		{`SELECT DISTINCT x` + rows + ` ORDER BY x NULLS FIRST FETCH NEXT ROW WITH TIES`, `[[null]]`},
		{`VALUES 1, 1, 2 ORDER BY 1 FETCH FIRST ROW WITH TIES`, `[[1],[1]]`},
		{`SELECT x` + rows + ` FETCH FIRST ROW WITH TIES`, `error FETCH FIRST WITH TIES clause requires ORDER BY`},
	})
}

func TestCorresponding(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT 1 AS x, 'a' AS y UNION ALL CORRESPONDING SELECT * FROM (VALUES ('b', 2)) t(Y, x) ORDER BY x`, `[[1,"a"],[2,"b"]]`},
		{`SELECT 3 AS x UNION ALL CORRESPONDING SELECT * FROM (VALUES ('a', 1e0)) t(y, x) ORDER BY 1`, `[[1.0],[3.0]]`},
		{`SELECT 1 AS x, 2 AS y EXCEPT CORRESPONDING SELECT 2 AS y, 1 AS x`, `[]`},
		{`SELECT 1 AS x, 2 AS y INTERSECT ALL CORRESPONDING SELECT 2 AS y, 1 AS x`, `[[1,2]]`},
		{`SELECT 1 AS x, 2 AS x UNION CORRESPONDING SELECT 1 AS x`, `error line 1:23: Duplicate columns found when using CORRESPONDING in set operations: x`},
		{`SELECT 1 AS x UNION CORRESPONDING SELECT 1`, `error Anonymous columns are not allowed in set operations with CORRESPONDING`},
		{`SELECT 1 AS x UNION CORRESPONDING SELECT 1 AS y`, `error No corresponding columns`},
		{`SELECT 1 AS x UNION CORRESPONDING BY (x) SELECT 1 AS x`, `refused CORRESPONDING with columns is unsupported`},
	})
}

func TestGroupByAuto(t *testing.T) {
	const rows = ` FROM (VALUES (1, 10), (1, 20)) t(a, b)`
	checkAll(t, translate.Trino, []statement{
		{`SELECT a + 1, sum(b), 'x'` + rows + ` GROUP BY AUTO`, `[[2,30,"x"]]`},
		{`SELECT a, sum(b)` + rows + ` GROUP BY AUTO, ROLLUP (b) ORDER BY 2`, `[[1,10],[1,20],[1,30]]`},
		{`SELECT *, count(*)` + rows + ` GROUP BY AUTO ORDER BY 2`, `[[1,10,1],[1,20,1]]`},
		{`SELECT sum(b)` + rows + ` GROUP BY AUTO`, `[[30]]`},
		{`SELECT auto FROM (VALUES 1, 1) t(auto) GROUP BY auto`, `[[1]]`},
	})
}

func TestStars(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT (count(*), true).* AS (a, b) FROM (VALUES 1, 2) t(x)`, `[[2,true]]`},
		{`SELECT t.r.*, t.* FROM (SELECT CAST(ROW(1, 'x') AS ROW(a bigint, b varchar))) t(r)`, `names a,b,r`},
		{`SELECT t.* AS (p, q) FROM (VALUES (1, 2)) t(a, b)`, `names p,q`},
		{`SELECT (SELECT t.* FROM (VALUES 1)) FROM (VALUES 'a', 'b') t(a) ORDER BY 1`, `[["a"],["b"]]`},
		{`SELECT x, p FROM (VALUES (1, 'a')) t(x, y), LATERAL (SELECT t.* AS (p, q))`, `[[1,1]]`},
		{`SELECT x FROM (VALUES 1) t(x), LATERAL (SELECT t.* WHERE t.x = 1)`, `refused Given correlated subquery is not supported`},
		{`SELECT t.* AS (p) FROM (VALUES (1, 2)) t(a, b)`, `error Column alias list has 1 entries but relation has 2 columns`},
		{`SELECT u.* FROM (VALUES (1, 2)) t(a, b)`, `error Unable to resolve reference u`},
		{`SELECT (1 + 2).*`, `error expected expression of type Row`},
	})
}

func TestParenthesizedRelations(t *testing.T) {
	const joined = `((VALUES 1, 2) t(a) JOIN (VALUES 2, 3) u(b) ON a < b)`
	checkAll(t, translate.Trino, []statement{
		{`SELECT v.x, y FROM ` + joined + ` v(x, y) JOIN (VALUES 1) w(x) ON v.x = w.x ORDER BY 2`, `[[1,2],[1,3]]`},
		{`SELECT a, b FROM (VALUES 1) w(x) LEFT JOIN ` + joined + ` AS v ON v.a = x ORDER BY 2`, `[[1,2],[1,3]]`},
		{`SELECT t.a FROM ` + joined + ` v`, `error Column 't.a' cannot be resolved`},
		{`SELECT v.a FROM ` + joined + ` v(x)`, `error Column alias list has 1 entries but 'v' has 2 columns available`},
		{`SELECT NULL IN ((SELECT 1) UNION ALL (SELECT NULL)), 1 IN ((SELECT 1)), 1 IN ((SELECT 2), 1)`, `[[null,true,true]]`},
	})
}

func TestDistinctOrder(t *testing.T) {
	const rows = ` FROM (VALUES (1, 2)) t(a, b) ORDER BY `
	checkAll(t, translate.Trino, []statement{
		{`SELECT DISTINCT a AS c, a + b` + rows + `a + b`, `[[1,3]]`},
		{`SELECT DISTINCT a, abs(b)` + rows + `abs(b)`, `[[1,2]]`},
		{`SELECT DISTINCT a, a + b` + rows + `a + b`, `error line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear in select list`},
		{`SELECT DISTINCT -a AS a` + rows + `-a`, `error line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear in select list`},
	})
}

// The statements and the errors are those of Trino, which supports only some correlated subqueries.
func TestCorrelatedSubqueries(t *testing.T) {
	const unsupported = `refused Given correlated subquery is not supported`
	for _, test := range []statement{
		{`(SELECT a FROM u WHERE a = b LIMIT 1)`, `[[1],[2]]`},
		{`(SELECT a FROM u WHERE a = b + 1 ORDER BY a LIMIT 1)`, `[[2],[null]]`},
		{`(SELECT a FROM u WHERE a + 1 = b LIMIT 1)`, unsupported},
		{`(SELECT a FROM u WHERE a < b LIMIT 1)`, unsupported},
		{`(SELECT a FROM u WHERE a = CAST(b AS double) LIMIT 1)`, `[[1],[2]]`},
		{`(SELECT max(a) FROM u WHERE a < b)`, `[[null],[1]]`},
		{`(SELECT max(a) FROM u WHERE a < b AND a % 2 = 1)`, `[[null],[1]]`},
		{`(SELECT max(a) FROM u WHERE a < b OR a = b)`, `[[1],[2]]`},
		{`(SELECT max(a) + b FROM u WHERE a = b)`, `[[2],[4]]`},
		{`(SELECT max(a + b) FROM u WHERE a < b)`, unsupported},
		{`(SELECT max(a) FROM u WHERE a = b HAVING max(a) > 0)`, unsupported},
		{`(SELECT max(a) FROM u HAVING max(a) > b)`, `[[2],[null]]`},
		{`(SELECT a + b FROM u WHERE a = b)`, unsupported},
		{`(SELECT b + 1)`, `[[2],[3]]`},
		{`(SELECT 5 WHERE b = 1)`, `[[5],[null]]`},
		{`(SELECT b WHERE b = 1)`, unsupported},
		{`(VALUES b)`, `[[1],[2]]`},
		{`(SELECT count(*) FROM u WHERE a = b GROUP BY a)`, `[[1],[1]]`},
		{`(SELECT avg(x) FROM (SELECT count(*) FROM u WHERE a = b) v(x))`, unsupported},
		{`(SELECT row_number() OVER () FROM u WHERE a = b)`, unsupported},
		{`(SELECT count(*) FROM u WHERE a = b * 2 - 1 GROUP BY a LIMIT 1)`, `[[1],[null]]`},
		{`(SELECT count(*) FROM u WHERE a = b GROUP BY a % 2 LIMIT 1)`, unsupported},
		{`(SELECT t.b + 1 FROM (VALUES 5) v)`, `[[2],[3]]`},
		{`b IN (SELECT a FROM u WHERE a < b)`, `[[false],[false]]`},
		{`b IN (SELECT max(a) FROM u WHERE a = b)`, unsupported},
		{`1 IN (SELECT b)`, unsupported},
		{`1 IN (SELECT b FROM u)`, `[[true],[false]]`},
		{`1 IN (SELECT DISTINCT b FROM u WHERE a = 1)`, `[[true],[false]]`},
		{`1 IN (SELECT t.b FROM u)`, unsupported},
		{`b IN (VALUES b)`, unsupported},
		{`b > ALL (SELECT a FROM u WHERE a <> b)`, `[[false],[true]]`},
		{`b > ALL (SELECT a + b FROM u)`, unsupported},
		{`EXISTS (SELECT a FROM u WHERE a < b LIMIT 1)`, unsupported},
		{`EXISTS (SELECT 1 FROM u WHERE a = b UNION ALL SELECT 2)`, unsupported},
		{`EXISTS (SELECT 1 WHERE b = 1)`, `[[true],[false]]`},
		{`EXISTS (SELECT b FROM u WHERE a < b)`, `[[false],[true]]`},
		{`(SELECT sum(x) FROM UNNEST(ARRAY[b, 2]) v(x))`, `[[3],[4]]`},
		{`(SELECT x FROM UNNEST(ARRAY[b, 2]) v(x) WHERE x = 2)`, unsupported},
		{`(SELECT sum(x) FILTER (WHERE x > 1) FROM UNNEST(ARRAY[b, 2]) v(x))`, unsupported},
	} {
		test.sql = `WITH u(a) AS (VALUES 1, 2) SELECT ` + test.sql + ` FROM (VALUES 1, 2) t(b) ORDER BY b`
		if test.want[0] == '[' {
			test.sql = `SELECT * FROM (` + test.sql + ` LIMIT 9)`
		}
		checkAll(t, translate.Trino, []statement{test})
	}
}

// The engine needs an index for each of these joins and subqueries. Otherwise they compare 100 million pairs of rows.
func TestFastPlans(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`CREATE TABLE big AS SELECT a * 10000 + b AS n, 'x' AS s FROM UNNEST(sequence(0, 2)) t(a), UNNEST(sequence(1, 10000)) u(b)`, `ok`},
		{`SELECT count(*) FROM big a WHERE EXISTS (SELECT 1 FROM big b WHERE a.n < b.n AND b.n % 10000 = 7)`, `[[20006]]`},
		{`SELECT count(*) FROM big a WHERE a.n = (SELECT max(n) FROM big b WHERE b.n = a.n)`, `[[30000]]`},
		{`SELECT count(*) FROM big a WHERE NOT EXISTS (SELECT 1 FROM big b WHERE b.n = a.n + 5)`, `[[5]]`},
		{`SELECT count(*) FROM big a JOIN big b ON a.n + 1 = b.n + 3`, `[[29998]]`},
		{`SELECT count(*) FROM (SELECT * FROM big WHERE n % 2 = 0) a RIGHT JOIN big b ON a.n + 1 = b.n + 3`, `[[30000]]`},
		{`SELECT count(*) FROM big a LEFT JOIN (SELECT * FROM big WHERE n % 2 = 0) b ON a.n % 7 + 30000 = b.n + 1`, `[[30000]]`},
		{`SELECT count(*) FROM big a LEFT JOIN big b ON a.n % 20000 = b.n + 10000 AND b.s = 'x'`, `[[30000]]`},
		{`SELECT count(*) FROM big a, big b WHERE (a.n = b.n AND a.n < 5) OR (a.n = b.n AND a.n > 29995)`, `[[9]]`},
		{`SELECT count(*) FROM big a LEFT JOIN (SELECT * FROM big WHERE n % 30000 = 1) b ON a.n > 29000`, `[[30000]]`},
		{`SELECT count(*) FROM big a JOIN big b ON NOT NOT a.n = b.n`, `[[30000]]`},
	})
}

func TestValuesOfRows(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT * FROM (VALUES CAST(ROW(1, 'a') AS ROW(x bigint, y varchar))) AS t`, `names _col0,_col1`},
		{`VALUES CAST(ROW(1, 'TruE') AS row(double, boolean)), ROW(2e0, false), (3e0, null)`, `[[1.0,true],[2.0,false],[3.0,null]]`},
		{`VALUES (1, 2), ROW(3)`, `error Values rows have mismatched sizes: 2 vs 1`},
		{`SELECT ROW(2) > ALL (VALUES ROW(0), ROW(1), ROW(NULL)), ROW(1) = ALL (SELECT BIGINT '1')`, `[[null,true]]`},
		{`SELECT ROW(1, 2) = ALL (SELECT 1, 2), ROW(1, 2) = ANY (SELECT 1, 3), (1, 2) < ALL (SELECT 1, 3)`, `[[true,false,true]]`},
		{`SELECT 1 = ALL (SELECT 1, 2)`, `error Multiple columns returned by subquery are not yet supported. Found 2`},
	})
}

func TestJoinsOfEachRow(t *testing.T) {
	const none = `(SELECT 1 WHERE false) t(a)`
	checkAll(t, translate.Trino, []statement{
		{`SELECT a, b FROM ` + none + ` RIGHT JOIN LATERAL (VALUES 2) u(b) ON true`, `[]`},
		{`SELECT a, b FROM (VALUES 1, 5) t(a) RIGHT JOIN LATERAL (VALUES 2) u(b) ON a < b ORDER BY 1`, `[[1,2],[null,2]]`},
		{`SELECT a, b FROM (VALUES 1) t(a) FULL JOIN LATERAL (SELECT 2 WHERE false) u(b) ON true`, `[[1,null]]`},
		{`SELECT a, b FROM (VALUES 1) t(a) FULL JOIN LATERAL (VALUES 2) u(b) ON a < b`, `refused FULL JOIN involving LATERAL relation is only supported with condition ON TRUE`},
		{`SELECT a, x FROM ` + none + ` RIGHT JOIN UNNEST(ARRAY[1]) u(x) ON true`, `[]`},
		{`SELECT a, x FROM (VALUES 1) t(a) FULL JOIN UNNEST(ARRAY[2, a]) u(x) ON true ORDER BY 2`, `[[1,1],[1,2]]`},
		{`SELECT a FROM (VALUES ARRAY[1]) t(a) JOIN UNNEST(a) u(x) USING (x)`, `refused INNER JOIN involving UNNEST is only supported with condition ON TRUE`},
	})
}

func TestRecursiveQueries(t *testing.T) {
	const start = `WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL `
	checkAll(t, translate.Trino, []statement{
		{start + `(SELECT n + 1 FROM t WHERE n < 5)) SELECT sum(n) FROM t`, `[[15]]`},
		{start + `SELECT * FROM (WITH t(n) AS (SELECT 5) SELECT n + 1 FROM t)) SELECT * FROM t`, `[[1],[6]]`},
		{start + `SELECT n + 2 FROM ((TABLE t) INTERSECT (SELECT 1)) u(n)) SELECT * FROM t`, `refused a recursive reference in a subquery`},
		{`WITH RECURSIVE t(n) AS (SELECT DECIMAL '1.00' UNION ALL SELECT CAST(n + 1 AS decimal(5,0)) FROM t WHERE n < 2) SELECT * FROM t`, `[["1.00"],["2.00"]]`},
	})
}

// The errors are those of Trino.
func TestRejectedWindows(t *testing.T) {
	const rows = ` FROM (VALUES (1, 10), (2, 20)) t(k, v)`
	checkAll(t, translate.Trino, []statement{
		{`SELECT lag(v) OVER ()` + rows, `error line 1:21: lag function requires an ORDER BY window clause`},
		{`SELECT row_number() OVER (ORDER BY k ROWS 1 PRECEDING)` + rows, `error line 1:38: Cannot specify window frame for row_number function`},
		{`SELECT lag(v, -1) OVER (ORDER BY k)` + rows, `error Offset must be at least 0`},
		{`SELECT lead(v, k - 2) OVER (ORDER BY k)` + rows, `error Offset must be at least 0`},
		{`SELECT lag(v, NULL) OVER (ORDER BY k)` + rows, `error Offset must not be null`},
		{`SELECT lag(v, k) OVER (ORDER BY k)` + rows + ` ORDER BY k`, `[[null],[null]]`},
		{`SELECT array_agg(k) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND DECIMAL '99999999999999999999999' FOLLOWING)` + rows, `[["[1,2]"],["[1,2]"]]`},
		{`SELECT sum(k) OVER (ORDER BY k RANGE BETWEEN DOUBLE '0.5' PRECEDING AND TINYINT '1' FOLLOWING)` + rows, `[[3],[2]]`},
		{`SELECT array_agg(DISTINCT v ORDER BY k)` + rows, `error line 1:38: For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments`},
		{`SELECT array_agg(DISTINCT v ORDER BY v DESC)` + rows, `[["[20,10]"]]`},
		{`SELECT listagg('a', ',')` + rows, `error mismatched input 'FROM'. Expecting: 'WITHIN'`},
		{`SELECT listagg('a' ON OVERFLOW STOP) WITHIN GROUP (ORDER BY k)` + rows, `error mismatched input 'STOP'. Expecting: 'ERROR', 'TRUNCATE'`},
		{`SELECT k` + rows + ` GROUP BY GROUPING SETS (ROLLUP (k))`, `error mismatched input 'ROLLUP'. Expecting: '(', <expression>`},
		{`SELECT INTERVAL '1' WEEK`, `error mismatched input 'WEEK'`},
		{`SELECT INTERVAL '2' DAYS`, `error mismatched input 'DAYS'`},
		{`SHOW TABLES LIKE 'p%' ESCAPE ''`, `error Escape string must be a single character`},
		{`SHOW TABLES LIKE 'p%'`, `[["people"],["prices"]]`},
		{`SHOW TABLES LIKE 'p$%' ESCAPE '$'`, `[]`},
		{`DROP FUNCTION IF EXISTS sigmoid`, `ok`},
	})
}
