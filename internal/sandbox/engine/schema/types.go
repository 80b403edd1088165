// Package schema defines the types and names of table columns: those of the API, those of SQL, and how they
// follow from imported values. It is shared by the engines.
package schema

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// A Type is a parsed type, such as bigint, array(bigint), map(varchar,double) or
// row(a bigint, b varchar).
type Type struct {
	Base string // type name in lower case
	Args []Type
}

// ParseType parses a type in Trino's spelling (https://trino.io/docs/current/language/types.html).
// An unknown type becomes its own base; its values are treated as text.
func ParseType(text string) Type {
	text = strings.TrimSpace(text)
	open := strings.IndexByte(text, '(')
	if open < 0 || !strings.HasSuffix(text, ")") {
		return Type{Base: strings.ToLower(text)}
	}
	t := Type{Base: strings.ToLower(strings.TrimSpace(text[:open]))}
	if t.Base != "array" && t.Base != "map" && t.Base != "row" {
		return t // lengths, as in varchar(10), are ignored
	}
	for _, part := range splitTop(text[open+1 : len(text)-1]) {
		if t.Base == "row" {
			part = fieldType(part)
		}
		t.Args = append(t.Args, ParseType(part))
	}
	return t
}

// fieldType returns the type of a row's field without its optional name: bigint for "a bigint".
func fieldType(field string) string {
	field = strings.TrimSpace(field)
	if strings.HasPrefix(field, `"`) {
		if end := strings.IndexByte(field[1:], '"'); end >= 0 {
			return field[end+2:]
		}
	}
	name, rest, ok := strings.Cut(field, " ")
	if !ok || strings.ContainsAny(name, "(,") || strings.HasPrefix(rest, "with") || strings.HasPrefix(rest, "precision") ||
		rest == "day to second" || rest == "year to month" {
		return field
	}
	return rest
}

// splitTop splits s at the commas that are not in parentheses.
func splitTop(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

// StorageType returns a type in the API's spelling.
func StorageType(logicalType string) string {
	t := ParseType(logicalType)
	switch t.Base {
	case "varchar", "char":
		return "string"
	case "bigint":
		return "long"
	case "integer", "smallint", "tinyint":
		return "int"
	case "real":
		return "float"
	case "array", "map":
		return t.Base + "<" + storageTypes(logicalType) + ">"
	}
	return logicalType
}

func storageTypes(logicalType string) string {
	inner := logicalType[strings.IndexByte(logicalType, '(')+1 : len(logicalType)-1]
	var parts []string
	for _, part := range splitTop(inner) {
		parts = append(parts, StorageType(strings.TrimSpace(part)))
	}
	return strings.Join(parts, ",")
}

// FromStorage parses a type in the API's spelling.
func FromStorage(storage string) (string, error) {
	s := strings.ToLower(strings.TrimSpace(storage))
	switch s {
	case "string":
		return "varchar", nil
	case "long":
		return "bigint", nil
	case "int":
		return "integer", nil
	case "float":
		return "real", nil
	case "double", "boolean", "timestamp", "date", "varbinary":
		return s, nil
	}
	base, inner, ok := strings.Cut(strings.TrimSuffix(s, ">"), "<")
	if !ok || !strings.HasSuffix(s, ">") || base != "array" && base != "map" {
		return "", fmt.Errorf("type '%s' is %w", storage, engine.ErrInvalid)
	}
	depth := 0
	parts := strings.FieldsFunc(inner, func(r rune) bool {
		switch r {
		case '<':
			depth++
		case '>':
			depth--
		}
		return r == ',' && depth == 0
	})
	if want := map[string]int{"array": 1, "map": 2}[base]; len(parts) != want {
		return "", fmt.Errorf("type '%s' is %w", storage, engine.ErrInvalid)
	}
	for i, part := range parts {
		t, err := FromStorage(part)
		if err != nil {
			return "", err
		}
		parts[i] = t
	}
	return base + "(" + strings.Join(parts, ",") + ")", nil
}

// Widen returns the narrowest type that can store the values of both types: the wider of two
// numeric types, otherwise varchar if the types differ.
func Widen(a, b string) string {
	switch {
	case a == b || b == "":
		return a
	case a == "":
		return b
	}
	rank := map[string]int{"tinyint": 1, "smallint": 2, "integer": 3, "bigint": 4, "real": 5, "double": 6}
	if x, y := rank[a], rank[b]; x > 0 && y > 0 {
		if x > y {
			return a
		}
		return b
	}
	ta, tb := ParseType(a), ParseType(b)
	if ta.Base == tb.Base && (ta.Base == "array" || ta.Base == "map") {
		pa := splitTop(a[len(ta.Base)+1 : len(a)-1])
		pb := splitTop(b[len(tb.Base)+1 : len(b)-1])
		if len(pa) == len(pb) {
			for i := range pa {
				pa[i] = Widen(strings.TrimSpace(pa[i]), strings.TrimSpace(pb[i]))
			}
			return ta.Base + "(" + strings.Join(pa, ",") + ")"
		}
	}
	return "varchar"
}

// Argument returns the type of the element with index i.
func (t Type) Argument(i int) Type {
	switch {
	case t.Base == "array" && len(t.Args) == 1:
		return t.Args[0]
	case i < len(t.Args):
		return t.Args[i]
	}
	return Type{}
}
