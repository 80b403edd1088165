package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A callTranslator translates function calls, and the functions that have no template.
type callTranslator struct {
	*state

	names       *nameResolver
	exprs       *exprTranslator
	arithmetic  *arithmetic
	comparisons *comparer
	conversions *converter
	arguments   *argumentTranslator
	nested      *nestedTranslator
	lambdas     *lambdaTranslator
	times       *timeTranslator
	aggregates  *aggregateTranslator
	windowCalls *windowTranslator
	json        *jsonTranslator
}

// translate translates a function call.
func (ct *callTranslator) translate(n *sqlsyntax.Expr, s *scope) value {
	if n.Call == nil {
		n.Call = &sqlsyntax.CallParts{}
	}
	if n.Call.JSON != nil {
		return ct.json.translateCall(n, s)
	}
	if n.Call.Exact {
		ct.checkExact(n, s)
		if v, ok := ct.translateTimeAtZone(n, s); ok {
			return v
		}
	}
	if v, ok := ct.translateSpecial(n, s); ok {
		return v
	}
	signatures, ok := registry.Lookup(n.Text, ct.hive)
	if !ok {
		ct.arguments.failUnregistered(n)
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
		return ct.windowCalls.translateCall(n, signatures, s)
	case first.Aggregate:
		return ct.aggregates.translateCall(n, signatures, s)
	}
	ct.arguments.rejectClauses(n)
	args := ct.arguments.translateAll(n, s)
	if n.Text == "truncate" && len(args) > 0 && args[0].typ.IsInteger() && !ct.hive {
		args[0] = ct.conversions.convert(args[0], types.AsDecimal(args[0].typ))
	}
	if v, ok := ct.translateDecimal(n, args); ok {
		return v
	}
	sig, b := ct.arguments.chooseSignature(n, signatures, args)
	if n.Text == "array_join" && !ct.hive {
		if t := args[0].typ.Element(); t.Is("array", "map", "row", "varbinary") {
			fail(SemanticError, n.Pos, "Cannot cast "+t.String()+" to varchar")
		} else if t.Is("interval day to second", "interval year to month") {
			args[0].sql = call("f_interval_texts", args[0].sql, quoteString(t.Name))
		} else if t.Is("json", "real") {
			args[0] = ct.conversions.cast(args[0], types.ArrayOf(types.Named("varchar")), false, n.Pos)
		}
	}
	v := value{typ: ct.arguments.resultType(sig, b, args)}
	exact := takesDecimals(sig, args)
	if exact {
		args = convertDecimals(args)
	}
	template := sig.Template
	if ct.trying && len(args) > 0 {
		template = tryTemplate(template)
	}
	if v.sql = fillTemplate(template, args); exact && v.typ.Is("decimal") {
		v.sql = decimalOf(v.sql, v.typ)
	}
	if sig.ReturnsElement() {
		v.sql = fromJSON(v.sql, v.typ)
	}
	return v
}

// checkExact rejects an operand of EXTRACT or AT TIME ZONE that the function of the same name would convert. See
// https://trino.io/docs/current/functions/datetime.html#extraction-function.
func (ct *callTranslator) checkExact(n *sqlsyntax.Expr, s *scope) {
	t := ct.exprs.translate(n.Args[0], s).typ
	if n.Text == "at_timezone" {
		if !t.HasClock() {
			fail(SemanticError, n.Args[0].Pos, "Type of value must be a time or timestamp with or without time zone (actual "+t.Describe()+")")
		}
		return
	}
	var ok bool
	switch n.Text {
	case "year", "month":
		ok = t.IsTemporal() || t.Is("interval year to month")
	case "day":
		ok = t.IsTemporal() || t.Is("interval day to second")
	case "hour", "minute", "second":
		ok = t.HasClock() || t.Is("interval day to second")
	case "timezone_hour", "timezone_minute":
		ok = t.IsZoned()
	default:
		ok = t.IsTemporal()
	}
	if !ok {
		fail(SemanticError, n.Args[0].Pos, "Cannot extract "+strings.ToUpper(n.Text)+" from "+t.Describe())
	}
}

// translateTimeAtZone translates AT TIME ZONE of a time, which has the offset of the current day. It returns false for other
// operands.
func (ct *callTranslator) translateTimeAtZone(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if n.Text != "at_timezone" {
		return value{}, false
	}
	args := ct.exprs.translateAll(n.Args, s)
	if !args[0].typ.IsTimeOfDay() {
		return value{}, false
	}
	t := types.Named("time with time zone").WithPrecision(args[0].typ.Precision)
	moment := ct.conversions.cast(args[0], types.Named("timestamp with time zone").WithPrecision(t.Precision), false, n.Pos)
	name := "f_at_timezone"
	if args[1].typ.Is("interval day to second") {
		name = "f_at_offset"
	}
	moment.sql = call(name, moment.sql, args[1].sql)
	return ct.conversions.cast(moment, t, ct.trying, n.Pos), true
}

// translateSpecial translates the calls that need more than a template. It returns false for
// all others.
func (ct *callTranslator) translateSpecial(n *sqlsyntax.Expr, s *scope) (v value, ok bool) {
	if v, ok := ct.lambdas.translate(n, s); ok {
		return v, true
	}
	if v, ok := ct.times.translate(n, s); ok {
		return v, true
	}
	if ct.hive {
		if v, ok := ct.translateHive(n, s); ok {
			return v, true
		}
	}
	switch n.Text {
	case "grouping":
		own := s.selection()
		if own == nil || own.grouping == nil {
			fail(SemanticError, n.Pos, "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause")
		}
		t := types.Named("integer")
		if ct.hive {
			t = types.Named("tinyint")
		}
		return value{sql: own.grouping.addMask(ct.names, n), typ: t}, true
	case "if":
		return ct.translateIf(n, s), true
	case "nullif":
		return ct.translateNullIf(n, s), true
	case "try":
		if ct.hive || len(n.Args) != 1 {
			return value{}, false
		}
		return ct.translateTry(n, s), true
	case "concat":
		return ct.translateConcat(n, s), true
	case "mod":
		if ct.hive || len(n.Args) != 2 {
			return value{}, false
		}
		return ct.arithmetic.translate(&sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "%", Pos: n.Pos}, ct.exprs.translate(n.Args[0], s), ct.exprs.translate(n.Args[1], s)), true
	case "normalize":
		return ct.translateNormalize(n, s)
	case "typeof":
		if ct.hive || len(n.Args) != 1 {
			return value{}, false
		}
		return value{sql: quoteString(ct.exprs.translate(n.Args[0], s).typ.Describe()), typ: types.Named("varchar")}, true
	case "map_keys", "map_entries":
		return ct.nested.translateMapParts(n, s)
	case "format", "printf":
		if (n.Text == "printf") != ct.hive {
			return value{}, false
		}
		return ct.translateFormat(n, s), true
	case "current_user":
		fail(NotSupported, n.Pos, "current_user is not supported by the sandbox")
	}
	return value{}, false
}

func (ct *callTranslator) translateIf(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 2 || len(n.Args) > 3 {
		ct.arguments.failCount(n, s)
	}
	if ct.hive && len(n.Args) != 3 {
		ct.arguments.failCount(n, s)
	}
	test := ct.exprs.translateCondition(n.Args[0], s)
	results, t := ct.conversions.unify(ct.exprs.translateAll(n.Args[1:], s), func(a, b types.Type) string {
		return "Result types for IF must be the same: " + a.String() + " vs " + b.String()
	})
	otherwise := "NULL"
	if len(results) > 1 {
		otherwise = results[1].sql
	}
	return value{sql: "iif(" + test + ", " + results[0].sql + ", " + otherwise + ")", typ: t}
}

func (ct *callTranslator) translateNullIf(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) != 2 {
		ct.arguments.failCount(n, s)
	}
	l, r := ct.exprs.translate(n.Args[0], s), ct.exprs.translate(n.Args[1], s)
	if l.typ.IsNested() || r.typ.IsNested() {
		return value{sql: "CASE WHEN " + ct.comparisons.compare("=", l, r, n.Pos) + " THEN NULL ELSE " + l.sql + " END", typ: l.typ}
	}
	a, b := ct.comparisons.convertPair("=", l, r, n.Pos)
	if a == l.sql {
		return value{sql: call("nullif", a, b), typ: l.typ}
	}
	return value{sql: "CASE WHEN " + a + " = " + b + " THEN NULL ELSE " + l.sql + " END", typ: l.typ}
}

// translateTry translates TRY(x): casts, divisions and subscripts in x that fail become NULL.
func (ct *callTranslator) translateTry(n *sqlsyntax.Expr, s *scope) value {
	saved := ct.trying
	ct.trying = true
	v := ct.exprs.translate(n.Args[0], s)
	ct.trying = saved
	return v
}

// translateFormat translates format and printf: the function needs the types of the arguments.
func (ct *callTranslator) translateFormat(n *sqlsyntax.Expr, s *scope) value {
	args := ct.exprs.translateAll(n.Args, s)
	if len(args) < 2 && !ct.hive {
		fail(SemanticError, n.Pos, "The 'format' function must have at least two arguments")
	}
	if len(args) == 0 || !args[0].typ.Is("varchar") && !args[0].typ.IsUnknown() && (!ct.hive || !args[0].typ.Is("char")) {
		ct.arguments.failCount(n, s)
	}
	names, parts := make([]string, len(args)-1), []string{args[0].sql, ""}
	for i, a := range args[1:] {
		if a.typ.Is("varbinary", "array", "map", "row") {
			fail(SemanticError, n.Args[i+1].Pos, "Type not supported for formatting: "+describeType(a))
		}
		if a.typ.Is("interval day to second", "interval year to month") {
			a = ct.conversions.convert(a, types.Named("varchar"))
		}
		if names[i] = a.typ.Name; a.typ.Is("char") {
			names[i] = "varchar"
		}
		parts = append(parts, a.sql)
	}
	parts[1] = quoteString(strings.Join(names, ","))
	name := "f_format"
	if ct.hive {
		name = "h_printf"
	}
	return value{sql: call(name, parts...), typ: types.Named("varchar")}
}

// translateDecimal translates the functions that round or inspect a decimal, whose results have other types. See
// https://trino.io/docs/current/functions/math.html.
func (ct *callTranslator) translateDecimal(n *sqlsyntax.Expr, args []value) (value, bool) {
	if len(args) == 0 || len(args) > 2 || !args[0].typ.Is("decimal") || len(args) == 2 && args[1].typ.Is("bigint") && !ct.hive {
		return value{}, false
	}
	t := args[0].typ
	digits := max(t.Precision-t.Scale, 0)
	name := n.Text
	if ct.hive {
		switch name {
		case "abs":
			return value{sql: call("f_decimal_abs", args[0].sql), typ: t}, true
		case "ceil", "ceiling", "floor":
			t.Precision, t.Scale = min(maxPrecision, digits+1), 0
			return value{sql: call("f_decimal_"+strings.TrimSuffix(name, "ing"), args[0].sql), typ: t}, true
		}
		return value{}, false
	}
	switch name {
	case "abs":
	case "sign":
		t.Precision, t.Scale = 1, 0
	case "ceil", "ceiling", "floor":
		t.Precision, t.Scale = min(38, digits+min(t.Scale, 1)), 0
		name = strings.TrimSuffix(name, "ing")
	case "round":
		if len(args) == 2 {
			t.Precision = min(38, t.Precision+1)
			break
		}
		t.Precision, t.Scale = min(38, digits+min(t.Scale, 1)), 0
	case "truncate":
		if len(args) == 1 {
			t.Precision, t.Scale = max(digits, 1), 0
		}
	default:
		return value{}, false
	}
	t.Precision = max(t.Precision, 1)
	if len(args) == 1 {
		return value{sql: call("f_decimal_"+name, args[0].sql), typ: t}, true
	}
	if name != "round" && name != "truncate" || !args[1].typ.IsInteger() {
		return value{}, false
	}
	return value{sql: call("f_decimal_"+name+"_places", args[0].sql, args[1].sql), typ: t}, true
}

// translateNormalize translates normalize(text, form), in which the form is a keyword.
func (ct *callTranslator) translateNormalize(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if ct.hive || len(n.Args) != 2 || n.Args[1].Kind != sqlsyntax.Column || len(n.Args[1].Path) != 1 {
		return value{}, false
	}
	form := strings.ToUpper(n.Args[1].Path[0])
	text := ct.exprs.translate(n.Args[0], s)
	if !slices.Contains([]string{"NFC", "NFD", "NFKC", "NFKD"}, form) || !text.typ.Is("varchar") && !text.typ.IsUnknown() {
		return value{}, false
	}
	return value{sql: call("f_normalize", text.sql, quoteString(form)), typ: types.Named("varchar")}, true
}

// takesDecimals reports whether a function compares or computes its arguments, and some of them are decimals,
// represented as text.
func takesDecimals(s registry.Signature, args []value) bool {
	switch s.Name {
	case "min", "max", "greatest", "least":
		if strings.HasPrefix(s.Template, "f_") {
			return false // exact
		}
	default:
		if !slices.ContainsFunc(s.Params, func(p types.Type) bool { return p.Is("N") }) {
			return false
		}
	}
	return slices.ContainsFunc(args, func(v value) bool { return v.typ.Is("decimal") })
}

// convertDecimals converts the decimals among the arguments to doubles.
func convertDecimals(args []value) []value {
	doubles := slices.Clone(args)
	for i, a := range doubles {
		if a.typ.Is("decimal") {
			doubles[i] = value{sql: "CAST(" + a.sql + " AS REAL)", typ: types.Named("double")}
		}
	}
	return doubles
}
