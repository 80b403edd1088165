package functions

import (
	"math"
	"strconv"
	"strings"
)

// hiveCastFunctions returns the casts of Hive, which are null if the value cannot be converted.
func (r *Registry) hiveCastFunctions() []Scalar {
	var list []Scalar
	for _, t := range integerTypes() {
		list = append(list, newScalar("h_cast_"+t.name, 1, 1, func(a []any) (any, error) { return t.castHive(a[0]), nil }))
	}
	orNullOf := func(name string, call func(args []any) (any, error)) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) { return nullOnError(call(a)) })
	}
	return append(
		list,
		orNullOf("h_cast_double", func(a []any) (any, error) { return toDouble(a[0]) }),
		orNullOf("h_cast_real", func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return float64(float32(f)), err
		}),
		newScalar("h_cast_boolean", 1, 1, func(a []any) (any, error) {
			if s, ok := a[0].(string); ok {
				return s != "" && !strings.EqualFold(s, "false") && s != "0", nil
			}
			return toBool(a[0]), nil
		}),
		newScalar("h_cast_decimal", 3, 3, func(a []any) (any, error) { return nullOnError(castDecimal(a)) }),
		orNullOf("h_cast_timestamp", r.castTimestamp),
		orNullOf("h_cast_date", r.castDate),
	)
}

// castHive truncates fractions and returns null for text that is not a number and for values
// out of range.
func (t integerType) castHive(v any) any {
	if s, ok := v.(string); ok {
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			v = n
		}
	}
	n, ok := v.(int64)
	if !ok {
		f, err := toDouble(v)
		f = math.Trunc(f)
		if err != nil || math.IsNaN(f) || f < -(1<<63) || f >= 1<<63 {
			return nil
		}
		n = int64(f)
	}
	if n < t.low || n > t.high {
		return nil
	}
	return n
}
