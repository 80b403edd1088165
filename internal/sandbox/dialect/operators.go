package dialect

import (
	"math"
	"math/big"
	"strings"
)

// binary translates an operator with two sides.
func (e *emitter) binary(n *node, s *scope) value {
	if n.text == "AND" || n.text == "OR" {
		return e.logical(n, s)
	}
	l, r := e.expr(n.args[0], s), e.expr(n.args[1], s)
	switch n.text {
	case "=", "<>", "<", ">", "<=", ">=":
		if n.args[0].kind == nodeRow && n.args[1].kind == nodeRow {
			return e.compareRows(n, s)
		}
		return value{sql: e.compare(n.text, l, r, n.pos), typ: named("boolean")}
	case "IS DISTINCT FROM":
		return value{sql: e.compare("IS NOT", l, r, n.pos), typ: named("boolean")}
	case "IS NOT DISTINCT FROM":
		return value{sql: e.compare("IS", l, r, n.pos), typ: named("boolean")}
	case "||":
		return e.concatenate(n, l, r)
	}
	if v, ok := e.timeArithmetic(n, l, r); ok {
		return v
	}
	return e.arithmetic(n, l, r)
}

// logical writes a chain of AND or OR as a balanced tree: SQLite bounds the depth.
func (e *emitter) logical(n *node, s *scope) value {
	var operands []*node
	for at := n; ; at = at.args[0] {
		if at.kind != nodeBinary || at.text != n.text || at != n && at.paren {
			operands = append(operands, at)
			break
		}
		operands = append(operands, at.args[1])
	}
	parts := make([]string, len(operands))
	for i, o := range operands {
		v := e.expr(o, s)
		if !v.typ.is("boolean") && !v.typ.unknown() && !e.hive {
			fail(SemanticError, o.pos, "Logical expression term must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		parts[len(operands)-1-i] = e.convert(v, named("boolean")).sql
	}
	return value{sql: balanced(parts, " "+n.text+" "), typ: named("boolean")}
}

func balanced(parts []string, operator string) string {
	if len(parts) <= 8 {
		if len(parts) == 1 {
			return parts[0]
		}
		return "(" + strings.Join(parts, operator) + ")"
	}
	half := len(parts) / 2
	return "(" + balanced(parts[:half], operator) + operator + balanced(parts[half:], operator) + ")"
}

// compare writes a comparison of values that have a common type.
func (e *emitter) compare(operator string, l, r value, at position) string {
	word := operator
	switch operator {
	case "IS":
		word = "IS NOT DISTINCT FROM"
	case "IS NOT":
		word = "IS DISTINCT FROM"
	}
	t, ok := e.comparable(l, r)
	if !ok || t.is("map", "json", "row", "array") && strings.ContainsAny(operator, "<>") && operator != "<>" {
		if ok && t.is("row", "array") {
			e.notOrdered(t, at)
		}
		fail(SemanticError, at, "Cannot apply operator: "+typeNamed(l)+" "+word+" "+typeNamed(r))
	}
	l, r = e.convert(l, t), e.convert(r, t)
	switch {
	case t.is("timestamp with time zone"):
		return "(" + instant(l) + " " + operator + " " + instant(r) + ")"
	case t.is("decimal") && word == operator:
		return "(" + call("f_decimal_cmp", l.sql, r.sql) + " " + operator + " 0)"
	}
	return "(" + l.sql + " " + operator + " " + r.sql + ")"
}

// comparable is the type in which two values are compared. Hive compares a string with a
// number as numbers, and with a date as dates.
func (e *emitter) comparable(l, r value) (typ, bool) {
	if t, ok := commonType(l.typ, r.typ, false); ok || !e.hive {
		return t, ok
	}
	a, b := l.typ, r.typ
	if a.is("varchar") {
		a, b = b, a
	}
	if b.is("varchar") {
		switch {
		case a.number():
			return named("double"), true
		case a.temporal():
			return a, true
		case a.is("boolean"):
			return named("varchar"), true
		}
		return typ{}, false
	}
	if a.is("boolean") && b.number() || a.number() && b.is("boolean") {
		return named("bigint"), true
	}
	if a.number() && b.is("timestamp") || b.number() && a.is("timestamp") {
		return named("timestamp"), true
	}
	return typ{}, false
}

// instant is a timestamp with time zone as a number, by which it is compared.
func instant(v value) string { return call("f_instant", v.sql) }

// compareRows compares rows field by field.
func (e *emitter) compareRows(n *node, s *scope) value {
	l, r := n.args[0].args, n.args[1].args
	if len(l) != len(r) {
		fail(SemanticError, n.pos, "Cannot apply operator: rows of different sizes")
	}
	left, right := make([]string, len(l)), make([]string, len(l))
	for i := range l {
		left[i], right[i] = e.pair(n.text, e.expr(l[i], s), e.expr(r[i], s), n.pos)
	}
	sql := "((" + strings.Join(left, ", ") + ") " + n.text + " (" + strings.Join(right, ", ") + "))"
	return value{sql: sql, typ: named("boolean")}
}

// pair converts two values so that they can be compared.
func (e *emitter) pair(operator string, l, r value, at position) (string, string) {
	t, ok := e.comparable(l, r)
	if !ok {
		fail(SemanticError, at, "Cannot apply operator: "+typeNamed(l)+" "+operator+" "+typeNamed(r))
	}
	l, r = e.convert(l, t), e.convert(r, t)
	if t.is("timestamp with time zone") {
		return instant(l), instant(r)
	}
	return l.sql, r.sql
}

// membership translates IN.
func (e *emitter) membership(n *node, s *scope) value {
	if n.query != nil {
		return e.inQuery(n, s)
	}
	if n.args[0].kind == nodeRow {
		var any *node
		for _, row := range n.args[1:] {
			if row.kind != nodeRow {
				fail(SemanticError, row.pos, "IN value and list items must be the same type")
			}
			equal := &node{kind: nodeBinary, text: "=", pos: row.pos, args: []*node{n.args[0], row}}
			if any == nil {
				any = equal
			} else {
				any = &node{kind: nodeBinary, text: "OR", pos: row.pos, args: []*node{any, equal}}
			}
		}
		return e.expr(any, s)
	}
	v := e.exprs(n.args, s)
	items := make([]string, len(v)-1)
	left := v[0].sql
	for i, item := range v[1:] {
		l, r := e.pair("=", v[0], item, n.args[i+1].pos)
		if i > 0 && l != left { // items of several types
			return e.anyOf(n, v)
		}
		left, items[i] = l, r
	}
	return value{sql: "(" + left + " IN (" + strings.Join(items, ", ") + "))", typ: named("boolean")}
}

// anyOf writes IN as comparisons that need conversions of their own.
func (e *emitter) anyOf(n *node, v []value) value {
	tests := make([]string, len(v)-1)
	for i, item := range v[1:] {
		tests[i] = e.compare("=", v[0], item, n.args[i+1].pos)
	}
	return value{sql: balanced(tests, " OR "), typ: named("boolean")}
}

func (e *emitter) inQuery(n *node, s *scope) value {
	left := []*node{n.args[0]}
	if n.args[0].kind == nodeRow {
		left = n.args[0].args
	}
	sql, outputs := e.query(n.query, s)
	if len(outputs) != len(left) {
		fail(SemanticError, n.pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	values := make([]string, len(left))
	columns := make([]string, len(left))
	plain := true
	for i, l := range left {
		name := "c" + itoa(i+1)
		v := e.expr(l, s)
		values[i], columns[i] = e.pair("=", v, value{sql: name, typ: outputs[i].typ}, n.pos)
		plain = plain && columns[i] == name
	}
	if !plain {
		sql = "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
	}
	value0 := values[0]
	if len(values) > 1 {
		value0 = "(" + strings.Join(values, ", ") + ")"
	}
	return value{sql: "(" + value0 + " IN (" + sql + "))", typ: named("boolean")}
}

// concatenate is ||.
func (e *emitter) concatenate(n *node, l, r value) value {
	switch {
	case l.typ.is("array") || r.typ.is("array"):
		return e.concatenateArrays(n, l, r)
	case l.typ.is("varbinary") && r.typ.is("varbinary"):
		return value{sql: "CAST(" + l.sql + " || " + r.sql + " AS BLOB)", typ: l.typ}
	}
	for _, v := range []*value{&l, &r} {
		if v.typ.is("varchar") || v.typ.unknown() {
			continue
		}
		if !e.hive {
			fail(SemanticError, n.pos, "Cannot apply operator: "+typeNamed(l)+" || "+typeNamed(r))
		}
		*v = e.convert(*v, named("varchar"))
	}
	return value{sql: "(" + l.sql + " || " + r.sql + ")", typ: named("varchar")}
}

func (e *emitter) concatenateArrays(n *node, l, r value) value {
	if !l.typ.is("array") {
		l = e.array([]value{l}, n.pos)
	}
	if !r.typ.is("array") {
		r = e.array([]value{r}, n.pos)
	}
	t, ok := commonType(l.typ, r.typ, e.hive)
	if !ok {
		fail(SemanticError, n.pos, "Cannot apply operator: "+l.typ.String()+" || "+r.typ.String())
	}
	return value{sql: call("f_array_concat", e.convert(l, t).sql, e.convert(r, t).sql), typ: t}
}

// arithmetic translates + - * / % DIV and Hive's bit operators on numbers.
func (e *emitter) arithmetic(n *node, l, r value) value {
	if e.hive {
		l, r = e.hiveNumber(l), e.hiveNumber(r)
	}
	if !(l.typ.number() || l.typ.unknown()) || !(r.typ.number() || r.typ.unknown()) {
		fail(SemanticError, n.pos, "Cannot apply operator: "+typeNamed(l)+" "+n.text+" "+typeNamed(r))
	}
	t, _ := commonType(l.typ, r.typ, e.hive)
	if t.unknown() {
		return value{sql: "NULL", typ: named("integer")}
	}
	switch n.text {
	case "&", "|":
		return value{sql: "(" + l.sql + " " + n.text + " " + r.sql + ")", typ: t}
	case "^":
		return value{sql: call("f_bitwise_xor", l.sql, r.sql), typ: t}
	case "DIV":
		return value{sql: "CAST(CAST(" + l.sql + " AS INTEGER) / CAST(" + r.sql + " AS INTEGER) AS INTEGER)", typ: named("bigint")}
	}
	if t.is("decimal") {
		return e.decimalArithmetic(n.text, l, r)
	}
	fixed := e.fixed(n, l, r, t)
	l, r = e.convert(l, t), e.convert(r, t)
	switch n.text {
	case "/":
		return e.divide(l, r, t)
	case "%":
		return e.modulo(l, r, t)
	}
	return value{sql: "(" + l.sql + " " + n.text + " " + r.sql + ")", typ: t, fixed: fixed}
}

// fixed is the result of + - * on whole numbers that the statement spells out. The service fails when it does not
// fit their type.
func (e *emitter) fixed(n *node, l, r value, t typ) *big.Int {
	if l.fixed == nil || r.fixed == nil || !t.integral() {
		return nil
	}
	result, name := new(big.Int), ""
	switch n.text {
	case "+":
		result, name = result.Add(l.fixed, r.fixed), "addition"
	case "-":
		result, name = result.Sub(l.fixed, r.fixed), "subtraction"
	case "*":
		result, name = result.Mul(l.fixed, r.fixed), "multiplication"
	default:
		return nil
	}
	limit := int64(math.MaxInt64)
	if !t.is("bigint") {
		limit = math.MaxInt32
	}
	if !result.IsInt64() || result.Int64() > limit || result.Int64() < -limit-1 {
		if e.hive {
			return nil
		}
		fail(DataError, n.pos, t.String()+" "+name+" overflow: "+l.fixed.String()+" "+n.text+" "+r.fixed.String())
	}
	return result
}

// hiveNumber converts what Hive takes for a number.
func (e *emitter) hiveNumber(v value) value {
	if v.typ.is("varchar") {
		return e.convert(v, named("double"))
	}
	return v
}

// divide is /: of integers without a remainder in Trino, always a double in Hive. Trino fails on a
// zero, Hive answers NULL.
func (e *emitter) divide(l, r value, t typ) value {
	if e.hive {
		if !t.is("double") {
			l, r = e.convert(l, named("double")), e.convert(r, named("double"))
		}
		return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: named("double")}
	}
	switch {
	case !t.integral():
		if nonZero(r) {
			return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: t}
		}
		return value{sql: call("f_div_double", l.sql, r.sql), typ: t}
	case nonZero(r):
		return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: t}
	case e.trying:
		return value{sql: "(" + l.sql + " / nullif(" + r.sql + ", 0))", typ: t}
	}
	return value{sql: call("f_div_bigint", l.sql, r.sql), typ: t}
}

func (e *emitter) modulo(l, r value, t typ) value {
	switch {
	case !t.integral():
		return value{sql: call("f_mod", l.sql, r.sql), typ: t}
	case nonZero(r) || e.hive:
		return value{sql: "(" + l.sql + " % " + r.sql + ")", typ: t}
	case e.trying:
		return value{sql: "(" + l.sql + " % nullif(" + r.sql + ", 0))", typ: t}
	}
	return value{sql: call("f_mod", l.sql, r.sql), typ: t}
}

// nonZero tells whether a value is a number other than 0 that the statement spells out.
func nonZero(v value) bool {
	return v.node != nil && v.node.kind == nodeNumber && strings.Trim(v.node.text, "0.eE+-") != ""
}

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
