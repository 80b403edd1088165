package translate

import (
	"github.com/td-cli/td/internal/sandbox/sql/types"

	_ "embed"
	"strings"
)

// The functions, a line each and sorted by name:
//
//	name(parameters) result [aggregate|window] [special|refused] [= template]
//
// A parameter is a type, [optional] or repeated...; in a type T, U, V, K stand for any type,
// N for a number, D and E for a date or a timestamp. The template is the engine's SQL: $1 is the first
// argument, $* all of them, $j1 the first as JSON text, $n1 the same or NULL, $k1 as a map's key, $o1 as what
// it is ordered by; {…} is the call that FILTER and OVER belong to. A template without parentheses
// is the engine's function, and without a template that is f_name. Special ones are translated by
// code; refused ones exist in the service but not here.
var (
	//go:embed functions_trino.txt
	trinoFunctions string
	//go:embed functions_hive.txt
	hiveFunctions string
	//go:embed functions_td.txt
	tdFunctions string
)

// A signature is one way to call a function.
type signature struct {
	name      string
	params    []types.Type
	required  int
	variadic  bool
	result    types.Type
	aggregate bool
	window    bool
	special   bool
	refused   bool
	template  string
}

// lookup returns a function's signatures.
func lookup(name string, hive bool) (signatures []signature, ok bool) {
	for rest := linesOf(name, hive); strings.HasPrefix(rest, name+"("); {
		line, after, _ := strings.Cut(rest, "\n")
		signatures = append(signatures, parseSignature(line))
		rest = after
	}
	return signatures, len(signatures) > 0
}

// linesOf is the rest of the name's table from its first line on, if there is one.
func linesOf(name string, hive bool) string {
	table := trinoFunctions
	switch {
	case strings.HasPrefix(name, "td_"):
		table = tdFunctions
	case hive:
		table = hiveFunctions
	}
	low, high := 0, len(table)
	for low < high {
		middle := low + (high-low)/2
		start := strings.LastIndexByte(table[:middle], '\n') + 1
		end := start + strings.IndexByte(table[start:], '\n')
		if key, _, _ := strings.Cut(table[start:end], "("); key < name {
			low = end + 1
		} else {
			high = start
		}
	}
	return table[low:]
}

// isAggregate tells whether a name is an aggregate's.
func isAggregate(name string, hive bool) bool {
	line, _, _ := strings.Cut(linesOf(name, hive), "\n")
	line, _, _ = strings.Cut(line, " = ")
	return strings.HasPrefix(line, name+"(") && strings.Contains(line, " aggregate")
}

// parseSignature reads a line of the table. The lines are the program's own: tests read them all.
func parseSignature(line string) (s signature) {
	head, template, templated := strings.Cut(line, " = ")
	name, rest, _ := strings.Cut(head, "(")
	s.name = name
	for !strings.HasPrefix(rest, ")") && rest != "" {
		end := typeEnd(rest)
		s.parameter(strings.TrimSpace(rest[:end]))
		rest = strings.TrimLeft(rest[end:], ", ")
	}
	s.resultOf(strings.Fields(strings.TrimPrefix(rest, ")")))
	if s.variadic {
		s.required = len(s.params) - 1
	}
	switch {
	case !templated:
		template = "f_" + s.name + "($*)"
	case !strings.ContainsAny(template, "()$'"):
		template += "($*)"
	}
	s.template = template
	return s
}

// typeEnd is the length of the parameter that s begins with.
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

// parameter adds a parameter: type, [type] or type....
func (s *signature) parameter(text string) {
	text, s.variadic = strings.CutSuffix(text, "...")
	inner, optional := strings.CutPrefix(text, "[")
	if optional {
		text = strings.TrimSuffix(inner, "]")
	}
	t, _ := types.ParseParameter(text)
	if s.params = append(s.params, t); !optional {
		s.required = len(s.params)
	}
}

// resultOf reads the words after the parameters: the result's type and what the function is.
func (s *signature) resultOf(words []string) {
	for ; len(words) > 1; words = words[:len(words)-1] {
		switch words[len(words)-1] {
		case "aggregate":
			s.aggregate = true
		case "window":
			s.window = true
		case "special":
			s.special = true
		case "refused":
			s.refused = true
		default:
			s.result, _ = types.ParseParameter(strings.Join(words, " "))
			return
		}
	}
	s.result, _ = types.ParseParameter(strings.Join(words, " "))
}

// String is the signature as errors show it.
func (s signature) String() string {
	parts := make([]string, len(s.params))
	for i, p := range s.params {
		parts[i] = p.String()
		switch p.Name {
		case "varchar":
			parts[i] = "varchar(x)"
		case "decimal":
			parts[i] = "decimal(p,s)"
		case "N":
			parts[i] = "double"
		case "D", "E":
			parts[i] = "timestamp(p)"
		}
		if s.variadic && i == len(s.params)-1 {
			parts[i] += "..."
		} else if i >= s.required {
			parts[i] = "[" + parts[i] + "]"
		}
	}
	return s.name + "(" + strings.Join(parts, ", ") + ")"
}

// A binding is what the type variables of a signature stand for.
type binding map[string]types.Type

// match tries a signature on arguments. The distance is less the less must be converted.
func (s signature) match(args []value, hive bool) (b binding, distance int, ok bool) {
	if len(args) < s.required || len(args) > len(s.params) && !s.variadic {
		return nil, 0, false
	}
	b = binding{}
	for i, a := range args {
		d, ok := b.bind(s.param(i), a.typ, hive)
		if !ok {
			return nil, 0, false
		}
		distance += d
	}
	return b, distance, true
}

// param is the i-th parameter's type; the last is repeated.
func (s signature) param(i int) types.Type { return s.params[min(i, len(s.params)-1)] }

// bind makes an argument of type a fit the parameter's type p.
func (b binding) bind(p, a types.Type, hive bool) (distance int, ok bool) {
	switch p.Name {
	case "any":
		return 5, true
	case "lambda":
		return 0, false
	case "T", "U", "V", "K":
		t, ok := types.Common(b[p.Name], a, hive)
		if !ok {
			return 0, false
		}
		if !b[p.Name].IsUnknown() && !types.Equal(b[p.Name], a) {
			distance = 1
		}
		b[p.Name] = t
		return distance + 3, true
	case "N":
		if hive && a.Is("varchar") {
			a, distance = types.Named("double"), 15
		}
		t, ok := types.Common(b[p.Name], a, false)
		b[p.Name] = t
		return distance, ok && (t.IsNumber() || t.IsUnknown())
	case "D", "E":
		b[p.Name] = a
		return 0, a.IsTemporal() || a.IsUnknown()
	}
	if len(p.Args) > 0 && (a.Name == p.Name && len(a.Args) == len(p.Args) || a.IsUnknown()) {
		for i := range p.Args {
			element := types.Type{}
			if !a.IsUnknown() {
				element = a.Args[i]
			}
			d, ok := b.bind(p.Args[i], element, hive)
			if !ok {
				return 0, false
			}
			distance += d
		}
		return distance, true
	}
	if p.Is("decimal") {
		return 0, a.Is("decimal")
	}
	return types.Coercible(a, p, hive)
}

// resolve replaces the variables of t. What stands for nothing is unknown.
func (b binding) resolve(t types.Type) types.Type {
	switch t.Name {
	case "T", "U", "V", "K", "N", "D", "E", "any":
		return b[t.Name]
	}
	if len(t.Args) == 0 {
		return t
	}
	out := types.Type{Name: t.Name, Fields: t.Fields}
	for _, a := range t.Args {
		out.Args = append(out.Args, b.resolve(a))
	}
	return out
}
