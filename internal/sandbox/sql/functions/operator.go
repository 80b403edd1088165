package functions

import (
	"math"
	"math/bits"
	"slices"
	"strings"
)

func newOverflowError(name string, a, b int64) error {
	return dataError("bigint %s overflow: %d, %d", name, a, b)
}

// twoNumbers is a Scalar of two numbers: what ofIntegers says of two integers, and with a
// double among them what ofDoubles says.
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

func operatorFunctions() []Scalar {
	return []Scalar{
		newNumericOperator("f_add", func(a, b int64) (any, error) {
			c := a + b
			if (c > a) != (b > 0) {
				return nil, newOverflowError("addition", a, b)
			}
			return c, nil
		}, func(a, b float64) any { return a + b }),
		newNumericOperator("f_sub", func(a, b int64) (any, error) {
			c := a - b
			if (c < a) != (b > 0) {
				return nil, newOverflowError("subtraction", a, b)
			}
			return c, nil
		}, func(a, b float64) any { return a - b }),
		newNumericOperator("f_mul", multiply, func(a, b float64) any { return a * b }),
		newScalar("f_neg", 1, 1, func(a []any) (any, error) {
			if n, ok := a[0].(int64); ok {
				if n == math.MinInt64 {
					return nil, dataError("bigint negation overflow: %d", n)
				}
				return -n, nil
			}
			f, err := toDouble(a[0])
			return -f, err
		}),
		newNumericOperator("f_div_bigint", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, dataError("Division by zero")
			}
			if b == -1 && a == math.MinInt64 {
				return nil, newOverflowError("division", a, b)
			}
			return a / b, nil
		}, func(a, b float64) any { return a / b }),
		newNumericOperator("f_div_double", func(a, b int64) (any, error) { return float64(a) / float64(b), nil },
			func(a, b float64) any { return a / b }),
		newNumericOperator("f_mod", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, dataError("Division by zero")
			}
			return remainder(a, b), nil
		}, func(a, b float64) any { return math.Mod(a, b) }),
		newNumericOperator("h_div", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, nil
			}
			return float64(a) / float64(b), nil
		}, func(a, b float64) any {
			if b == 0 {
				return nil
			}
			return a / b
		}),
		newNumericOperator("h_intdiv", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, nil
			}
			if b == -1 {
				return -a, nil
			}
			return a / b, nil
		}, func(a, b float64) any {
			q := math.Trunc(a / b)
			if math.IsNaN(q) || math.Abs(q) >= 1<<63 {
				return nil
			}
			return int64(q)
		}),
		newNumericOperator("h_mod", func(a, b int64) (any, error) {
			if b == 0 {
				return nil, nil
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
		}, func(a, b float64) any { return math.Mod(math.Mod(a, b)+b, b) }),
		newScalar("f_like", 2, 3, matchLike),
		newScalar("f_concat", 1, -1, func(a []any) (any, error) {
			var b strings.Builder
			for _, v := range a {
				b.WriteString(toText(v))
			}
			return b.String(), nil
		}),
		newNullScalar("f_fail", 1, 2, func(a []any) (any, error) { return nil, dataError("%s", toText(a[0])) }),
		newScalar("f_greatest", 1, -1, func(a []any) (any, error) { return slices.MaxFunc(a, compare), nil }),
		newScalar("f_least", 1, -1, func(a []any) (any, error) { return slices.MinFunc(a, compare), nil }),
	}
}

func multiply(a, b int64) (any, error) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	negative := (a < 0) != (b < 0)
	if high != 0 || low > 1<<63 || low == 1<<63 && !negative {
		return nil, newOverflowError("multiplication", a, b)
	}
	return a * b, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// remainder is a % b, which the processor cannot do for the least integer and -1.
func remainder(a, b int64) int64 {
	if b == -1 {
		return 0
	}
	return a % b
}
