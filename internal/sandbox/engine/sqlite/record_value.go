package sqlite

import (
	"math"

	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// columnValue converts a value to its SQLite value in a column of the given type.
func columnValue(v any, typ string) any {
	if affinity(typ) == "TEXT" {
		return schema.Text(v)
	}
	switch x := v.(type) {
	case bool:
		if typ == "boolean" {
			return x
		}
	case int64, float64, nil:
		return x
	case uint64:
		if x <= math.MaxInt64 {
			return int64(x)
		}
	case float32:
		return float64(x)
	}
	return schema.Text(v)
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
