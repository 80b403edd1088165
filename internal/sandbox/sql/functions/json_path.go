package functions

import (
	"strconv"
	"strings"
)

// pathStep selects a member by name or an element by index.
type pathStep struct {
	key   string
	index int // -1 for a key
	all   bool
}

// parsePath parses a JSON path such as $.a.b[0]["c"][*].
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

// walk follows a path. It returns false if the path does not exist.
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

// walkAll follows the remaining path from every element or member.
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
