package functions

import (
	"strconv"
	"strings"
)

// A pathStep is a member's name or an element's number.
type pathStep struct {
	key   string
	index int // -1 is a key
	all   bool
}

// parsePath reads a JSON path: $.a.b[0]["c"][*].
func parsePath(path string) ([]pathStep, error) {
	wrong := dataError("Invalid JSON path: '%s'", clip(path))
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, wrong
	}
	var steps []pathStep
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, ".."):
			return nil, notSupported("JSON paths with .. are not supported by the sandbox")
		case rest[0] == '.':
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			key := rest[1 : end+1]
			if key == "" {
				return nil, wrong
			}
			steps = append(steps, pathStep{key: key, index: -1, all: key == "*"})
			rest = rest[end+1:]
		case strings.HasPrefix(rest, `["`) || strings.HasPrefix(rest, `['`):
			end := strings.Index(rest[2:], rest[1:2]+"]")
			if end < 0 {
				return nil, wrong
			}
			steps = append(steps, pathStep{key: strings.ReplaceAll(rest[2:end+2], `\`, ""), index: -1})
			rest = rest[end+4:]
		case rest[0] == '[':
			inner, after, ok := strings.Cut(rest[1:], "]")
			if !ok {
				return nil, wrong
			}
			if inner == "*" {
				steps = append(steps, pathStep{all: true, index: -1})
			} else {
				n, err := strconv.Atoi(inner)
				if err != nil {
					return nil, wrong
				}
				steps = append(steps, pathStep{index: n})
				if n < 0 {
					steps[len(steps)-1] = pathStep{key: inner, index: -1}
				}
			}
			rest = after
		default:
			return nil, wrong
		}
	}
	return steps, nil
}

// walk follows a path; ok is false where it leads nowhere.
func walk(v any, steps []pathStep) (any, bool) {
	for i, s := range steps {
		if s.all {
			return walkAll(v, steps[i+1:])
		}
		switch x := v.(type) {
		case []any:
			if s.index < 0 || s.index >= len(x) {
				return nil, false
			}
			v = x[s.index]
		case Object:
			key := s.key
			if s.index >= 0 {
				key = strconv.Itoa(s.index)
			}
			m, ok := x.get(key)
			if !ok {
				return nil, false
			}
			v = m
		default:
			return nil, false
		}
	}
	return v, true
}

// walkAll follows the rest of a path from every element or member.
func walkAll(v any, steps []pathStep) (any, bool) {
	out := []any{}
	each := func(e any) {
		if found, ok := walk(e, steps); ok {
			out = append(out, found)
		}
	}
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			each(e)
		}
	case Object:
		for _, m := range x {
			each(m.Value)
		}
	}
	return out, len(out) > 0
}

// find is what a document has at a path.
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

// scalarText is a scalar's text as it stands in JSON, where doubles have no E.
func formatJSONScalar(v any) string {
	if f, ok := v.(float64); ok {
		return strings.Trim(JSON(f), `"`)
	}
	return toText(v)
}

// size is the number of members or elements; 0 of a scalar.
func countMembers(v any) int64 {
	switch x := v.(type) {
	case []any:
		return int64(len(x))
	case Object:
		return int64(len(x))
	}
	return 0
}
