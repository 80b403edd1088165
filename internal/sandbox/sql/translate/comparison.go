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

// compare translates a comparison. The operator is that of the engine: IS and IS NOT treat NULL as a value.
func (cmp *comparer) compare(operator string, l, r value, at sqlsyntax.Position) string {
	word := operator
	switch operator {
	case "IS":
		word = "IS NOT DISTINCT FROM"
	case "IS NOT":
		word = "IS DISTINCT FROM"
	}
	t, ok := cmp.comparisonType(l, r)
	orders := operator != "=" && operator != "<>" && word == operator
	if !ok || orders && (!isOrderable(t) || cmp.hive && (l.typ.IsNested() || r.typ.IsNested())) {
		fail(SemanticError, at, "Cannot apply operator: "+describeType(l)+" "+word+" "+describeType(r))
	}
	if t.Is("decimal") && word == operator {
		if a, b, ok := plainDecimals(l, r); ok {
			return "(" + a + " " + operator + " " + b + ")"
		}
	}
	if t.Is("decimal") && !l.typ.IsUnknown() && !r.typ.IsUnknown() {
		return compareDecimals(operator, l.sql, r.sql)
	}
	if t.Is("char") && !cmp.hive && !strings.ContainsAny(strings.TrimPrefix(operator, "<>"), "<>") && !types.Equal(l.typ, r.typ) {
		return "(" + call("rtrim", l.sql) + " " + operator + " " + call("rtrim", r.sql) + ")"
	}
	l, r = cmp.conversions.convert(l, t), cmp.conversions.convert(r, t)
	switch {
	case t.IsZoned():
		return "(" + instant(l) + " " + operator + " " + instant(r) + ")"
	case t.Is("array", "map", "row"):
		return compareNested(operator, l.sql, r.sql, t)
	case t.NaN && word == operator:
		return call("f_compare_doubles", l.sql, "'"+operator+"'", r.sql)
	case t.Is("ipaddress"):
		return "(" + identity(l) + " " + operator + " " + identity(r) + ")"
	}
	return "(" + l.sql + " " + operator + " " + r.sql + ")"
}

// equal translates the equality of two values of the operators that accept nested values in Hive, IN and CASE.
func (cmp *comparer) equal(l, r value, at sqlsyntax.Position) string {
	if cmp.hive && l.typ.Is("array", "map", "row") {
		return compareNested("=", l.sql, r.sql, l.typ)
	}
	return cmp.compare("=", l, r, at)
}

// compareNested compares arrays, maps or rows by the types of their elements.
func compareNested(operator, l, r string, t types.Type) string {
	kind := quoteString(t.String())
	switch operator {
	case "IS":
		return call("f_nested_identical", l, r, kind)
	case "IS NOT":
		return "(NOT " + call("f_nested_identical", l, r, kind) + ")"
	case "<>":
		return "(NOT " + call("f_nested_equal", l, r, kind) + ")"
	case "=":
		return call("f_nested_equal", l, r, kind)
	}
	return "(" + call("f_nested_cmp", l, r, kind) + " " + operator + " 0)"
}

// compareDecimals compares decimals or integers with their own scales: a common type can have too few digits for both.
func compareDecimals(operator, l, r string) string {
	sign := call("f_decimal_cmp", l, r)
	equal := "coalesce(" + sign + " = 0, " + l + " IS NULL AND " + r + " IS NULL)"
	switch operator {
	case "IS":
		return equal
	case "IS NOT":
		return "(NOT " + equal + ")"
	}
	return "(" + sign + " " + operator + " 0)"
}

// equalityKeys returns SQL whose values are equal where l and r are. It is exact if the reverse holds, too. It returns false for
// types without such values.
func (cmp *comparer) equalityKeys(l, r value) (left, right string, exact, ok bool) {
	t, ok := cmp.comparisonType(l, r)
	if !ok {
		return "", "", false, false
	}
	if t.Is("decimal") && (wholeDigits(l.typ) > t.Precision-t.Scale || wholeDigits(r.typ) > t.Precision-t.Scale) {
		return "", "", false, false // the common type does not hold all values
	}
	l, r = cmp.conversions.convert(l, t), cmp.conversions.convert(r, t)
	switch {
	case t.NaN: // NaN, which differs from itself, has the key of zero
		return "(" + l.sql + " + 0.0)", "(" + r.sql + " + 0.0)", false, true
	case t.Is("timestamp with time zone"):
		return instant(l), instant(r), true, true
	case t.Is("array", "map", "row"):
		return identity(l), identity(r), false, true
	case t.Is("ipaddress"):
		return identity(l), identity(r), true, true
	}
	return l.sql, r.sql, true, true
}

// wholeDigits returns the number of digits before the point of a number.
func wholeDigits(t types.Type) int {
	t = types.AsDecimal(t)
	return t.Precision - t.Scale
}

// comparisonType returns the type to which two values are converted for a comparison.
func (cmp *comparer) comparisonType(l, r value) (types.Type, bool) {
	if cmp.hive {
		return types.ComparableHive(l.typ, r.typ)
	}
	return types.Common(l.typ, r.typ, false)
}

// convertPair converts two values to the type of their comparison.
func (cmp *comparer) convertPair(operator string, l, r value, at sqlsyntax.Position) (string, string) {
	t, ok := cmp.comparisonType(l, r)
	if !ok {
		fail(SemanticError, at, "Cannot apply operator: "+describeType(l)+" "+operator+" "+describeType(r))
	}
	l, r = cmp.conversions.convert(l, t), cmp.conversions.convert(r, t)
	if hasIdentity(t) {
		return identity(l), identity(r)
	}
	return l.sql, r.sql
}

// plainDecimals writes a comparison of an integer and a decimal literal without the conversion of each row.
func plainDecimals(l, r value) (string, string, bool) {
	literal := func(v value) bool { return v.digits.Is("decimal") && strings.HasPrefix(v.sql, "'") }
	switch {
	case l.typ.IsInteger() && literal(r):
		return l.sql, strings.Trim(r.sql, "'"), true
	case literal(l) && r.typ.IsInteger():
		return strings.Trim(l.sql, "'"), r.sql, true
	}
	return "", "", false
}
