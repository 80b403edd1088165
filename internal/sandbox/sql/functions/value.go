package functions

import (
	"math"
	"strconv"
	"strings"
)

// toText returns the text of a value.
func toText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case []byte:
		return string(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return FormatDouble(x)
	case bool:
		return strconv.FormatBool(x)
	case Number:
		return string(x)
	case []any, Object:
		return JSON(v)
	}
	return ""
}

// toInteger converts an integer argument.
func toInteger(v any) (int64, error) {
	switch x := v.(type) {
	case int64:
		return x, nil
	case bool:
		if x {
			return 1, nil
		}
		return 0, nil
	case float64:
		if x >= -(1<<63) && x < 1<<63 {
			return int64(x), nil
		}
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(x), 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, dataError("Cannot cast '%s' to BIGINT", clip(toText(v)))
}

// toCount converts an argument that is a length or a position, limited to the range of int32.
func toCount(v any) (int, error) {
	n, err := toInteger(v)
	return int(max(math.MinInt32, min(n, math.MaxInt32))), err
}

// toDouble converts a number argument.
func toDouble(v any) (float64, error) {
	switch x := v.(type) {
	case int64:
		return float64(x), nil
	case float64:
		return x, nil
	case bool:
		n, err := toInteger(x)
		return float64(n), err
	case Number:
		return parseDouble(string(x))
	case string:
		return parseDouble(x)
	}
	return 0, dataError("Cannot cast '%s' to DOUBLE", clip(toText(v)))
}

func parseDouble(s string) (float64, error) {
	t := trimControls(s)
	if n := len(t); n > 1 && strings.IndexByte("dDfF", t[n-1]) >= 0 && (t[n-2] == '.' || t[n-2] >= '0' && t[n-2] <= '9') {
		t = t[:n-1] // a suffix of literals in Java
	}
	// Reject spellings that ParseFloat accepts but Java does not: 0x1p-2, 1_000, inf, nan.
	for i := range len(t) {
		c := t[i]
		if (c < '0' || c > '9') && !strings.ContainsRune("+-.eE", rune(c)) {
			switch t {
			case "NaN", notANumber:
				return math.NaN(), nil
			case "Infinity", "+Infinity":
				return math.Inf(1), nil
			case "-NaN", "+NaN":
				return math.NaN(), nil
			case "-Infinity":
				return math.Inf(-1), nil
			}
			return 0, dataError("Cannot cast '%s' to DOUBLE", clip(s))
		}
	}
	f, err := strconv.ParseFloat(t, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, dataError("Cannot cast '%s' to DOUBLE", clip(s))
	}
	return f, nil
}

// toBool converts a boolean argument.
func toBool(v any) bool {
	switch x := v.(type) {
	case bool:
		return x
	case int64:
		return x != 0
	case float64:
		return x != 0
	case string:
		return x == "true"
	}
	return false
}

// clip shortens a string that is quoted in an error.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// fromElement converts an element of an array or a map to an SQL value.
func fromElement(v any) any {
	switch x := v.(type) {
	case bool:
		if x {
			return int64(1)
		}
		return int64(0)
	case Number:
		return string(x)
	case []any, Object:
		return JSON(v)
	}
	return v
}

// toElement converts an SQL value to an element of an array or a map.
func toElement(v any) any {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return v
}

// toArray parses the text of an array or a row.
func toArray(v any) ([]any, error) {
	parsed, err := ParseJSON(toText(v))
	if a, ok := parsed.([]any); ok && err == nil {
		return a, nil
	}
	return nil, dataError("not an array: '%s'", clip(toText(v)))
}

// toObject parses the text of a map.
func toObject(v any) (Object, error) {
	parsed, err := ParseJSON(toText(v))
	if o, ok := parsed.(Object); ok && err == nil {
		return o, nil
	}
	return nil, dataError("not a map: '%s'", clip(toText(v)))
}
