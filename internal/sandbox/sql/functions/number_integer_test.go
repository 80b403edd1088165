package functions

import (
	"math"
	"testing"
)

func TestIntegerOperators(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_integer", 3, args(1, "+", 2, "integer")},
		{"f_integer", -5, args(-2, "-", 3, "bigint")},
		{"f_integer", 42, args(-6, "*", -7, "tinyint")},
		{"f_integer", 0, args(math.MaxInt64, "*", 0, "bigint")},
		{"f_integer", math.MaxInt64, args(math.MaxInt64, "+", 0, "bigint")},
		{"f_integer", math.MinInt64, args(1<<62, "*", -2, "bigint")},
		{"f_integer", nil, args(nil, "+", 2, "integer")},
		{"f_integer", failure("integer addition overflow: 2147483647 + 1"), args(math.MaxInt32, "+", 1, "integer")},
		{"f_integer", failure("integer subtraction overflow: -2147483648 - 1"), args(math.MinInt32, "-", 1, "integer")},
		{"f_integer", failure("smallint multiplication overflow: 400 * 100"), args(400, "*", 100, "smallint")},
		{"f_integer", failure("bigint addition overflow: 9223372036854775807 + 9223372036854775807"), args(math.MaxInt64, "+", math.MaxInt64, "bigint")},
		{"f_integer", failure("bigint subtraction overflow: -9223372036854775808 - 1"), args(math.MinInt64, "-", 1, "bigint")},
		{"f_integer", failure("bigint multiplication overflow: 4611686018427387904 * 2"), args(1<<62, "*", 2, "bigint")},
		{"h_integer", 3, args(1, "+", 2)},
		{"h_integer", math.MinInt64, args(math.MaxInt64, "+", 1)},
		{"h_integer", math.MaxInt64, args(math.MinInt64, "-", 1)},
		{"h_integer", -2, args(math.MaxInt64, "*", 2)},
		{"h_integer", nil, args(1, "*", nil)},
	})
}
