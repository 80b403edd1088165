package functions

import (
	"regexp"
	"slices"
	"testing"
)

// TestVolatileFunctions checks the range of random results.
func TestVolatileFunctions(t *testing.T) {
	all := byName(t)
	uuids := map[any]bool{}
	pattern := regexp.MustCompile("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
	for range 200 {
		if x, err := call(all["f_rand"]); err != nil || x.(float64) < 0 || x.(float64) >= 1 {
			t.Fatalf("rand() = %v, %v", x, err)
		}
		if n, err := call(all["f_rand"], args(3)...); err != nil || n.(int64) < 0 || n.(int64) > 2 {
			t.Fatalf("rand(3) = %v, %v", n, err)
		}
		if n, err := call(all["f_rand"], args(-5, -3)...); err != nil || n.(int64) < -5 || n.(int64) > -4 {
			t.Fatalf("rand(-5, -3) = %v, %v", n, err)
		}
		id, err := call(all["f_uuid"])
		if err != nil || !pattern.MatchString(id.(string)) || uuids[id] {
			t.Fatalf("uuid() = %v, %v", id, err)
		}
		uuids[id] = true
		v, err := call(all["f_shuffle"], "[1,2,3]")
		if err != nil {
			t.Fatal(err)
		}
		elements, err := toArray(v)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(elements, compare)
		if got := JSON(elements); got != "[1,2,3]" {
			t.Fatalf("shuffle([1,2,3]) has the elements %s", got)
		}
	}
	checkCalls(t, []callTest{
		{"f_rand", failure("bound must be positive"), args(0)},
		{"f_rand", failure("bound must be positive"), args(5, 5)},
		{"f_rand", nil, args(nil)},
		{"f_shuffle", "[]", args("[]")},
		{"f_shuffle", nil, args(nil)},
	})
}
