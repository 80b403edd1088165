package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A comparer translates comparisons of two values.
type comparer struct {
	*state

	conversions *converter
	order       *orderTranslator
}

// compare writes a comparison of values that have a common type.
func (cmp *comparer) compare(operator string, l, r value, at sqlsyntax.Position) string {
	word := operator
	switch operator {
	case "IS":
		word = "IS NOT DISTINCT FROM"
	case "IS NOT":
		word = "IS DISTINCT FROM"
	}
	t, ok := cmp.comparable(l, r)
	if !ok || t.Is("map", "json", "row", "array") && strings.ContainsAny(operator, "<>") && operator != "<>" {
		if ok && t.Is("row", "array") {
			cmp.order.notOrdered(t, at)
		}
		fail(SemanticError, at, "Cannot apply operator: "+typeNamed(l)+" "+word+" "+typeNamed(r))
	}
	l, r = cmp.conversions.convert(l, t), cmp.conversions.convert(r, t)
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
func (cmp *comparer) comparable(l, r value) (types.Type, bool) {
	if t, ok := types.Common(l.typ, r.typ, false); ok || !cmp.hive {
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

// pair converts two values so that they can be compared.
func (cmp *comparer) pair(operator string, l, r value, at sqlsyntax.Position) (string, string) {
	t, ok := cmp.comparable(l, r)
	if !ok {
		fail(SemanticError, at, "Cannot apply operator: "+typeNamed(l)+" "+operator+" "+typeNamed(r))
	}
	l, r = cmp.conversions.convert(l, t), cmp.conversions.convert(r, t)
	if t.Is("timestamp with time zone") {
		return instant(l), instant(r)
	}
	return l.sql, r.sql
}
