package functions

import (
	"math"
	"math/big"
	"slices"
	"strings"
)

func newOverflowError(name string, a, b int64) error {
	return dataError("bigint %s overflow: %d, %d", name, a, b)
}

// newNumericOperator returns a Scalar with two number arguments: ofIntegers handles two integers,
// ofDoubles all other pairs.
func newNumericOperator(name string, ofIntegers func(a, b int64) (any, error), ofDoubles func(a, b float64) any) Scalar {
	return newScalar(name, 2, 2, func(args []any) (any, error) {
		x, okX := args[0].(int64)
		y, okY := args[1].(int64)
		if okX && okY {
			return ofIntegers(x, y)
		}
		a, err := toDouble(args[0])
		if err != nil {
			return nil, err
		}
		b, err := toDouble(args[1])
		if err != nil {
			return nil, err
		}
		return ofDoubles(a, b), nil
	})
}

// operatorFunctions returns the arithmetic operators of both dialects.
func operatorFunctions() []Scalar {
	return []Scalar{
		newNumericOperator("f_div_bigint", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, dataError("Division by zero")
			}
			if b == -1 && a == math.MinInt64 {
				return nil, newOverflowError("division", a, b)
			}
			return a / b, nil
		}, func(a, b float64) any { return a / b }),
		newScalar("f_float", 4, 4, applyFloat),
		newScalar("f_interval", 4, 4, scaleInterval),
		newScalar("f_negate", 1, 1, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			return -x, err
		}),
		newScalar("f_compare_doubles", 3, 3, compareDoubles),
		newScalar("f_stored", 1, 1, func(a []any) (any, error) {
			if s, ok := a[0].(string); isNaN(a[0]) || ok && strings.Contains(s, notANumber) {
				return nil, notSupported("storing NaN in a table is not supported by the sandbox")
			}
			return a[0], nil
		}),
		newNullScalar("f_json_double", 1, 1, func(a []any) (any, error) { return JSON(a[0]), nil }),
		newScalar("f_element_double", 1, 1, func(a []any) (any, error) {
			if key, ok := a[0].(string); ok {
				return toDouble(KeyText(key))
			}
			return toDouble(a[0])
		}),
		newNumericOperator("f_mod", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, dataError("Division by zero")
			}
			return remainder(a, b), nil
		}, func(a, b float64) any { return math.Mod(a, b) }),
		newNumericOperator("h_pmod", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, nil
			}
			m := remainder(a, b)
			if m != 0 && (m < 0) != (b < 0) {
				m += b
			}
			return m, nil
		}, func(a, b float64) any {
			if b == 0 {
				return nil
			}
			return math.Mod(math.Mod(a, b)+b, b)
		}),
		newScalar("f_concat", 1, -1, func(a []any) (any, error) {
			var b strings.Builder
			for _, v := range a {
				b.WriteString(toText(v))
			}
			return b.String(), nil
		}),
		newNullScalar("f_fail", 1, 2, func(a []any) (any, error) { return nil, dataError("%s", toText(a[0])) }),
		newScalar("f_greatest", 1, -1, func(a []any) (any, error) { return slices.MaxFunc(withoutNaN(a), compare), nil }),
		newScalar("f_least", 1, -1, func(a []any) (any, error) { return slices.MinFunc(withoutNaN(a), compare), nil }),
	}
}

// withoutNaN removes NaN from a list, unless all its values are NaN.
func withoutNaN(list []any) []any {
	if !slices.ContainsFunc(list, isNaN) {
		return list
	}
	if rest := slices.DeleteFunc(slices.Clone(list), isNaN); len(rest) > 0 {
		return rest
	}
	return list
}

// magnitude returns |n|, also for the least integer.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// remainder returns a % b, also for the least integer and -1.
func remainder(a, b int64) int64 {
	if b == -1 {
		return 0
	}
	return a % b
}

// applyFloat implements f_float(l, operator, r, type) for + - * / % on reals and doubles.
func applyFloat(a []any) (any, error) {
	l, err := toDouble(a[0])
	if err != nil {
		return nil, err
	}
	r, err := toDouble(a[2])
	if err != nil {
		return nil, err
	}
	switch toText(a[1]) {
	case "+":
		l += r
	case "-":
		l -= r
	case "*":
		l *= r
	case "/":
		l /= r
	default:
		l = math.Mod(l, r)
	}
	if toText(a[3]) == "real" {
		l = float64(float32(l))
	}
	return l, nil
}

// scaleInterval implements f_interval(interval, operator, number, type) for * and /. The result is truncated.
func scaleInterval(a []any) (any, error) {
	x, err := toDouble(a[0])
	if err != nil {
		return nil, err
	}
	factor, err := toDouble(a[2])
	if err != nil {
		return nil, err
	}
	limit := float64(math.MaxInt64)
	if toText(a[3]) == "interval year to month" {
		limit = math.MaxInt32
	}
	if n, whole := a[2].(int64); whole && toText(a[1]) == "*" && math.Abs(x*factor) <= limit {
		if product := new(big.Int).Mul(big.NewInt(mustInteger(a[0])), big.NewInt(n)); product.IsInt64() {
			return product.Int64(), nil
		}
	}
	switch {
	case toText(a[1]) == "*":
		x *= factor
	case factor == 0:
		return nil, dataError("Division by zero")
	default:
		x /= factor
	}
	if math.IsNaN(x) || math.Abs(x) > limit || x >= 1<<63 {
		return nil, dataError("interval is out of range: %s", FormatDouble(x))
	}
	return int64(x), nil
}

// compareDoubles implements f_compare_doubles(l, operator, r). NaN is unequal to all values, and neither less nor greater.
func compareDoubles(a []any) (any, error) {
	l, err := toDouble(a[0])
	if err != nil {
		return nil, err
	}
	r, err := toDouble(a[2])
	if err != nil {
		return nil, err
	}
	switch toText(a[1]) {
	case "=":
		return l == r, nil
	case "<>":
		return l != r, nil
	case "<":
		return l < r, nil
	case "<=":
		return l <= r, nil
	case ">":
		return l > r, nil
	}
	return l >= r, nil
}
