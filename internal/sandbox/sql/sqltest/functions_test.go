package sqltest

import (
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

func TestFunctionArguments(t *testing.T) {
	many := strings.Repeat("1, ", 127) + "1"
	checkAll(t, translate.Trino, []statement{
		{`SELECT greatest(` + many + `)`, `error Too many arguments for function call greatest()`},
		{`SELECT concat(` + many + `)`, `error Too many arguments for function call concat()`},
		{`SELECT array_join(ARRAY[ARRAY[1]], '-')`, `error Cannot cast array(integer) to varchar`},
		{`SELECT array_join(ARRAY[X'00'], '-')`, `error Cannot cast varbinary to varchar`},
		{`SELECT EXTRACT(MILLISECOND FROM TIME '12:34:56')`, `error Invalid EXTRACT field MILLISECOND`},
		{`SELECT EXTRACT(YOW FROM DATE '2020-01-01'), EXTRACT(DAY_OF_WEEK FROM DATE '2020-01-01')`, `[[2020,3]]`},
		{`SELECT truncate(1.55e0, 1)`, `error Unexpected parameters (double, integer) for function truncate`},
		{`SELECT truncate(BIGINT '5'), truncate(REAL '-2.5')`, `types decimal(19,0),real`},
		{`SELECT abs(INTEGER '-2147483648')`, `error Value -2147483648 is out of range for abs(integer)`},
		{`SELECT round(TINYINT '-128', -1)`, `error numerical overflow: -128`},
		{`SELECT round(5), round(15, -1), abs(SMALLINT '-3')`, `[[5,20,3]]`},
		{`SELECT zip(ARRAY[1], ARRAY['a'], ARRAY[true], ARRAY[2], ARRAY[3])`, `[["[[1,\"a\",true,2,3]]"]]`},
		{`SELECT concat_ws(',', '[1]', 'x'), concat_ws(',', ARRAY['a', NULL, 'b'])`, `[["[1],x","a,b"]]`},
		{`SELECT concat_ws(',')`, `error Unexpected parameters`},
		{`SELECT array_first(ARRAY[1])`, `error Function 'array_first' not registered`},
		{`SELECT format('%s', INTERVAL '1' DAY)`, `[["1 00:00:00.000"]]`},
	})
}

func TestTypedLiterals(t *testing.T) {
	checkAll(t, translate.Trino, []statement{
		{`SELECT to_hex(substr(VARBINARY 'Quad', 2)), to_hex(SUBSTRING(VARBINARY 'Quad' FROM -2 FOR 1))`, `[["756164","61"]]`},
		{`SELECT DOUBLE PRECISION '1.5', typeof(DOUBLE PRECISION '2')`, `[[1.5,"double"]]`},
	})
}
