package sqltest

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// The expected values are those of Apache Hive 2.3.9.
func TestHiveDecimals(t *testing.T) {
	checkAll(t, translate.Hive, []statement{
		{`SELECT 1.0 / 3, 0.1 + 0.2, 1.1 + 2.2, 1.1 * 1.1, 0.1 * 3`, `[["0.333333","0.3","3.3","1.21","0.3"]]`},
		{`SELECT 1.0, 100.0, 1.10, 0.05, -2.50, 0.0`, `[["1","100","1.1","0.05","-2.5","0"]]`},
		{`SELECT 1.0, 100.0, 1.10, 0.05, 0.0`, `types decimal(1,0),decimal(3,0),decimal(2,1),decimal(2,2),decimal(1,0)`},
		{`SELECT 1e0, 1.0D, 3.0BD, 99999999999999999999`, `types double,double,decimal(1,0),decimal(20,0)`},
		{`SELECT 1.0 / 0, 7.5 % 2, 7.5 % 0`, `[[null,"1.5",null]]`},
		{`SELECT 1.0 / 0, 7.5 % 2`, `types decimal(7,6),decimal(2,1)`},
		{`SELECT CAST(10 AS decimal(10,0)) / 4, round(2.5), round(2.345, 2), floor(-1.5), ceil(1.2), abs(-5.5)`, `[["2.5","3","2.35","-2","2","5.5"]]`},
		{`SELECT round(2.5), round(2.345, 2), floor(-1.5), abs(-5.5)`, `types decimal(2,0),decimal(4,2),decimal(2,0),decimal(2,1)`},
		{`SELECT bytes * 1.0, bytes * 0.5, bytes + 0.5, bytes / 2.0 FROM visits WHERE bytes = 120`, `[["120","60.0","120.5","60.000000"]]`},
		{`SELECT CAST(CAST(bytes AS decimal(10,2)) AS string), CAST(bytes AS decimal(10,2)) FROM visits WHERE bytes = 120`, `[["120","120.00"]]`},
		{`SELECT CAST(1.0 AS string), concat(CAST(1.10 AS decimal(5,2)), '')`, `[["1","1.1"]]`},
		{`SELECT count(*) FROM visits WHERE bytes > 0.5 AND bytes IN (1.0, 120.0) AND bytes * 1.5 > 100 AND 119.5 < bytes`, `[[1]]`},
		{`SELECT count(*) FROM prices WHERE close > 10.25 AND close * 2.0 > 20`, `types bigint`},
		{`SELECT if(bytes > 0, 1, 2.5) FROM visits WHERE bytes = 120`, `types decimal(11,1)`},
		{`SELECT sum(CASE WHEN verb = 'GET' THEN 1.5 ELSE 0 END), avg(1.5) FROM visits`, `types decimal(21,1),decimal(6,5)`},
		{`SELECT sum(CASE WHEN verb = 'GET' THEN 1.5 ELSE 0 END) FROM visits`, `[["7.5"]]`},
		{`SELECT CAST(1.5 AS double), CAST(1.5 AS bigint), sqrt(2.25), 1.5 + 1e0`, `[[1.5,1,1.5,2.5]]`},
		{`SELECT 1.5 = 1.50, 1.5 > 1, 2 BETWEEN 1.5 AND 2.5, 0.3 = 0.1 + 0.2`, `[[true,true,true,true]]`},
	})
}

func TestHiveIntegers(t *testing.T) {
	checkAll(t, translate.Hive, []statement{
		{`SELECT 2147483647 + 1, -2147483648 - 1, 100S * 400S, 127Y + 1Y`, `[[-2147483648,-2147483649,-25536,-128]]`},
		{`SELECT 2147483647 + 1, -2147483648 - 1, 100S * 400S, 127Y + 1Y`, `types integer,bigint,smallint,tinyint`},
		{`SELECT CAST(300 AS tinyint), CAST(70000 AS smallint), CAST(3000000000 AS int), CAST(-129 AS tinyint)`, `[[44,4464,-1294967296,127]]`},
		{`SELECT CAST(1e20 AS bigint), CAST(1e20 AS int)`, `[[9223372036854775807,2147483647]]`},
		{`SELECT a * a, a + a FROM (SELECT 3000000000 AS a) t`, `[[9000000000000000000,6000000000]]`},
		{`SELECT a * a FROM (SELECT 4000000000 AS a) t`, `[[-2446744073709551616]]`},
		{`SELECT a + a FROM (SELECT CAST(2147483647 AS int) AS a) t`, `[[-2]]`},
	})
}

func TestHiveConversions(t *testing.T) {
	checkAll(t, translate.Hive, []statement{
		{`SELECT true = 'true', CAST('false' AS boolean), CAST(true AS string)`, `[[null,true,"TRUE"]]`},
		{`SELECT date '2014-10-01' + interval '1' day, date '2014-10-01' + interval '1' month`, `[["2014-10-02 00:00:00","2014-11-01"]]`},
		{`SELECT sum(x), avg(x) FROM (SELECT '10.75' AS x UNION ALL SELECT '0.5') t`, `[[11.25,5.625]]`},
		{`SELECT CAST('2014-10-01 12:34:56.500' AS timestamp), CAST('2014-10-01 12:34:56' AS timestamp)`, `[["2014-10-01 12:34:56.5","2014-10-01 12:34:56"]]`},
		{`SELECT h, k FROM (SELECT 'http://x.y/p?k1=v1&k2=v2' AS u) t LATERAL VIEW parse_url_tuple(u, 'HOST', 'QUERY:k1') v AS h, k`, `[["x.y","v1"]]`},
		{`SELECT verb, grouping__id, grouping(verb) FROM visits GROUP BY verb WITH ROLLUP`, `types varchar,integer,tinyint`},
		{`SELECT 0 ^ 1 || '2' || 1 ^ 2`, `[["123"]]`},
	})
}

// The expected values are those of Trino 476.
func TestDecimals(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT DECIMAL '999.99' < DECIMAL '99999999999999999999999999999999999999'`, `[[true]]`},
		{`SELECT DECIMAL '0.00000000000000000000000000000000000001' >= TINYINT '-1'`, `[[true]]`},
		{`SELECT DECIMAL '99999999999999999999999999999999999999' IS DISTINCT FROM CAST(2 AS decimal(5,2)), DECIMAL '1.5' IS NOT DISTINCT FROM DECIMAL '1.50'`, `[[true,true]]`},
		{`SELECT x IS DISTINCT FROM y, x IS NOT DISTINCT FROM y FROM (VALUES (CAST(NULL AS decimal(5,2)), CAST(NULL AS decimal(5,1))), (NULL, DECIMAL '1.0')) t(x, y) ORDER BY 1`, `[[false,true],[true,false]]`},
		{`SELECT sum(x), avg(x), avg(DISTINCT x) FROM (VALUES DECIMAL '12345678901234567890.12', DECIMAL '0.01', DECIMAL '0.01') t(x)`, `[["12345678901234567890.14","4115226300411522630.05","6172839450617283945.07"]]`},
		{`SELECT sum(x) OVER (ORDER BY x ROWS 1 PRECEDING) FROM (VALUES DECIMAL '0.1', DECIMAL '0.2', DECIMAL '0.3') t(x)`, `[["0.1"],["0.3"],["0.5"]]`},
		{`SELECT sum(x), avg(x) FROM (VALUES DECIMAL '1.0') t(x) WHERE false`, `[[null,null]]`},
		{`SELECT INTERVAL '1-11' YEAR TO MONTH / 3, INTERVAL '5' MONTH / 2, 1.5e0 * INTERVAL '0.005' SECOND, INTERVAL '-3' MONTH / 2`, `[["0-7","0-2","0 00:00:00.007","-0-1"]]`},
		{`SELECT radians(1.7976931348623157e308) IS NOT NULL, bitwise_right_shift(-9223372036854775808, -1)`, `[[true,1]]`},
	})
}

// The expected values are those of Trino 476.
func TestIntegerOverflow(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT x + x FROM (VALUES 2147483647) t(x)`, `error integer addition overflow: 2147483647 + 2147483647`},
		{`SELECT x * x FROM (VALUES SMALLINT '300') t(x)`, `error smallint multiplication overflow: 300 * 300`},
		{`SELECT x - y FROM (VALUES (TINYINT '-128', TINYINT '1')) t(x, y)`, `error tinyint subtraction overflow: -128 - 1`},
		{`SELECT x * x FROM (VALUES BIGINT '9223372036854775807') t(x)`, `error bigint multiplication overflow`},
		{`SELECT TRY(x * x) FROM (VALUES BIGINT '9223372036854775807') t(x)`, `[[null]]`},
		{`SELECT x * x, x + x, x - x FROM (VALUES 46340) t(x)`, `[[2147395600,92680,0]]`},
		{`SELECT typeof(DECIMAL '0.05'), typeof(DECIMAL '7' % BIGINT '4')`, `[["decimal(2,2)","decimal(1,0)"]]`},
	})
}

// ORDER BY refers to the columns of the select list, GROUP BY to those of FROM, as in Apache Hive 2.3.9.
func TestHiveClauses(t *testing.T) {
	const rows = ` FROM (SELECT 'a' AS k, 1 AS v UNION ALL SELECT 'A', 4 UNION ALL SELECT 'b', 3) t `
	const unselected = `error is not in the select list, to which ORDER BY refers in Hive`
	checkAll(t, translate.Hive, []statement{
		{`SELECT k, v` + rows + `ORDER BY v, k`, `[["a",1],["b",3],["A",4]]`},
		{`SELECT t.k` + rows + `ORDER BY t.k DESC`, `[["b"],["a"],["A"]]`},
		{`SELECT *` + rows + `ORDER BY t.v + 0`, `[["a",1],["b",3],["A",4]]`},
		{`SELECT k, v` + rows + `ORDER BY 2`, `[["a",1],["b",3],["A",4]]`},
		{`SELECT k, sum(v) AS s` + rows + `GROUP BY k ORDER BY s - 1 DESC`, `[["A",4],["b",3],["a",1]]`},
		{`SELECT upper(k), sum(v)` + rows + "GROUP BY upper(k) ORDER BY `_c0`", `[["A",5],["B",3]]`},
		{`SELECT k, named_struct('v', v) AS s` + rows + `ORDER BY s.v LIMIT 1`, `[["a","[1]"]]`},
		{`SELECT k` + rows + `ORDER BY v`, unselected},
		{`SELECT k AS x` + rows + `ORDER BY k`, unselected},
		{`SELECT k AS x, v` + rows + `ORDER BY t.k`, unselected},
		{`SELECT upper(k)` + rows + `ORDER BY upper(k)`, unselected},
		{`SELECT k` + rows + `SORT BY v`, unselected},
		{`SELECT k` + rows + `CLUSTER BY v`, unselected},
		{`SELECT DISTINCT k` + rows + `ORDER BY v`, unselected},
		{`SELECT k, sum(v)` + rows + `GROUP BY k ORDER BY sum(v)`, `error Not yet supported place for UDAF 'sum'`},
		{`SELECT k` + rows + `GROUP BY k ORDER BY count(*)`, `error Not yet supported place for UDAF 'count'`},
		{`SELECT upper(k) AS u` + rows + `GROUP BY u`, `error Column 'u' cannot be resolved`},
		{`SELECT k, sum(v)` + rows + `GROUP BY 1`, `error Expression not in GROUP BY key 'k'`},
		{`SELECT 1, sum(v)` + rows + `GROUP BY 1`, `[[1,8]]`},
		{`SELECT count(*) AS c` + rows + `HAVING c > 1`, `error HAVING specified without GROUP BY`},
		{`SELECT k, max(v + 1)` + rows + `GROUP BY k, v GROUPING SETS (k) ORDER BY k`, `[["A",5],["a",2],["b",4]]`},
		{`SELECT k, sum(v)` + rows + `GROUP BY k, v WITH ROLLUP`, `error Grouping sets aggregations (with rollups or cubes) are not allowed`},
	})
}
