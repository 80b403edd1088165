package registry

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
)

// A Signature is one way to call a function.
type Signature struct {
	Name   string
	Params []types.Type
	Result types.Type

	Aggregate   bool
	Window      bool // requires OVER
	Special     bool // translated by code, not by Template
	Unsupported bool // exists in the service, but not in the sandbox
	Template    string

	required int    // number of parameters that are not optional
	variadic bool   // the last parameter can be repeated
	accepts  []byte // the suffix of each parameter in Hive, or 0
}

// parseSignature reads a line of a table. The tables are part of the program, so it returns no errors.
func parseSignature(line string) (s Signature) {
	head, template, templated := strings.Cut(line, " = ")
	name, rest, _ := strings.Cut(head, "(")
	s.Name = name
	for !strings.HasPrefix(rest, ")") && rest != "" {
		end := typeEnd(rest)
		s.addParameter(strings.TrimSpace(rest[:end]))
		rest = strings.TrimLeft(rest[end:], ", ")
	}
	s.setResult(strings.Fields(strings.TrimPrefix(rest, ")")))
	if s.variadic {
		s.required = len(s.Params) - 1
	}
	switch {
	case !templated:
		template = "f_" + s.Name + "($*)"
	case !strings.ContainsAny(template, "()$'"):
		template += "($*)"
	}
	s.Template = template
	return s
}

// typeEnd returns the length of the first parameter in s.
func typeEnd(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// addParameter adds a parameter: type, [type] or type..., with a suffix in Hive.
func (s *Signature) addParameter(text string) {
	text, s.variadic = strings.CutSuffix(text, "...")
	inner, optional := strings.CutPrefix(text, "[")
	if optional {
		text = strings.TrimSuffix(inner, "]")
	}
	suffix := byte(0)
	if last := text[len(text)-1]; strings.IndexByte(acceptSuffixes, last) >= 0 {
		suffix, text = last, text[:len(text)-1]
	}
	s.accepts = append(s.accepts, suffix)
	t, _ := types.ParseParameter(text)
	if s.Params = append(s.Params, t); !optional {
		s.required = len(s.Params)
	}
}

// setResult reads the words after the parameters: the type of the result and the class of the function.
func (s *Signature) setResult(words []string) {
	for ; len(words) > 1; words = words[:len(words)-1] {
		switch words[len(words)-1] {
		case "aggregate":
			s.Aggregate = true
		case "window":
			s.Window = true
		case "special":
			s.Special = true
		case "refused":
			s.Unsupported = true
		default:
			s.Result, _ = types.ParseParameter(strings.Join(words, " "))
			return
		}
	}
	s.Result, _ = types.ParseParameter(strings.Join(words, " "))
}

// String returns the signature as error messages show it.
func (s Signature) String() string {
	parts := make([]string, len(s.Params))
	for i, p := range s.Params {
		parts[i] = p.String()
		switch p.Name {
		case "varchar":
			parts[i] = "varchar(x)"
		case "char":
			parts[i] = "char(x)"
		case "decimal":
			parts[i] = "decimal(p,s)"
		case "N":
			parts[i] = "double"
		case "D", "E":
			parts[i] = "timestamp(p)"
		}
		if s.variadic && i == len(s.Params)-1 {
			parts[i] += "..."
		} else if i >= s.required {
			parts[i] = "[" + parts[i] + "]"
		}
	}
	return s.Name + "(" + strings.Join(parts, ", ") + ")"
}

// ReturnsElement reports whether the result is an element of an array or of a map among the arguments.
func (s Signature) ReturnsElement() bool {
	if len(s.Result.Name) != 1 {
		return false
	}
	for _, p := range s.Params {
		if p.Is("array", "map") {
			return true
		}
	}
	return false
}
