package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/correlated"
	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// An exprTranslator translates expressions. It dispatches on the kind of expression.
type exprTranslator struct {
	*state

	queries     *queryTranslator
	names       *nameResolver
	predicates  *predicateTranslator
	arithmetic  *arithmetic
	comparisons *comparer
	conversions *converter
	literals    *literalTranslator
	calls       *callTranslator
	nested      *nestedTranslator
}

// translateCast translates CAST and TRY_CAST. Hive's CAST returns NULL instead of an error.
func (e *exprTranslator) translateCast(n *sqlsyntax.Expr, s *scope) value {
	saved := e.trying
	if n.Text == "try_cast" {
		e.trying = false // TRY_CAST(1 / 0 AS bigint) is an error
	}
	v := e.translate(n.Args[0], s)
	e.trying = saved
	to := e.conversions.resolveType(n.Type)
	from := v.typ
	if e.hive {
		e.checkHiveCast(n, v, to)
	}
	v = e.conversions.cast(v, to, n.Text == "try_cast" || e.hive || e.trying, n.Pos)
	if e.hive && to.Is("decimal") {
		v.digits = constantDigits(n.Args[0], to)
	}
	if len(n.Type.Numbers) == 0 || !to.Is("varchar") || e.hive {
		return v
	}
	length := itoa(n.Type.Numbers[0])
	switch {
	case from.IsText() || from.IsUnknown():
		v.sql = call("substr", v.sql, "1", length)
	case n.Text == "try_cast" || e.trying:
		v.sql = call("f_try_cast_bounded", v.sql, length)
	default:
		v.sql = call("f_cast_bounded", v.sql, length)
	}
	return v
}

// translate translates an expression. If it is a grouping key, the result is the key.
func (e *exprTranslator) translate(n *sqlsyntax.Expr, s *scope) value {
	defer e.enter(n.Pos)()
	if own := s.selection(); own != nil && own.grouping != nil {
		if !own.prefersAlias(n) {
			if v, ok := own.grouping.findKey(e.names, n); ok {
				return v
			}
		}
	}
	v := e.translateKind(n, s)
	v.node = n
	return v
}

// translateKind translates an expression that is not a grouping key.
func (e *exprTranslator) translateKind(n *sqlsyntax.Expr, s *scope) value {
	switch n.Kind {
	case sqlsyntax.Null:
		return value{sql: "NULL"}
	case sqlsyntax.Boolean, sqlsyntax.Number, sqlsyntax.String, sqlsyntax.TypedLiteral, sqlsyntax.Interval:
		return e.literals.translate(n)
	case sqlsyntax.Column:
		return e.names.resolve(n, s)
	case sqlsyntax.Field:
		return e.names.selectField(e.translate(n.Args[0], s), n.Text, n)
	case sqlsyntax.Unary:
		return e.translateUnary(n, s)
	case sqlsyntax.Binary:
		return e.translateBinary(n, s)
	case sqlsyntax.IsNull:
		return value{sql: "(" + e.translate(n.Args[0], s).sql + " IS NULL)", typ: types.Named("boolean")}
	case sqlsyntax.Between:
		return e.predicates.translateBetween(n, s)
	case sqlsyntax.In:
		return e.predicates.translateIn(n, s)
	case sqlsyntax.Like:
		return e.predicates.translateLike(n, s)
	case sqlsyntax.Exists:
		sql, _ := e.queries.translate(n.Query, s)
		e.checkCorrelated(n.Query, correlated.Exists, s, n.Pos)
		return value{sql: "EXISTS (" + sql + ")", typ: types.Named("boolean")}
	case sqlsyntax.ScalarQuery:
		return e.translateScalarQuery(n, s)
	case sqlsyntax.Quantified:
		return e.predicates.translateQuantified(n, s)
	case sqlsyntax.Case:
		return e.translateCase(n, s)
	case sqlsyntax.Cast:
		return e.translateCast(n, s)
	case sqlsyntax.Array:
		return e.nested.makeArray(e.translateAll(n.Args, s))
	case sqlsyntax.Row:
		return e.nested.makeRow(n, s)
	case sqlsyntax.Subscript:
		return e.nested.translateSubscript(n, s)
	case sqlsyntax.Call:
		return e.calls.translate(n, s)
	case sqlsyntax.Lambda:
		fail(SemanticError, n.Pos, "Lambda expression should always be used inside a function")
	}
	fail(SyntaxError, n.Pos, "mismatched input '*'")
	return value{}
}

// translateAll translates a list of expressions.
func (e *exprTranslator) translateAll(list []*sqlsyntax.Expr, s *scope) []value {
	values := make([]value, len(list))
	for i, n := range list {
		values[i] = e.translate(n, s)
	}
	return values
}

// translateCondition translates an expression that must be a boolean.
func (e *exprTranslator) translateCondition(n *sqlsyntax.Expr, s *scope) string {
	v := e.translate(n, s)
	if v.typ.Is("boolean") || v.typ.IsUnknown() {
		return v.sql
	}
	if strings.HasSuffix(e.clause, "clause") {
		fail(SemanticError, n.Pos, e.clause+" must evaluate to a boolean: actual type "+v.typ.String())
	}
	fail(SemanticError, n.Pos, "Expression must evaluate to a boolean: actual type "+v.typ.String())
	return ""
}

func (e *exprTranslator) translateUnary(n *sqlsyntax.Expr, s *scope) value {
	if n.Text == "NOT" {
		if inner := n.Args[0]; inner.Kind == sqlsyntax.IsNull {
			return value{sql: "(" + e.translate(inner.Args[0], s).sql + " IS NOT NULL)", typ: types.Named("boolean")}
		}
		if inner := n.Args[0]; inner.Kind == sqlsyntax.Unary && inner.Text == "NOT" { // the engine can use an index for x
			if v := e.translate(inner.Args[0], s); v.typ.Is("boolean") {
				return v
			}
		}
		v := e.translate(n.Args[0], s)
		if !v.typ.Is("boolean") && (e.hive || !v.typ.IsUnknown()) {
			fail(SemanticError, n.Pos, "Value of logical NOT expression must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		return value{sql: "(NOT " + e.conversions.convert(v, types.Named("boolean")).sql + ")", typ: types.Named("boolean")}
	}
	if n.Args[0].Kind == sqlsyntax.Number && n.Text == "-" && !n.Args[0].Parenthesized {
		v := e.literals.translateNumber(n.Args[0], "-")
		return v
	}
	if inner := n.Args[0]; e.hive && inner.Kind == sqlsyntax.Unary && inner.Text != "NOT" && !inner.Parenthesized {
		fail(SemanticError, n.Pos, "Operator "+n.Text+" before "+inner.Text+" requires parentheses in Hive")
	}
	v := e.translate(n.Args[0], s)
	if n.Text == "+" {
		if !v.typ.IsNumber() || v.typ.Is("decimal") {
			fail(SemanticError, n.Pos, "Unary '+' operator cannot by applied to "+v.typ.Describe()+" type")
		}
		return v
	}
	if v.typ.IsUnknown() && !e.hive {
		e.arithmetic.failAmbiguous(n)
	}
	if e.hive && v.typ.IsText() && n.Text == "-" {
		v = e.conversions.convert(v, types.Named("double"))
	}
	if !v.typ.IsNumber() && !v.typ.Is("interval day to second", "interval year to month") && !v.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+n.Text+describeType(v))
	}
	switch {
	case n.Text == "-" && v.fixed != nil:
		return e.arithmetic.negateConstant(n, v)
	case n.Text == "~" && !v.typ.IsInteger() && !v.typ.IsUnknown():
		fail(SemanticError, n.Pos, "Cannot apply operator: ~"+describeType(v))
	case n.Text == "-" && e.hive && v.typ.Is("tinyint", "smallint", "integer"): // wraps around
		return value{sql: e.arithmetic.checkInteger("-", "0", v.sql, v.typ, false), typ: v.typ}
	case n.Text == "-" && v.typ.IsInterval():
		return e.arithmetic.negateInterval(v)
	case n.Text == "-" && v.typ.Is("decimal"):
		return value{sql: call("f_decimal_sub", "'0'", v.sql), typ: v.typ}
	case n.Text == "-" && v.typ.NaN:
		return value{sql: call("f_negate", v.sql), typ: v.typ}
	case strings.HasPrefix(v.sql, "-"): // -- would be a comment
		return value{sql: "(" + n.Text + " " + v.sql + ")", typ: v.typ}
	}
	return value{sql: "(" + n.Text + v.sql + ")", typ: v.typ}
}

func (e *exprTranslator) translateCase(n *sqlsyntax.Expr, s *scope) value {
	var operand value
	var sql strings.Builder
	sql.WriteString("(CASE")
	if n.Args[0] != nil {
		operand = e.translate(n.Args[0], s)
	}
	whens := e.translateWhens(n, &operand, s)
	pairs := n.Args[1:]
	var results []value
	for i := 1; i < len(pairs); i += 2 {
		results = append(results, e.translate(pairs[i], s))
	}
	if len(pairs)%2 == 1 {
		results = append(results, e.translate(pairs[len(pairs)-1], s))
	}
	if e.hive {
		for i := range results {
			for _, other := range results {
				results[i] = fitLiteral(results[i], other)
			}
		}
	}
	results, t := e.conversions.unify(results, func(a, b types.Type) string {
		return "All CASE results must be the same type or coercible to a common type. Cannot find common type between " + a.String() + " and " + b.String()
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		when := whens[i/2].sql
		if n.Args[0] != nil {
			when = e.comparisons.equal(operand, whens[i/2], pairs[i].Pos)
		}
		sql.WriteString(" WHEN " + when + " THEN " + results[i/2].sql)
	}
	if len(pairs)%2 == 1 {
		sql.WriteString(" ELSE " + results[len(results)-1].sql)
	}
	sql.WriteString(" END)")
	return value{sql: sql.String(), typ: t}
}

// translateBinary translates an operator with two operands.
// checkHiveCast rejects the casts that Hive does not have: those to nested types, and those from and to intervals.
func (e *exprTranslator) checkHiveCast(n *sqlsyntax.Expr, v value, to types.Type) {
	if len(to.Args) > 0 || to.IsInterval() || v.typ.IsInterval() && (!to.IsText() || n.Type.Name == "string") {
		fail(SemanticError, n.Pos, "Cannot cast "+describeType(v)+" to "+to.String())
	}
}

// constantDigits returns the type of the digits of a number that is cast to a decimal, or none for other expressions.
func constantDigits(n *sqlsyntax.Expr, to types.Type) types.Type {
	sign := ""
	if n.Kind == sqlsyntax.Unary && n.Text == "-" {
		n, sign = n.Args[0], "-"
	}
	if n.Kind != sqlsyntax.Number || strings.ContainsAny(n.Text, "eE") {
		return types.Type{}
	}
	v, ok := hiveDecimal(sign, n)
	if !ok || v.typ.Scale > to.Scale || v.typ.Precision-v.typ.Scale > to.Precision-to.Scale {
		return types.Type{}
	}
	return v.typ
}

// translateWhens translates the operands of WHEN: conditions, or values to compare with the operand of CASE. In Hive the
// values and the operand are converted to one type.
func (e *exprTranslator) translateWhens(n *sqlsyntax.Expr, operand *value, s *scope) (whens []value) {
	pairs := n.Args[1:]
	for i := 0; i+1 < len(pairs); i += 2 {
		if n.Args[0] != nil {
			whens = append(whens, e.translate(pairs[i], s))
			continue
		}
		if e.hive && pairs[i].Kind == sqlsyntax.Null {
			fail(SemanticError, pairs[i].Pos, "\"boolean\" is expected after WHEN, but \"void\" is found")
		}
		whens = append(whens, value{sql: e.translateCondition(pairs[i], s)})
	}
	if n.Args[0] == nil || !e.hive {
		return whens
	}
	if len(operand.typ.Args) > 0 {
		fail(SemanticError, n.Pos, "CASE of "+operand.typ.String()+" is not supported")
	}
	all, _ := e.conversions.unify(append([]value{*operand}, whens...), func(a, b types.Type) string {
		return "The expressions after WHEN should have the same type with that after CASE: " + a.String() + " vs " + b.String()
	})
	*operand = all[0]
	return all[1:]
}

func (e *exprTranslator) translateBinary(n *sqlsyntax.Expr, s *scope) value {
	if n.Text == "AND" || n.Text == "OR" {
		return e.predicates.translateLogical(n, s)
	}
	l, r := e.translate(n.Args[0], s), e.translate(n.Args[1], s)
	if e.hive {
		l, r = fitLiteral(l, r), fitLiteral(r, l)
	}
	switch n.Text {
	case "=", "<>", "<", ">", "<=", ">=":
		if n.Args[0].Kind == sqlsyntax.Row && n.Args[1].Kind == sqlsyntax.Row && (e.hive || n.Text == "=" && !l.typ.ContainsNaN() && !r.typ.ContainsNaN()) {
			return e.predicates.compareRows(n, s)
		}
		return value{sql: e.comparisons.compare(n.Text, l, r, n.Pos), typ: types.Named("boolean")}
	case "IS DISTINCT FROM":
		return value{sql: e.comparisons.compare("IS NOT", l, r, n.Pos), typ: types.Named("boolean")}
	case "IS NOT DISTINCT FROM":
		return value{sql: e.comparisons.compare("IS", l, r, n.Pos), typ: types.Named("boolean")}
	case "||":
		return e.arithmetic.concatenate(n, l, r)
	}
	if v, ok := e.arithmetic.translateNull(n, l, r); ok {
		return v
	}
	if v, ok := e.arithmetic.translateTime(n, l, r); ok {
		return v
	}
	return e.arithmetic.translate(n, l, r)
}

func (e *exprTranslator) translateScalarQuery(n *sqlsyntax.Expr, s *scope) value {
	sql, outputs := e.queries.translate(n.Query, s)
	e.checkCorrelated(n.Query, correlated.Scalar, s, n.Query.Pos)
	if len(outputs) != 1 {
		if e.hive {
			fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
		}
		sql, outputs = rowQuery(sql, outputs)
	}
	if yieldsOneRow(n.Query) {
		return value{sql: "(" + sql + ")", typ: outputs[0].typ}
	}
	// Several rows are an error in the service. SQLite would take the first one.
	return value{sql: "(SELECT CASE WHEN count(*) > 1 THEN f_fail('Scalar sub-query has returned multiple rows', count(*)) ELSE max(c1) END FROM (" + sql + "))", typ: outputs[0].typ}
}

// rowQuery makes a row of the columns of a query.
func rowQuery(sql string, outputs []output) (string, []output) {
	t := types.Type{Name: "row"}
	values := make([]value, len(outputs))
	for i, o := range outputs {
		values[i] = value{sql: "c" + itoa(i+1), typ: o.typ}
		t.Args = append(t.Args, o.typ)
		t.Fields = append(t.Fields, o.name)
	}
	return "SELECT " + jsonArray(values) + " AS c1 FROM (" + sql + ")", []output{{typ: t}}
}
