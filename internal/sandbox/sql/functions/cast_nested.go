package functions

import (
	"math"
	"slices"
	"strings"
)

// castNested converts the elements of a nested value to those of a type.
func castNested(a []any) (any, error) {
	v, err := ParseJSON(toText(a[0]))
	if err != nil {
		return nil, newCastError(a[0], toText(a[1]))
	}
	t := parseTypeShape(toText(a[1]))
	if v, err = t.convert(v); err != nil || v == nil {
		return nil, err
	}
	return JSON(v), nil
}

// castJSONNested implements CAST of an array, a map or a row as json. The second argument is the type.
func castJSONNested(a []any) (any, error) {
	v, err := ParseJSON(toText(a[0]))
	if err != nil {
		return nil, newCastError(a[0], "json")
	}
	return formatJSON(parseTypeShape(toText(a[1])).toJSON(v)), nil
}

// toJSON converts an element of type t to the value that represents it in JSON: a row is an object,
// the keys of a map are sorted, and a decimal is a number.
func (t typeShape) toJSON(v any) any {
	switch x := v.(type) {
	case []any:
		if t.base == "row" {
			o := make(Object, len(x))
			for i, e := range x {
				o[i].Value = e
				if i < len(t.args) {
					o[i] = Member{t.names[i], t.args[i].toJSON(e)}
				}
			}
			return o
		}
		for i, e := range x {
			if t.base == "array" && len(t.args) == 1 {
				x[i] = t.args[0].toJSON(e)
			}
		}
	case Object:
		if t.base != "map" || len(t.args) != 2 {
			return v
		}
		for i, m := range x {
			x[i].Value = t.args[1].toJSON(m.Value)
		}
		slices.SortStableFunc(x, func(a, b Member) int { return strings.Compare(a.Key, b.Key) })
	case string:
		if strings.HasPrefix(t.base, "decimal") {
			return Number(x)
		}
	case float64:
		if t.base == "real" && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return Number(formatFloat(x, 32))
		}
	}
	return v
}

// typeShape is a parsed type name.
type typeShape struct {
	base  string
	names []string // field names of a row
	args  []typeShape
}

func parseTypeShape(s string) typeShape {
	s = strings.TrimSpace(s)
	open := strings.IndexByte(s, '(')
	if open < 0 || !strings.HasSuffix(s, ")") {
		return typeShape{base: strings.ToLower(s)}
	}
	t := typeShape{base: strings.ToLower(strings.TrimSpace(s[:open]))}
	if t.base == "decimal" {
		t.base = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	}
	if t.base != "array" && t.base != "map" && t.base != "row" {
		return t
	}
	depth, start := 0, open+1
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ',' && depth == 0 || i == len(s)-1:
			part := strings.TrimSpace(s[start:i])
			if name, rest, ok := strings.Cut(part, " "); ok && t.base == "row" && !strings.ContainsAny(name, "(") && !isTypeSuffix(rest) {
				t.names = append(t.names, strings.Trim(name, `"`))
				part = rest
			} else {
				t.names = append(t.names, "")
			}
			t.args = append(t.args, parseTypeShape(part))
			start = i + 1
		}
	}
	return t
}

// isTypeSuffix reports whether s is the end of a type's name, not a type after the name of a field.
func isTypeSuffix(s string) bool {
	return s == "with time zone" || s == "day to second" || s == "year to month"
}

func (t typeShape) convert(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch t.base {
	case "array":
		return t.convertArray(v)
	case "row":
		return t.convertRow(v)
	case "map":
		o, ok := v.(Object)
		if !ok || len(t.args) != 2 {
			return nil, newCastError(JSON(v), "map")
		}
		out := make(Object, len(o))
		for i, m := range o {
			x, err := t.args[1].convert(m.Value)
			if err != nil {
				return nil, err
			}
			key, err := t.args[0].convertKey(m.Key)
			if err != nil {
				return nil, err
			}
			out[i] = Member{key, x}
		}
		return out, nil
	case "boolean":
		b, err := castBoolean(v)
		return b, err
	case "double", "real":
		return toDouble(v)
	case "json":
		return v, nil
	case "varchar":
		switch v.(type) {
		case []any, Object:
			return nil, newCastError(JSON(v), "varchar")
		}
		return formatElement(v), nil
	}
	if arguments, ok := strings.CutPrefix(t.base, "decimal("); ok {
		precision, scale, _ := strings.Cut(strings.TrimSuffix(arguments, ")"), ",")
		return castDecimal([]any{toText(fromElement(v)), precision, scale})
	}
	for _, i := range integerTypes() {
		if i.name == t.base {
			x, err := i.cast(fromElement(v))
			if b, ok := x.(bool); ok {
				x = fromElement(b)
			}
			return x, err
		}
	}
	return v, nil
}

// convertKey converts the key of a map to a numeric type.
func (t typeShape) convertKey(key string) (string, error) {
	switch t.base {
	case "double", "real", "bigint", "integer", "smallint", "tinyint":
		v, err := t.convert(key)
		return toMapKey(v), err
	}
	return key, nil
}

func (t typeShape) convertArray(v any) (any, error) {
	a, ok := v.([]any)
	if !ok || len(t.args) != 1 {
		return nil, newCastError(JSON(v), "array")
	}
	out := make([]any, len(a))
	for i, e := range a {
		x, err := t.args[0].convert(e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// convertRow builds a row from an array, or from an object by field names.
func (t typeShape) convertRow(v any) (any, error) {
	out := make([]any, len(t.args))
	switch x := v.(type) {
	case []any:
		if len(x) != len(t.args) {
			return nil, newCastError(JSON(v), "row")
		}
		copy(out, x)
	case Object:
		for i, name := range t.names {
			for _, m := range x {
				if strings.EqualFold(m.Key, name) {
					out[i] = m.Value
				}
			}
		}
	default:
		return nil, newCastError(JSON(v), "row")
	}
	for i := range out {
		x, err := t.args[i].convert(out[i])
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}
