package sqltest

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestHivemallTableFunctions compares with Hivemall 0.4.2 on Apache Hive.
func TestHivemallTableFunctions(t *testing.T) {
	const rows = ` FROM (SELECT stack(6, 'a',1e0,1, 'a',3e0,2, 'a',3e0,3, 'a',2e0,4, 'b',5e0,5, 'b',4e0,7) AS (g, x, id)) t`
	checkAll(t, translate.Hive, []statement{
		{`SELECT each_top_k(2, g, x, id, g) AS (rank, k, id, g)` + rows, `[[1,3.0,2,"a"],[1,3.0,3,"a"],[1,5.0,5,"b"],[2,4.0,7,"b"]]`},
		{`SELECT each_top_k(4, g, x, id) AS (rank, k, id)` + rows + ` WHERE g = 'a'`, `[[1,3.0,2],[1,3.0,3],[2,2.0,4],[3,1.0,1]]`},
		{`SELECT each_top_k(-2, g, x, id) AS (rank, k, id)` + rows, `[[1,1.0,1],[2,2.0,4],[1,4.0,7],[2,5.0,5]]`},
		{`SELECT each_top_k(1, g, x, id)` + rows, `types integer,double,integer`},
		{`SELECT rank, c1 FROM (SELECT each_top_k(1, g, id, id)` + rows + `) u`, `[[1,4],[1,7]]`},
		{`SELECT each_top_k(1, g, x)` + rows, `error each_top_k(int K, Object group, double cmpKey, *) takes at least 4 arguments: 3`},
		{`SELECT each_top_k(1, g, x, id) AS (a, b)` + rows, `error expected 3 aliases but got 2`},
		{`SELECT id, each_top_k(1, g, x, id)` + rows, `error Only a single expression in the SELECT clause is supported with UDTF's`},
		{`SELECT amplify(2, g, x) AS (g, x)` + rows + ` WHERE id < 3`, `[["a",1.0],["a",1.0],["a",3.0],["a",3.0]]`},
		{`SELECT count(*) FROM (SELECT rand_amplify(3, 1000, id, g) AS (id, g)` + rows + `) u`, `[[18]]`},
		{`SELECT amplify(2)` + rows, `error amplify() takes at least 2 arguments`},
		{`SELECT binarize_label(2, 1, g, id) AS (g, id, label)` + rows + ` WHERE id = 1`, `[["a",1,1],["a",1,1],["a",1,0]]`},
		{`SELECT binarize_label(1, 1)` + rows, `error binarize_label() takes at least three arguments`},
		{`SELECT generate_series(2, 4)`, `[[2],[3],[4]]`},
		{`SELECT generate_series(5, 1, -2)`, `[[5],[3],[1]]`},
		{`SELECT count(*) FROM (SELECT generate_series(4, 3)) t`, `[[0]]`},
		{`SELECT value + 1, s FROM (SELECT 1 AS a) t LATERAL VIEW generate_series(a, 2) u LATERAL VIEW generate_series(1, 1) v AS s`, `[[2,1],[3,1]]`},
		{`SELECT max(p.a), max(p.b) FROM (SELECT stack(3, 'a', 1, 'b', 2, 'c', 3) AS (k, v)) t LATERAL VIEW td_pivot(k, v, 'a, b') p`, `[[1,2]]`},
		{`SELECT x FROM (SELECT 1 AS x) t LATERAL VIEW td_pivot(x, x, x) p`, `error td_pivot() takes a key, a value and a constant list of keys`},
		{`SELECT maxrow(x, g, id), max_label(x, g)` + rows, `[["[5,\"b\",5]","b"]]`},
		{`SELECT m.col0, m.col1 FROM (SELECT g, maxrow(x, id) AS m` + rows + ` GROUP BY g) t ORDER BY 1`, `[[3.0,2],[5.0,5]]`},
		{`SELECT max_by(id, x), min_by(g, x)` + rows, `[[5,"a"]]`},
		{`SELECT hash('a', 1), hash(1.5), hash(array(1, 2)), hash(NULL), hash(CAST('2014-10-01 12:34:56.5' AS timestamp))`, `[[3008,466,33,0,147298364]]`},
		{`SELECT int('12'), bigint(2.7D), string(5), date('2001-01-28 10:11:12'), double('1.5')`, `[[12,2,"5","2001-01-28",1.5]]`},
		{`SELECT array_to_str(array(1, 2, 3), '-'), array_to_str(array(1, 2))`, `[["1-2-3","1,2"]]`},
		{`SELECT assert_true(false)`, `error ASSERT_TRUE(): assertion failed.`},
	})
}
