package sqlsyntax

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, sql string, d Dialect) string {
	t.Helper()
	s, err := Parse(sql, d)
	if err != nil {
		t.Errorf("%s: %v", sql, err)
		return ""
	}
	return printer{}.statement(s)
}

func TestParseExpressions(t *testing.T) {
	tests := []struct{ sql, want string }{
		{`1`, `1`},
		{`-1.5`, `(- 1.5)`},
		{`1e3`, `1e3`},
		{`.5`, `.5`},
		{`'it''s'`, `'it's'`},
		{`true AND FALSE`, `(AND true false)`},
		{`NULL`, `null`},
		{`a.b.c`, `a.b.c`},
		{`"A b"."c"`, `A b.c`},
		{"`x`", `x`},
		{`DATE '2014-10-01'`, `(date '2014-10-01')`},
		{`TIMESTAMP '2014-10-01 00:00:00'`, `(timestamp '2014-10-01 00:00:00')`},
		{`X'ff'`, `(varbinary 'ff')`},
		{`JSON '[1]'`, `(json '[1]')`},
		{`INTERVAL '1' DAY`, `(interval 1 day)`},
		{`INTERVAL -'1 02:03:04' DAY TO SECOND`, `(interval -1 02:03:04 day-to-second)`},
		{`1 + 2 * 3`, `(+ 1 (* 2 3))`},
		{`(1 + 2) * 3`, `(* (+ 1 2) 3)`},
		{`1 - 2 - 3`, `(- (- 1 2) 3)`},
		{`- a`, `(- a)`},
		{`+a`, `(+ a)`},
		{`- + a`, `(- (+ a))`},
		{`a || b || c`, `(|| (|| a b) c)`},
		{`a + b || c`, `(|| (+ a b) c)`},
		{`a = 1 AND b <> 2 OR NOT c`, `(OR (AND (= a 1) (<> b 2)) (NOT c))`},
		{`NOT a = 1`, `(NOT (= a 1))`},
		{`NOT NOT a AND b`, `(AND (NOT (NOT a)) b)`},
		{`(a = 1) = b`, `(= (= a 1) b)`},
		{`U&'\0041\\b\+01F600'`, `'A\b😀'`},
		{`U&'#0041' UESCAPE '#'`, `'A'`},
		{`a != 1`, `(<> a 1)`},
		{`a BETWEEN 1 AND 2 AND b`, `(AND (between a 1 2) b)`},
		{`a NOT BETWEEN 1 AND 2`, `(NOT (between a 1 2))`},
		{`a IN (1, 2)`, `(in a 1 2)`},
		{`a NOT IN (SELECT 1)`, `(NOT (in a (query (select 1))))`},
		{`a LIKE 'x%' ESCAPE '#'`, `(like a 'x%' '#')`},
		{`a NOT LIKE 'x'`, `(NOT (like a 'x'))`},
		{`a IS NULL`, `(is-null a)`},
		{`a IS NOT NULL`, `(NOT (is-null a))`},
		{`a IS DISTINCT FROM b`, `(IS-DISTINCT-FROM a b)`},
		{`a IS NOT DISTINCT FROM b`, `(NOT (IS-DISTINCT-FROM a b))`},
		{`a IS TRUE`, `(IS-NOT-DISTINCT-FROM a true)`},
		{`a IS NOT FALSE`, `(NOT (IS-NOT-DISTINCT-FROM a false))`},
		{`EXISTS (SELECT 1)`, `(exists (query (select 1)))`},
		{`(SELECT 1)`, `(query (select 1))`},
		{`a > ALL (SELECT 1)`, `(> a ALL (query (select 1)))`},
		{`a = SOME (SELECT 1)`, `(= a ANY (query (select 1)))`},
		{`CASE WHEN a THEN 1 ELSE 2 END`, `(case  a 1 2)`},
		{`CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' END`, `(case a 1 'x' 2 'y')`},
		{`CAST(a AS varchar(10))`, `(cast a varchar<10>)`},
		{`TRY_CAST(a AS decimal(10, 2))`, `(try_cast a decimal<10,2>)`},
		{`CAST(a AS array(map(varchar, row(x bigint, double))))`, `(cast a array<map<varchar,row<x=bigint,double>>>)`},
		{`CAST(a AS timestamp(3) with time zone)`, `(cast a timestamp-with-time-zone<3>)`},
		{`CAST(a AS double precision)`, `(cast a double)`},
		{`CAST(a AS interval day to second)`, `(cast a interval-day-to-second)`},
		{`ARRAY[1, ARRAY[]]`, `[1 []]`},
		{`ROW(1, 'a')`, `(row 1 'a')`},
		{`(1, 2)`, `(row 1 2)`},
		{`a[1][2]`, `(at (at a 1) 2)`},
		{`a[1].b`, `(field (at a 1) b)`},
		{`f(x).y`, `(field (call f x) y)`},
		{`f()`, `(call f)`},
		{`count(*)`, `(call count *)`},
		{`count(DISTINCT a)`, `(call count distinct a)`},
		{`sum(ALL a)`, `(call sum a)`},
		{`array_agg(a ORDER BY b DESC NULLS LAST, c)`, `(call array_agg a order=(b-desc-nulls-last c))`},
		{`sum(a) FILTER (WHERE b)`, `(call sum a filter=b)`},
		{`listagg(a, ',') WITHIN GROUP (ORDER BY a)`, `(call listagg a ',' order=(a))`},
		{`listagg(a, ',' ON OVERFLOW ERROR) WITHIN GROUP (ORDER BY a)`, `(call listagg a ',' order=(a) overflow=ERROR)`},
		{`rank() OVER (PARTITION BY a ORDER BY b)`, `(call rank over=(by=(a) order=(b)))`},
		{`lag(a, 1) IGNORE NULLS OVER w`, `(call lag a 1 ignore-nulls over=w)`},
		{`sum(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)`, `(call sum a over=(order=(b) (ROWS 1 PRECEDING .. UNBOUNDED FOLLOWING)))`},
		{`sum(a) OVER (w ROWS 1 PRECEDING)`, `(call sum a over=(w (ROWS 1 PRECEDING .. CURRENT ROW)))`},
		{`sum(a) OVER (RANGE CURRENT ROW)`, `(call sum a over=((RANGE CURRENT ROW .. CURRENT ROW)))`},
		{`sum(a) OVER (ORDER BY b GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING)`, `(call sum a over=(order=(b) (GROUPS CURRENT ROW .. 1 FOLLOWING)))`},
		{`transform(a, x -> x + 1)`, `(call transform a (lambda (x) (+ x 1)))`},
		{`reduce(a, 0, (s, x) -> s + x, s -> s)`, `(call reduce a 0 (lambda (s x) (+ s x)) (lambda (s) s))`},
		{`f(() -> 1)`, `(call f (lambda () 1))`},
		{`EXTRACT(YEAR FROM a)`, `(call year a)`},
		{`POSITION('a' IN b)`, `(call strpos b 'a')`},
		{`SUBSTRING(a FROM 2 FOR 3)`, `(call substr a 2 3)`},
		{`substring(a, 2)`, `(call substring a 2)`},
		{`TRIM(a)`, `(call trim a)`},
		{`TRIM(LEADING 'x' FROM a)`, `(call ltrim a 'x')`},
		{`TRIM(BOTH FROM a)`, `(call trim a)`},
		{`CURRENT_DATE`, `(call current_date)`},
		{`current_timestamp`, `(call current_timestamp)`},
		{`a AT TIME ZONE 'Asia/Tokyo'`, `(call at_timezone a 'Asia/Tokyo')`},
		{`left(a, 2)`, `(call left a 2)`},
		{`if(a, b)`, `(call if a b)`},
		{`date('2014-10-01')`, `(call date '2014-10-01')`},
	}
	for _, test := range tests {
		want := "(query (select " + test.want + "))"
		if diff := cmp.Diff(want, parse(t, "SELECT "+test.sql, Trino)); diff != "" {
			t.Errorf("%s: %s", test.sql, diff)
		}
	}
}

func TestParseTrino(t *testing.T) {
	tests := []struct{ sql, want string }{
		{`SELECT DISTINCT a, b AS c, d e FROM t`, `(query (select distinct a b=c d=e from=((t))))`},
		{`SELECT *, t.*, s.t.* FROM t`, `(query (select * t.* s.t.* from=((t))))`},
		{`SELECT 1 FROM a, b AS x, c.d AS y (e, f)`, `(query (select 1 from=((a) (b as=x) (c.d as=y(e,f)))))`},
		{`SELECT 1 FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (y, z)`, `(query (select 1 from=((left (inner (a) (b) on=(= a.x b.x)) (c) using=y,z))))`},
		{`SELECT 1 FROM a CROSS JOIN b FULL OUTER JOIN c ON true RIGHT JOIN d ON false`, `(query (select 1 from=((right (full (cross (a) (b)) (c) on=true) (d) on=false))))`},
		{`SELECT 1 FROM a LEFT JOIN b JOIN c ON p ON q`, `(query (select 1 from=((left (a) (inner (b) (c) on=p) on=q))))`},
		{`SELECT 1 FROM a JOIN b CROSS JOIN c ON p JOIN d ON q`, `(query (select 1 from=((inner (inner (a) (cross (b) (c)) on=p) (d) on=q))))`},
		{`SELECT 1 FROM a NATURAL JOIN b`, `(query (select 1 from=((inner natural (a) (b)))))`},
		{`SELECT 1 FROM (a JOIN b ON true) JOIN c ON true`, `(query (select 1 from=((inner (inner (a) (b) on=true) (c) on=true))))`},
		{`SELECT 1 FROM (SELECT 1) AS t (x)`, `(query (select 1 from=(((query (select 1)) as=t(x)))))`},
		{`SELECT 1 FROM t CROSS JOIN UNNEST(a, b) WITH ORDINALITY AS u (x, y, n)`, `(query (select 1 from=((cross (t) (unnest a b ordinality as=u(x,y,n))))))`},
		{`SELECT 1 FROM t TABLESAMPLE BERNOULLI (10)`, `(query (select 1 from=((t share=0.1))))`},
		{`SELECT 1 FROM LATERAL (SELECT 1) t`, `(query (select 1 from=((lateral (query (select 1)) as=t))))`},
		{`SELECT a FROM t WHERE b GROUP BY a HAVING count(*) > 1 ORDER BY a DESC, 2 NULLS FIRST LIMIT 10`, `(query (select a from=((t)) where=b group=((a)) having=(> (call count *) 1)) order=(a-desc 2-nulls-first) limit=10)`},
		{`SELECT a FROM t ORDER BY a OFFSET 5 ROWS FETCH FIRST 3 ROWS ONLY`, `(query (select a from=((t))) order=(a) offset=5 limit=3)`},
		{`SELECT a FROM t ORDER BY a FETCH NEXT ROW WITH TIES`, `(query (select a from=((t))) order=(a) limit=1 with-ties)`},
		{`SELECT a FROM t LIMIT ALL`, `(query (select a from=((t))))`},
		{`SELECT a FROM t GROUP BY (a, b), c`, `(query (select a from=((t)) group=((a b c))))`},
		{`SELECT a FROM t GROUP BY ROLLUP (a, (b, c))`, `(query (select a from=((t)) group=((a b c) (a) ())))`},
		{`SELECT a FROM t GROUP BY CUBE (a, b)`, `(query (select a from=((t)) group=((a b) (a) (b) ())))`},
		{`SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ())`, `(query (select a from=((t)) group=((a b) (a) ())))`},
		{`SELECT a FROM t GROUP BY a, GROUPING SETS (b, c)`, `(query (select a from=((t)) group=((a b) (a c))))`},
		{`SELECT sum(a) OVER w FROM t WINDOW w AS (ORDER BY b)`, `(query (select (call sum a over=w) from=((t)) window=w(order=(b))))`},
		{`WITH a AS (SELECT 1), b (x, y) AS (SELECT 1, 2) SELECT * FROM a`, `(query (with a=((query (select 1))) b=(x y (query (select 1 2)))) (select * from=((a))))`},
		{`WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) SELECT n FROM a`, `(query (with recursive a=(n (query (union all (select 1) (select (+ n 1) from=((a))))))) (select n from=((a))))`},
		{`VALUES 1, (2, 'x')`, `(query (values 1 (row 2 'x')))`},
		{`TABLE t`, `(query (select * from=((t))))`},
		{`SELECT 1 UNION SELECT 2 INTERSECT SELECT 3`, `(query (union (select 1) (intersect (select 2) (select 3))))`},
		{`SELECT 1 UNION ALL SELECT 2 EXCEPT DISTINCT SELECT 3 ORDER BY 1`, `(query (except (union all (select 1) (select 2)) (select 3)) order=(1))`},
		{`(SELECT 1) UNION (SELECT 2 LIMIT 1)`, `(query (union (query (select 1)) (query (select 2) limit=1)))`},
		{`((SELECT 1))`, `(query (query (query (select 1))))`},
		{`SELECT * FROM ((SELECT 1) UNION (SELECT 2)) t`, `(query (select * from=(((query (union (query (select 1)) (query (select 2)))) as=t))))`},
		{`SELECT limit FROM t`, `(query (select limit from=((t))))`},
		{`SELECT 1; ;`, `(query (select 1))`},
		{`SELECT 1 -- comment`, `(query (select 1))`},
		{`INSERT INTO t SELECT 1`, `(insert t (query (select 1)))`},
		{`INSERT INTO s.t (a, b) VALUES (1, 2)`, `(insert s.t targets=a,b (query (values (row 1 2))))`},
		{`CREATE TABLE t (a bigint, b varchar(5) NOT NULL, c row(x double))`, `(create-table t a:bigint b:varchar<5> c:row<x=double>)`},
		{`CREATE TABLE IF NOT EXISTS s.t AS SELECT 1 AS a`, `(create-table if-exists s.t (query (select 1=a)))`},
		{`CREATE TABLE t (a, b) AS SELECT 1, 2 WITH NO DATA`, `(create-table t targets=a,b (query (select 1 2)) no-data)`},
		{`CREATE TABLE t COMMENT 'c' WITH (format = 'x', y = f(1)) AS SELECT 1`, `(create-table t (query (select 1)))`},
		{`CREATE TABLE t (LIKE s.u INCLUDING PROPERTIES)`, `(create-table t like=s.u)`},
		{`CREATE SCHEMA IF NOT EXISTS s`, `(create-database if-exists s)`},
		{`DROP TABLE IF EXISTS t`, `(drop-table if-exists t)`},
		{`DROP SCHEMA s CASCADE`, `(drop-database s)`},
		{`ALTER TABLE t RENAME TO u`, `(rename t to=u)`},
		{`DELETE FROM t WHERE a = 1`, `(delete t where=(= a 1))`},
		{`SHOW TABLES FROM s LIKE 'a%'`, `(show-tables s pattern='a%')`},
		{`SHOW SCHEMAS`, `(show-databases)`},
		{`SHOW COLUMNS FROM t`, `(show-columns t)`},
		{`SHOW FUNCTIONS`, `(show-functions)`},
		{`SHOW CREATE TABLE t`, `(show-create t)`},
		{`DESCRIBE s.t`, `(show-columns s.t)`},
		{`EXPLAIN SELECT 1`, `(explain (query (select 1)))`},
		{`EXPLAIN (TYPE DISTRIBUTED) SELECT 1`, `(explain (query (select 1)))`},
		{`SET SESSION x = 1`, `(set)`},
		{`USE d`, `(set d use=d)`},
		{`USE d; SELECT 1`, `(query (select 1))`},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, parse(t, test.sql, Trino)); diff != "" {
			t.Errorf("%s: %s", test.sql, diff)
		}
	}
}

func TestParseHive(t *testing.T) {
	tests := []struct{ sql, want string }{
		{`SELECT "a", 'it\'s', 'a' 'b', '\u0041\101\n\%\d'`, `(query (select 'a' 'it's' 'ab' 'AA
\%d'))`},
		{`SELECT 10L, 1S, 2Y, 1.5D, 3.0BD`, `(query (select 10L 1S 2Y 1.5D 3.0BD))`},
		{`SELECT a <=> b, a == b, a && b, !a, ~a, a DIV b, a & b | c ^ d`, `(query (select (IS-NOT-DISTINCT-FROM a b) (= a b) (AND a b) (NOT a) (~ a) (DIV a b) (| (& a b) (^ c d))))`},
		{`SELECT a RLIKE 'x', a NOT REGEXP 'y'`, `(query (select (call rlike a 'x') (NOT (call rlike a 'y'))))`},
		{`SELECT CAST(a AS struct<x:int, y:array<map<string, float>>>)`, `(query (select (cast a struct<x=int,y=array<map<string,float>>>)))`},
		{`SELECT INTERVAL 1 DAY, INTERVAL '2' MONTHS`, `(query (select (interval 1 day) (interval 2 month)))`},
		{`SELECT current_date, unix_timestamp()`, `(query (select (call current_date) (call unix_timestamp)))`},
		{`SELECT explode(a) AS (k, v)`, `(query (select (call explode a)=k,v))`},
		{`SELECT 2014_x FROM 1st_table`, `(query (select 2014_x from=((1st_table))))`},
		{`SELECT a AS 'x' FROM t`, `(query (select a=x from=((t))))`},
		{`SELECT a.b FROM t LATERAL VIEW explode(x) u AS y LATERAL VIEW OUTER posexplode(z) v AS p, q`, `(query (select a.b from=((left (cross (t) (unnest explode x as=u(y))) (unnest posexplode z as=v(p,q))))))`},
		{`FROM t SELECT a WHERE b`, `(query (select a from=((t)) where=b))`},
		{`FROM t INSERT OVERWRITE TABLE u SELECT a`, `(insert overwrite u (query (select a from=((t)))))`},
		{
			`FROM t INSERT INTO TABLE a SELECT x WHERE y INSERT OVERWRITE TABLE b SELECT * LATERAL VIEW explode(z) u AS w LIMIT 2`,
			`(insert a (query (select x from=((t)) where=y)) (insert overwrite b (query (select * from=((cross (t) (unnest explode z as=u(w))))) limit=2)))`,
		},
		{
			`WITH c AS (SELECT 1) FROM c INSERT INTO a SELECT 1 INSERT INTO b SELECT 2`,
			`(insert a (query (with c=((query (select 1)))) (select 1 from=((c)))) (insert b (query (with c=((query (select 1)))) (select 2 from=((c))))))`,
		},
		{`INSERT OVERWRITE TABLE t PARTITION (ds = 'x', hr) SELECT 1`, `(insert overwrite t (query (select 1)) partition=ds='x' partition=hr)`},
		{
			`CREATE TABLE t (a int) PARTITIONED BY (ds string) CLUSTERED BY (a) SORTED BY (a) INTO 4 BUCKETS ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '~' COLLECTION ITEMS TERMINATED BY '|' MAP KEYS TERMINATED BY ':' LINES TERMINATED BY ';' NULL DEFINED AS 'x' STORED AS TEXTFILE`,
			`(create-table t a:int ds:string)`,
		},
		{
			`CREATE TABLE t (a int) ROW FORMAT SERDE 'x' WITH SERDEPROPERTIES ('a'='b') STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o'`,
			`(create-table t a:int)`,
		},
		{`INSERT INTO TABLE t SELECT 1`, `(insert t (query (select 1)))`},
		{`INSERT OVERWRITE TABLE s.t SELECT 1`, `(insert overwrite s.t (query (select 1)))`},
		{`WITH a AS (SELECT 1) INSERT INTO TABLE t SELECT * FROM a`, `(insert t (query (with a=((query (select 1)))) (select * from=((a)))))`},
		{`WITH a AS (SELECT 1) FROM a SELECT *`, `(query (with a=((query (select 1)))) (select * from=((a))))`},
		{`SELECT a FROM b LEFT SEMI JOIN c ON b.x = c.x LEFT ANTI JOIN d ON true`, `(query (select a from=((anti (semi (b) (c) on=(= b.x c.x)) (d) on=true))))`},
		{`SELECT a FROM b JOIN c`, `(query (select a from=((inner (b) (c)))))`},
		{`SELECT a, count(1) FROM t GROUP BY a, b WITH ROLLUP`, `(query (select a (call count 1) from=((t)) group=((a b) (a) ())))`},
		{`SELECT a FROM t GROUP BY a, b WITH CUBE`, `(query (select a from=((t)) group=((a b) (a) (b) ())))`},
		{`SELECT a FROM t GROUP BY a, b GROUPING SETS ((a, b), a)`, `(query (select a from=((t)) group=((a b) (a))))`},
		{`SELECT a FROM t DISTRIBUTE BY a SORT BY b DESC`, `(query (select a from=((t))) order=(b-desc))`},
		{`SELECT a FROM t CLUSTER BY a LIMIT 5`, `(query (select a from=((t))) order=(a) limit=5)`},
		{`SELECT a FROM t LIMIT 2, 3`, `(query (select a from=((t))) offset=2 limit=3)`},
		{`SELECT a FROM t LIMIT 3 OFFSET 2`, `(query (select a from=((t))) offset=2 limit=3)`},
		{`SELECT a FROM t MINUS SELECT b FROM u`, `(query (except (select a from=((t))) (select b from=((u)))))`},
		{`SELECT a FROM t TABLESAMPLE (10 PERCENT) s`, `(query (select a from=((t share=0.1 as=s))))`},
		{`SELECT a FROM t TABLESAMPLE (5 ROWS)`, `(query (select a from=((t rows=5))))`},
		{`SELECT a FROM t TABLESAMPLE (BUCKET 1 OUT OF 4 ON x)`, `(query (select a from=((t share=0.25))))`},
		{`SELECT sum(a) OVER (DISTRIBUTE BY b SORT BY c)`, `(query (select (call sum a over=(by=(b) order=(c)))))`},
		{`SELECT CASE WHEN a THEN b END, if(a, b, c)`, `(query (select (case  a b) (call if a b c)))`},
		{`CREATE TABLE t (a INT COMMENT 'x', b STRING) STORED AS ORC TBLPROPERTIES ('a' = 'b')`, `(create-table t a:int b:string)`},
		{`CREATE TABLE t LIKE s.u`, `(create-table t like=s.u)`},
		{`TRUNCATE TABLE t`, `(delete t)`},
		{`SHOW TABLES 'a*'`, `(show-tables pattern='a%')`},
		{`SHOW DATABASES LIKE 'x'`, `(show-databases pattern='x')`},
		{`DESC FORMATTED t`, `(show-columns t)`},
		{`SET a=b; SET hive.x=1; SELECT 1`, `(query (select 1))`},
		{`ADD JAR x.jar; CREATE TEMPORARY FUNCTION f AS 'x.Y'; SELECT f(1)`, `(query (select (call f 1)))`},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, parse(t, test.sql, Hive)); diff != "" {
			t.Errorf("%s: %s", test.sql, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		d    Dialect
		sql  string
		kind ErrorKind
		want string
	}{
		{Trino, ``, SyntaxError, `line 1:1: mismatched input '<EOF>'. Expecting: 'SELECT', 'WITH', 'VALUES', 'INSERT', 'CREATE', 'DELETE', 'DROP', 'ALTER', 'SHOW', 'DESCRIBE', 'EXPLAIN'`},
		{Trino, `SELECT`, SyntaxError, `line 1:7: mismatched input '<EOF>'. Expecting: <expression>`},
		{Trino, `SELECT 1 +`, SyntaxError, `line 1:11: mismatched input '<EOF>'. Expecting: <expression>`},
		{Trino, `SELECT (1`, SyntaxError, `line 1:10: mismatched input '<EOF>'. Expecting: ')'`},
		{Trino, `SELECT 1 FROM`, SyntaxError, `line 1:14: mismatched input '<EOF>'. Expecting: <identifier>`},
		{Trino, `SELECT 1 x y`, SyntaxError, `line 1:12: mismatched input 'y'. Expecting: <EOF>`},
		{Trino, `SELECT a FROM t WHERE`, SyntaxError, `line 1:22: mismatched input '<EOF>'. Expecting: <expression>`},
		{Trino, `SELECT a FROM t JOIN u`, SyntaxError, `line 1:23: mismatched input '<EOF>'. Expecting: 'ON', 'USING'`},
		{Trino, `SELECT a FROM t LIMIT x`, SyntaxError, `line 1:23: mismatched input 'x'. Expecting: <integer>`},
		{Trino, `SELECT a FROM t FETCH FIRST 1 ROWS`, SyntaxError, `line 1:35: mismatched input '<EOF>'. Expecting: 'ONLY'`},
		{Trino, `SELECT a FROM t FETCH 1 ROWS ONLY`, SyntaxError, `line 1:23: mismatched input '1'. Expecting: 'FIRST', 'NEXT'`},
		{Trino, `SELECT 'abc`, SyntaxError, `line 1:8: mismatched input ''': the quote is not closed`},
		{Trino, `SELECT "abc`, SyntaxError, `line 1:8: mismatched input '"': the quote is not closed`},
		{Trino, `SELECT ""`, SyntaxError, `line 1:8: Zero-length delimited identifier not allowed`},
		{Trino, `SELECT /* abc`, SyntaxError, `line 1:8: unterminated comment`},
		{Trino, `SELECT 1 # 2`, SyntaxError, `line 1:10: mismatched input '#'`},
		{Trino, `SELECT 1abc`, SyntaxError, `line 1:8: identifiers must not start with a digit; surround the identifier with double quotes`},
		{Trino, `SELECT CASE 1 END`, SyntaxError, `line 1:15: mismatched input 'END'. Expecting: 'WHEN'`},
		{Trino, `SELECT CASE WHEN 1 END`, SyntaxError, `line 1:20: mismatched input 'END'. Expecting: 'THEN'`},
		{Trino, `SELECT a IS 5`, SyntaxError, `line 1:13: mismatched input '5'. Expecting: 'DISTINCT', 'NULL'`},
		{Trino, `SELECT INTERVAL '1' FORTNIGHT`, SyntaxError, `line 1:21: mismatched input 'FORTNIGHT'. Expecting: 'DAY', 'HOUR', 'MINUTE', 'MONTH', 'SECOND', 'YEAR'`},
		{Trino, `SELECT CAST(a AS )`, SyntaxError, `line 1:18: mismatched input ')'. Expecting: <type>`},
		{Trino, `SELECT CAST(a bigint)`, SyntaxError, `line 1:15: mismatched input 'bigint'. Expecting: 'AS'`},
		{Trino, `SELECT CAST(a AS decimal(10, -2))`, SyntaxError, `line 1:30: mismatched input '-'. Expecting: <integer>`},
		{Trino, `SELECT a ORDER BY b NULLS`, SyntaxError, `line 1:26: mismatched input '<EOF>'. Expecting: 'FIRST', 'LAST'`},
		{Trino, `SELECT sum(a) OVER (ORDER BY b ROWS 1)`, SyntaxError, `line 1:38: mismatched input ')'. Expecting: 'PRECEDING', 'FOLLOWING'`},
		{Trino, `SELECT select FROM t`, SyntaxError, `line 1:8: mismatched input 'select'. Expecting: <identifier>`},
		{Trino, `INSERT t SELECT 1`, SyntaxError, `line 1:8: mismatched input 't'. Expecting: 'INTO'`},
		{Trino, `CREATE TABLE t`, SyntaxError, `line 1:15: mismatched input '<EOF>'. Expecting: 'AS', '('`},
		{Trino, `CREATE TABLE t (a bigint) AS SELECT 1`, SyntaxError, `line 1:30: mismatched input 'AS'`},
		{Trino, `SHOW NONSENSE`, SyntaxError, `line 1:6: mismatched input 'NONSENSE'. Expecting: 'TABLES', 'SCHEMAS', 'DATABASES', 'COLUMNS', 'FUNCTIONS', 'CREATE'`},
		{Trino, `SHOW TABLES LIKE x`, SyntaxError, `line 1:18: mismatched input 'x'. Expecting: <string>`},
		{Trino, `SHOW COLUMNS t`, SyntaxError, `line 1:14: mismatched input 't'. Expecting: 'FROM', 'IN'`},
		{Trino, `NONSENSE`, SyntaxError, `line 1:1: mismatched input 'NONSENSE'. Expecting: 'SELECT', 'WITH', 'VALUES', 'INSERT', 'CREATE', 'DELETE', 'DROP', 'ALTER', 'SHOW', 'DESCRIBE', 'EXPLAIN'`},
		{Trino, `SELECT 1; SELECT 2`, SyntaxError, `line 1:11: mismatched input 'SELECT'. Expecting: <EOF>`},
		{Trino, `SELECT 1 < 2 = true`, SyntaxError, `line 1:14: mismatched input '='. Expecting: <EOF>`},
		{Trino, `SELECT a IS NULL IS NULL`, SyntaxError, `line 1:18: mismatched input 'IS'. Expecting: <EOF>`},
		{Trino, `SELECT U&'\00'`, SyntaxError, `line 1:8: Incomplete escape sequence: 00`},
		{Trino, `SELECT U&'\zzzz'`, SyntaxError, `line 1:8: Invalid escaped character: zzzz`},
		{Trino, `SELECT U&'a' UESCAPE '1'`, SyntaxError, `line 1:22: Invalid Unicode escape character`},
		{Trino, `SELECT 10L`, SyntaxError, `line 1:8: identifiers must not start with a digit; surround the identifier with double quotes`},
		{Trino, `SELECT a == b`, SyntaxError, `line 1:10: mismatched input '=='. Expecting: <EOF>`},
		{Trino, `SELECT 1 FROM t TABLESAMPLE BERNOULLI (x)`, SyntaxError, `line 1:40: mismatched input 'x'. Expecting: <number>`},
		{Trino, `UPDATE t SET a = 1`, NotSupported, `line 1:1: UPDATE is not supported by the sandbox`},
		{Trino, `MERGE INTO t USING u ON true`, NotSupported, `line 1:1: MERGE is not supported by the sandbox`},
		{Trino, `CREATE MATERIALIZED VIEW v AS SELECT 1`, NotSupported, `line 1:1: CREATE MATERIALIZED is not supported by the sandbox`},
		{Trino, `CREATE VIEW v (a) AS SELECT 1`, SyntaxError, `line 1:15: mismatched input '('. Expecting: 'AS'`},
		{Trino, `CREATE VIEW v SECURITY x AS SELECT 1`, SyntaxError, `line 1:24: mismatched input 'x'. Expecting: 'DEFINER', 'INVOKER'`},
		{Trino, `ALTER TABLE t ADD COLUMN a bigint`, NotSupported, `line 1:1: ALTER TABLE other than RENAME TO is not supported by the sandbox`},
		{Trino, `SELECT ? FROM t`, NotSupported, `line 1:8: a parameter is not supported by the sandbox`},
		{Trino, `SELECT a FROM t QUALIFY 1`, NotSupported, `line 1:17: QUALIFY is not supported by the sandbox`},
		{Trino, `SELECT a FROM TABLE(f(1))`, NotSupported, `line 1:15: the table function 'f' is not supported by the sandbox`},
		{Trino, `SELECT a FROM TABLE(sequence(step => 1))`, SemanticError, `line 1:15: Missing argument: STOP`},
		{Trino, `SELECT a FROM TABLE(sequence(1, NULL))`, SemanticError, `line 1:33: Stop is null`},
		{Trino, `SELECT a FROM TABLE(sequence(x => 1))`, SyntaxError, `line 1:30: mismatched input 'x'. Expecting: 'START', 'STOP', 'STEP'`},
		{Trino, `SELECT a FROM TABLE(sequence(1, 2, 3, 4))`, SyntaxError, `line 1:39: mismatched input '4'. Expecting: ')'`},
		{Trino, `SELECT 1 FROM t TABLESAMPLE BERNOULLI (101)`, SemanticError, `line 1:15: Sample percentage must be less than or equal to 100`},
		{Trino, `SELECT 1 FETCH FIRST 0 ROWS ONLY`, SemanticError, `line 1:22: FETCH FIRST row count must be positive (actual value: 0)`},
		{Trino, `SELECT 1 FROM t WINDOW w AS (), W AS ()`, SemanticError, `line 1:33: WINDOW name 'W' specified more than once`},
		{Trino, `SELECT json_value(a, 'lax $' DEFAULT (SELECT 1) ON EMPTY)`, NotSupported, `line 1:38: Subqueries are not supported in JSON_VALUE default expressions`},
		{Trino, `EXECUTE IMMEDIATE 'SELECT ?'`, SemanticError, `line 1:19: Incorrect number of parameters: expected 1 but found 0`},
		{Trino, `EXECUTE IMMEDIATE 'SELECT 1' USING 1, 2`, SemanticError, `line 1:19: Incorrect number of parameters: expected 0 but found 2`},
		{Trino, `EXECUTE IMMEDIATE 'SELECT 1 LIMIT ?' USING 'a'`, SemanticError, `line 1:44: the number of rows must be an integer literal`},
		{Trino, `EXECUTE IMMEDIATE 'SELEC 1'`, SyntaxError, `line 1:1: mismatched input 'SELEC'. Expecting: 'SELECT', 'WITH', 'VALUES', 'INSERT', 'CREATE', 'DELETE', 'DROP', 'ALTER', 'SHOW', 'DESCRIBE', 'EXPLAIN'`},
		{Trino, `EXECUTE IMMEDIATE 'SELECT "'`, SyntaxError, `line 1:8: mismatched input '"': the quote is not closed`},
		{Trino, `EXECUTE IMMEDIATE x`, SyntaxError, `line 1:19: mismatched input 'x'. Expecting: <string>`},
		{Trino, `EXECUTE x`, NotSupported, `line 1:1: EXECUTE is not supported by the sandbox`},
		{Trino, `SELECT a FROM f(1)`, NotSupported, `line 1:15: the table function 'f' is not supported by the sandbox`},
		{Trino, `SELECT a FROM t MATCH_RECOGNIZE (x)`, NotSupported, `line 1:17: MATCH_RECOGNIZE is not supported by the sandbox`},
		{Trino, `SELECT sum(a) OVER (ORDER BY b ROWS CURRENT ROW EXCLUDE TIES)`, NotSupported, `line 1:49: EXCLUDE in a window frame is not supported by the sandbox`},
		{Trino, `EXPLAIN ANALYZE SELECT 1`, NotSupported, `line 1:9: EXPLAIN ANALYZE is not supported by the sandbox`},
		{Trino, `SELECT a FROM t GROUP BY CUBE (a, b, c, d, e, f, g, h, i)`, NotSupported, `line 1:58: CUBE has too many columns`},
		{Trino, `SELECT a FROM t GROUP BY ROLLUP(a,b,c,d,e,f,g), ROLLUP(a,b,c,d,e,f,g), ROLLUP(a,b,c,d,e,f,g)`, NotSupported, `line 1:93: GROUP BY has too many grouping sets`},
		{Trino, `SHOW STATS FOR t`, NotSupported, `line 1:1: SHOW STATS is not supported by the sandbox`},
		{Hive, `SELECT TRANSFORM (a) USING 'x' FROM t`, NotSupported, `line 1:8: TRANSFORM … USING is not supported by the sandbox`},
		{Hive, `FROM t INSERT INTO TABLE a SELECT 1 SELECT 2`, SyntaxError, `line 1:37: mismatched input 'SELECT'. Expecting: <EOF>`},
		{Hive, `FROM t MAP a USING 'x'`, NotSupported, `line 1:8: MAP … USING is not supported by the sandbox`},
		{Hive, `FROM t INSERT INTO TABLE a REDUCE b USING 'x'`, NotSupported, `line 1:28: REDUCE … USING is not supported by the sandbox`},
		{Hive, `CREATE TABLE t (a int) TBLPROPERTIES ('a'='b'`, SyntaxError, `line 1:46: mismatched input '<EOF>'. Expecting: ')'`},
		{Hive, `CREATE TABLE t (a int) ROW FORMAT DELIMITED FIELDS ','`, SyntaxError, `line 1:52: mismatched input ','. Expecting: 'BY'`},
		{Hive, `INSERT OVERWRITE DIRECTORY '/x' SELECT 1`, NotSupported, `line 1:18: INSERT OVERWRITE DIRECTORY is not supported by the sandbox`},
		{Hive, `INSERT OVERWRITE TABLE t PARTITION (a = 1) IF NOT EXISTS SELECT 1`, NotSupported, `line 1:44: IF NOT EXISTS of a partition is not supported by the sandbox`},
		{Hive, `CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/x'`, NotSupported, `line 1:42: LOCATION 's3://b/x' is not supported by the sandbox`},
		{Hive, `CREATE TEMPORARY TABLE t (a int)`, NotSupported, `line 1:1: CREATE TEMPORARY TABLE is not supported by the sandbox`},
		{Hive, `SELECT "abc`, SyntaxError, `line 1:8: mismatched input '"': the quote is not closed`},
		{Hive, `SELECT a FROM t LATERAL VIEW`, SyntaxError, `line 1:29: mismatched input '<EOF>'. Expecting: <identifier>`},
		{Hive, `FROM (SELECT 1) t`, SyntaxError, `line 1:18: mismatched input '<EOF>'. Expecting: 'SELECT'`},
	}
	for _, test := range tests {
		_, err := Parse(test.sql, test.d)
		e, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%s: got error %v, want %s", test.sql, err, test.want)
			continue
		}
		if e.Kind != test.kind || e.Error() != test.want {
			t.Errorf("%s: got kind %d, %v; want kind %d, %s", test.sql, e.Kind, e, test.kind, test.want)
		}
	}
}
