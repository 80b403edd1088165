package translate

import "slices"

// decimalArithmetic computes exactly, with the precision and scale that the service has.
func (e *emitter) decimalArithmetic(operator string, l, r value) value {
	a, b := asDecimal(l.typ), asDecimal(r.typ)
	t := typ{name: "decimal", scale: max(a.scale, b.scale)}
	digits := max(a.precision-a.scale, b.precision-b.scale)
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
		t.scale = a.scale + b.scale
		digits = a.precision - a.scale + b.precision - b.scale
		sql = call("f_decimal_mul", x, y)
	case "/":
		digits = a.precision - a.scale + b.scale
		if e.hive {
			t.scale = max(6, t.scale)
		}
		sql = call("f_decimal_div", x, e.divisor(y), itoa(t.scale))
	default:
		sql = call("f_decimal_mod", x, e.divisor(y))
	}
	t.precision = min(38, digits+t.scale)
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
func comparesDecimals(s signature, args []value) bool {
	switch s.name {
	case "min", "max", "greatest", "least":
	default:
		if !slices.ContainsFunc(s.params, func(p typ) bool { return p.is("N") }) {
			return false
		}
	}
	return slices.ContainsFunc(args, func(v value) bool { return v.typ.is("decimal") })
}

// asDoubles is the arguments with doubles in the place of decimals.
func asDoubles(args []value) []value {
	doubles := slices.Clone(args)
	for i, a := range doubles {
		if a.typ.is("decimal") {
			doubles[i] = value{sql: "CAST(" + a.sql + " AS REAL)", typ: named("double")}
		}
	}
	return doubles
}

func decimalOf(sql string, t typ) string {
	return call("f_cast_decimal", sql, itoa(t.precision), itoa(t.scale))
}
