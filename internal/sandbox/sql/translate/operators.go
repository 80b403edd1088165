package translate

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// binary translates an operator with two sides.
func (e *emitter) binary(n *sqlsyntax.Expr, s *scope) value {
	if n.Text == "AND" || n.Text == "OR" {
		return e.logical(n, s)
	}
	l, r := e.expr(n.Args[0], s), e.expr(n.Args[1], s)
	switch n.Text {
	case "=", "<>", "<", ">", "<=", ">=":
		if n.Args[0].Kind == sqlsyntax.Row && n.Args[1].Kind == sqlsyntax.Row {
			return e.compareRows(n, s)
		}
		return value{sql: e.compare(n.Text, l, r, n.Pos), typ: types.Named("boolean")}
	case "IS DISTINCT FROM":
		return value{sql: e.compare("IS NOT", l, r, n.Pos), typ: types.Named("boolean")}
	case "IS NOT DISTINCT FROM":
		return value{sql: e.compare("IS", l, r, n.Pos), typ: types.Named("boolean")}
	case "||":
		return e.concatenate(n, l, r)
	}
	if v, ok := e.timeArithmetic(n, l, r); ok {
		return v
	}
	return e.arithmetic(n, l, r)
}

// logical writes a chain of AND or OR as a balanced tree: SQLite bounds the depth.
func (e *emitter) logical(n *sqlsyntax.Expr, s *scope) value {
	var operands []*sqlsyntax.Expr
	for at := n; ; at = at.Args[0] {
		if at.Kind != sqlsyntax.Binary || at.Text != n.Text || at != n && at.Parenthesized {
			operands = append(operands, at)
			break
		}
		operands = append(operands, at.Args[1])
	}
	parts := make([]string, len(operands))
	for i, o := range operands {
		v := e.expr(o, s)
		if !v.typ.Is("boolean") && !v.typ.IsUnknown() && !e.hive {
			fail(SemanticError, o.Pos, "Logical expression term must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		parts[len(operands)-1-i] = e.convert(v, types.Named("boolean")).sql
	}
	return value{sql: balanced(parts, " "+n.Text+" "), typ: types.Named("boolean")}
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

// concatenate is ||.
func (e *emitter) concatenate(n *sqlsyntax.Expr, l, r value) value {
	switch {
	case l.typ.Is("array") || r.typ.Is("array"):
		return e.concatenateArrays(n, l, r)
	case l.typ.Is("varbinary") && r.typ.Is("varbinary"):
		return value{sql: "CAST(" + l.sql + " || " + r.sql + " AS BLOB)", typ: l.typ}
	}
	for _, v := range []*value{&l, &r} {
		if v.typ.Is("varchar") || v.typ.IsUnknown() {
			continue
		}
		if !e.hive {
			fail(SemanticError, n.Pos, "Cannot apply operator: "+typeNamed(l)+" || "+typeNamed(r))
		}
		*v = e.convert(*v, types.Named("varchar"))
	}
	return value{sql: "(" + l.sql + " || " + r.sql + ")", typ: types.Named("varchar")}
}

func (e *emitter) concatenateArrays(n *sqlsyntax.Expr, l, r value) value {
	if !l.typ.Is("array") {
		l = e.array([]value{l})
	}
	if !r.typ.Is("array") {
		r = e.array([]value{r})
	}
	t, ok := types.Common(l.typ, r.typ, e.hive)
	if !ok {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+l.typ.String()+" || "+r.typ.String())
	}
	return value{sql: call("f_array_concat", e.convert(l, t).sql, e.convert(r, t).sql), typ: t}
}

// arithmetic translates + - * / % DIV and Hive's bit operators on numbers.
func (e *emitter) arithmetic(n *sqlsyntax.Expr, l, r value) value {
	if e.hive {
		l, r = e.hiveNumber(l), e.hiveNumber(r)
	}
	numeric := func(t types.Type) bool { return t.IsNumber() || t.IsUnknown() }
	if !numeric(l.typ) || !numeric(r.typ) {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+typeNamed(l)+" "+n.Text+" "+typeNamed(r))
	}
	t, _ := types.Common(l.typ, r.typ, e.hive)
	if t.IsUnknown() {
		return value{sql: "NULL", typ: types.Named("integer")}
	}
	switch n.Text {
	case "&", "|":
		return value{sql: "(" + l.sql + " " + n.Text + " " + r.sql + ")", typ: t}
	case "^":
		return value{sql: call("f_bitwise_xor", l.sql, r.sql), typ: t}
	case "DIV":
		return value{sql: "CAST(CAST(" + l.sql + " AS INTEGER) / CAST(" + r.sql + " AS INTEGER) AS INTEGER)", typ: types.Named("bigint")}
	}
	if t.Is("decimal") {
		return e.decimalArithmetic(n.Text, l, r)
	}
	fixed := e.fixed(n, l, r, t)
	l, r = e.convert(l, t), e.convert(r, t)
	switch n.Text {
	case "/":
		return e.divide(l, r, t)
	case "%":
		return e.modulo(l, r, t)
	}
	return value{sql: "(" + l.sql + " " + n.Text + " " + r.sql + ")", typ: t, fixed: fixed}
}

// fixed is the result of + - * on whole numbers that the statement spells out. The service fails when it does not
// fit their type.
func (e *emitter) fixed(n *sqlsyntax.Expr, l, r value, t types.Type) *big.Int {
	if l.fixed == nil || r.fixed == nil || !t.IsInteger() {
		return nil
	}
	result, name := new(big.Int), ""
	switch n.Text {
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
	if !t.Is("bigint") {
		limit = math.MaxInt32
	}
	if !result.IsInt64() || result.Int64() > limit || result.Int64() < -limit-1 {
		if e.hive {
			return nil
		}
		fail(DataError, n.Pos, t.String()+" "+name+" overflow: "+l.fixed.String()+" "+n.Text+" "+r.fixed.String())
	}
	return result
}

// hiveNumber converts what Hive takes for a number.
func (e *emitter) hiveNumber(v value) value {
	if v.typ.Is("varchar") {
		return e.convert(v, types.Named("double"))
	}
	return v
}

// divide is /: of integers without a remainder in Trino, always a double in Hive. Trino fails on a
// zero, Hive answers NULL.
func (e *emitter) divide(l, r value, t types.Type) value {
	if e.hive {
		if !t.Is("double") {
			l, r = e.convert(l, types.Named("double")), e.convert(r, types.Named("double"))
		}
		return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: types.Named("double")}
	}
	switch {
	case !t.IsInteger():
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

func (e *emitter) modulo(l, r value, t types.Type) value {
	switch {
	case !t.IsInteger():
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
	if v.node == nil || v.node.Kind != sqlsyntax.Number {
		return false
	}
	f, err := strconv.ParseFloat(v.node.Text, 64)
	return err == nil && f != 0
}
