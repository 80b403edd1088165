package functions

import (
	"strings"
)

// findPath returns the value in a document at a JSON path.
func (r *Registry) findPath(a []any) (any, bool, error) {
	steps, err := r.paths.get(toText(a[1]))
	if err != nil {
		return nil, false, err
	}
	v, err := ParseJSON(toText(a[0]))
	if err != nil {
		return nil, false, nil
	}
	found, ok := walk(v, steps)
	return found, ok, nil
}

// jsonFunctions returns the functions over JSON text. See
// https://trino.io/docs/current/functions/json.html.
func (r *Registry) jsonFunctions() []Scalar {
	return []Scalar{
		newScalar("f_json_extract", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a)
			if !ok {
				return nil, err
			}
			return JSON(v), nil
		}),
		newScalar("f_json_extract_scalar", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a)
			if !ok || v == nil || isNested(v) {
				return nil, err
			}
			return formatJSONScalar(v), nil
		}),
		newScalar("h_get_json_object", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a)
			if err != nil || !ok || v == nil {
				return nullOnError(nil, err)
			}
			if isNested(v) {
				return JSON(v), nil
			}
			return formatJSONScalar(v), nil
		}),
		newScalar("f_json_size", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a)
			if !ok {
				return nil, err
			}
			return countMembers(v), nil
		}),
		newScalar("f_json_parse", 1, 1, func(a []any) (any, error) {
			v, err := ParseJSON(toText(a[0]))
			if err != nil {
				return nil, dataError("Cannot convert value to JSON: '%s'", clip(toText(a[0])))
			}
			return JSON(v), nil
		}),
		newScalar("f_json_format", 1, 1, func(a []any) (any, error) { return toText(a[0]), nil }),
		newTextScalar("f_json_array_length", func(s string) any {
			if a, err := toArray(s); err == nil {
				return int64(len(a))
			}
			return nil
		}),
		newScalar("f_json_array_get", 2, 2, func(a []any) (any, error) {
			values, i, err := parseSubscript(a)
			if err != nil {
				return nil, nil
			}
			if i < 0 {
				i += len(values)
			}
			if i < 0 || i >= len(values) {
				return nil, nil
			}
			return JSON(values[i]), nil
		}),
		newScalar("f_json_array_contains", 2, 2, func(a []any) (any, error) {
			values, err := toArray(a[0])
			if err != nil {
				return nil, nil
			}
			for _, v := range values {
				if b, ok := v.(bool); ok && a[1] == toText(b) || !ok && equalElement(v, a[1]) {
					return true, nil
				}
			}
			return false, nil
		}),
		newScalar("f_is_json_scalar", 1, 1, func(a []any) (any, error) {
			v, err := ParseJSON(toText(a[0]))
			if err != nil {
				return nil, dataError("Invalid JSON value: %s", clip(toText(a[0])))
			}
			return !isNested(v), nil
		}),
	}
}

func isNested(v any) bool {
	switch v.(type) {
	case []any, Object:
		return true
	}
	return false
}

// formatJSONScalar returns the text of a scalar as written in JSON, where doubles have no
// exponent.
func formatJSONScalar(v any) string {
	if f, ok := v.(float64); ok {
		return strings.Trim(JSON(f), `"`)
	}
	return toText(v)
}

// countMembers returns the number of members or elements, and 0 for a scalar.
func countMembers(v any) int64 {
	switch x := v.(type) {
	case []any:
		return int64(len(x))
	case Object:
		return int64(len(x))
	}
	return 0
}
