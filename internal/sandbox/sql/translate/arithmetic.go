package translate

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// An arithmetic translates the operators on numbers, times and intervals, and ||.
type arithmetic struct {
	*state

	conversions *converter
	nested      *nestedTranslator
}

// translateDecimal translates an operator on decimals. The precision and the scale are those of
// https://trino.io/docs/current/functions/decimal.html.
func (ar *arithmetic) translateDecimal(n *sqlsyntax.Expr, l, r value) value {
	a, b := ar.decimalOperand(l), ar.decimalOperand(r)
	t := types.Type{Name: "decimal", Scale: max(a.Scale, b.Scale)}
	digits := max(a.Precision-a.Scale, b.Precision-b.Scale)
	x, y := ar.conversions.convert(l, a).sql, ar.conversions.convert(r, b).sql
	name := ""
	var args []string
	switch n.Text {
	case "+":
		digits++
		name = "f_decimal_add"
	case "-":
		digits++
		name = "f_decimal_sub"
	case "*":
		t.Scale = a.Scale + b.Scale
		digits = a.Precision - a.Scale + b.Precision - b.Scale
		name = "f_decimal_mul"
		if ar.hive {
			digits++
		}
	case "/":
		digits = a.Precision - a.Scale + b.Scale
		if ar.hive {
			t.Scale = max(6, a.Scale+b.Precision+1)
			if excess := min(digits, maxPrecision) + min(t.Scale, maxPrecision) - maxPrecision; excess > 0 {
				t.Scale = min(t.Scale, maxPrecision) - excess/2 - 1
				digits = maxPrecision - t.Scale
			}
		}
		name = "f_decimal_div"
		y = ar.guardDivisor(r, y)
		args = []string{itoa(t.Scale)}
	default:
		digits = min(a.Precision-a.Scale, b.Precision-b.Scale)
		name = "f_decimal_mod"
		y = ar.guardDivisor(r, y)
	}
	if t.Scale > maxPrecision && !ar.hive {
		fail(SemanticError, n.Pos, "DECIMAL scale must be in range [0, precision (38)]: "+itoa(t.Scale))
	}
	t.Precision = max(1, min(maxPrecision, digits+t.Scale))
	t.Scale = min(t.Scale, maxPrecision)
	return value{sql: call(name, append([]string{x, y}, args...)...), typ: t}
}

// decimalOperand returns the type of an operand as a decimal. In Hive, a literal has the type of its digits.
func (ar *arithmetic) decimalOperand(v value) types.Type {
	switch {
	case !ar.hive:
		return types.AsDecimal(v.typ)
	case v.digits.Is("decimal"):
		return v.digits
	case v.fixed != nil:
		return types.Type{Name: "decimal", Precision: len(strings.TrimLeft(v.fixed.String(), "-"))}
	}
	return types.AsDecimal(v.typ)
}

// guardDivisor replaces a divisor of zero with NULL where a division by zero is not an error.
func (ar *arithmetic) guardDivisor(v value, sql string) string {
	if (ar.hive || ar.trying) && !nonZero(v) {
		return "iif(CAST(" + sql + " AS REAL) = 0, NULL, " + sql + ")"
	}
	return sql
}

// translateNull translates an operator with an operand of unknown type. Its type is that of the only operator that accepts the
// other operand without a conversion. If there are several with different results, the call is ambiguous.
func (ar *arithmetic) translateNull(n *sqlsyntax.Expr, l, r value) (value, bool) {
	if ar.hive || !l.typ.IsUnknown() && !r.typ.IsUnknown() {
		return value{}, false
	}
	t, left := r.typ, true // the type of the known operand, and whether NULL is on its left
	if l.typ.IsUnknown() == r.typ.IsUnknown() {
		if n.Text != "%" {
			ar.failAmbiguous(n)
		}
		return value{sql: "NULL", typ: types.Named("tinyint")}, true
	}
	if r.typ.IsUnknown() {
		t, left = l.typ, false
	}
	ambiguous := false
	switch {
	case t.IsNumber():
		ambiguous = n.Text == "*" && t.Is("bigint", "double") || n.Text == "/" && left && t.Is("double") // intervals have these operators, too
		if !ambiguous {
			return value{}, false
		}
	case n.Text == "%" || n.Text == "*" && !t.IsInterval() || n.Text == "/" && (left || !t.IsInterval()):
		return value{}, false
	case n.Text == "*" || n.Text == "/":
	case t.IsInterval():
		ambiguous = n.Text == "+" || left
	case !t.IsTemporal() && !t.IsTimeOfDay():
		return value{}, false
	case n.Text == "-" && left:
		t = types.Named("interval day to second")
	case t.IsTimeOfDay():
		ambiguous = n.Text == "-"
		t.Precision = max(t.Precision, types.Named("time").Precision)
	case !t.Is("date"):
		ambiguous = n.Text == "-" || t.Precision < types.Named("timestamp").Precision
	}
	if ambiguous {
		ar.failAmbiguous(n)
	}
	return value{sql: "NULL", typ: t}, true
}

func (ar *arithmetic) failAmbiguous(n *sqlsyntax.Expr) {
	fail(SemanticError, n.Pos, "Could not choose a best candidate operator. Explicit type casts must be added.")
}

// translateTime translates + and - on dates, timestamps and intervals, and the product of an interval and a number. It
// returns false for other operands.
func (ar *arithmetic) translateTime(n *sqlsyntax.Expr, l, r value) (value, bool) {
	interval := func(v value) bool { return v.typ.Is("interval day to second", "interval year to month") }
	switch {
	case n.Text == "+" && interval(l) && !interval(r):
		return ar.addInterval(n, r, l, ""), true
	case (n.Text == "+" || n.Text == "-") && interval(r) && !interval(l):
		sign := ""
		if n.Text == "-" {
			sign = "-"
		}
		return ar.addInterval(n, l, r, sign), true
	case interval(l) && interval(r) && types.Equal(l.typ, r.typ) && (n.Text == "+" || n.Text == "-"):
		return value{sql: ar.checkInteger(n.Text, l.sql, r.sql, intervalWidth(l.typ), false), typ: l.typ}, true
	case ar.hive && n.Text != "+" && n.Text != "-":
		return value{}, false
	case interval(l) && r.typ.IsNumber() && (n.Text == "*" || n.Text == "/"):
		return ar.scaleInterval(l, n.Text, r), true
	case l.typ.IsNumber() && interval(r) && n.Text == "*":
		return ar.scaleInterval(r, n.Text, l), true
	case l.typ.IsTemporal() && r.typ.IsTemporal() && n.Text == "-", l.typ.IsTimeOfDay() && r.typ.IsTimeOfDay() && n.Text == "-":
		if l.typ.IsTimeOfDay() {
			t, _ := types.Common(l.typ, r.typ, false)
			l, r = ar.conversions.convert(l, t), ar.conversions.convert(r, t)
		}
		return value{sql: call("f_ts_sub", l.sql, r.sql), typ: types.Named("interval day to second")}, true
	}
	return value{}, false
}

// intervalWidth returns the type of the number of milliseconds or months that an interval is.
func intervalWidth(t types.Type) types.Type {
	if t.Is("interval year to month") {
		return types.Named("integer")
	}
	return types.Named("bigint")
}

func (ar *arithmetic) negateInterval(v value) value {
	return value{sql: ar.checkInteger("-", "0", v.sql, intervalWidth(v.typ), false), typ: v.typ}
}

// scaleInterval multiplies or divides an interval by a number.
func (ar *arithmetic) scaleInterval(interval value, operator string, factor value) value {
	name := "f_interval"
	if ar.trying {
		name = "f_try('f_interval'"
		return value{sql: name + ", " + interval.sql + ", '" + operator + "', " + factor.sql + ", '" + interval.typ.Name + "')", typ: interval.typ}
	}
	return value{sql: call(name, interval.sql, "'"+operator+"'", factor.sql, "'"+interval.typ.Name+"'"), typ: interval.typ}
}

// addInterval adds an interval to a date or a timestamp, or subtracts it if sign is "-".
func (ar *arithmetic) addInterval(n *sqlsyntax.Expr, moment, interval value, sign string) value {
	if ar.hive && moment.typ.Is("date") && interval.typ.Is("interval day to second") {
		moment = ar.conversions.convert(moment, types.Named("timestamp"))
	}
	if !moment.typ.IsTemporal() && (!moment.typ.IsTimeOfDay() || !interval.typ.Is("interval day to second")) {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+describeType(moment)+" "+n.Text+" "+interval.typ.String())
	}
	amount := sign + interval.sql
	if sign != "" && strings.HasPrefix(interval.sql, "-") {
		amount = interval.sql[1:]
	}
	if interval.typ.Is("interval year to month") {
		return value{sql: call("f_ts_add_months", moment.sql, amount), typ: moment.typ}
	}
	if !moment.typ.Is("date") {
		moment = ar.conversions.convert(moment, moment.typ.WithPrecision(max(3, moment.typ.Precision))) // an interval has milliseconds
		return value{sql: call("f_ts_add", moment.sql, amount), typ: moment.typ}
	}
	if ms, err := strconv.ParseInt(amount, 10, 64); err == nil && ms%unitSize("day") == 0 {
		return value{sql: call("f_date_add", "'day'", strconv.FormatInt(ms/unitSize("day"), 10), moment.sql), typ: moment.typ}
	}
	if ar.hive {
		return ar.addInterval(n, ar.conversions.convert(moment, types.Named("timestamp")), interval, sign)
	}
	if interval.node != nil && interval.node.Kind == sqlsyntax.Interval {
		fail(SemanticError, n.Pos, "Cannot add hour, minutes or seconds to a date")
	}
	return value{sql: call("f_date_add", "'day'", "("+amount+") / 86400000", moment.sql), typ: moment.typ}
}

// translate translates + - * / % DIV and Hive's bit operators on numbers.
func (ar *arithmetic) translate(n *sqlsyntax.Expr, l, r value) value {
	if ar.hive {
		l, r = ar.convertHiveNumber(l), ar.convertHiveNumber(r)
	}
	numeric := func(t types.Type) bool { return t.IsNumber() || t.IsUnknown() }
	if !numeric(l.typ) || !numeric(r.typ) {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+describeType(l)+" "+n.Text+" "+describeType(r))
	}
	t, _ := types.Common(l.typ, r.typ, ar.hive)
	switch n.Text {
	case "&", "|", "^", "DIV":
		return ar.translateBits(n, l, r, t)
	}
	if ar.hive && (l.typ.IsUnknown() || r.typ.IsUnknown()) {
		return value{sql: "NULL", typ: types.Named("double")}
	}
	if t.IsUnknown() {
		return value{sql: "NULL", typ: types.Named("integer")}
	}
	if t.Is("decimal") {
		return ar.translateDecimal(n, l, r)
	}
	fixed := ar.foldConstants(n, l, r, t)
	constant := l.fixed != nil || r.fixed != nil
	l, r = ar.conversions.convert(l, t), ar.conversions.convert(r, t)
	switch n.Text {
	case "/":
		return ar.divide(l, r, t)
	case "%":
		return ar.modulo(l, r, t)
	}
	if fixed == nil && t.IsInteger() {
		return value{sql: ar.checkInteger(n.Text, l.sql, r.sql, t, constant), typ: t}
	}
	if t.NaN || t.Is("real") {
		return ar.translateFloat(n.Text, l, r, t)
	}
	return value{sql: "(" + l.sql + " " + n.Text + " " + r.sql + ")", typ: t, fixed: fixed}
}

// translateBits translates Hive's operators on integers: DIV, and those on bits. t is the common type of the operands.
func (ar *arithmetic) translateBits(n *sqlsyntax.Expr, l, r value, t types.Type) value {
	if !t.IsInteger() && !t.IsUnknown() {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+describeType(l)+" "+n.Text+" "+describeType(r))
	}
	if t.IsUnknown() {
		t = types.Named("bigint")
	}
	switch n.Text {
	case "^":
		return value{sql: call("f_bitwise_xor", l.sql, r.sql), typ: t}
	case "DIV":
		t = types.Named("bigint")
		if nonZero(r) {
			return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: t}
		}
		return value{sql: call("f_div_bigint", l.sql, r.sql), typ: t}
	}
	return value{sql: "(" + l.sql + " " + n.Text + " " + r.sql + ")", typ: t}
}

// translateFloat writes an operator on doubles that can be NaN, or on reals, which have 32 bits.
func (ar *arithmetic) translateFloat(operator string, l, r value, t types.Type) value {
	return value{sql: call("f_float", l.sql, "'"+operator+"'", r.sql, "'"+t.Name+"'"), typ: t}
}

// checkInteger writes + - * on integers. A result that exceeds the range of the type is an error in Trino; in Hive
// it wraps around. The sum of a bigint and a literal is not checked: SQLite makes it a double, which is an
// error when it is read.
func (ar *arithmetic) checkInteger(operator, l, r string, t types.Type, constant bool) string {
	plain := "(" + l + " " + operator + " " + r + ")"
	if t.Is("bigint") && constant {
		return plain
	}
	if ar.hive {
		switch t.Name {
		case "tinyint":
			return "(" + plain + " << 56 >> 56)"
		case "smallint":
			return "(" + plain + " << 48 >> 48)"
		case "integer":
			return "(" + plain + " << 32 >> 32)"
		}
		return call("h_integer", l, "'"+operator+"'", r)
	}
	if ar.trying {
		return call("f_try", "'f_integer'", l, "'"+operator+"'", r, "'"+t.Name+"'")
	}
	return call("f_integer", l, "'"+operator+"'", r, "'"+t.Name+"'")
}

// foldConstants returns the result of + - * on integer literals, or nil for other operands. In Trino, a result that
// exceeds the range of the type is an error.
func (ar *arithmetic) foldConstants(n *sqlsyntax.Expr, l, r value, t types.Type) *big.Int {
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
	switch t.Name {
	case "integer":
		limit = math.MaxInt32
	case "smallint":
		limit = math.MaxInt16
	case "tinyint":
		limit = math.MaxInt8
	}
	if !result.IsInt64() || result.Int64() > limit || result.Int64() < -limit-1 {
		if ar.hive {
			return nil
		}
		fail(DataError, n.Pos, t.String()+" "+name+" overflow: "+l.fixed.String()+" "+n.Text+" "+r.fixed.String())
	}
	return result
}

// convertHiveNumber converts a string to a double, as Hive does in arithmetic.
func (ar *arithmetic) convertHiveNumber(v value) value {
	if v.typ.IsText() {
		return ar.conversions.convert(v, types.Named("double"))
	}
	return v
}

// divide translates /. The quotient of integers is an integer in Trino and a double in Hive. Division by
// zero is an error in Trino and NULL in Hive.
func (ar *arithmetic) divide(l, r value, t types.Type) value {
	if ar.hive {
		if !t.Is("double") {
			l, r = ar.conversions.convert(l, types.Named("double")), ar.conversions.convert(r, types.Named("double"))
		}
		return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: types.Named("double")}
	}
	switch {
	case !t.IsInteger():
		if nonZero(r) && !t.NaN && t.Is("double") {
			return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: t}
		}
		return ar.translateFloat("/", l, r, t.WithNaN())
	case nonZero(r):
		return value{sql: "(" + l.sql + " / " + r.sql + ")", typ: t}
	case ar.trying:
		return value{sql: "(" + l.sql + " / nullif(" + r.sql + ", 0))", typ: t}
	}
	return value{sql: call("f_div_bigint", l.sql, r.sql), typ: t}
}

func (ar *arithmetic) modulo(l, r value, t types.Type) value {
	switch {
	case !t.IsInteger() && ar.hive && !nonZero(r): // a division by zero is NULL
		return ar.translateFloat("%", l, value{sql: "nullif(" + r.sql + ", 0)"}, t.WithNaN())
	case !t.IsInteger():
		return ar.translateFloat("%", l, r, t.WithNaN())
	case nonZero(r) || ar.hive:
		return value{sql: "(" + l.sql + " % " + r.sql + ")", typ: t}
	case ar.trying:
		return value{sql: "(" + l.sql + " % nullif(" + r.sql + ", 0))", typ: t}
	}
	return value{sql: call("f_mod", l.sql, r.sql), typ: t}
}

// nonZero reports whether a value is a number literal other than 0.
func nonZero(v value) bool {
	if v.node == nil || v.node.Kind != sqlsyntax.Number {
		return false
	}
	f, err := strconv.ParseFloat(v.node.Text, 64)
	return err == nil && f != 0
}

// negateConstant negates an integer literal.
func (ar *arithmetic) negateConstant(n *sqlsyntax.Expr, v value) value {
	result := new(big.Int).Neg(v.fixed)
	limit := int64(math.MaxInt64)
	if !v.typ.Is("bigint") {
		limit = math.MaxInt32
	}
	if !result.IsInt64() || result.Int64() > limit {
		if !ar.hive {
			fail(DataError, n.Pos, v.typ.String()+" negation overflow: "+v.fixed.String())
		}
		result = v.fixed // Hive's integers wrap around
	}
	return value{sql: "(" + result.String() + ")", typ: v.typ, fixed: result}
}
