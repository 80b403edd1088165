package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// compare writes a comparison of values that have a common type.
func (e *emitter) compare(operator string, l, r value, at sqlsyntax.Position) string {
	word := operator
	switch operator {
	case "IS":
		word = "IS NOT DISTINCT FROM"
	case "IS NOT":
		word = "IS DISTINCT FROM"
	}
	t, ok := e.comparable(l, r)
	if !ok || t.Is("map", "json", "row", "array") && strings.ContainsAny(operator, "<>") && operator != "<>" {
		if ok && t.Is("row", "array") {
			e.notOrdered(t, at)
		}
		fail(SemanticError, at, "Cannot apply operator: "+typeNamed(l)+" "+word+" "+typeNamed(r))
	}
	l, r = e.convert(l, t), e.convert(r, t)
	switch {
	case t.Is("timestamp with time zone"):
		return "(" + instant(l) + " " + operator + " " + instant(r) + ")"
	case t.Is("decimal") && word == operator:
		return "(" + call("f_decimal_cmp", l.sql, r.sql) + " " + operator + " 0)"
	}
	return "(" + l.sql + " " + operator + " " + r.sql + ")"
}

// comparable is the type in which two values are compared. Hive compares a string with a
// number as numbers, and with a date as dates.
func (e *emitter) comparable(l, r value) (types.Type, bool) {
	if t, ok := types.Common(l.typ, r.typ, false); ok || !e.hive {
		return t, ok
	}
	a, b := l.typ, r.typ
	if a.Is("varchar") {
		a, b = b, a
	}
	if b.Is("varchar") {
		switch {
		case a.IsNumber():
			return types.Named("double"), true
		case a.IsTemporal():
			return a, true
		case a.Is("boolean"):
			return types.Named("varchar"), true
		}
		return types.Type{}, false
	}
	if a.Is("boolean") && b.IsNumber() || a.IsNumber() && b.Is("boolean") {
		return types.Named("bigint"), true
	}
	if a.IsNumber() && b.Is("timestamp") || b.IsNumber() && a.Is("timestamp") {
		return types.Named("timestamp"), true
	}
	return types.Type{}, false
}

// instant is a timestamp with time zone as a number, by which it is compared.
func instant(v value) string { return call("f_instant", v.sql) }

// compareRows compares rows field by field.
func (e *emitter) compareRows(n *sqlsyntax.Expr, s *scope) value {
	l, r := n.Args[0].Args, n.Args[1].Args
	if len(l) != len(r) {
		fail(SemanticError, n.Pos, "Cannot apply operator: rows of different sizes")
	}
	left, right := make([]string, len(l)), make([]string, len(l))
	for i := range l {
		left[i], right[i] = e.pair(n.Text, e.expr(l[i], s), e.expr(r[i], s), n.Pos)
	}
	sql := "((" + strings.Join(left, ", ") + ") " + n.Text + " (" + strings.Join(right, ", ") + "))"
	return value{sql: sql, typ: types.Named("boolean")}
}

// pair converts two values so that they can be compared.
func (e *emitter) pair(operator string, l, r value, at sqlsyntax.Position) (string, string) {
	t, ok := e.comparable(l, r)
	if !ok {
		fail(SemanticError, at, "Cannot apply operator: "+typeNamed(l)+" "+operator+" "+typeNamed(r))
	}
	l, r = e.convert(l, t), e.convert(r, t)
	if t.Is("timestamp with time zone") {
		return instant(l), instant(r)
	}
	return l.sql, r.sql
}

// membership translates IN.
func (e *emitter) membership(n *sqlsyntax.Expr, s *scope) value {
	if n.Query != nil {
		return e.inQuery(n, s)
	}
	if n.Args[0].Kind == sqlsyntax.Row {
		var either *sqlsyntax.Expr
		for _, row := range n.Args[1:] {
			if row.Kind != sqlsyntax.Row {
				fail(SemanticError, row.Pos, "IN value and list items must be the same type")
			}
			equal := &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "=", Pos: row.Pos, Args: []*sqlsyntax.Expr{n.Args[0], row}}
			if either == nil {
				either = equal
			} else {
				either = &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "OR", Pos: row.Pos, Args: []*sqlsyntax.Expr{either, equal}}
			}
		}
		return e.expr(either, s)
	}
	v := e.exprs(n.Args, s)
	items := make([]string, len(v)-1)
	left := v[0].sql
	for i, item := range v[1:] {
		l, r := e.pair("=", v[0], item, n.Args[i+1].Pos)
		if i > 0 && l != left { // items of several types
			return e.anyOf(n, v)
		}
		left, items[i] = l, r
	}
	return value{sql: "(" + left + " IN (" + strings.Join(items, ", ") + "))", typ: types.Named("boolean")}
}

// anyOf writes IN as comparisons that need conversions of their own.
func (e *emitter) anyOf(n *sqlsyntax.Expr, v []value) value {
	tests := make([]string, len(v)-1)
	for i, item := range v[1:] {
		tests[i] = e.compare("=", v[0], item, n.Args[i+1].Pos)
	}
	return value{sql: balanced(tests, " OR "), typ: types.Named("boolean")}
}

func (e *emitter) inQuery(n *sqlsyntax.Expr, s *scope) value {
	left := []*sqlsyntax.Expr{n.Args[0]}
	if n.Args[0].Kind == sqlsyntax.Row {
		left = n.Args[0].Args
	}
	sql, outputs := e.query(n.Query, s)
	if len(outputs) != len(left) {
		fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	values := make([]string, len(left))
	columns := make([]string, len(left))
	plain := true
	for i, l := range left {
		name := "c" + itoa(i+1)
		v := e.expr(l, s)
		values[i], columns[i] = e.pair("=", v, value{sql: name, typ: outputs[i].typ}, n.Pos)
		plain = plain && columns[i] == name
	}
	if !plain {
		sql = "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
	}
	value0 := values[0]
	if len(values) > 1 {
		value0 = "(" + strings.Join(values, ", ") + ")"
	}
	return value{sql: "(" + value0 + " IN (" + sql + "))", typ: types.Named("boolean")}
}
