package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A lambdaTranslator translates the functions that take a lambda, x -> body. They become subqueries over
// json_each, whose columns are the parameters of the lambda.
type lambdaTranslator struct {
	*state

	exprs       *exprTranslator
	conversions *converter
	arguments   *argumentTranslator
}

// translate translates a function with a lambda. It returns false for other calls.
func (lt *lambdaTranslator) translate(n *sqlsyntax.Expr, s *scope) (v value, ok bool) {
	if len(n.Args) == 0 || n.Args[len(n.Args)-1].Kind != sqlsyntax.Lambda {
		return value{}, false
	}
	if n.Text != "reduce_agg" {
		lt.arguments.rejectClauses(n)
	}
	if n.HasWindow() { // the subquery would have a window of a single row
		fail(NotSupported, n.Pos, "a window function in "+n.Text+" with a lambda is not supported by the sandbox; compute it in a subquery")
	}
	switch n.Text {
	case "transform", "filter", "any_match", "all_match", "none_match":
		if len(n.Args) == 2 {
			return lt.translateElements(n, s), true
		}
	case "reduce":
		if len(n.Args) == 4 && n.Args[2].Kind == sqlsyntax.Lambda {
			return lt.translateReduce(n, s), true
		}
	case "map_filter", "transform_keys", "transform_values":
		if len(n.Args) == 2 {
			return lt.translateEntries(n, s), true
		}
	case "zip_with":
		if len(n.Args) == 3 {
			return lt.translateZipWith(n, s), true
		}
	case "regexp_replace":
		if len(n.Args) == 3 && !lt.hive {
			return lt.translateReplace(n, s), true
		}
	case "array_sort":
		if len(n.Args) == 2 && !lt.hive {
			return lt.translateSort(n, s), true
		}
	case "map_zip_with":
		if len(n.Args) == 3 && !lt.hive {
			return lt.translateMapZip(n, s), true
		}
	case "reduce_agg":
		if len(n.Args) == 4 && n.Args[2].Kind == sqlsyntax.Lambda && !lt.hive {
			return lt.translateReduceAggregate(n, s), true
		}
	}
	if _, known := registry.Lookup(n.Text, lt.hive); !known {
		lt.arguments.failUnregistered(n)
	}
	fail(SemanticError, n.Pos, "Unexpected parameters for function "+n.Text)
	return value{}, false
}

// bindParameters returns the scope of a lambda's body, in which the parameters have the values.
func (lt *lambdaTranslator) bindParameters(n *sqlsyntax.Expr, s *scope, values ...value) *scope {
	if n.Kind != sqlsyntax.Lambda || len(n.Params) != len(values) {
		fail(SemanticError, n.Pos, "Expected a lambda that takes "+itoa(len(values))+" argument(s)")
	}
	if !lt.hive {
		lt.rejectSubqueries(n)
	}
	inner := &scope{parent: s, lambda: true}
	for i, v := range values {
		inner.fields = append(inner.fields, field{name: n.Params[i], sql: v.sql, typ: v.typ})
	}
	return inner
}

// rejectSubqueries rejects a lambda with a subquery, other than EXISTS of a query without the parameters, which Trino evaluates
// before.
func (lt *lambdaTranslator) rejectSubqueries(n *sqlsyntax.Expr) {
	isParameter := func(e *sqlsyntax.Expr) bool {
		return e.Kind == sqlsyntax.Column && slices.ContainsFunc(n.Params, func(name string) bool { return strings.EqualFold(name, e.Path[0]) })
	}
	if n.Args[0].Contains(func(e *sqlsyntax.Expr) bool {
		return e.Query != nil && (e.Kind != sqlsyntax.Exists || e.Contains(isParameter))
	}) {
		fail(NotSupported, n.Args[0].Pos, "Lambda expression cannot contain subqueries")
	}
}

// translateBody translates the body of a lambda.
func (lt *lambdaTranslator) translateBody(body *sqlsyntax.Expr, inner *scope) value {
	defer lt.leaveTry()()
	return lt.exprs.translate(body, inner)
}

// translateCondition translates the body of a lambda that must be a boolean.
func (lt *lambdaTranslator) translateCondition(body *sqlsyntax.Expr, inner *scope) string {
	defer lt.leaveTry()()
	v := lt.exprs.translate(body, inner)
	if !v.typ.Is("boolean") {
		fail(SemanticError, body.Pos, "Unexpected lambda: it must return a boolean, not "+describeType(v))
	}
	return v.sql
}

// leaveTry translates what follows as outside of TRY, until the returned function is called. A failure in a
// lambda makes the whole result of TRY NULL, which the engine cannot do: it is an error, instead of an
// element that is NULL.
func (lt *lambdaTranslator) leaveTry() (restore func()) {
	saved := lt.trying
	lt.trying = false
	return func() { lt.trying = saved }
}

// translateArray translates an argument that must be an array.
func (lt *lambdaTranslator) translateArray(n *sqlsyntax.Expr, call *sqlsyntax.Expr, s *scope) value {
	v := lt.exprs.translate(n, s)
	if !v.typ.Is("array") {
		if v.typ.IsUnknown() {
			v.typ = types.ArrayOf(types.Type{})
			return v
		}
		fail(SemanticError, call.Pos, "Unexpected parameters ("+describeType(v)+", ...) for function "+call.Text+". Expected: "+call.Text+"(array(T), ...)")
	}
	return v
}

// translateElements translates transform, filter, any_match, all_match and none_match.
func (lt *lambdaTranslator) translateElements(n *sqlsyntax.Expr, s *scope) value {
	array := lt.translateArray(n.Args[0], n, s)
	a, x := lt.newAlias("j"), lt.newAlias("x")
	element := value{sql: valueOf(a, array.typ.Args[0]), typ: array.typ.Args[0]}
	lambda := n.Args[1]
	inner := lt.bindParameters(lambda, s, element)
	// The left side has one row, so that the result of NULL is NULL and that of an empty array is empty.
	from := " FROM (SELECT " + array.sql + " AS x) AS " + x + " LEFT JOIN json_each(" + x + ".x) AS " + a
	present := a + ".key IS NOT NULL"
	list := func(json, condition string) string {
		return "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '['||coalesce(group_concat(" + json + ", ',') FILTER (WHERE " + condition + "), '')||']' END" + from + ")"
	}
	if n.Text == "transform" {
		body := lt.translateBody(lambda.Args[0], inner)
		return value{sql: list(toJSON(body), present), typ: types.ArrayOf(body.typ)}
	}
	condition := lt.translateCondition(lambda.Args[0], inner)
	switch n.Text {
	case "filter":
		return value{sql: list(toJSON(element), present+" AND "+condition), typ: array.typ}
	case "any_match":
		return value{sql: matchElements(x, from, present, condition, "max", "0"), typ: types.Named("boolean")}
	case "none_match":
		return value{sql: "(NOT " + matchElements(x, from, present, condition, "max", "0") + ")", typ: types.Named("boolean")}
	}
	return value{sql: matchElements(x, from, present, condition, "min", "1"), typ: types.Named("boolean")}
}

// matchElements writes whether a condition is true for any element (pick is max) or for all (min). NULL counts as 0.5.
func matchElements(x, from, present, condition, pick, whenNone string) string {
	return "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN CASE " + pick + "(coalesce(" + condition + ", 0.5)) FILTER (WHERE " + present +
		") WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 0.5 THEN NULL ELSE " + whenNone + " END END" + from + ")"
}

// translateEntries translates map_filter, transform_keys and transform_values.
func (lt *lambdaTranslator) translateEntries(n *sqlsyntax.Expr, s *scope) value {
	m := lt.exprs.translate(n.Args[0], s)
	if !m.typ.Is("map") {
		fail(SemanticError, n.Pos, "Unexpected parameters ("+describeType(m)+", ...) for function "+n.Text+". Expected: "+n.Text+"(map(K,V), ...)")
	}
	a, x := lt.newAlias("j"), lt.newAlias("x")
	k := value{sql: fromKey(a+".key", m.typ.Args[0]), typ: m.typ.Args[0]}
	v := value{sql: valueOf(a, m.typ.Args[1]), typ: m.typ.Args[1]}
	inner := lt.bindParameters(n.Args[1], s, k, v)
	t := m.typ
	condition := a + ".key IS NOT NULL"
	switch n.Text {
	case "map_filter":
		condition += " AND " + lt.translateCondition(n.Args[1].Args[0], inner)
	case "transform_keys":
		k = lt.translateBody(n.Args[1].Args[0], inner)
		t = types.MapOf(k.typ, v.typ)
	default:
		v = lt.translateBody(n.Args[1].Args[0], inner)
		t = types.MapOf(k.typ, v.typ)
	}
	entry := mapEntry(k, v)
	sql := "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '{'||coalesce(group_concat(" + entry + ", ',') FILTER (WHERE " + condition +
		"), '')||'}' END FROM (SELECT " + m.sql + " AS x) AS " + x + " LEFT JOIN json_each(" + x + ".x) AS " + a + ")"
	if n.Text == "transform_keys" {
		sql = call("f_map_unique", sql)
	}
	return value{sql: sql, typ: t}
}

// mapEntry writes an entry of a map. A key that is NULL is an error.
func mapEntry(k, v value) string {
	// The concatenation makes a text of a nested key, which json_quote would not quote otherwise.
	return "coalesce(json_quote(''||" + mapKey(k) + "), f_fail('map key cannot be null'))||':'||(" + toJSON(v) + ")"
}

// mapElements writes an array with an element for each element of another. The function
// convert writes the JSON of the element alias.value.
func (lt *lambdaTranslator) mapElements(array string, convert func(alias string) string) string {
	a, x := lt.newAlias("j"), lt.newAlias("x")
	return "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '['||coalesce(group_concat(" + convert(a) + ", ',') FILTER (WHERE " + a +
		".key IS NOT NULL), '')||']' END FROM (SELECT " + array + " AS x) AS " + x + " LEFT JOIN json_each(" + x + ".x) AS " + a + ")"
}

// translateZipWith translates zip_with(a, b, (x, y) -> …).
func (lt *lambdaTranslator) translateZipWith(n *sqlsyntax.Expr, s *scope) value {
	l, r := lt.translateArray(n.Args[0], n, s), lt.translateArray(n.Args[1], n, s)
	var body value
	sql := lt.mapElements(call("f_zip", l.sql, r.sql), func(alias string) string {
		x := value{sql: elementOf(alias+".value", "0", l.typ.Args[0]), typ: l.typ.Args[0]}
		y := value{sql: elementOf(alias+".value", "1", r.typ.Args[0]), typ: r.typ.Args[0]}
		body = lt.exprs.translate(n.Args[2].Args[0], lt.bindParameters(n.Args[2], s, x, y))
		return toJSON(body)
	})
	return value{sql: sql, typ: types.ArrayOf(body.typ)}
}

// translateReduce translates reduce(array, state, (s, x) -> …, s -> …) as a recursive query with a row for each
// element.
func (lt *lambdaTranslator) translateReduce(n *sqlsyntax.Expr, s *scope) value {
	array := lt.translateArray(n.Args[0], n, s)
	start := lt.exprs.translate(n.Args[1], s)
	x, state := lt.newAlias("x"), lt.newAlias("r")
	t := start.typ
	element := func() value {
		et := array.typ.Args[0]
		return value{sql: elementOf(state+".x", state+".i", et), typ: et}
	}
	step := lt.exprs.translate(n.Args[2].Args[0], lt.bindParameters(n.Args[2], s, value{sql: state + ".s", typ: t}, element()))
	if common, ok := types.Common(t, step.typ, lt.hive); ok && !types.Equal(common, t) {
		t = common // such as 0 for a sum of doubles
		step = lt.exprs.translate(n.Args[2].Args[0], lt.bindParameters(n.Args[2], s, value{sql: state + ".s", typ: t}, element()))
	} else if !ok || step.typ.IsUnknown() && !t.IsUnknown() || !types.Equal(common, step.typ) && !step.typ.IsUnknown() && step.typ.IsNumber() {
		fail(SemanticError, n.Pos, "reduce: the lambda's result "+step.typ.String()+" is not of the state's type "+t.String())
	}
	last := n.Args[3]
	end := lt.exprs.translate(last.Args[0], lt.bindParameters(last, s, value{sql: state + ".s", typ: t}))
	length := "coalesce(json_array_length(" + state + ".x), 0)"
	sql := "(WITH RECURSIVE " + x + "(x) AS (SELECT " + array.sql + "), " + state + "(x, i, s) AS (SELECT " + x + ".x, 0, " + lt.conversions.convert(start, t).sql + " FROM " + x +
		" WHERE " + x + ".x IS NOT NULL UNION ALL SELECT " + state + ".x, " + state + ".i + 1, " + lt.conversions.convert(step, t).sql + " FROM " + state +
		" WHERE " + state + ".i < " + length + ") SELECT " + end.sql + " FROM " + state + " WHERE " + state + ".i = " + length + ")"
	return value{sql: sql, typ: end.typ}
}

// translateReplace translates regexp_replace with a lambda, which maps the groups of each match to its replacement.
func (lt *lambdaTranslator) translateReplace(n *sqlsyntax.Expr, s *scope) value {
	text, pattern := lt.exprs.translate(n.Args[0], s), lt.exprs.translate(n.Args[1], s)
	for _, v := range []value{text, pattern} {
		if !v.typ.Is("varchar") && !v.typ.IsUnknown() {
			fail(SemanticError, n.Pos, "Unexpected parameters ("+describeType(text)+", "+describeType(pattern)+", function(array(varchar),varchar)) for function regexp_replace")
		}
	}
	groups := types.ArrayOf(types.Named("varchar"))
	replacements := lt.mapElements(call("f_regexp_groups", text.sql, pattern.sql), func(alias string) string {
		inner := lt.bindParameters(n.Args[2], s, value{sql: valueOf(alias, groups), typ: groups})
		body := lt.translateBody(n.Args[2].Args[0], inner)
		if !body.typ.Is("varchar") && !body.typ.IsUnknown() {
			fail(SemanticError, n.Pos, "regexp_replace: the lambda must return varchar, not "+describeType(body))
		}
		return toJSON(body)
	})
	return value{sql: call("f_regexp_join", text.sql, pattern.sql, replacements), typ: types.Named("varchar")}
}

// translateSort translates array_sort(array, (x, y) -> …), whose lambda returns -1, 0 or 1. It is evaluated for all
// pairs of elements.
func (lt *lambdaTranslator) translateSort(n *sqlsyntax.Expr, s *scope) value {
	array := lt.translateArray(n.Args[0], n, s)
	a, b, x := lt.newAlias("j"), lt.newAlias("j"), lt.newAlias("x")
	t := array.typ.Args[0]
	inner := lt.bindParameters(n.Args[1], s, value{sql: valueOf(a, t), typ: t}, value{sql: valueOf(b, t), typ: t})
	body := lt.translateBody(n.Args[1].Args[0], inner)
	if !body.typ.IsInteger() || body.typ.Is("bigint") {
		fail(SemanticError, n.Pos, "Unexpected parameters ("+array.typ.String()+", <function>) for function array_sort. Expected: array_sort(array(T)), array_sort(array(T), function(T,T,integer))")
	}
	sql := "(SELECT " + call("f_array_sort_by", x+".x", a+".key", b+".key", body.sql) + " FROM (SELECT " + array.sql + " AS x) AS " + x +
		" LEFT JOIN json_each(" + x + ".x) AS " + a + " LEFT JOIN json_each(" + x + ".x) AS " + b + ")"
	return value{sql: sql, typ: array.typ}
}

// translateMapZip translates map_zip_with(a, b, (k, x, y) -> …).
func (lt *lambdaTranslator) translateMapZip(n *sqlsyntax.Expr, s *scope) value {
	l, r := lt.exprs.translate(n.Args[0], s), lt.exprs.translate(n.Args[1], s)
	var key types.Type
	ok := l.typ.Is("map") && r.typ.Is("map")
	if ok {
		key, ok = types.Common(l.typ.Args[0], r.typ.Args[0], false)
	}
	if !ok {
		fail(SemanticError, n.Pos, "Unexpected parameters ("+describeType(l)+", "+describeType(r)+", <function>) for function map_zip_with. Expected: map_zip_with(map(K,V1), map(K,V2), function(K,V1,V2,V3))")
	}
	l = lt.conversions.convert(l, types.MapOf(key, l.typ.Args[1]))
	r = lt.conversions.convert(r, types.MapOf(key, r.typ.Args[1]))
	a, x := lt.newAlias("j"), lt.newAlias("x")
	k := value{sql: fromKey("("+a+".value ->> 0)", key), typ: key}
	inner := lt.bindParameters(
		n.Args[2], s, k, value{sql: elementOf(a+".value", "1", l.typ.Args[1]), typ: l.typ.Args[1]},
		value{sql: elementOf(a+".value", "2", r.typ.Args[1]), typ: r.typ.Args[1]},
	)
	v := lt.translateBody(n.Args[2].Args[0], inner)
	sql := "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '{'||coalesce(group_concat(" + mapEntry(k, v) + ", ',') FILTER (WHERE " + a +
		".key IS NOT NULL), '')||'}' END FROM (SELECT " + call("f_map_zip", l.sql, r.sql) + " AS x) AS " + x + " LEFT JOIN json_each(" + x + ".x) AS " + a + ")"
	return value{sql: sql, typ: types.MapOf(key, v.typ)}
}

// translateReduceAggregate translates reduce_agg(x, state, (s, x) -> …, (a, b) -> …) to reduce over array_agg. The
// second lambda combines states, of which there is only one.
func (lt *lambdaTranslator) translateReduceAggregate(n *sqlsyntax.Expr, s *scope) value {
	clauses := *n.Call
	values := &sqlsyntax.Expr{Kind: sqlsyntax.Call, Text: "array_agg", Pos: n.Pos, Args: n.Args[:1], Call: &clauses}
	isNull := &sqlsyntax.Expr{Kind: sqlsyntax.IsNull, Pos: n.Pos, Args: []*sqlsyntax.Expr{n.Args[0]}}
	filter := &sqlsyntax.Expr{Kind: sqlsyntax.Unary, Text: "NOT", Pos: n.Pos, Args: []*sqlsyntax.Expr{isNull}}
	if clauses.Filter != nil {
		filter = &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "AND", Pos: n.Pos, Args: []*sqlsyntax.Expr{clauses.Filter, filter}}
	}
	clauses.Filter = filter
	state := &sqlsyntax.Expr{Kind: sqlsyntax.Column, Path: []string{"s"}, Pos: n.Pos}
	last := &sqlsyntax.Expr{Kind: sqlsyntax.Lambda, Params: []string{"s"}, Pos: n.Pos, Args: []*sqlsyntax.Expr{state}}
	reduce := &sqlsyntax.Expr{
		Kind: sqlsyntax.Call, Text: "reduce", Pos: n.Pos, Call: &sqlsyntax.CallParts{},
		Args: []*sqlsyntax.Expr{values, n.Args[1], n.Args[2], last},
	}
	return lt.exprs.translate(reduce, s)
}
