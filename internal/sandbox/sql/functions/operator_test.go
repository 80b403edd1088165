package functions

import (
	"math"
	"testing"
)

// TestOperatorFunctions compares with results of Trino 476. // See
// https://trino.io/docs/current/functions.html.
func TestOperatorFunctions(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_div_bigint", 3, args(7, 2)},
		{"f_div_bigint", -3, args(-7, 2)},
		{"f_div_bigint", -3, args(7, -2)},
		{"f_div_bigint", failure("Division by zero"), args(1, 0)},
		{"f_div_bigint", 0, args(0, 5)},
		{"f_div_bigint", nil, args(nil, 1)},
		{"f_mod", 1, args(7, 2)},
		{"f_mod", -1, args(-7, 2)},
		{"f_mod", 1, args(7, -2)},
		{"f_mod", failure("Division by zero"), args(1, 0)},
		{"f_mod", 1.5, args(7.5, 2.0)},
		{"f_mod", nil, args(nil, 1)},
		{"f_div_double", 3.5, args(7.0, 2.0)},
		{"f_div_double", math.Inf(1), args(1.0, 0.0)},
		{"f_div_double", math.Inf(-1), args(-1.0, 0.0)},
		{"f_div_double", math.NaN(), args(0.0, 0.0)},
		{"f_div_double", math.Inf(1), args(1e+308, 0.1)},
		{"f_decimal_add", "0.30", args("0.1", "0.20")},
		{"f_decimal_add", "0", args("1", "-1")},
		{"f_decimal_add", "100.00", args("99.99", "0.01")},
		{"f_decimal_add", "-0.25", args("-0.5", "0.25")},
		{"f_decimal_add", "12345678901234567891", args("12345678901234567890", "1")},
		{"f_decimal_sub", "-0.10", args("0.1", "0.20")},
		{"f_decimal_sub", "0", args("1", "1")},
		{"f_decimal_sub", "99.98", args("99.99", "0.01")},
		{"f_decimal_sub", "-0.75", args("-0.5", "0.25")},
		{"f_decimal_sub", "12345678901234567889", args("12345678901234567890", "1")},
		{"f_decimal_mul", "0.020", args("0.1", "0.20")},
		{"f_decimal_mul", "-1", args("1", "-1")},
		{"f_decimal_mul", "0.9999", args("99.99", "0.01")},
		{"f_decimal_mul", "0.00", args("0", "0.25")},
		{"f_decimal_mul", "123456789012345678900", args("12345678901234567890", "10")},
		{"f_decimal_mod", "1.5", args("5.5", "2")},
		{"f_decimal_mod", "-1.5", args("-5.5", "2")},
		{"f_decimal_mod", failure("Division by zero"), args("1", "0")},
		{"f_decimal_mod", "2", args("5", "-3")},
		{"f_decimal_mod", "0.20", args("0.7", "0.25")},
		{"f_subscript", 2, args("[1,2,3]", 2)},
		{"f_subscript", failure("SQL array indices start at 1"), args("[1,2,3]", 0)},
		{"f_subscript", failure("Array subscript must be less than or equal to array length: 5 > 3"), args("[1,2,3]", 5)},
		{"f_subscript", failure("Array subscript is negative: -1"), args("[1,2,3]", -1)},
		{"f_subscript", "日", args(`["日"]`, 1)},
		{"f_subscript", nil, args("[null,1]", 1)},
		{"f_map_subscript", 1, args(`{"a":1}`, "a")},
		{"f_map_subscript", failure("Key not present in map: b"), args(`{"a":1}`, "b")},
		{"f_map_subscript", "本", args(`{"日":"本"}`, "日")},
		{"f_map_subscript", nil, args(`{"a":null}`, "a")},
		{"f_map_subscript", "[1]", args(`{"a":[1]}`, "a")},
		{"f_concat", "a1", args("a", 1)},
	})
}
