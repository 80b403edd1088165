package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// concatenate translates ||.
func (ar *arithmetic) concatenate(n *sqlsyntax.Expr, l, r value) value {
	switch {
	case ar.hive && (len(l.typ.Args) > 0 || len(r.typ.Args) > 0):
		fail(SemanticError, n.Pos, "CONCAT only takes primitive arguments")
	case l.typ.Is("array") || r.typ.Is("array"):
		return ar.concatenateArrays(n, l, r)
	case (l.typ.IsUnknown() || r.typ.IsUnknown()) && !ar.hive:
		return ar.concatenateNull(n, l, r)
	case l.typ.Is("varbinary") && r.typ.Is("varbinary"):
		return value{sql: "CAST(" + l.sql + " || " + r.sql + " AS BLOB)", typ: l.typ}
	case !ar.hive && (l.typ.Is("char") && r.typ.IsText() || r.typ.Is("char") && l.typ.Is("varchar")):
		return ar.concatenateChars(n, l, r)
	}
	for _, v := range []*value{&l, &r} {
		if v.typ.Is("varchar") || v.typ.IsUnknown() {
			continue
		}
		if !ar.hive {
			fail(SemanticError, n.Pos, "Cannot apply operator: "+describeType(l)+" || "+describeType(r))
		}
		if v.typ.Is("boolean") { // in lower case, unlike a cast
			*v = value{sql: call("f_cast_varchar_boolean", v.sql), typ: types.Named("varchar")}
			continue
		}
		*v = ar.conversions.convert(*v, types.Named("varchar"))
	}
	return value{sql: "(" + l.sql + " || " + r.sql + ")", typ: types.Named("varchar")}
}

// concatenateNull translates || with NULL, which Trino takes for an array. It is ambiguous if the other operand can be
// concatenated to a value of its type without a conversion.
func (ar *arithmetic) concatenateNull(n *sqlsyntax.Expr, l, r value) value {
	t := l.typ
	if t.IsUnknown() {
		t = r.typ
	}
	if t.IsUnknown() || t.Is("char", "varbinary") || t.Is("varchar") && !t.Bounded {
		ar.failAmbiguous(n)
	}
	return value{sql: "NULL", typ: types.ArrayOf(t)}
}

// concatenateChars translates || on a char and a char or a varchar, which becomes a char of its length.
func (ar *arithmetic) concatenateChars(n *sqlsyntax.Expr, l, r value) value {
	length := 0
	for _, t := range []types.Type{l.typ, r.typ} {
		switch {
		case t.Is("char"):
			length += t.Precision
		case t.Bounded:
			length += t.Length
		default:
			length += types.MaxCharLength
		}
	}
	if length > types.MaxCharLength {
		fail(SemanticError, n.Pos, "Unknown type: char("+itoa(length)+")")
	}
	parts := make([]string, 2)
	for i, v := range []value{l, r} {
		if parts[i] = v.sql; v.typ.Is("varchar") {
			parts[i] = ar.conversions.convert(v, types.Char(v.typ.Length)).sql
		}
	}
	return value{sql: "(" + parts[0] + " || " + parts[1] + ")", typ: types.Char(length)}
}

// concatenateArrays translates || on two arrays, or an array and an element, which makes the result NULL if it is NULL.
func (ar *arithmetic) concatenateArrays(n *sqlsyntax.Expr, l, r value) value {
	var t types.Type
	element := -1 // index of the operand that is an element
	candidates := 0
	for i, operands := range [][2]types.Type{{l.typ, r.typ}, {types.ArrayOf(l.typ), r.typ}, {l.typ, types.ArrayOf(r.typ)}} {
		common, ok := types.Common(operands[0], operands[1], false)
		if !ok || !common.Is("array") {
			continue
		}
		if candidates++; candidates == 1 {
			t, element = common, i-1
		}
	}
	switch {
	case candidates == 0:
		fail(SemanticError, n.Pos, "Cannot apply operator: "+l.typ.String()+" || "+r.typ.String())
	case candidates > 1 && !types.Equal(l.typ, r.typ):
		ar.failAmbiguous(n)
	}
	parts := make([]string, 2)
	for i, v := range []value{l, r} {
		if i != element {
			parts[i] = ar.conversions.convert(v, t).sql
			continue
		}
		v = ar.conversions.convert(v, t.Element())
		parts[i] = "CASE WHEN " + v.sql + " IS NOT NULL THEN " + ar.nested.makeArray([]value{v}).sql + " END"
	}
	return value{sql: call("f_array_concat", parts...), typ: t}
}

// concatenable reports whether Trino concatenates values of two types.
func concatenable(a, b types.Type) bool {
	switch {
	case a.Is("array"), b.Is("array"), a.IsUnknown(), b.IsUnknown():
		return true
	case a.IsText():
		return b.IsText()
	}
	return a.Is("varbinary") && b.Is("varbinary")
}

// translateConcat translates concat on strings, arrays or binaries.
func (ct *callTranslator) translateConcat(n *sqlsyntax.Expr, s *scope) value {
	args := ct.arguments.translateAll(n, s)
	switch {
	case len(args) == 0 || len(args) == 1 && !ct.hive:
		fail(SemanticError, n.Pos, "There must be two or more concatenation arguments")
	case len(args) == 1:
		return ct.conversions.convert(args[0], types.Named("varchar"))
	case !ct.hive && (len(args) == 2 && !concatenable(args[0].typ, args[1].typ) || len(args) > 2 && !ct.unifyConcatenated(n, args)):
		given := make([]string, len(args))
		for i := range args {
			given[i] = describeType(args[i])
		}
		fail(SemanticError, n.Pos, "Unexpected parameters ("+strings.Join(given, ", ")+") for function concat. Expected: concat(varchar(x), varchar(x)...)")
	}
	v := args[0]
	for _, a := range args[1:] {
		v = ct.arithmetic.concatenate(n, v, a)
	}
	return v
}

// unifyConcatenated converts more than two arguments of concat to the same type: varchar, varbinary or an array.
func (ct *callTranslator) unifyConcatenated(n *sqlsyntax.Expr, args []value) bool {
	var t types.Type
	for _, a := range args {
		common, ok := types.Common(t, a.typ, false)
		if !ok {
			return false
		}
		t = common
	}
	if t.IsUnknown() {
		ct.arithmetic.failAmbiguous(n)
	}
	if t.Is("varchar") {
		t = types.Named("varchar")
	}
	for i := range args {
		args[i] = ct.conversions.convert(args[i], t)
		args[i].typ = t
	}
	return t.Is("varchar", "varbinary", "array")
}
