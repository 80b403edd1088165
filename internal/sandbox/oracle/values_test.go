package oracle

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// scalarTypes are the types without parameters whose values the generator combines. A type that occurs twice is
// chosen twice as often.
var scalarTypes = map[bool][]string{
	false: {
		"boolean", "tinyint", "smallint", "integer", "integer", "bigint", "bigint", "real", "double", "double", "decimal(5,2)",
		"decimal(38,0)", "decimal(20,10)", "varchar", "varchar", "varchar", "char(5)", "varbinary", "date", "time", "timestamp",
		"timestamp", "timestamp with time zone", "interval day to second", "interval year to month", "json", "uuid", "ipaddress", "unknown",
	},
	true: {
		"boolean", "tinyint", "smallint", "int", "int", "bigint", "bigint", "float", "double", "double", "decimal(5,2)", "decimal(38,0)",
		"decimal(20,10)", "string", "string", "string", "varchar(10)", "char(5)", "binary", "date", "timestamp",
		"interval day to second", "interval year to month", "void",
	},
}

// edges lists values of the scalar types in the syntax of Trino.
var edges = map[string][]string{
	"boolean":       {"true", "false"},
	"tinyint":       {"TINYINT '0'", "TINYINT '1'", "TINYINT '-1'", "TINYINT '7'", "TINYINT '127'", "TINYINT '-128'"},
	"smallint":      {"SMALLINT '0'", "SMALLINT '3'", "SMALLINT '-5'", "SMALLINT '300'", "SMALLINT '32767'", "SMALLINT '-32768'"},
	"integer":       {"0", "1", "-1", "2", "3", "5", "10", "-7", "100", "65", "2014", "2147483647", "-2147483648"},
	"bigint":        {"BIGINT '0'", "BIGINT '1'", "BIGINT '-1'", "BIGINT '4'", "BIGINT '12'", "BIGINT '-300'", "3000000000", "1412121600", "9223372036854775807", "-9223372036854775808", "9007199254740993"},
	"real":          {"REAL '0'", "REAL '1.5'", "REAL '-0.0'", "REAL '0.1'", "REAL '-2.5'", "REAL '3.4028235E38'", "REAL '1.4E-45'", "REAL '16777217'", "REAL 'NaN'", "REAL 'Infinity'"},
	"double":        {"0e0", "1e0", "-1e0", "1.5e0", "2.5e0", "-2.5e0", "-0e0", "1e-1", "3e-1", "1234567.891e0", "1e7", "1e-5", "1e20", "-1e-7", "1.7976931348623157e308", "4.9e-324", "nan()", "infinity()", "-infinity()"},
	"decimal(5,2)":  {"DECIMAL '0.00'", "DECIMAL '1.50'", "DECIMAL '-2.50'", "DECIMAL '0.05'", "DECIMAL '999.99'", "CAST(2 AS decimal(5,2))", "DECIMAL '10'", "DECIMAL '-0.5'", "DECIMAL '7.0'"},
	"decimal(38,0)": {"DECIMAL '99999999999999999999999999999999999999'", "CAST(0 AS decimal(38,0))", "DECIMAL '-12345678901234567890123'", "CAST(3 AS decimal(38,0))", "DECIMAL '9223372036854775808'"},
	"decimal(20,10)": {
		"DECIMAL '1234567890.0123456789'", "CAST(1 AS decimal(20,10))", "DECIMAL '-0.0000000001'", "DECIMAL '12345678901234567890.12'",
		"DECIMAL '0.00000000000000000000000000000000000001'", "DECIMAL '3333333333.3333333333'",
	},
	"varchar": {
		"''", "'a'", "'b'", "'abc'", "'ABC def'", "' pad '", "'日本語'", "'é'", "'a𝄞b'", "'ß'", "'a''b'", "'%_'", "'a,b,,c'", "'123'", "'-1.5'", "'1e3'", "'true'",
		"'2020-02-29'", "'2020-02-29 12:34:56.789'", "'aXbXc'", "'aaa'", "'x=1&y=2'", "CAST('abc' AS varchar)", "'Hello World'", "chr(9) || 'tab'", "'a' || chr(0) || 'b'",
	},
	"char(5)":                  {"CAST('ab' AS char(5))", "CAST('' AS char(5))", "CAST('abcde' AS char(5))", "CAST('é ' AS char(5))", "CAST('12' AS char(5))"},
	"varbinary":                {"X''", "X'00'", "X'616263'", "X'ff00ff'", "to_utf8('日本')", "X'0000000000000001'", "X'3ff8000000000000'", "X'7fffffff'"},
	"date":                     {"DATE '1970-01-01'", "DATE '2020-02-29'", "DATE '2014-10-01'", "DATE '1969-12-31'", "DATE '2024-12-30'", "DATE '2021-01-03'", "DATE '9999-12-31'", "DATE '0001-01-01'", "DATE '2023-03-31'"},
	"time":                     {"TIME '00:00:00'", "TIME '10:11:12.345'", "TIME '23:59:59.999'", "TIME '12:00'"},
	"timestamp":                {"TIMESTAMP '1970-01-01 00:00:00'", "TIMESTAMP '2020-02-29 12:34:56.789'", "TIMESTAMP '1969-12-31 23:59:59.500'", "TIMESTAMP '2024-03-10 02:30:00.000'", "TIMESTAMP '2014-10-01 00:00:00.000'", "TIMESTAMP '9999-12-31 23:59:59.999'", "TIMESTAMP '0001-01-01 00:00:00.000'", "TIMESTAMP '2023-01-31 10:00:00.001'", "TIMESTAMP '2020-12-31 23:00:00'"},
	"time with time zone":      {"TIME '10:11:12.345 +05:30'", "TIME '00:00:00.000 -08:00'", "TIME '23:59:59.999 +00:00'"},
	"timestamp with time zone": {"TIMESTAMP '2020-01-01 00:00:00.000 UTC'", "TIMESTAMP '2020-01-01 09:00:00.000 Asia/Tokyo'", "TIMESTAMP '2024-03-10 01:30:00.000 America/New_York'", "TIMESTAMP '2024-11-03 01:30:00.000 America/New_York'", "TIMESTAMP '1969-12-31 23:59:59.999 +05:30'", "TIMESTAMP '2020-02-29 12:34:56.789 -08:00'"},
	"interval day to second":   {"INTERVAL '1' DAY", "INTERVAL '0' SECOND", "INTERVAL '-1.5' SECOND", "INTERVAL '2 03:04:05.678' DAY TO SECOND", "INTERVAL '36' HOUR", "INTERVAL '-90' MINUTE", "INTERVAL '1000000' DAY"},
	"interval year to month":   {"INTERVAL '1' MONTH", "INTERVAL '-14' MONTH", "INTERVAL '2' YEAR", "INTERVAL '0' MONTH", "INTERVAL '1-11' YEAR TO MONTH"},
	"json":                     {"JSON 'null'", "JSON '1'", "JSON '\"a\"'", "JSON '[1,2,null]'", "JSON '{\"a\":1,\"b\":[true,\"x\"]}'", "JSON '1.50'", "JSON 'true'", "JSON '{}'", "JSON '{\"b\":null,\"a\":{\"c\":\"é\"}}'"},
	"uuid":                     {"UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'", "UUID '00000000-0000-0000-0000-000000000000'", "CAST('ffffffff-7586-11e9-8f9e-2a86e4085a59' AS uuid)"},
	"ipaddress":                {"IPADDRESS '10.0.0.1'", "IPADDRESS '2001:db8::1'", "IPADDRESS '255.255.255.255'"},
	"unknown":                  {"NULL"},
}

// hiveEdges lists values of the scalar types in the syntax of Hive.
var hiveEdges = map[string][]string{
	"boolean":                {"true", "false"},
	"tinyint":                {"0Y", "1Y", "-1Y", "7Y", "127Y", "cast(-128 as tinyint)"},
	"smallint":               {"0S", "3S", "-5S", "300S", "32767S", "cast(-32768 as smallint)"},
	"int":                    {"0", "1", "-1", "2", "3", "5", "10", "-7", "100", "65", "2014", "2147483647", "cast(-2147483648 as int)"},
	"bigint":                 {"0L", "1L", "-1L", "4L", "12L", "-300L", "3000000000", "1412121600L", "9223372036854775807", "9007199254740993"},
	"float":                  {"cast(0 as float)", "cast('1.5' as float)", "cast('0.1' as float)", "cast('-2.5' as float)", "cast('3.4028235E38' as float)", "cast(16777217 as float)"},
	"double":                 {"0D", "1e0", "-1e0", "1.5e0", "2.5e0", "-2.5e0", "1e-1", "3e-1", "1234567.891e0", "1e7", "1e-5", "1e20", "-1e-7", "1.7976931348623157e308", "cast('NaN' as double)", "cast('Infinity' as double)"},
	"decimal(5,2)":           {"1.5", "-2.5", "0.05", "999.99", "cast(2 as decimal(5,2))", "10BD", "-0.5", "7.0", "cast(0 as decimal(5,2))"},
	"decimal(38,0)":          {"99999999999999999999999999999999999999BD", "cast(0 as decimal(38,0))", "-12345678901234567890123BD", "cast(3 as decimal(38,0))", "9223372036854775808BD"},
	"decimal(20,10)":         {"1234567890.0123456789", "cast(1 as decimal(20,10))", "-0.0000000001", "12345678901234567890.12", "3333333333.3333333333"},
	"string":                 {"''", "'a'", "'b'", "'abc'", "'ABC def'", "' pad '", "'日本語'", "'é'", "'ß'", `'a\'b'`, "'%_'", "'a,b,,c'", "'123'", "'-1.5'", "'1e3'", "'true'", "'2020-02-29'", "'2020-02-29 12:34:56.789'", "'aXbXc'", "'aaa'", "'x=1&y=2'", "'Hello World'", "'NaN'"},
	"varchar(10)":            {"cast('abc' as varchar(10))", "cast(' a ' as varchar(10))", "cast('12' as varchar(10))"},
	"char(5)":                {"cast('ab' as char(5))", "cast('' as char(5))", "cast('abcde' as char(5))", "cast('12' as char(5))"},
	"binary":                 {"cast('' as binary)", "cast('abc' as binary)", "unhex('FF00FF')", "cast('日本' as binary)"},
	"date":                   {"date '1970-01-01'", "date '2020-02-29'", "date '2014-10-01'", "date '1969-12-31'", "date '2024-12-30'", "date '9999-12-31'", "cast('2023-03-31' as date)"},
	"timestamp":              {"timestamp '1970-01-01 00:00:00'", "timestamp '2020-02-29 12:34:56.789'", "timestamp '1969-12-31 23:59:59.5'", "timestamp '2014-10-01 00:00:00'", "cast('2023-01-31 10:00:00' as timestamp)"},
	"interval day to second": {"interval '1' day", "interval '0' second", "interval '2 03:04:05.678' day to second", "interval '36' hour"},
	"interval year to month": {"interval '1' month", "interval '2' year", "interval '1-11' year to month"},
	"void":                   {"null"},
}

// A generator makes expressions and statements of a dialect. Equal seeds make equal statements.
type generator struct {
	*rand.Rand

	hive bool
}

func newGenerator(hive bool, seed uint64, name string) *generator {
	hash := uint64(14695981039346656037) // FNV-1a: the statements of a kind do not depend on the other kinds
	for _, b := range []byte(name) {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return &generator{Rand: rand.New(rand.NewPCG(seed, hash)), hive: hive}
}

// pick returns one of the list.
func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// chance reports true in percent of the calls.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// scalarType returns a random type without parameters.
func (g *generator) scalarType() string { return pick(g, scalarTypes[g.hive]) }

// valueType returns a random type: a scalar, or an array, a map or a row.
func (g *generator) valueType() string {
	switch {
	case !g.chance(25):
		return g.scalarType()
	case g.chance(50):
		return g.nest("array", g.elementType())
	case g.chance(50):
		return g.nest("map", g.keyType(), g.elementType())
	}
	return g.nest("row", g.elementType(), g.elementType())
}

func (g *generator) elementType() string {
	if g.chance(12) {
		return g.nest("array", g.elementType())
	}
	for {
		if t := g.scalarType(); t != "unknown" && t != "void" {
			return t
		}
	}
}

func (g *generator) keyType() string {
	if g.hive {
		return pick(g, []string{"string", "string", "int", "bigint", "boolean", "double"})
	}
	return pick(g, []string{"varchar", "varchar", "integer", "bigint", "boolean", "double", "date", "timestamp", "decimal(5,2)", "varbinary", "row(integer,varchar)", "array(integer)"})
}

func (g *generator) nest(name string, args ...string) string {
	switch {
	case g.hive && name == "row":
		return "struct<a:" + args[0] + ",b:" + args[1] + ">"
	case g.hive:
		return name + "<" + strings.Join(args, ",") + ">"
	}
	return name + "(" + strings.Join(args, ",") + ")"
}

// value returns an expression of a type, sometimes NULL.
func (g *generator) value(t string) string {
	if g.chance(8) {
		return g.null(t)
	}
	list := edges
	if g.hive {
		list = hiveEdges
	}
	if values, ok := list[t]; ok {
		return pick(g, values)
	}
	name, args := splitType(t)
	switch name {
	case "array":
		if g.chance(10) {
			return g.empty(t, args)
		}
		return g.array(g.values(args[0], 1+g.IntN(4)))
	case "map":
		if g.chance(10) {
			return g.empty(t, args)
		}
		keys := g.distinctValues(args[0], 1+g.IntN(3))
		return g.mapOf(keys, g.values(args[1], len(keys)))
	case "row":
		return g.row(g.value(args[0]), g.value(args[1]))
	case "struct":
		return g.row(g.value(strings.TrimPrefix(args[0], "a:")), g.value(strings.TrimPrefix(args[1], "b:")))
	}
	panic("no values of type " + t)
}

func (g *generator) values(t string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = g.value(t)
	}
	return list
}

// distinctValues returns up to n different values other than NULL, which is no key of a map.
func (g *generator) distinctValues(t string, n int) []string {
	var list []string
	for i := 0; i < 2*n || len(list) == 0; i++ {
		if v := g.value(t); v != g.null(t) && !slices.Contains(list, v) && len(list) < n {
			list = append(list, v)
		}
	}
	return list
}

func (g *generator) null(t string) string {
	switch {
	case t == "unknown":
		return "NULL"
	case !g.hive:
		return "CAST(NULL AS " + t + ")"
	case t == "void" || strings.Contains(t, "<") || strings.HasPrefix(t, "interval"): // Hive casts to primitive types only
		return "null"
	}
	return "cast(null as " + t + ")"
}

func (g *generator) empty(t string, args []string) string {
	switch {
	case g.hive && len(args) == 2:
		return "map()"
	case g.hive:
		return "array()"
	case len(args) == 2:
		return "CAST(MAP() AS " + t + ")"
	}
	return "CAST(ARRAY[] AS " + t + ")"
}

func (g *generator) array(values []string) string {
	if g.hive {
		return "array(" + strings.Join(values, ", ") + ")"
	}
	return "ARRAY[" + strings.Join(values, ", ") + "]"
}

func (g *generator) mapOf(keys, values []string) string {
	if !g.hive {
		return "MAP(" + g.array(keys) + ", " + g.array(values) + ")"
	}
	var parts []string
	for i, k := range keys {
		parts = append(parts, k, values[i])
	}
	return "map(" + strings.Join(parts, ", ") + ")"
}

func (g *generator) row(a, b string) string {
	switch {
	case g.hive:
		return "named_struct('a', " + a + ", 'b', " + b + ")"
	}
	return "ROW(" + a + ", " + b + ")"
}

// splitType returns the name of a type and its arguments: array and [integer] of array(integer).
func splitType(t string) (name string, args []string) {
	open := strings.IndexAny(t, "(<")
	if open < 0 {
		return t, nil
	}
	depth, start := 0, open+1
	for i := open + 1; i < len(t); i++ {
		switch t[i] {
		case '(', '<':
			depth++
		case ')', '>':
			depth--
		}
		if depth < 0 || depth == 0 && t[i] == ',' {
			arg := t[start:i]
			args = append(args, strings.TrimSpace(arg))
			start = i + 1
		}
	}
	return t[:open], args
}

// bindVariables replaces the variables of a signature's type by types.
func (g *generator) bindVariables(t string, bound map[string]string) string {
	switch t {
	case "any":
		return g.valueType()
	case "K":
		if _, ok := bound[t]; !ok {
			bound[t] = g.keyType()
		}
		return bound[t]
	case "N":
		if _, ok := bound[t]; !ok || g.chance(15) {
			bound[t] = pick(g, []string{"tinyint", "smallint", g.spell("integer"), "bigint", g.spell("real"), "double", "decimal(5,2)", "decimal(38,0)", "decimal(20,10)"})
		}
		return bound[t]
	case "D", "E":
		if g.hive {
			return pick(g, []string{"date", "timestamp"})
		}
		return pick(g, []string{"date", "timestamp", "timestamp", "timestamp with time zone"})
	case "char":
		return "char(5)"
	case "decimal":
		return pick(g, []string{"decimal(5,2)", "decimal(38,0)", "decimal(20,10)"})
	}
	if len(t) == 1 {
		if _, ok := bound[t]; !ok {
			bound[t] = g.valueType()
		}
		return bound[t]
	}
	name, args := splitType(t)
	switch name {
	case t, "decimal":
		return g.spell(t)
	case "varchar":
		return name
	}
	for i, a := range args {
		args[i] = g.bindVariables(a, bound)
	}
	return g.nest(name, args...)
}

// spell returns the dialect's name of a scalar type.
func (g *generator) spell(t string) string {
	if !g.hive {
		return t
	}
	return types.Display(sqlsyntax.Hive, t)
}
