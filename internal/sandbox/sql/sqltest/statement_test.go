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
