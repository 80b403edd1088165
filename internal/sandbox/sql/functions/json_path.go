package functions

import (
	"strconv"
	"strings"
	"unicode"
)

// pathStep selects a member by name or an element by index.
type pathStep struct {
	key   string
	index int // -1 for a name that is not a number
}

// parsePath parses a JSON path of Trino: $.a[0]["b"]. See
// https://trino.io/docs/current/functions/json.html#json_extract.
func parsePath(path string) ([]pathStep, error) {
	invalid := dataError("Invalid JSON path: '%s'", clip(path))
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, invalid
	}
	var steps []pathStep
	for rest != "" {
		var key string
		switch {
		case rest[0] == '.':
			key, rest = cutName(rest[1:])
		case strings.HasPrefix(rest, `["`):
			if key, rest, ok = cutQuoted(rest[2:]); !ok {
				return nil, invalid
			}
			steps = append(steps, pathStep{key: key, index: -1})
			continue
		case rest[0] == '[':
			key, rest = cutName(rest[1:])
			if rest, ok = strings.CutPrefix(rest, "]"); !ok {
				return nil, invalid
			}
		default:
			return nil, invalid
		}
		if key == "" {
			return nil, invalid
		}
		index, err := strconv.Atoi(key)
		if err != nil {
			index = -1
		}
		steps = append(steps, pathStep{key: key, index: index})
	}
	return steps, nil
}

// cutName splits a name of letters, digits and underscores from s.
func cutName(s string) (name, rest string) {
	end := strings.IndexFunc(s, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

// cutQuoted splits a name in quotes, whose opening quote is removed already, and "] from s.
func cutQuoted(s string) (name, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i == len(s) || s[i] != '"' && s[i] != '\\' {
				return "", "", false
			}
		case '"':
			rest, ok := strings.CutPrefix(s[i+1:], "]")
			return b.String(), rest, ok
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// extract returns the value at a path. Parsing stops after the value, so that later errors in the
// document are ignored, and the first duplicate wins.
func (r *jsonReader) extract(steps []pathStep, depth int) (any, bool) {
	if len(steps) == 0 {
		return r.scanValue(depth)
	}
	if r.skipSpace(); r.at == len(r.text) || depth > maxDepth {
		return nil, false
	}
	step := steps[0]
	switch r.text[r.at] {
	case '{':
		r.at++
		for !r.accept('}') {
			if r.skipSpace(); r.at == len(r.text) || r.text[r.at] != '"' {
				return nil, false
			}
			key, ok := r.scanString()
			if !ok || !r.accept(':') {
				return nil, false
			}
			if key == step.key {
				return r.extract(steps[1:], depth+1)
			}
			if _, ok := r.scanValue(depth + 1); !ok {
				return nil, false
			}
			r.accept(',')
		}
	case '[':
		r.at++
		for i := 0; !r.accept(']'); i++ {
			if i == step.index {
				return r.extract(steps[1:], depth+1)
			}
			if _, ok := r.scanValue(depth + 1); !ok {
				return nil, false
			}
			r.accept(',')
		}
	}
	return nil, false
}
