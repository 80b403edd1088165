// Package sqlparam replaces parameters in SQL with literals: the parameter
// day:date=2026-01-02 replaces :day with DATE '2026-01-02'. Package sqlparam validates and quotes
// the values, so that a value cannot change the structure of the statement.
package sqlparam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// A Param is a value with a name and a type.
type Param struct{ Name, Type, Value string }

// Types returns the types. All but identifier may be followed by [] for a list of
// values separated by commas.
func Types() []string {
	return []string{"string", "int", "float", "decimal", "bool", "date", "timestamp", "identifier"}
}

// Parse parses NAME=VALUE or NAME:TYPE=VALUE. The default type is string.
func Parse(param string) (Param, error) {
	head, value, ok := strings.Cut(param, "=")
	name, kind, typed := strings.Cut(head, ":")
	if !typed {
		kind = "string"
	}
	p := Param{strings.TrimSpace(name), strings.ToLower(strings.TrimSpace(kind)), value}
	switch {
	case !ok:
		return p, fmt.Errorf("%q has no value; use NAME=VALUE or NAME:TYPE=VALUE", param)
	case !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(p.Name):
		return p, fmt.Errorf("invalid parameter name %q: it must consist of letters, digits and _", p.Name)
	case p.Type == "identifier[]" || !slices.Contains(Types(), strings.TrimSuffix(p.Type, "[]")):
		return p, fmt.Errorf("parameter %q has the unknown type %q; use %s (int[] is a list of int)",
			p.Name, p.Type, text.JoinOr(Types()))
	}
	return p, nil
}

// String returns the parameter in the form that Parse accepts.
func (p Param) String() string {
	if p.Type == "string" {
		return p.Name + "=" + p.Value
	}
	return p.Name + ":" + p.Type + "=" + p.Value
}

// Bind returns sql with each :NAME replaced with a literal for Hive or Trino, and the
// names that it has replaced. Strings, quoted names and comments remain unchanged, and
// so does a colon directly after a word, as in struct<a:int>. A name without a
// parameter is an error.
func Bind(sql string, hive bool, params []Param) (bound string, found []string, err error) {
	literals := map[string]string{}
	for _, p := range params {
		if _, ok := literals[p.Name]; ok {
			return "", nil, fmt.Errorf("parameter %q is given twice", p.Name)
		}
		if literals[p.Name], err = p.literal(hive); err != nil {
			return "", nil, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	var out strings.Builder
	used := map[string]bool{}
	for i := 0; i < len(sql); {
		end, name := scanToken(sql, i, hive)
		if name == "" {
			out.WriteString(sql[i:end])
			i = end
			continue
		}
		literal, ok := literals[name]
		if !ok {
			return "", nil, fmt.Errorf("no value for :%s in line %d of the SQL", name, 1+strings.Count(sql[:i], "\n"))
		}
		used[name] = true
		out.WriteString(literal)
		i = end
	}
	return out.String(), slices.Sorted(maps.Keys(used)), nil
}

// scanToken returns the end of the string, comment, word, parameter or character at
// sql[i:], and the name of a parameter.
func scanToken(sql string, i int, hive bool) (end int, name string) {
	rest := sql[i:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "--"):
		return i + lengthThrough(rest, "\n", 2), ""
	case strings.HasPrefix(rest, "/*"):
		return i + lengthThrough(rest, "*/", 2), ""
	case c == '\'' || c == '"' || c == '`':
		return i + quotedLength(rest, hive && c != '`'), ""
	case isWordByte(c):
		return i + wordLength(rest), ""
	case c == ':' && len(rest) > 1 && isWordByte(rest[1]) && !isDigit(rest[1]) && (i == 0 || !bindsColon(sql[i-1])):
		n := 1 + wordLength(rest[1:])
		return i + n, rest[1:n]
	}
	return i + 1, ""
}

// lengthThrough returns the length of s up to the end of the first end marker at or
// after from, or of all of s.
func lengthThrough(s, end string, from int) int {
	if n := strings.Index(s[from:], end); n >= 0 {
		return from + n + len(end)
	}
	return len(s)
}

// quotedLength returns the length of the quoted text at the start of s. It treats a
// doubled quote as the end, which is correct because another text follows directly.
func quotedLength(s string, escapes bool) int {
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

// wordLength returns the length of the word at the start of s.
func wordLength(s string) int {
	n := 0
	for n < len(s) && isWordByte(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// bindsColon reports whether a colon after c belongs to the preceding token.
func bindsColon(c byte) bool { return isWordByte(c) || strings.IndexByte(":\"'`)]$", c) >= 0 }
