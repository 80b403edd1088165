package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// call translates a function call.
func (e *emitter) call(n *sqlsyntax.Expr, s *scope) value {
	if n.Call == nil {
		n.Call = &sqlsyntax.CallParts{}
	}
	if v, ok := e.specialForm(n, s); ok {
		return v
	}
	signatures, ok := registry.Lookup(n.Text, e.hive)
	if !ok {
		e.unregistered(n)
	}
	first := signatures[0]
	windowed := n.Call.Window != nil || n.Call.WindowName != ""
	switch {
	case first.Unsupported:
		fail(NotSupported, n.Pos, "Function '"+n.Text+"' is not supported by the sandbox")
	case first.Window && !windowed:
		fail(SemanticError, n.Pos, "Window function "+n.Text+" requires an OVER clause")
	case windowed && !first.Window && !first.Aggregate:
		fail(SemanticError, n.Pos, "'"+n.Text+"' is not a window function or an aggregate")
	case windowed:
		return e.windowCall(n, signatures, s)
	case first.Aggregate:
		return e.aggregateCall(n, signatures, s)
	}
	e.plainCall(n)
	args := e.arguments(n, s)
	sig, b := e.choose(n, signatures, args)
	v := value{typ: e.resultType(sig, b, args)}
	exact := comparesDecimals(sig, args)
	if exact {
		args = asDoubles(args)
	}
	template := sig.Template
	if e.trying {
		template = tried(template)
	}
	if v.sql = fill(template, args); exact && v.typ.Is("decimal") {
		v.sql = decimalOf(v.sql, v.typ)
	}
	if sig.ReturnsElement() {
		v.sql = fromJSON(v.sql, v.typ)
	}
	return v
}

// tried is a template whose failures are NULL: TRY(json_parse(x)).
func tried(template string) string {
	name, rest, ok := strings.Cut(template, "(")
	if !ok || !strings.HasPrefix(name, "f_") && !strings.HasPrefix(name, "h_") || strings.HasPrefix(rest, ")") {
		return template
	}
	return "f_try('" + name + "', " + rest
}

func (e *emitter) unregistered(n *sqlsyntax.Expr) {
	if n.Call.Window != nil && e.hive {
		fail(SemanticError, n.Pos, "Invalid function "+n.Text)
	}
	fail(SemanticError, n.Pos, "Function '"+n.Text+"' not registered")
}

// plainCall refuses what only aggregates take.
func (e *emitter) plainCall(n *sqlsyntax.Expr) {
	switch {
	case n.Call.Distinct:
		fail(SemanticError, n.Pos, "DISTINCT is not supported for non-aggregation functions")
	case n.Call.Filter != nil:
		fail(SemanticError, n.Pos, "FILTER is not supported for non-aggregation functions")
	case len(n.Call.OrderBy) > 0:
		fail(SemanticError, n.Pos, "ORDER BY is not supported for non-aggregation functions")
	}
}

// arguments translates a call's arguments.
func (e *emitter) arguments(n *sqlsyntax.Expr, s *scope) []value {
	if len(n.Args) == 1 && n.Args[0].Kind == sqlsyntax.Star {
		if n.Text != "count" {
			fail(SyntaxError, n.Args[0].Pos, "mismatched input '*'")
		}
		return nil
	}
	for _, a := range n.Args {
		if a.Kind == sqlsyntax.Lambda {
			fail(SemanticError, a.Pos, "Unexpected parameters for function "+n.Text+": it takes no lambda")
		}
	}
	return e.exprs(n.Args, s)
}

// choose finds the signature that fits best and converts the arguments to its types.
func (e *emitter) choose(n *sqlsyntax.Expr, signatures []registry.Signature, args []value) (registry.Signature, registry.Binding) {
	best, bestDistance := -1, 0
	var bound registry.Binding
	given := make([]types.Type, len(args))
	for i, a := range args {
		given[i] = a.typ
	}
	for i, s := range signatures {
		b, distance, ok := s.Match(given, e.hive)
		if ok && (best < 0 || distance < bestDistance) {
			best, bestDistance, bound = i, distance, b
		}
	}
	if best < 0 {
		given := make([]string, len(args))
		for i, a := range args {
			given[i] = typeNamed(a)
		}
		expected := make([]string, len(signatures))
		for i, s := range signatures {
			expected[i] = s.String()
		}
		fail(SemanticError, n.Pos, "Unexpected parameters ("+strings.Join(given, ", ")+") for function "+n.Text+". Expected: "+strings.Join(expected, ", "))
	}
	sig := signatures[best]
	e.orderedArguments(n, &sig, args)
	if sig.Unsupported {
		fail(NotSupported, n.Pos, "Function '"+n.Text+"' is not supported by the sandbox")
	}
	for i := range args {
		if p := sig.Param(i); !p.Is("any", "decimal") {
			args[i] = e.convert(args[i], bound.Resolve(p))
		}
	}
	return sig, bound
}

// resultType is what a call yields.
func (e *emitter) resultType(s registry.Signature, b registry.Binding, args []value) types.Type {
	if s.Result.Is("decimal") && len(args) > 0 {
		return args[0].typ
	}
	return b.Resolve(s.Result)
}

// fill puts the arguments into a template.
func fill(t string, args []value) string {
	var b strings.Builder
	for i := 0; i < len(t); i++ {
		if t[i] != '$' || i+1 == len(t) {
			b.WriteByte(t[i])
			continue
		}
		i++
		if t[i] == '*' {
			for k, a := range args {
				if k > 0 {
					b.WriteString(", ")
				}
				b.WriteString(a.sql)
			}
			continue
		}
		form := byte(0)
		if t[i] < '0' || t[i] > '9' {
			form = t[i]
			i++
		}
		k := int(t[i] - '1')
		if k >= len(args) {
			b.WriteString("NULL")
			continue
		}
		b.WriteString(argument(args[k], form))
	}
	return b.String()
}

// argument writes an argument in one of the forms of a template.
func argument(v value, form byte) string {
	switch form {
	case 'j':
		return "(" + toJSON(v) + ")"
	case 'n':
		if v.typ.IsNested() {
			return v.sql
		}
		return "CASE WHEN " + v.sql + " IS NOT NULL THEN " + toJSON(v) + " END"
	case 'k':
		return mapKey(v)
	case 'o':
		return orderable(v)
	}
	return v.sql
}
