package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// An exprTranslator translates expressions. It handles the operators and leaves the rest to others.
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

// castNode translates CAST and TRY_CAST. Hive's CAST never fails.
func (e *exprTranslator) castNode(n *sqlsyntax.Expr, s *scope) value {
	saved := e.trying
	if n.Text == "try_cast" {
		e.trying = false // only this conversion may fail
	}
	v := e.expr(n.Args[0], s)
	e.trying = saved
	to := e.conversions.typeOf(n.Type)
	v = e.conversions.cast(v, to, n.Text == "try_cast" || e.hive || e.trying, n.Pos)
	if len(n.Type.Numbers) > 0 && n.Type.Numbers[0] > 0 && to.Is("varchar") {
		v.sql = call("substr", v.sql, "1", itoa(n.Type.Numbers[0]))
	}
	return v
}

// expr translates an expression.
func (e *exprTranslator) expr(n *sqlsyntax.Expr, s *scope) value {
	defer e.enter(n.Pos)()
	if own := s.selection(); own != nil && own.grouping != nil {
		if v, ok := own.grouping.matching(e.names, n); ok {
			return v
		}
	}
	v := e.plain(n, s)
	v.node = n
	return v
}

// plain is expr for what is no grouping key.
func (e *exprTranslator) plain(n *sqlsyntax.Expr, s *scope) value {
	switch n.Kind {
	case sqlsyntax.Null:
		return value{sql: "NULL"}
	case sqlsyntax.Boolean, sqlsyntax.Number, sqlsyntax.String, sqlsyntax.TypedLiteral, sqlsyntax.Interval:
		return e.literals.constant(n)
	case sqlsyntax.Column:
		return e.names.column(n, s)
	case sqlsyntax.Field:
		return e.names.field(e.expr(n.Args[0], s), n.Text, n)
	case sqlsyntax.Unary:
		return e.unary(n, s)
	case sqlsyntax.Binary:
		return e.binary(n, s)
	case sqlsyntax.IsNull:
		return value{sql: "(" + e.expr(n.Args[0], s).sql + " IS NULL)", typ: types.Named("boolean")}
	case sqlsyntax.Between:
		return e.predicates.between(n, s)
	case sqlsyntax.In:
		return e.predicates.membership(n, s)
	case sqlsyntax.Like:
		return e.predicates.like(n, s)
	case sqlsyntax.Exists:
		sql, _ := e.queries.query(n.Query, s)
		return value{sql: "EXISTS (" + sql + ")", typ: types.Named("boolean")}
	case sqlsyntax.ScalarQuery:
		return e.scalar(n, s)
	case sqlsyntax.Quantified:
		return e.predicates.quantified(n, s)
	case sqlsyntax.Case:
		return e.caseOf(n, s)
	case sqlsyntax.Cast:
		return e.castNode(n, s)
	case sqlsyntax.Array:
		return e.nested.array(e.exprs(n.Args, s))
	case sqlsyntax.Row:
		return e.nested.row(n, s)
	case sqlsyntax.Subscript:
		return e.nested.subscript(n, s)
	case sqlsyntax.Call:
		return e.calls.call(n, s)
	case sqlsyntax.Lambda:
		fail(SemanticError, n.Pos, "Lambda expression should always be used inside a function")
	}
	fail(SyntaxError, n.Pos, "mismatched input '*'")
	return value{}
}

// exprs translates a list.
func (e *exprTranslator) exprs(list []*sqlsyntax.Expr, s *scope) []value {
	values := make([]value, len(list))
	for i, n := range list {
		values[i] = e.expr(n, s)
	}
	return values
}

// condition translates what must be a boolean.
func (e *exprTranslator) condition(n *sqlsyntax.Expr, s *scope) string {
	v := e.expr(n, s)
	if v.typ.Is("boolean") || v.typ.IsUnknown() {
		return v.sql
	}
	if e.hive && (v.typ.IsNumber() || v.typ.Is("varchar")) {
		return e.conversions.convert(v, types.Named("boolean")).sql
	}
	if strings.HasSuffix(e.clause, "clause") {
		fail(SemanticError, n.Pos, e.clause+" must evaluate to a boolean: actual type "+v.typ.String())
	}
	fail(SemanticError, n.Pos, "Expression must evaluate to a boolean: actual type "+v.typ.String())
	return ""
}

func (e *exprTranslator) unary(n *sqlsyntax.Expr, s *scope) value {
	if n.Text == "NOT" {
		if inner := n.Args[0]; inner.Kind == sqlsyntax.IsNull {
			return value{sql: "(" + e.expr(inner.Args[0], s).sql + " IS NOT NULL)", typ: types.Named("boolean")}
		}
		v := e.expr(n.Args[0], s)
		if !v.typ.Is("boolean") && !v.typ.IsUnknown() && !e.hive {
			fail(SemanticError, n.Pos, "Value of logical NOT expression must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		return value{sql: "(NOT " + e.conversions.convert(v, types.Named("boolean")).sql + ")", typ: types.Named("boolean")}
	}
	if n.Args[0].Kind == sqlsyntax.Number && n.Text == "-" && !n.Args[0].Parenthesized {
		v := e.literals.number(n.Args[0], "-")
		return v
	}
	v := e.expr(n.Args[0], s)
	if e.hive && v.typ.Is("varchar") {
		v = e.conversions.convert(v, types.Named("double"))
	}
	if !v.typ.IsNumber() && !v.typ.Is("interval day to second", "interval year to month") && !v.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+n.Text+typeNamed(v))
	}
	return value{sql: "(" + n.Text + v.sql + ")", typ: v.typ}
}

func (e *exprTranslator) caseOf(n *sqlsyntax.Expr, s *scope) value {
	var operand value
	var sql strings.Builder
	sql.WriteString("(CASE")
	if n.Args[0] != nil {
		operand = e.expr(n.Args[0], s)
	}
	pairs := n.Args[1:]
	var results []value
	for i := 1; i < len(pairs); i += 2 {
		results = append(results, e.expr(pairs[i], s))
	}
	if len(pairs)%2 == 1 {
		results = append(results, e.expr(pairs[len(pairs)-1], s))
	}
	results, t := e.conversions.unify(results, func(a, b types.Type) string {
		return "All CASE results must be the same type or coercible to a common type. Cannot find common type between " + a.String() + " and " + b.String()
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		when := ""
		if n.Args[0] != nil {
			when = e.comparisons.compare("=", operand, e.expr(pairs[i], s), pairs[i].Pos)
		} else {
			when = e.condition(pairs[i], s)
		}
		sql.WriteString(" WHEN " + when + " THEN " + results[i/2].sql)
	}
	if len(pairs)%2 == 1 {
		sql.WriteString(" ELSE " + results[len(results)-1].sql)
	}
	sql.WriteString(" END)")
	return value{sql: sql.String(), typ: t}
}

// binary translates an operator with two sides.
func (e *exprTranslator) binary(n *sqlsyntax.Expr, s *scope) value {
	if n.Text == "AND" || n.Text == "OR" {
		return e.predicates.logical(n, s)
	}
	l, r := e.expr(n.Args[0], s), e.expr(n.Args[1], s)
	switch n.Text {
	case "=", "<>", "<", ">", "<=", ">=":
		if n.Args[0].Kind == sqlsyntax.Row && n.Args[1].Kind == sqlsyntax.Row {
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
	if v, ok := e.arithmetic.timeArithmetic(n, l, r); ok {
		return v
	}
	return e.arithmetic.arithmetic(n, l, r)
}

func (e *exprTranslator) scalar(n *sqlsyntax.Expr, s *scope) value {
	sql, outputs := e.queries.query(n.Query, s)
	if len(outputs) != 1 {
		fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	if single(n.Query) {
		return value{sql: "(" + sql + ")", typ: outputs[0].typ}
	}
	// the service fails when there are several rows; SQLite would take the first
	return value{sql: "(SELECT CASE WHEN count(*) > 1 THEN f_fail('Scalar sub-query has returned multiple rows', count(*)) ELSE max(c1) END FROM (" + sql + "))", typ: outputs[0].typ}
}
