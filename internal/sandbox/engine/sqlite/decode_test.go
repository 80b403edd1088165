package sqlite

import (
	"database/sql/driver"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// TestConverters converts SQLite values to the values of a result. A nil want is an error, unless the
// value is nil, too.
func TestConverters(t *testing.T) {
	short := float64(float32(-38.14))
	for _, tt := range []struct {
		typ   string
		value driver.Value
		want  any
	}{
		{"boolean", int64(1), true},
		{"boolean", int64(0), false},
		{"boolean", nil, nil},
		{"boolean", "true", nil},
		{"bigint", int64(math.MinInt64), int64(math.MinInt64)},
		{"bigint", 5.0, int64(5)},
		{"bigint", 5.5, nil},
		{"bigint", 1e19, nil},
		{"bigint", "5", nil},
		{"double", 0.1, 0.1},
		{"double", int64(3), 3.0},
		{"double", math.Inf(1), math.Inf(1)},
		{"double", "x", nil},
		{"float", short, -38.14},
		{"float", float64(math.MaxFloat32), 3.4028235e38},
		{"real", 1.5, 1.5},
		{"float", 0.1, 0.1}, // has more than 32 bits
		{"real", 1e300, 1e300},
		{"real", math.Inf(-1), math.Inf(-1)},
		{"real", int64(7), 7.0},
		{"real", nil, nil},
		{"varbinary", []byte{0xff}, []byte{0xff}},
		{"varbinary", "x", []byte("x")},
		{"varbinary", int64(1), nil},
		{"varchar", "x", "x"},
		{"varchar", int64(1), "1"},
		{"varchar", 1.0, "1.0"},
		{"varchar", []byte("x"), "x"},
		{"interval day to second", int64(90061001), "1 01:01:01.001"},
		{"interval year to month", int64(-14), "-1-2"},
		{"interval year to month", "x", nil},
		{"row(interval year to month, b interval day to second)", "[23,1]", []any{"1-11", "0 00:00:00.001"}},
		{"array(interval day to second)", "[90061001,null]", []any{"1 01:01:01.001", nil}},
		{"map(interval year to month,interval year to month)", `{"-14":1}`, engine.Map{{Key: "-1-2", Value: "0-1"}}},
		{"decimal(3,1)", "1.0", "1.0"},
		{"array(float)", "[-38.13999938964844,null]", []any{-38.14, nil}},
		{"real", short, short},
		{"double", []byte(notANumber), math.NaN()},
		{"array(boolean)", "[true,false,null]", []any{true, false, nil}},
		{"array(bigint)", "[9007199254740993]", []any{int64(9007199254740993)}},
		{"array(double)", `[1,"NaN","-Infinity"]`, []any{1.0, math.NaN(), math.Inf(-1)}},
		{"array(varchar)", `["x",1,true]`, []any{"x", "1", "true"}},
		{"array(varbinary)", `["/w=="]`, []any{[]byte{0xff}}},
		{"array(bigint)", `{"a":1}`, nil},
		{"array(bigint)", `[1`, nil},
		{"array(bigint)", int64(1), nil},
		{"map(bigint,boolean)", `{"-2":true}`, engine.Map{{Key: int64(-2), Value: true}}},
		{"map(bigint,varchar)", `{"x":"y"}`, nil},
		{"map(varchar,array(bigint))", `{"x":[1]}`, engine.Map{{Key: "x", Value: []any{int64(1)}}}},
		{"map(varchar,bigint)", "[1]", nil},
		{"row(a bigint, b varchar)", `[1,"x"]`, []any{int64(1), "x"}},
		{"row(a bigint)", `"x"`, nil},
	} {
		got, err := converterOf(schema.ParseType(tt.typ))(tt.value)
		if (err != nil) != (tt.want == nil && tt.value != nil) {
			t.Errorf("%s of %v: %v, %v", tt.typ, tt.value, got, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateNaNs()); err == nil && diff != "" {
			t.Errorf("%s of %v (-want +got):\n%s", tt.typ, tt.value, diff)
		}
	}
}
