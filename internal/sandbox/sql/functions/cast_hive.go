package functions

import (
	"math"
	"strconv"
	"strings"
)

// hiveCastFunctions returns the casts of Hive, which are null if the value cannot be converted. See
// https://hive.apache.org/docs/latest/language/languagemanual-types/.
func hiveCastFunctions() []Scalar {
	var list []Scalar
	for _, t := range integerTypes() {
		list = append(list, newScalar("h_cast_"+t.name, 1, 1, func(a []any) (any, error) { return t.castHive(a[0]), nil }))
	}
	return append(
		list,
		newScalar("h_cast_double", 1, 1, func(a []any) (any, error) {
			if x, ok := toHiveDouble(a[0]); ok {
				return x, nil
			}
			return nil, nil
		}),
		newScalar("h_cast_real", 1, 1, func(a []any) (any, error) {
			if x, ok := toHiveDouble(a[0]); ok {
				return float64(float32(x)), nil
			}
			return nil, nil
		}),
		newScalar("h_cast_boolean", 1, 1, func(a []any) (any, error) {
			if s, ok := a[0].(string); ok {
				return s != "", nil
			}
			return toBool(a[0]), nil
		}),
		newScalar("h_cast_decimal", 3, 3, func(a []any) (any, error) { return nullOnError(castDecimal(a)) }),
	)
}

// toHiveDouble converts a value like Java's Double.parseDouble, which accepts blanks, a suffix f or d and
// hexadecimal numbers.
func toHiveDouble(v any) (float64, bool) {
	s, ok := v.(string)
	if !ok {
		x, err := toDouble(v)
		return x, err == nil
	}
	s = strings.Trim(s, " \t\n\r\f\v\x00")
	if n := len(s); n > 1 && strings.IndexByte("fFdD", s[n-1]) >= 0 && strings.IndexByte("0123456789.", s[n-2]) >= 0 {
		s = s[:n-1]
	}
	if lower := strings.ToLower(s); strings.HasPrefix(strings.TrimLeft(lower, "+-"), "0x") && !strings.Contains(s, "_") {
		x, err := strconv.ParseFloat(s, 64)
		return x, err == nil
	}
	x, err := parseDouble(s)
	return x, err == nil
}

// castHive converts to an integer type: text must be an integer whose fraction is ignored, doubles
// are limited to the range of int or bigint, and integers wrap around.
func (t integerType) castHive(v any) any {
	var n int64
	switch x := v.(type) {
	case int64:
		n = x
	case bool:
		n, _ = toInteger(x)
	case float64:
		n = saturate(x, t.name == "bigint")
	default:
		whole, fraction, _ := strings.Cut(toText(v), ".")
		if strings.Trim(fraction, "0123456789") != "" || whole+fraction == "" {
			return nil
		}
		if digits := strings.TrimLeft(whole, "+-"); digits == "" && fraction != "" && len(whole) <= 1 {
			return int64(0)
		}
		var err error
		if n, err = strconv.ParseInt(whole, 10, 64); err != nil || n < t.low || n > t.high {
			return nil
		}
	}
	switch t.name {
	case "integer":
		return int64(int32(n))
	case "smallint":
		return int64(int16(n))
	case "tinyint":
		return int64(int8(n))
	}
	return n
}

// saturate truncates x to an integer of 64 or 32 bits, limited to the range, as Java does.
func saturate(x float64, wide bool) int64 {
	low, high := int64(math.MinInt32), int64(math.MaxInt32)
	if wide {
		low, high = math.MinInt64, math.MaxInt64
	}
	switch {
	case math.IsNaN(x):
		return 0
	case x <= float64(low):
		return low
	case x >= float64(high):
		return high
	}
	return int64(x)
}
