package functions

import (
	"math"
	"strings"
)

// A sqlText is a value of PASSING that JSON cannot represent, such as a date.
type sqlText struct{ typ, text string }

// A pathEvaluator evaluates a path. Items are those of ParseJSON, decimals and sqlTexts.
type pathEvaluator struct {
	lax       bool
	root      []any // empty for a missing document
	variables map[string][]any
	objects   map[*Member]int64 // identifiers of keyvalue()
}

// A pathScope is the context of an expression in a filter or in a subscript.
type pathScope struct {
	filtered bool
	item     any
	indexed  bool
	last     int64
}

func pathFailure(format string, args ...any) error {
	return dataError("path evaluation failed: "+format, args...)
}

// describeItem returns the name of an item's type, as errors show it.
func describeItem(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return "BOOLEAN"
	case string:
		return "STRING"
	case []any:
		return "ARRAY"
	case Object:
		return "OBJECT"
	case sqlText:
		return x.typ
	}
	return "NUMBER"
}

func failItem(expected string, v any) error {
	return pathFailure("invalid item type. Expected: %s, actual: %s", expected, describeItem(v))
}

// evaluate returns the items of an expression that is not a condition.
func (pe *pathEvaluator) evaluate(e *sqlPathExpr, s pathScope) ([]any, error) {
	switch e.kind {
	case pathRoot:
		return pe.root, nil
	case pathVariable:
		return pe.variables[e.text], nil
	case pathLiteral:
		return []any{e.value}, nil
	case pathCurrent:
		if !s.filtered {
			return nil, pathFailure("accessing current filter item with no enclosing filter")
		}
		return []any{s.item}, nil
	case pathLast:
		switch {
		case !s.indexed:
			return nil, pathFailure("accessing the last array index with no enclosing array")
		case s.last < 0 && !pe.lax:
			return nil, pathFailure("structural error: invalid array subscript for empty array")
		}
		return []any{s.last}, nil
	case pathArithmetic:
		return pe.evaluateArithmetic(e, s)
	}
	items, err := pe.evaluate(e.args[0], s)
	if err != nil {
		return nil, err
	}
	switch e.kind {
	case pathMember, pathMembers:
		return pe.selectMembers(e, items)
	case pathDescendant:
		var found []any
		for _, v := range items {
			found = appendDescendants(found, v, e.text)
		}
		return found, nil
	case pathElements:
		return pe.selectElements(items)
	case pathSubscript:
		return pe.selectSubscripts(e, items, s)
	case pathFilter:
		return pe.filter(e.args[1], items, s)
	case pathSign:
		return pe.eachNumber(items, func(v any) (any, error) {
			if e.text == "+" {
				return v, nil
			}
			return negateItem(v)
		})
	}
	return pe.callMethod(e.text, items)
}

// unwrap replaces arrays with their elements.
func unwrap(items []any) []any {
	var out []any
	for _, v := range items {
		if a, ok := v.([]any); ok {
			out = append(out, a...)
		} else {
			out = append(out, v)
		}
	}
	return out
}

func (pe *pathEvaluator) selectMembers(e *sqlPathExpr, items []any) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	var found []any
	for _, v := range items {
		o, ok := v.(Object)
		if !ok {
			if pe.lax {
				continue
			}
			return nil, failItem("OBJECT", v)
		}
		if e.kind == pathMembers {
			for _, m := range o {
				found = append(found, m.Value)
			}
			continue
		}
		member, ok := o.get(e.text)
		if !ok {
			if pe.lax {
				continue
			}
			return nil, pathFailure("structural error: missing member '%s' in JSON object", clip(e.text))
		}
		found = append(found, member)
	}
	return found, nil
}

// appendDescendants appends the members of a name at any depth.
func appendDescendants(found []any, v any, name string) []any {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			found = appendDescendants(found, e, name)
		}
	case Object:
		if member, ok := x.get(name); ok {
			found = append(found, member)
		}
		for _, m := range x {
			found = appendDescendants(found, m.Value, name)
		}
	}
	return found
}

func (pe *pathEvaluator) selectElements(items []any) ([]any, error) {
	if pe.lax {
		return unwrap(items), nil
	}
	for _, v := range items {
		if _, ok := v.([]any); !ok {
			return nil, failItem("ARRAY", v)
		}
	}
	return unwrap(items), nil
}

func (pe *pathEvaluator) selectSubscripts(e *sqlPathExpr, items []any, s pathScope) ([]any, error) {
	var found []any
	for _, v := range items {
		array, ok := v.([]any)
		if !ok {
			if !pe.lax {
				return nil, failItem("ARRAY", v)
			}
			array = []any{v}
		}
		inner := s
		inner.indexed, inner.last = true, int64(len(array))-1
		for i := 1; i < len(e.args); i += 2 {
			from, err := pe.evaluateIndex(e.args[i], inner)
			if err != nil {
				return nil, err
			}
			to := from
			if e.args[i+1] != nil {
				if to, err = pe.evaluateIndex(e.args[i+1], inner); err != nil {
					return nil, err
				}
			}
			if !pe.lax && (from < 0 || to < from || to > inner.last) {
				return nil, pathFailure("structural error: invalid array subscript: [%d, %d] for array of size %d", from, to, len(array))
			}
			if from, to = max(from, 0), min(to, inner.last); from <= to {
				found = append(found, array[from:to+1]...)
			}
		}
	}
	return found, nil
}

// evaluateIndex returns the index that a subscript means.
func (pe *pathEvaluator) evaluateIndex(e *sqlPathExpr, s pathScope) (int64, error) {
	items, err := pe.evaluate(e, s)
	if err != nil {
		return 0, err
	}
	if pe.lax {
		items = unwrap(items)
	}
	if len(items) != 1 {
		return 0, pathFailure("array subscript requires a singleton item")
	}
	switch x := items[0].(type) {
	case int64:
		return x, nil
	case decimal:
		if n := x.round(0).unscaled; n.IsInt64() {
			return n.Int64(), nil
		}
	case float64:
		if math.Abs(x) < 1<<31 {
			return int64(math.Round(x)), nil
		}
	default:
		return 0, failItem("NUMBER", items[0])
	}
	return 0, pathFailure("array subscript is out of range")
}

func (pe *pathEvaluator) filter(condition *sqlPathExpr, items []any, s pathScope) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	var found []any
	for _, v := range items {
		inner := s
		inner.filtered, inner.item = true, v
		if pe.test(condition, inner) == isTrue {
			found = append(found, v)
		}
	}
	return found, nil
}

func (pe *pathEvaluator) callMethod(name string, items []any) ([]any, error) {
	switch name {
	case "type":
		out := make([]any, len(items))
		for i, v := range items {
			out[i] = strings.ToLower(describeItem(v))
		}
		return out, nil
	case "size":
		out := make([]any, len(items))
		for i, v := range items {
			a, ok := v.([]any)
			switch {
			case ok:
				out[i] = int64(len(a))
			case pe.lax:
				out[i] = int64(1)
			default:
				return nil, failItem("ARRAY", v)
			}
		}
		return out, nil
	case "double":
		return pe.convertDoubles(items)
	case "keyvalue":
		return pe.listMembers(items)
	}
	return pe.eachNumber(items, func(v any) (any, error) { return roundItem(name, v) })
}

// listMembers implements keyvalue().
func (pe *pathEvaluator) listMembers(items []any) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	var out []any
	for _, v := range items {
		o, ok := v.(Object)
		if !ok {
			return nil, failItem("OBJECT", v)
		}
		if len(o) == 0 {
			continue
		}
		id, known := pe.objects[&o[0]]
		if !known {
			if pe.objects == nil {
				pe.objects = map[*Member]int64{}
			}
			id = int64(len(pe.objects))
			pe.objects[&o[0]] = id
		}
		for _, m := range o {
			out = append(out, Object{{"name", m.Key}, {"value", m.Value}, {"id", id}})
		}
	}
	return out, nil
}
