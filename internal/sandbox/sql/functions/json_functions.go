package functions

import (
	"math"
	"slices"
	"strings"
)

// findPath returns the value in a document at a JSON path.
func (r *Registry) findPath(a []any, exact bool) (any, bool, error) {
	steps, err := r.paths.get(toText(a[1]))
	if err != nil {
		return nil, false, err
	}
	reader := jsonReader{text: toText(a[0]), exact: exact}
	v, ok := reader.extract(steps, 0)
	return v, ok, nil
}

// jsonFunctions returns the functions over JSON text. See
// https://trino.io/docs/current/functions/json.html.
func (r *Registry) jsonFunctions() []Scalar {
	return []Scalar{
		newScalar("f_json_extract", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a, false)
			if !ok {
				return nil, err
			}
			return formatJSON(v), nil
		}),
		newScalar("f_json_extract_scalar", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a, true)
			if !ok || v == nil || isNested(v) {
				return nil, err
			}
			return toText(v), nil
		}),
		newScalar("h_get_json_object", 2, 2, func(a []any) (any, error) {
			steps, err := r.hivePaths.get(toText(a[1]))
			if err != nil {
				return nullOnError(nil, err)
			}
			v, err := ParseJSON(toText(a[0]))
			if err != nil {
				return nil, nil
			}
			v, ok := walkHivePath(v, steps)
			if !ok || v == nil {
				return nil, nil
			}
			return toText(v), nil
		}),
		newScalar("f_json_size", 2, 2, func(a []any) (any, error) {
			v, ok, err := r.findPath(a, false)
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
			return formatJSON(sortMembers(v)), nil
		}),
		newScalar("f_json_format", 1, 1, func(a []any) (any, error) { return toText(a[0]), nil }),
		newScalar("f_json_array_contains_boolean", 2, 2, func(a []any) (any, error) {
			found, ok := containsJSON(toText(a[0]), toBool(a[1]))
			if !ok {
				return nil, nil
			}
			return found, nil
		}),
		newTextScalar("f_json_array_length", func(s string) any {
			r := jsonReader{text: s}
			if v, ok := r.scanValue(0); ok {
				if list, isList := v.([]any); isList {
					return int64(len(list))
				}
			}
			return nil
		}),
		newScalar("f_json_array_get", 2, 2, func(a []any) (any, error) {
			index, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			return getJSONElement(toText(a[0]), index), nil
		}),
		newScalar("f_json_array_contains", 2, 2, func(a []any) (any, error) {
			if f, ok := a[1].(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
				return false, nil
			}
			found, ok := containsJSON(toText(a[0]), a[1])
			if !ok {
				return nil, nil
			}
			return found, nil
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

// containsJSON reports whether a JSON array contains a scalar: a double equals only doubles and an
// integer only integers. It stops parsing at the first equal element; ok is false if the text before
// is not an array.
func containsJSON(text string, v any) (found, ok bool) {
	r := jsonReader{text: text}
	if !r.accept('[') {
		return false, false
	}
	if r.accept(']') {
		return false, true
	}
	for {
		e, ok := r.scanValue(0)
		if !ok {
			return false, false
		}
		if e == v {
			return true, true
		}
		if r.accept(']') {
			return false, true
		}
		if !r.accept(',') {
			return false, false
		}
	}
}

// getJSONElement implements json_array_get: a scalar is returned as its text. A negative index
// counts from the end.
func getJSONElement(text string, index int) any {
	r := jsonReader{text: text, exact: true}
	var v any
	if index >= 0 {
		var ok bool
		if v, ok = r.extract([]pathStep{{index: index}}, 0); !ok || !strings.HasPrefix(strings.TrimSpace(text), "[") {
			return nil
		}
	} else {
		parsed, _ := r.scanValue(0)
		list, _ := parsed.([]any)
		if index += len(list); index < 0 {
			return nil
		}
		v = list[index]
	}
	switch {
	case v == nil:
		return nil
	case isNested(v):
		exact := JSON(v)
		if parsed, err := ParseJSON(exact); err == nil {
			v = parsed
		}
		return formatJSON(v)
	}
	return toText(v)
}

// sortMembers returns v with the members of all objects sorted by name. The last of equal names
// counts.
func sortMembers(v any) any {
	switch x := v.(type) {
	case []any:
		for i, e := range x {
			x[i] = sortMembers(e)
		}
	case Object:
		slices.SortStableFunc(x, func(a, b Member) int { return strings.Compare(a.Key, b.Key) })
		sorted := x[:0]
		for _, m := range x {
			m.Value = sortMembers(m.Value)
			if n := len(sorted); n > 0 && sorted[n-1].Key == m.Key {
				sorted[n-1] = m
				continue
			}
			sorted = append(sorted, m)
		}
		return sorted
	}
	return v
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
