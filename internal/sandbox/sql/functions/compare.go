package functions

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// rankKind orders values of different kinds.
func rankKind(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case bool:
		return 1
	case int64, float64, Number:
		return 2
	case string, []byte:
		return 3
	case []any:
		return 4
	}
	return 5
}

// compare orders two values: nulls first, then booleans, numbers by value, text by bytes, arrays
// element by element.
func compare(a, b any) int {
	if c := cmp.Compare(rankKind(a), rankKind(b)); c != 0 {
		return c
	}
	switch x := a.(type) {
	case bool:
		y, _ := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
		return compareNumbers(a, b)
	case float64, Number:
		return compareNumbers(a, b)
	case []any:
		y, _ := b.([]any)
		for i := range min(len(x), len(y)) {
			if c := compare(x[i], y[i]); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(x), len(y))
	}
	return strings.Compare(toText(a), toText(b))
}

func compareNumbers(a, b any) int {
	x, okX := a.(float64)
	y, okY := b.(float64)
	if okX && okY || okX && math.IsNaN(x) || okY && math.IsNaN(y) || okX && math.IsInf(x, 0) || okY && math.IsInf(y, 0) {
		x, _ = toDouble(a)
		y, _ = toDouble(b)
		if math.IsNaN(x) || math.IsNaN(y) {
			return cmp.Compare(y, x) // NaN is the greatest
		}
		return cmp.Compare(x, y)
	}
	return toBigFloat(a).Cmp(toBigFloat(b))
}

// toBigFloat returns the exact value of a finite number.
func toBigFloat(v any) *big.Float {
	f := new(big.Float).SetPrec(256)
	switch x := v.(type) {
	case int64:
		return f.SetInt64(x)
	case float64:
		return f.SetFloat64(x)
	case Number:
		if _, ok := f.SetString(string(x)); ok {
			return f
		}
	}
	return f
}

// equalElement reports whether an element of a nested value equals an SQL value.
func equalElement(elem, v any) bool {
	if elem == nil || v == nil {
		return false
	}
	if o, ok := elem.(Object); ok {
		return makeKey(o) == makeKey(parseElement(v))
	}
	return !isNaN(elem) && compare(fromElement(elem), v) == 0
}

// makeKey returns a string that is the same for equal values.
func makeKey(v any) string {
	switch x := v.(type) {
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return "n" + strconv.FormatInt(int64(x), 10)
		}
		return "n" + FormatDouble(x)
	case int64, Number:
		return "n" + toText(x)
	case string:
		return "s" + x
	case []byte:
		return "s" + string(x)
	case nil:
		return ""
	}
	return "j" + JSON(sortMembers(v))
}
