package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// An argumentTranslator translates the arguments of calls and chooses the signature that they match.
type argumentTranslator struct {
	*state

	exprs       *exprTranslator
	conversions *converter
	order       *orderTranslator
}

// maxArguments is Trino's limit for the arguments of a call.
const maxArguments = 127

// tryTemplate changes a template so that its errors become NULL, as in TRY(json_parse(x)).
func tryTemplate(template string) string {
	name, rest, ok := strings.Cut(template, "(")
	if !ok || !strings.HasPrefix(name, "f_") && !strings.HasPrefix(name, "h_") || strings.HasPrefix(rest, ")") {
		return template
	}
	return "f_try('" + name + "', " + rest
}

func (arg *argumentTranslator) failUnregistered(n *sqlsyntax.Expr) {
	if n.Call.Window != nil && arg.hive {
		fail(SemanticError, n.Pos, "Invalid function "+n.Text)
	}
	fail(SemanticError, n.Pos, "Function '"+n.Text+"' not registered")
}

// rejectClauses rejects the clauses that only aggregates accept.
func (arg *argumentTranslator) rejectClauses(n *sqlsyntax.Expr) {
	switch {
	case n.Call.Distinct:
		fail(SemanticError, n.Pos, "DISTINCT is not supported for non-aggregation functions")
	case n.Call.Filter != nil:
		fail(SemanticError, n.Pos, "FILTER is not supported for non-aggregation functions")
	case len(n.Call.OrderBy) > 0:
		fail(SemanticError, n.Pos, "ORDER BY is not supported for non-aggregation functions")
	}
}

// translateAll translates the arguments of a call.
func (arg *argumentTranslator) translateAll(n *sqlsyntax.Expr, s *scope) []value {
	if len(n.Args) == 1 && n.Args[0].Kind == sqlsyntax.Star {
		if n.Text != "count" {
			fail(SyntaxError, n.Args[0].Pos, "mismatched input '*'")
		}
		return nil
	}
	if len(n.Args) > maxArguments && !arg.hive {
		fail(SemanticError, n.Pos, "Function "+n.Text+" takes at most "+itoa(maxArguments)+" arguments")
	}
	for _, a := range n.Args {
		if a.Kind == sqlsyntax.Lambda {
			fail(SemanticError, a.Pos, "Unexpected parameters for function "+n.Text+": it takes no lambda")
		}
	}
	return arg.exprs.translateAll(n.Args, s)
}

// chooseSignature returns the signature that fits best, and converts the arguments to its types.
func (arg *argumentTranslator) chooseSignature(n *sqlsyntax.Expr, signatures []registry.Signature, args []value) (registry.Signature, registry.Binding) {
	best, bestDistance := -1, 0
	var bound registry.Binding
	given := make([]types.Type, len(args))
	for i, a := range args {
		given[i] = a.typ
	}
	for i, s := range signatures {
		b, distance, ok := s.Match(given, arg.hive)
		if ok && (best < 0 || distance < bestDistance) {
			best, bestDistance, bound = i, distance, b
		}
	}
	if best < 0 {
		given := make([]string, len(args))
		for i, a := range args {
			given[i] = describeType(a)
		}
		expected := make([]string, len(signatures))
		for i, s := range signatures {
			expected[i] = s.String()
		}
		fail(SemanticError, n.Pos, "Unexpected parameters ("+strings.Join(given, ", ")+") for function "+n.Text+". Expected: "+strings.Join(expected, ", "))
	}
	if !arg.hive && slices.ContainsFunc(given, types.Type.IsUnknown) {
		candidate, ok := registry.MostSpecific(signatures, given)
		if !ok {
			fail(SemanticError, n.Pos, "Could not choose a best candidate operator. Explicit type casts must be added.")
		}
		best = candidate
		bound, _, _ = signatures[best].Match(given, false)
	}
	sig := signatures[best]
	if len(args) == 1 && args[0].typ.NaN && sig.Aggregate && !sig.Params[0].Is("real") {
		switch sig.Name {
		case "sum":
			sig.Template = "f_sum_double($1)"
		case "avg":
			sig.Template = "f_avg_double($1)"
		case "max":
			sig.Template = "f_max_double($1)"
		case "min":
			sig.Template = "f_min_double($1)"
		}
	}
	arg.order.checkArguments(n, &sig, args)
	if sig.Unsupported {
		fail(NotSupported, n.Pos, "Function '"+n.Text+"' is not supported by the sandbox")
	}
	precision, timed := clockPrecision(args)
	for i := range args {
		if p := sig.Param(i); !p.Is("any", "decimal", "char") {
			to := bound.Resolve(p)
			if timed && to.HasClock() && p.HasClock() {
				to.Precision = precision
			}
			if args[i].typ.Is("boolean") && sig.TakesPrimitive(i) { // in lower case, unlike a cast
				args[i] = value{sql: call("f_cast_varchar_boolean", args[i].sql), typ: to}
			}
			args[i] = arg.conversions.convert(args[i], to)
		}
	}
	return sig, bound
}

// clockPrecision returns the highest precision of the times and timestamps among the arguments, if there are any.
func clockPrecision(args []value) (precision int, ok bool) {
	for _, a := range args {
		if a.typ.HasClock() {
			precision, ok = max(precision, a.typ.Precision), true
		}
	}
	return precision, ok
}

// resultType returns the type of the result of a call. The precision of a time or a timestamp is the highest precision of the arguments.
func (arg *argumentTranslator) resultType(s registry.Signature, b registry.Binding, args []value) types.Type {
	if s.Result.Is("decimal") && len(args) > 0 && args[0].typ.Is("decimal") {
		return args[0].typ
	}
	t := b.Resolve(s.Result)
	if s.Result.Is("N") && t.IsUnknown() && !arg.hive {
		t = types.Named("tinyint")
	}
	if keepsLength(s.Name) && args[0].typ.IsText() {
		length := args[0].typ
		if length.Is("char") {
			length = types.Varchar(length.Precision)
		}
		if t.Is("varchar") {
			t = length
		} else if t.Element().Is("varchar") {
			t = types.ArrayOf(length)
		}
	}
	if s.Result.IsFloat() && (!neverNaN(s.Name) || slices.ContainsFunc(args, func(v value) bool { return v.typ.NaN })) {
		t = t.WithNaN()
	}
	if precision, ok := clockPrecision(args); ok {
		switch {
		case s.Result.HasClock():
			t.Precision = precision
		case s.Result.Element().HasClock():
			t = types.ArrayOf(t.Element().WithPrecision(precision))
		}
	}
	return t
}

// keepsLength reports whether the strings that the function returns are not longer than the first argument.
func keepsLength(name string) bool {
	switch name {
	case "upper", "lower", "trim", "ltrim", "rtrim", "substr", "substring", "reverse", "split", "regexp_extract", "regexp_extract_all", "regexp_split":
		return true
	}
	return false
}

// neverNaN reports whether the function, whose result is a real or a double, returns NaN only if an argument is NaN.
func neverNaN(name string) bool {
	switch name {
	case "avg", "sum", "atan", "cbrt", "degrees", "e", "exp", "pi", "radians", "rand", "random", "to_unixtime", "tanh", "truncate",
		"cume_dist", "percent_rank", "approx_percentile":
		return true
	}
	return false
}

// fillTemplate replaces the placeholders of a template, which package registry describes.
func fillTemplate(t string, args []value) string {
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
		b.WriteString(formatArgument(args[k], form))
	}
	return b.String()
}

// formatArgument writes an argument in the form that a placeholder requests.
func formatArgument(v value, form byte) string {
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
		return orderKey(v, true)
	case 'g':
		if v.typ.Is("array", "row") {
			return call("f_max_key", v.sql, quoteString(v.typ.String()))
		}
		return orderKey(v, true)
	case 'i':
		return identity(v)
	case 't':
		return quoteString(v.typ.String())
	}
	return v.sql
}

// failCount rejects a call with too few or too many arguments.
func (arg *argumentTranslator) failCount(n *sqlsyntax.Expr, s *scope) {
	given := make([]string, len(n.Args))
	for i, a := range n.Args {
		given[i] = describeType(arg.exprs.translate(a, s))
	}
	expected := ""
	if signatures, ok := registry.Lookup(n.Text, arg.hive); ok {
		expected = ". Expected: " + signatures[0].String()
	}
	fail(SemanticError, n.Pos, "Unexpected parameters ("+strings.Join(given, ", ")+") for function "+n.Text+expected)
}
