package schema

import (
	"fmt"
	"math"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

// ValueType returns the narrowest logical type that can store a value.
func ValueType(v any) string {
	switch x := v.(type) {
	case int64:
		return "bigint"
	case uint64:
		if x <= math.MaxInt64 {
			return "bigint"
		}
	case float64, float32:
		return "double"
	case []any:
		return "array(" + elementType(x) + ")"
	case engine.Map:
		values := make([]any, len(x))
		for i, e := range x {
			values[i] = e.Value
		}
		return "map(varchar," + elementType(values) + ")"
	}
	return "varchar"
}

func elementType(values []any) string {
	t := ""
	for _, v := range values {
		if v != nil {
			t = Widen(t, ValueType(v))
		}
	}
	if t == "" {
		return "varchar"
	}
	return t
}

// CanStore reports whether a column of the given type can store v, if v is a scalar. For other
// values it returns false.
func CanStore(typ string, v any) bool {
	switch x := v.(type) {
	case int64:
		return typ == "bigint" || typ == "varchar" || typ == "double" || typ == "real" ||
			typ == "integer" && x >= math.MinInt32 && x <= math.MaxInt32
	case float64:
		return typ == "double" || typ == "varchar" || typ == "real"
	case string:
		return typ == "varchar"
	case bool:
		return typ == "varchar" || typ == "boolean"
	}
	return false
}

// Text returns a value as a varchar column stores it.
func Text(v any) string {
	switch x := v.(type) {
	case bool:
		return strconv.FormatBool(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case uint64:
		return strconv.FormatUint(x, 10)
	case float32:
		return functions.FormatDouble(float64(x))
	case float64:
		return functions.FormatDouble(x)
	case []byte:
		return string(x)
	case []any, engine.Map:
		return functions.JSON(jsonValue(v))
	case string:
		return x
	}
	return fmt.Sprint(v)
}

// jsonValue converts a value to the types that functions.JSON accepts.
func jsonValue(v any) any {
	switch x := v.(type) {
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = jsonValue(e)
		}
		return list
	case engine.Map:
		object := make(functions.Object, len(x))
		for i, e := range x {
			object[i] = functions.Member{Key: Text(e.Key), Value: jsonValue(e.Value)}
		}
		return object
	case uint64:
		if x <= math.MaxInt64 {
			return int64(x)
		}
		return strconv.FormatUint(x, 10)
	case float32:
		return float64(x)
	case []byte:
		return string(x)
	}
	return v
}

// Seconds converts the time of a record to seconds since 1970.
func Seconds(v any) (int64, bool) {
	switch x := v.(type) {
	case int64:
		return x, true
	case uint64:
		return int64(x), x <= math.MaxInt64
	case float64:
		return int64(math.Floor(x)), math.Abs(x) < 1<<62
	case string:
		n, err := strconv.ParseInt(x, 10, 64)
		return n, err == nil
	}
	return 0, false
}
