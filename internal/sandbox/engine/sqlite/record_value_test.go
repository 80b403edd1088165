package sqlite

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// TestColumnValue checks the value that is stored in a column of the value's type.
func TestColumnValue(t *testing.T) {
	for _, tt := range []struct {
		value any
		typ   string
		want  any
	}{
		{int64(1), "bigint", int64(1)},
		{uint64(1), "bigint", int64(1)},
		{uint64(1 << 63), "varchar", "9223372036854775808"},
		{1.5, "double", 1.5},
		{float32(1.5), "double", 1.5},
		{"x", "varchar", "x"},
		{true, "varchar", "true"},
		{[]byte("x"), "varchar", "x"},
		{[]any{}, "array(varchar)", "[]"},
		{[]any{nil, int64(1)}, "array(bigint)", "[null,1]"},
		{[]any{1.5, int64(1)}, "array(double)", "[1.5,1]"},
		{[]any{int64(1), true}, "array(varchar)", "[1,true]"},
		{[]any{[]any{int64(1)}}, "array(array(bigint))", "[[1]]"},
		{engine.Map{{Key: "k", Value: int64(1)}, {Key: int64(2)}}, "map(varchar,bigint)", `{"k":1,"2":null}`},
	} {
		if got := columnValue(tt.value, tt.typ); got != tt.want {
			t.Errorf("columnValue(%v, %s) = %v; want %v", tt.value, tt.typ, got, tt.want)
		}
	}
}
