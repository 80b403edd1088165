package functions

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// integerType is an integer type with its range.
type integerType struct {
	name      string
	low, high int64
}

func integerTypes() []integerType {
	return []integerType{
		{"bigint", math.MinInt64, math.MaxInt64},
		{"integer", math.MinInt32, math.MaxInt32},
		{"smallint", math.MinInt16, math.MaxInt16},
		{"tinyint", math.MinInt8, math.MaxInt8},
	}
}

// newCastError returns Trino's message for a failed cast.
func newCastError(v any, typ string) error {
	return dataError("Cannot cast '%s' to %s", clip(toText(v)), strings.ToUpper(typ))
}

// castFunctions returns the CASTs of Trino. See
// https://trino.io/docs/current/functions/conversion.html.
func castFunctions() []Scalar {
	var list []Scalar
	for _, t := range integerTypes() {
		list = append(
			list,
			newScalar("f_cast_"+t.name, 1, 1, func(a []any) (any, error) { return t.cast(a[0]) }),
			newScalar("f_cast_decimal_"+t.name, 1, 1, func(a []any) (any, error) { return t.castDecimal(a[0]) }),
		)
	}
	return append(
		list,
		newScalar("f_cast_double", 1, 1, func(a []any) (any, error) { return toDouble(a[0]) }),
		newScalar("f_cast_real", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			if err != nil {
				return nil, newCastError(a[0], "real")
			}
			return float64(float32(f)), nil
		}),
		newScalar("f_cast_boolean", 1, 1, func(a []any) (any, error) { return castBoolean(a[0]) }),
		newScalar("f_cast_decimal", 3, 3, func(a []any) (any, error) {
			if text := toText(a[0]); text != strings.TrimSpace(strings.TrimFunc(text, isSpace)) {
				return nil, newDecimalError(text, a[1], a[2])
			}
			return castDecimal(a)
		}),
	)
}

// jsonCasts returns casts to and from JSON.
func jsonCasts() []Scalar {
	return []Scalar{
		newScalar("f_cast_json_decimal", 3, 3, func(a []any) (any, error) {
			r := jsonReader{text: toText(a[0]), exact: true}
			v, ok := r.scanValue(0)
			if b, isBool := v.(bool); isBool {
				v = fromElement(b)
			}
			if !ok || isNested(v) {
				return nil, newDecimalError(toText(a[0]), a[1], a[2])
			}
			if v == nil {
				return nil, nil
			}
			return castDecimal([]any{toText(v), a[1], a[2]})
		}),
		newScalar("f_cast_json", 1, 1, func(a []any) (any, error) { return formatJSON(toElement(a[0])), nil }),
		newScalar("f_cast_json_real", 1, 1, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			return formatJSON(typeShape{base: "real"}.toJSON(x)), err
		}),
		newScalar("f_cast_json_boolean", 1, 1, func(a []any) (any, error) { return strconv.FormatBool(toBool(a[0])), nil }),
		newScalar("f_cast_json_nested", 2, 2, castJSONNested),
	}
}

// textCasts returns casts to varchar and char.
func textCasts() []Scalar {
	return []Scalar{
		newScalar("f_cast_varchar_double", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return formatExponential(f, 64), err
		}),
		newScalar("h_cast_varchar_double", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return FormatDouble(f), err
		}),
		newScalar("h_cast_varchar_real", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return formatFloat(f, 32), err
		}),
		newTextScalar("h_cast_varchar_decimal", func(s string) any { // without trailing zeros
			if strings.Contains(s, ".") {
				return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
			}
			return s
		}),
		newScalar("f_cast_varchar_real", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return formatReal(f), err
		}),
		newScalar("f_real_digits", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return formatExponential(f, 32), err
		}),
		newScalar("f_cast_varchar_boolean", 1, 1, func(a []any) (any, error) { return strconv.FormatBool(toBool(a[0])), nil }),
		newScalar("f_cast_varchar_json", 1, 1, castVarcharJSON),
		newScalar("f_cast_varchar_interval", 1, 1, func(a []any) (any, error) {
			ms, err := toInteger(a[0])
			return FormatDaySecond(ms), err
		}),
		newScalar("f_cast_varchar_months", 1, 1, func(a []any) (any, error) {
			months, err := toInteger(a[0])
			return FormatYearMonth(months), err
		}),
		newScalar("f_cast_bounded", 2, 2, func(a []any) (any, error) {
			s := toText(a[0])
			n, err := toCount(a[1])
			if err == nil && truncateRunes(s, max(n, 0)) != s {
				err = dataError("Value %s cannot be represented as varchar(%d)", clip(s), n)
			}
			return s, err
		}),
		newScalar("f_cast_char", 2, 2, func(a []any) (any, error) {
			n, err := toCount(a[1])
			if err == nil && (n < 0 || n > maxCharLength) {
				err = dataError("CHAR length must be in range [0, %d], got %d", maxCharLength, n)
			}
			if err != nil {
				return nil, err
			}
			return padChar(toText(a[0]), n), nil
		}),
	}
}

// maxCharLength is the maximum n of char(n), see https://trino.io/docs/current/language/types.html#char.
const maxCharLength = 65536

func (t integerType) cast(v any) (any, error) {
	var n int64
	switch x := v.(type) {
	case int64:
		n = x
	case bool:
		return x, nil
	case float64:
		r := math.Round(x)
		if math.IsNaN(r) || r < float64(t.low) || r >= float64(t.high)+1 {
			return nil, dataError("Cannot cast %s to %s: out of range", FormatDouble(x), t.name)
		}
		n = int64(r)
	case string:
		var err error
		if n, err = strconv.ParseInt(trimControls(x), 10, 64); err != nil {
			return nil, newCastError(v, t.name)
		}
	default:
		return nil, newCastError(v, t.name)
	}
	if n < t.low || n > t.high {
		return nil, dataError("Cannot cast '%d' to %s", n, strings.ToUpper(t.name))
	}
	return n, nil
}

// castDecimal rounds a decimal half away from zero.
func (t integerType) castDecimal(v any) (any, error) {
	d, err := toDecimal(v)
	if err != nil {
		return nil, err
	}
	n := d.round(0).unscaled
	if !n.IsInt64() || n.Int64() < t.low || n.Int64() > t.high {
		return nil, dataError("Cannot cast '%s' to %s", d, strings.ToUpper(t.name))
	}
	return n.Int64(), nil
}

func castBoolean(v any) (any, error) {
	switch x := v.(type) {
	case int64:
		return x != 0, nil
	case float64:
		return x != 0, nil
	case bool:
		return x, nil
	}
	switch strings.ToLower(toText(v)) {
	case "true", "t", "1":
		return true, nil
	case "false", "f", "0":
		return false, nil
	}
	return nil, newCastError(v, "boolean")
}

// castVarcharJSON returns the text of a JSON scalar, or null for JSON null.
func castVarcharJSON(a []any) (any, error) {
	v, err := ParseJSON(toText(a[0]))
	if err != nil {
		return nil, dataError("Cannot cast '%s' to varchar", clip(toText(a[0])))
	}
	switch v.(type) {
	case nil:
		return nil, nil
	case []any, Object:
		return nil, dataError("Cannot cast '%s' to varchar", clip(toText(a[0])))
	}
	return formatElement(v), nil
}

// padChar returns the text as a value of char(length): cut, or padded with blanks.
func padChar(s string, length int) string {
	s = truncateRunes(s, max(length, 0))
	return s + strings.Repeat(" ", max(length-utf8.RuneCountInString(s), 0))
}

func truncateRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
