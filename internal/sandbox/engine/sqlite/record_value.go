package sqlite

import (
	"fmt"
	"math"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

// valueType returns the narrowest logical type that can store a value.
func valueType(v any) string {
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
			t = widen(t, valueType(v))
		}
	}
	if t == "" {
		return "varchar"
	}
	return t
}

// canStore reports whether a column of the given type can store v, if v is a scalar. For other
// values it returns false.
func canStore(typ string, v any) bool {
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

// columnValue converts a value to its SQLite value in a column of the given type.
func columnValue(v any, typ string) any {
	text := affinity(typ) == "TEXT"
	switch x := v.(type) {
	case bool:
		if typ == "boolean" {
			return x
		}
		return strconv.FormatBool(x)
	case int64:
		if text {
			return strconv.FormatInt(x, 10)
		}
		return x
	case uint64:
		if x <= math.MaxInt64 {
			return columnValue(int64(x), typ)
		}
		return strconv.FormatUint(x, 10)
	case float32:
		return columnValue(float64(x), typ)
	case float64:
		if text {
			return functions.FormatDouble(x)
		}
		return x
	case []byte:
		return string(x)
	case []any, engine.Map:
		return functions.JSON(jsonValue(v))
	}
	return v
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
			object[i] = functions.Member{Key: fmt.Sprint(columnValue(e.Key, "varchar")), Value: jsonValue(e.Value)}
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

// timeValue converts the time of a record to seconds since 1970.
func timeValue(v any) (int64, bool) {
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

// valueSize estimates the storage size of a value in bytes.
func valueSize(v any) int64 {
	switch x := v.(type) {
	case string:
		return int64(len(x)) + 1
	case []byte:
		return int64(len(x)) + 1
	}
	return 8
}
