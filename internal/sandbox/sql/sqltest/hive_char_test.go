package sqltest

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// The expected values are those of Apache Hive 2.3.9.
func TestHiveCharColumns(t *testing.T) {
	checkAll(t, translate.Hive, []statement{
		{`CREATE TABLE ch (s char(1), t char(10), v varchar(5), u string)`, `ok`},
		{`INSERT INTO TABLE ch VALUES ('abc','a','a ','a'),('a','a ','abcdefgh','a '),('b','bb','bb ','bb')`, `ok`},
		{`SELECT *, length(t), length(v), concat(t, '|'), concat(v, '|') FROM ch WHERE u = 'a '`, `[["a","a         ","abcde","a ",1,5,"a|","abcde|"]]`},
		{`SELECT t = 'a', t = 'a  ', t = 'a            ', t = u, t = v, v = 'a', v = 'a ', t = s, t < u FROM ch WHERE u = 'a '`, `[[true,true,true,false,false,false,false,true,true]]`},
		{`SELECT count(*) FROM ch WHERE t IN ('a ', 'bb')`, `[[1]]`},
		{`SELECT count(*) FROM ch WHERE (s, t) IN (('a', 'a'), ('b', 'bb'))`, `[[3]]`},
		{`SELECT count(*) FROM ch a JOIN ch b ON a.t = b.t`, `[[5]]`},
		{`SELECT t, count(*) FROM ch GROUP BY t ORDER BY t`, `[["a         ",2],["bb        ",1]]`},
		{`SELECT max(t), collect_set(s)[0], array(t)[0] FROM ch WHERE s = 'b' GROUP BY t`, `[["bb        ","b","bb        "]]`},
		{`SELECT CASE WHEN u = 'a' THEN t ELSE 'x  ' END FROM ch WHERE s = 'b'`, `[["x         "]]`},
		{`SELECT if(true, t, u), coalesce(t, v), nvl(t, 'x') FROM ch WHERE s = 'b'`, `[["bb","bb","bb"]]`},
		{`CREATE TABLE ch2 AS SELECT t, v, coalesce(t, u) AS k FROM ch WHERE s = 'b'`, `ok`},
		{`DESCRIBE ch2`, `[["t","char(10)",""],["v","varchar(5)",""],["k","string",""],["time","bigint",""]]`},
		{`SELECT * FROM ch2`, `[["bb        ","bb ","bb"]]`},
		{`INSERT INTO TABLE ch2 SELECT 1234567890123, 1.5, 'x'`, `ok`},
		{`SELECT t, v FROM ch2 WHERE k = 'x'`, `[["1234567890","1.5"]]`},
	})
	checkAll(t, translate.Trino, []statement{
		{`CREATE TABLE c AS SELECT CAST('ab' AS char(5)) AS c, CAST('ab' AS varchar(5)) AS v`, `ok`},
		{`DESCRIBE c`, `[["c","varchar","",""],["v","varchar","",""],["time","bigint","",""]]`},
	})
}
