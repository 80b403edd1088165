package sqlite

import (
	"database/sql/driver"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

// A converter converts a SQLite value to the Go value of a logical type, see engine.Sink. It
// copies strings, because SQLite's are only valid during the call.
type converter func(driver.Value) (any, error)

func converterOf(t schema.Type) converter {
	switch t.Base {
	case "boolean":
		return booleanValue
	case "bigint", "integer", "smallint", "tinyint":
		return integerValue
	case "double", "real":
		return doubleValue
	case "float":
		return floatValue
	case "varbinary":
		return binaryValue
	case "timestamp with time zone":
		return zonedValue
	case "interval day to second":
		return intervalValue(functions.FormatDaySecond)
	case "interval year to month":
		return intervalValue(functions.FormatYearMonth)
	case "array", "map", "row":
		return func(v driver.Value) (any, error) { return nestedValue(v, t) }
	case "", "unknown", "decimal":
		return anyValue
	}
	return textValue
}

func mismatch(v driver.Value, typ string) error {
	return fmt.Errorf("a value of type %T is not a valid %s", v, typ)
}

func booleanValue(v driver.Value) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case int64:
		return x != 0, nil
	}
	return nil, mismatch(v, "boolean")
}

func integerValue(v driver.Value) (any, error) {
	switch x := v.(type) {
	case nil, int64:
		return x, nil
	case float64: // a sum that exceeded the range of int64
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int64(x), nil
		}
		return nil, &functions.Error{Message: "bigint is out of range: " + functions.FormatDouble(x)}
	}
	return nil, mismatch(v, "bigint")
}

func doubleValue(v driver.Value) (any, error) {
	switch x := v.(type) {
	case nil, float64:
		return x, nil
	case int64:
		return float64(x), nil
	case []byte:
		if string(x) == notANumber {
			return math.NaN(), nil
		}
	}
	return nil, mismatch(v, "double")
}

// floatValue converts a number of 32 bits to the double with the same shortest decimal: -38.14 instead of
// -38.13999938964844. Numbers that need more bits are not changed.
func floatValue(v driver.Value) (any, error) {
	x, err := doubleValue(v)
	f, ok := x.(float64)
	if !ok || math.IsNaN(f) || float64(float32(f)) != f {
		return x, err
	}
	return strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
}

func binaryValue(v driver.Value) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case []byte:
		return append([]byte{}, x...), nil
	case string:
		return []byte(x), nil
	}
	return nil, mismatch(v, "varbinary")
}

func textValue(v driver.Value) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		return strings.Clone(x), nil
	case []byte:
		return string(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		return functions.FormatDouble(x), nil
	}
	return nil, mismatch(v, "varchar")
}

// zonedValue converts a timestamp with time zone to the text that users see.
func zonedValue(v driver.Value) (any, error) {
	x, err := textValue(v)
	if s, ok := x.(string); ok {
		return functions.FormatZoned(s), err
	}
	return x, err
}

func anyValue(v driver.Value) (any, error) {
	switch x := v.(type) {
	case string:
		return strings.Clone(x), nil
	case []byte:
		return append([]byte{}, x...), nil
	}
	return v, nil
}

func intervalValue(format func(int64) string) converter {
	return func(v driver.Value) (any, error) {
		switch x := v.(type) {
		case nil:
			return nil, nil
		case int64:
			return format(x), nil
		}
		return nil, mismatch(v, "interval")
	}
}

// nestedValue converts the JSON text of an array, a map or a row.
func nestedValue(v driver.Value, t schema.Type) (any, error) {
	text, ok := v.(string)
	if !ok {
		if v == nil {
			return nil, nil
		}
		return nil, mismatch(v, t.Base)
	}
	parsed, err := functions.ParseJSON(strings.Clone(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Base, err)
	}
	return convertJSON(parsed, t)
}

// convertJSON converts a parsed JSON value to the Go value of a logical type.
func convertJSON(v any, t schema.Type) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch t.Base {
	case "array", "row":
		list, ok := v.([]any)
		if !ok {
			return nil, mismatch(v, t.Base)
		}
		for i, e := range list {
			x, err := convertJSON(e, t.Argument(i))
			if err != nil {
				return nil, err
			}
			list[i] = x
		}
		return list, nil
	case "map":
		return convertMap(v, t)
	case "boolean":
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case "varbinary":
		if s, ok := v.(string); ok {
			if b, err := base64.StdEncoding.DecodeString(s); err == nil {
				return b, nil
			}
		}
	case "double", "real", "float":
		if s, ok := v.(string); ok { // NaN or an infinity
			if f, err := strconv.ParseFloat(s, 64); err == nil {
				return f, nil
			}
		}
	}
	switch x := v.(type) {
	case functions.Number:
		v = string(x)
		if strings.HasPrefix(t.Base, "interval ") {
			n, err := strconv.ParseInt(string(x), 10, 64)
			if err != nil {
				return nil, mismatch(v, "interval")
			}
			v = n
		}
	case bool:
		if t.Base != "varchar" && t.Base != "" {
			break
		}
		if t.Base == "varchar" {
			return strconv.FormatBool(x), nil
		}
		return x, nil
	case []any, functions.Object:
		return functions.JSON(v), nil
	}
	return converterOf(t)(v)
}

func convertMap(v any, t schema.Type) (any, error) {
	object, ok := v.(functions.Object)
	if !ok {
		return nil, mismatch(v, "map")
	}
	m := make(engine.Map, len(object))
	for i, e := range object {
		key, err := convertKey(e.Key, t.Argument(0))
		if err != nil {
			return nil, err
		}
		value, err := convertJSON(e.Value, t.Argument(1))
		if err != nil {
			return nil, err
		}
		m[i].Key, m[i].Value = key, value
	}
	return m, nil
}

// convertKey converts a map's key, which is text in JSON.
func convertKey(key string, t schema.Type) (any, error) {
	key = functions.KeyText(key)
	switch t.Base {
	case "bigint", "integer", "smallint", "tinyint", "double", "real", "boolean", "array", "row", "map":
		v, err := functions.ParseJSON(key)
		if err != nil && (t.Base == "double" || t.Base == "real") {
			v, err = key, nil // NaN or an infinity
		}
		if err != nil {
			return nil, fmt.Errorf("map key '%s' is not a valid %s", key, t.Base)
		}
		return convertJSON(v, t)
	}
	if strings.HasPrefix(t.Base, "interval ") {
		return convertJSON(functions.Number(key), t)
	}
	return key, nil
}
