// Package sqlparam puts typed values into SQL: where a statement says :day, and a parameter
// day:date=2026-01-02 is given, it then says DATE '2026-01-02'. It checks and quotes the values, so
// that none can be more than a value. The rest of the statement stays as it is.
package sqlparam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Param is a value with a name and a type.
type Param struct{ Name, Type, Value string }

// Types lists the types; each but identifier may be followed by [] for values with commas between them.
func Types() []string {
	return []string{"string", "int", "float", "decimal", "bool", "date", "timestamp", "identifier"}
}

// Parse reads NAME=VALUE or NAME:TYPE=VALUE. Without a type the value is a string.
func Parse(text string) (Param, error) {
	head, value, ok := strings.Cut(text, "=")
	name, kind, typed := strings.Cut(head, ":")
	if !typed {
		kind = "string"
	}
	p := Param{strings.TrimSpace(name), strings.ToLower(strings.TrimSpace(kind)), value}
	switch {
	case !ok:
		return p, fmt.Errorf("%q has no value; want NAME=VALUE or NAME:TYPE=VALUE", text)
	case !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(p.Name):
		return p, fmt.Errorf("%q cannot be the name of a parameter: it takes letters, digits and _", p.Name)
	case p.Type == "identifier[]" || !slices.Contains(Types(), strings.TrimSuffix(p.Type, "[]")):
		return p, fmt.Errorf("parameter %q has the unknown type %q; it is one of %s, each but identifier also as a list: int[]",
			p.Name, p.Type, strings.Join(Types(), ", "))
	}
	return p, nil
}

// Bind returns the statement with each :NAME replaced by that parameter's value as a literal of Hive's, or of
// Trino's SQL, and the names that it found. What stands in a string, in a quoted name or in a comment is left
// alone, and so is a colon right behind a word, as in struct<a:int>. A name that no parameter has is an error.
func Bind(sql string, hive bool, params []Param) (bound string, found []string, err error) {
	literals := map[string]string{}
	for _, p := range params {
		if _, twice := literals[p.Name]; twice {
			return "", nil, fmt.Errorf("parameter %q is given twice", p.Name)
		}
		if literals[p.Name], err = p.literal(hive); err != nil {
			return "", nil, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	var out strings.Builder
	used := map[string]bool{}
	for i := 0; i < len(sql); {
		end, name := piece(sql, i, hive)
		if name == "" {
			out.WriteString(sql[i:end])
			i = end
			continue
		}
		literal, ok := literals[name]
		if !ok {
			return "", nil, fmt.Errorf("the SQL has :%s in line %d, and no parameter of that name is given", name, 1+strings.Count(sql[:i], "\n"))
		}
		used[name] = true
		out.WriteString(literal)
		i = end
	}
	return out.String(), slices.Sorted(maps.Keys(used)), nil
}

// piece returns where the string, comment, word or character at sql[i:] ends. It names the parameter if
// it is one.
func piece(sql string, i int, hive bool) (end int, name string) {
	rest := sql[i:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "--"):
		return i + through(rest, "\n", 2), ""
	case strings.HasPrefix(rest, "/*"):
		return i + through(rest, "*/", 2), ""
	case c == '\'' || c == '"' || c == '`':
		return i + quoted(rest, hive && c != '`'), ""
	case isWord(c):
		return i + word(rest), ""
	case c == ':' && len(rest) > 1 && isWord(rest[1]) && !isDigit(rest[1]) && (i == 0 || !glues(sql[i-1])):
		n := 1 + word(rest[1:])
		return i + n, rest[1:n]
	}
	return i + 1, ""
}

// through returns how long s is up to and with the first end that begins at from.
func through(s, end string, from int) int {
	if n := strings.Index(s[from:], end); n >= 0 {
		return from + n + len(end)
	}
	return len(s)
}

// quoted returns how long the quoted text is that s begins with. A doubled quote is two texts, which does
// not matter here.
func quoted(s string, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

// word returns how long the word is that s begins with.
func word(s string) int {
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// glues reports whether a colon behind c belongs to what stands before it.
func glues(c byte) bool { return isWord(c) || strings.IndexByte(":\"'`)]$", c) >= 0 }
