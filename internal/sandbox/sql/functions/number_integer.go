package functions

import (
	"math"
	"math/bits"
)

// integerFunctions returns the operators on integers of a given width.
func integerFunctions() []Scalar {
	return []Scalar{
		newScalar("f_integer", 4, 4, func(a []any) (any, error) { return checkedInteger(a) }),
		newScalar("h_integer", 3, 3, func(a []any) (any, error) {
			l, r := mustInteger(a[0]), mustInteger(a[2])
			switch toText(a[1]) {
			case "+":
				return l + r, nil
			case "-":
				return l - r, nil
			}
			return l * r, nil
		}),
	}
}

func mustInteger(v any) int64 {
	n, _ := toInteger(v)
	return n
}

// checkedInteger implements f_integer(l, operator, r, type) for + - *. A result that exceeds the range of the
// type is an error.
func checkedInteger(a []any) (any, error) {
	l, r := mustInteger(a[0]), mustInteger(a[2])
	operator, name := toText(a[1]), toText(a[3])
	var result int64
	var operation string
	var ok bool
	switch operator {
	case "+":
		result, operation = l+r, "addition"
		ok = (result > l) == (r > 0)
	case "-":
		result, operation = l-r, "subtraction"
		ok = (result < l) == (r > 0)
	default:
		result, operation = l*r, "multiplication"
		high, low := bits.Mul64(magnitude(l), magnitude(r))
		ok = high == 0 && (low <= math.MaxInt64 || low == 1<<63 && (l < 0) != (r < 0))
	}
	limit := integerLimit(name)
	if !ok || result > limit || result < -limit-1 {
		return nil, dataError("%s %s overflow: %d %s %d", name, operation, l, operator, r)
	}
	return result, nil
}

// integerLimit returns the greatest value of an integer type.
func integerLimit(name string) int64 {
	switch name {
	case "tinyint":
		return math.MaxInt8
	case "smallint":
		return math.MaxInt16
	case "integer":
		return math.MaxInt32
	}
	return math.MaxInt64
}
