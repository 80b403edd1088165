package functions

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hivePathStep is a part of a path of get_json_object: a name and subscripts, both optional.
type hivePathStep struct {
	name       string
	subscripts []int // -1 for *
}

// hivePathParser parses paths of get_json_object. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
type hivePathParser struct{ name, subscript *regexp.Regexp }

func newHivePathParser() hivePathParser {
	return hivePathParser{
		name:      regexp.MustCompile(`^[a-zA-Z0-9_:\s-]+`),
		subscript: regexp.MustCompile(`\[([0-9]+|\*)\]`),
	}
}

func (p hivePathParser) parse(path string) ([]hivePathStep, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' || strings.ContainsAny(rest, `'"`) {
		return nil, dataError("Invalid JSON path: '%s'", clip(path))
	}
	var steps []hivePathStep
	for i, part := range strings.Split(rest, ".") {
		if part == "" && i > 0 {
			return nil, dataError("Invalid JSON path: '%s'", clip(path))
		}
		step := hivePathStep{name: p.name.FindString(part)}
		if step.name == "" && part != "" && part[0] != '[' {
			return nil, dataError("Invalid JSON path: '%s'", clip(path))
		}
		for _, m := range p.subscript.FindAllStringSubmatch(part, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				n = -1
			}
			step.subscripts = append(step.subscripts, n)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// walkHivePath follows a path. A name is looked up in all elements of an array.
func walkHivePath(v any, steps []hivePathStep) (any, bool) {
	for i, step := range steps {
		var ok bool
		if step.name != "" {
			if _, isList := v.([]any); isList && i == 1 && len(steps[0].subscripts) == 0 {
				return nil, false // a name needs an object at the top
			}
			if v, ok = getHiveMember(v, step.name); !ok {
				return nil, false
			}
		}
		if len(step.subscripts) == 0 {
			continue
		}
		if v, ok = subscriptHive(v, step.subscripts); !ok {
			return nil, false
		}
	}
	return v, true
}

// subscriptHive applies subscripts to v. The result is a list only if it has several elements.
func subscriptHive(v any, subscripts []int) (any, bool) {
	values := []any{v}
	for _, n := range subscripts {
		var selected []any
		for _, e := range values {
			list, ok := e.([]any)
			switch {
			case !ok:
			case n < 0:
				selected = append(selected, list...)
			case n < len(list):
				selected = append(selected, list[n])
			}
		}
		values = selected
	}
	switch len(values) {
	case 0:
		return nil, false
	case 1:
		return values[0], true
	}
	return values, true
}

// getHiveMember returns the member of an object, or the members of all objects in an array. The
// last of equal names counts.
func getHiveMember(v any, name string) (any, bool) {
	switch x := v.(type) {
	case Object:
		for _, m := range slices.Backward(x) {
			if m.Key == name {
				return m.Value, true
			}
		}
	case []any:
		found := []any{}
		for _, e := range x {
			o, ok := e.(Object)
			if !ok {
				continue
			}
			member, ok := getHiveMember(o, name)
			switch list, isList := member.([]any); {
			case !ok:
			case isList:
				found = append(found, list...)
			default:
				found = append(found, member)
			}
		}
		return found, len(found) > 0
	}
	return nil, false
}
