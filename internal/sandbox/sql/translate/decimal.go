package translate

import (
	"slices"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
)

// decimalArithmetic computes exactly, with the precision and scale that the service has.
func (e *emitter) decimalArithmetic(operator string, l, r value) value {
	a, b := types.AsDecimal(l.typ), types.AsDecimal(r.typ)
	t := types.Type{Name: "decimal", Scale: max(a.Scale, b.Scale)}
	digits := max(a.Precision-a.Scale, b.Precision-b.Scale)
	x, y := e.convert(l, a).sql, e.convert(r, b).sql
	sql := ""
	switch operator {
	case "+":
		digits++
		sql = call("f_decimal_add", x, y)
	case "-":
		digits++
		sql = call("f_decimal_sub", x, y)
	case "*":
		t.Scale = a.Scale + b.Scale
		digits = a.Precision - a.Scale + b.Precision - b.Scale
		sql = call("f_decimal_mul", x, y)
	case "/":
		digits = a.Precision - a.Scale + b.Scale
		if e.hive {
			t.Scale = max(6, t.Scale)
		}
		sql = call("f_decimal_div", x, e.divisor(y), itoa(t.Scale))
	default:
		sql = call("f_decimal_mod", x, e.divisor(y))
	}
	t.Precision = min(38, digits+t.Scale)
	return value{sql: sql, typ: t}
}

// divisor is a decimal divisor: NULL for zero where a division by zero is no error.
func (e *emitter) divisor(sql string) string {
	if e.hive || e.trying {
		return "iif(CAST(" + sql + " AS REAL) = 0, NULL, " + sql + ")"
	}
	return sql
}

// comparesDecimals tells whether a function orders or computes what it is given, and is given decimals,
// which travel as text.
func comparesDecimals(s registry.Signature, args []value) bool {
	switch s.Name {
	case "min", "max", "greatest", "least":
	default:
		if !slices.ContainsFunc(s.Params, func(p types.Type) bool { return p.Is("N") }) {
			return false
		}
	}
	return slices.ContainsFunc(args, func(v value) bool { return v.typ.Is("decimal") })
}

// asDoubles is the arguments with doubles in the place of decimals.
func asDoubles(args []value) []value {
	doubles := slices.Clone(args)
	for i, a := range doubles {
		if a.typ.Is("decimal") {
			doubles[i] = value{sql: "CAST(" + a.sql + " AS REAL)", typ: types.Named("double")}
		}
	}
	return doubles
}

func decimalOf(sql string, t types.Type) string {
	return call("f_cast_decimal", sql, itoa(t.Precision), itoa(t.Scale))
}
