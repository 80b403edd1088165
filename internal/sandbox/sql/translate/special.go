package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// specialForm translates the calls whose arguments are not translated first, or which no template
// describes; ok is false for all others.
func (e *emitter) specialForm(n *sqlsyntax.Expr, s *scope) (v value, ok bool) {
	if v, ok := e.lambdaCall(n, s); ok {
		return v, true
	}
	if v, ok := e.timeCall(n, s); ok {
		return v, true
	}
	if e.hive {
		if v, ok := e.hiveForm(n, s); ok {
			return v, true
		}
	}
	switch n.Text {
	case "grouping":
		own := s.selection()
		if own == nil || own.grouping == nil {
			fail(SemanticError, n.Pos, "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause")
		}
		return value{sql: own.grouping.groupingCall(e, n), typ: types.Named("integer")}, true
	case "if":
		return e.ifCall(n, s), true
	case "nullif":
		return e.nullIf(n, s), true
	case "try":
		if e.hive || len(n.Args) != 1 {
			return value{}, false
		}
		return e.try(n, s), true
	case "concat":
		return e.concat(n, s), true
	case "mod":
		if e.hive || len(n.Args) != 2 {
			return value{}, false
		}
		return e.arithmetic(&sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "%", Pos: n.Pos}, e.expr(n.Args[0], s), e.expr(n.Args[1], s)), true
	case "typeof":
		if e.hive || len(n.Args) != 1 {
			return value{}, false
		}
		return value{sql: quoteString(e.expr(n.Args[0], s).typ.String()), typ: types.Named("varchar")}, true
	case "map_keys", "map_entries":
		return e.mapParts(n, s)
	case "current_user":
		fail(NotSupported, n.Pos, "current_user is not supported by the sandbox")
	}
	return value{}, false
}

// wrongCount refuses a call with too few or too many arguments.
func (e *emitter) wrongCount(n *sqlsyntax.Expr, s *scope) {
	given := make([]string, len(n.Args))
	for i, a := range n.Args {
		given[i] = typeNamed(e.expr(a, s))
	}
	expected := ""
	if signatures, ok := registry.Lookup(n.Text, e.hive); ok {
		expected = ". Expected: " + signatures[0].String()
	}
	fail(SemanticError, n.Pos, "Unexpected parameters ("+strings.Join(given, ", ")+") for function "+n.Text+expected)
}

func (e *emitter) ifCall(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 2 || len(n.Args) > 3 {
		e.wrongCount(n, s)
	}
	test := e.condition(n.Args[0], s)
	results, t := e.unify(e.exprs(n.Args[1:], s), func(a, b types.Type) string {
		return "Result types for IF must be the same: " + a.String() + " vs " + b.String()
	})
	otherwise := "NULL"
	if len(results) > 1 {
		otherwise = results[1].sql
	}
	return value{sql: "iif(" + test + ", " + results[0].sql + ", " + otherwise + ")", typ: t}
}

func (e *emitter) nullIf(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) != 2 {
		e.wrongCount(n, s)
	}
	l, r := e.expr(n.Args[0], s), e.expr(n.Args[1], s)
	a, b := e.pair("=", l, r, n.Pos)
	if a == l.sql {
		return value{sql: call("nullif", a, b), typ: l.typ}
	}
	return value{sql: "CASE WHEN " + a + " = " + b + " THEN NULL ELSE " + l.sql + " END", typ: l.typ}
}

// try translates an expression so that casts, divisions and subscripts in it give NULL where they would fail.
func (e *emitter) try(n *sqlsyntax.Expr, s *scope) value {
	saved := e.trying
	e.trying = true
	v := e.expr(n.Args[0], s)
	e.trying = saved
	return v
}

// concat joins strings, arrays or binaries; with a NULL it is NULL.
func (e *emitter) concat(n *sqlsyntax.Expr, s *scope) value {
	args := e.exprs(n.Args, s)
	if len(args) == 0 || len(args) == 1 && !e.hive {
		fail(SemanticError, n.Pos, "There must be two or more concatenation arguments")
	}
	v := args[0]
	for _, a := range args[1:] {
		if !e.hive && !concatenable(v.typ, a.typ) {
			given := make([]string, len(args))
			for i := range args {
				given[i] = typeNamed(args[i])
			}
			fail(SemanticError, n.Pos, "Unexpected parameters ("+strings.Join(given, ", ")+") for function concat. Expected: concat(varchar(x), varchar(x)...)")
		}
		v = e.concatenate(n, v, a)
	}
	if len(args) == 1 {
		return e.convert(v, types.Named("varchar"))
	}
	return v
}

func concatenable(a, b types.Type) bool {
	if a.Is("array") || b.Is("array") {
		return true
	}
	return (a.Is("varchar") || a.IsUnknown()) && (b.Is("varchar") || b.IsUnknown()) || a.Is("varbinary") && b.Is("varbinary")
}

// mapParts is map_keys and map_entries of maps whose keys are no strings.
func (e *emitter) mapParts(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if len(n.Args) != 1 {
		return value{}, false
	}
	m := e.expr(n.Args[0], s)
	if !m.typ.Is("map") {
		return value{}, false
	}
	name, t := "f_"+n.Text, types.ArrayOf(m.typ.Args[0])
	if n.Text == "map_entries" {
		t = types.ArrayOf(types.Type{Name: "row", Args: m.typ.Args, Fields: []string{"", ""}})
	}
	if m.typ.Args[0].IsNumber() {
		name += "_bigint"
	}
	return value{sql: call(name, m.sql), typ: t}, true
}

// hiveForm translates what only Hive has: map(k, v, …), named_struct, struct, array, round.
func (e *emitter) hiveForm(n *sqlsyntax.Expr, s *scope) (value, bool) {
	switch n.Text {
	case "array":
		if len(n.Args) == 0 {
			return value{sql: "'[]'", typ: types.ArrayOf(types.Type{})}, true
		}
		return e.array(e.exprs(n.Args, s)), true
	case "map":
		return e.hiveMap(n, s), true
	case "struct":
		v := e.row(n, s)
		return v, true
	case "named_struct":
		if len(n.Args) == 0 || len(n.Args)%2 != 0 {
			e.wrongCount(n, s)
		}
		row := &sqlsyntax.Expr{Kind: sqlsyntax.Row, Pos: n.Pos}
		var names []string
		for i := 0; i < len(n.Args); i += 2 {
			if n.Args[i].Kind != sqlsyntax.String {
				fail(SemanticError, n.Args[i].Pos, "named_struct: field names must be constant strings")
			}
			names = append(names, n.Args[i].Text)
			row.Args = append(row.Args, n.Args[i+1])
		}
		v := e.row(row, s)
		v.typ.Fields = names
		return v, true
	case "round":
		return e.hiveRound(n, s)
	case "explode", "posexplode", "inline", "stack", "json_tuple", "parse_url_tuple":
		fail(SemanticError, n.Pos, "UDTF's are not supported outside the SELECT clause, nor nested in expressions")
	}
	return value{}, false
}

// hiveMap is map('k', 1, 'l', 2).
func (e *emitter) hiveMap(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args)%2 != 0 {
		e.wrongCount(n, s)
	}
	if len(n.Args) == 0 {
		return value{sql: "'{}'", typ: types.MapOf(types.Named("varchar"), types.Named("varchar"))}
	}
	var keys, values []value
	for i, v := range e.exprs(n.Args, s) {
		if i%2 == 0 {
			keys = append(keys, v)
		} else {
			values = append(values, v)
		}
	}
	complain := func(a, b types.Type) string {
		return "map: keys and values must be of one type each: " + a.String() + " vs " + b.String()
	}
	keys, k := e.unify(keys, complain)
	values, t := e.unify(values, complain)
	args := make([]string, 0, len(n.Args))
	for i := range keys {
		args = append(args, mapKey(keys[i]), "("+toJSON(values[i])+")")
	}
	return value{sql: call("h_map", args...), typ: types.MapOf(k, t)}
}

// hiveRound is round: a double without a fraction for a double, an integer for an integer.
func (e *emitter) hiveRound(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if len(n.Args) < 1 || len(n.Args) > 2 {
		return value{}, false
	}
	args := e.exprs(n.Args, s)
	args[0] = e.hiveNumber(args[0])
	parts := make([]string, len(args))
	for i, a := range args {
		if !a.typ.IsNumber() && !a.typ.IsUnknown() {
			return value{}, false
		}
		parts[i] = a.sql
	}
	return value{sql: call("f_round", parts...), typ: args[0].typ}, true
}
