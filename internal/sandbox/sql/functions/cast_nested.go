package functions

import (
	"math"
	"slices"
	"strings"
)

// castNested converts the elements of a nested value to those of a type. The third argument is the type of the value;
// without it, the value is JSON.
func (r *Registry) castNested(a []any) (any, error) {
	v, err := ParseJSON(toText(a[0]))
	if err != nil {
		return nil, newCastError(a[0], toText(a[1]))
	}
	from := typeShape{base: jsonDocument}
	if len(a) > 2 {
		from = parseTypeShape(toText(a[2]))
	}
	c := elementCast{r}
	if v, err = c.convert(from, parseTypeShape(toText(a[1])), v); err != nil || v == nil {
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
// the keys of a map are sorted, and a decimal is a number. An element of type json is its text.
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
			x[i] = Member{KeyText(m.Key), t.args[1].toJSON(m.Value)}
		}
		slices.SortStableFunc(x, func(a, b Member) int { return strings.Compare(a.Key, b.Key) })
	case string:
		if strings.HasPrefix(t.base, "decimal") {
			return Number(x)
		}
		if t.base == "json" {
			return parseElement(x)
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
	base    string
	names   []string // field names of a row
	args    []typeShape
	numbers []string // a length, a precision, a scale
}

func parseTypeShape(s string) typeShape {
	s = strings.TrimSpace(s)
	open := strings.IndexByte(s, '(')
	if name, rest, ok := strings.Cut(s, ") with time zone"); ok && rest == "" && strings.HasPrefix(s, "time") {
		name, precision, _ := strings.Cut(name, "(")
		return typeShape{base: name + " with time zone", numbers: []string{precision}}
	}
	if open < 0 || !strings.HasSuffix(s, ")") {
		return typeShape{base: strings.ToLower(s)}
	}
	t := typeShape{base: strings.ToLower(strings.TrimSpace(s[:open]))}
	if t.base == "decimal" {
		t.base = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	}
	if t.base != "array" && t.base != "map" && t.base != "row" {
		t.numbers = strings.Split(s[open+1:len(s)-1], ",")
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
