package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// expr translates an expression.
func (e *emitter) expr(n *sqlsyntax.Expr, s *scope) value {
	defer e.enter(n.Pos)()
	if own := s.selection(); own != nil && own.grouping != nil {
		if v, ok := own.grouping.matching(e, n); ok {
			return v
		}
	}
	v := e.plain(n, s)
	v.node = n
	return v
}

// plain is expr for what is no grouping key.
func (e *emitter) plain(n *sqlsyntax.Expr, s *scope) value {
	switch n.Kind {
	case sqlsyntax.Null:
		return value{sql: "NULL"}
	case sqlsyntax.Boolean, sqlsyntax.Number, sqlsyntax.String, sqlsyntax.TypedLiteral, sqlsyntax.Interval:
		return e.constant(n)
	case sqlsyntax.Column:
		return e.column(n, s)
	case sqlsyntax.Field:
		return e.field(e.expr(n.Args[0], s), n.Text, n)
	case sqlsyntax.Unary:
		return e.unary(n, s)
	case sqlsyntax.Binary:
		return e.binary(n, s)
	case sqlsyntax.IsNull:
		return value{sql: "(" + e.expr(n.Args[0], s).sql + " IS NULL)", typ: types.Named("boolean")}
	case sqlsyntax.Between:
		return e.between(n, s)
	case sqlsyntax.In:
		return e.membership(n, s)
	case sqlsyntax.Like:
		return e.like(n, s)
	case sqlsyntax.Exists:
		sql, _ := e.query(n.Query, s)
		return value{sql: "EXISTS (" + sql + ")", typ: types.Named("boolean")}
	case sqlsyntax.ScalarQuery:
		return e.scalar(n, s)
	case sqlsyntax.Quantified:
		return e.quantified(n, s)
	case sqlsyntax.Case:
		return e.caseOf(n, s)
	case sqlsyntax.Cast:
		return e.castNode(n, s)
	case sqlsyntax.Array:
		return e.array(e.exprs(n.Args, s))
	case sqlsyntax.Row:
		return e.row(n, s)
	case sqlsyntax.Subscript:
		return e.subscript(n, s)
	case sqlsyntax.Call:
		return e.call(n, s)
	case sqlsyntax.Lambda:
		fail(SemanticError, n.Pos, "Lambda expression should always be used inside a function")
	}
	fail(SyntaxError, n.Pos, "mismatched input '*'")
	return value{}
}

// exprs translates a list.
func (e *emitter) exprs(list []*sqlsyntax.Expr, s *scope) []value {
	values := make([]value, len(list))
	for i, n := range list {
		values[i] = e.expr(n, s)
	}
	return values
}

// condition translates what must be a boolean.
func (e *emitter) condition(n *sqlsyntax.Expr, s *scope) string {
	v := e.expr(n, s)
	if v.typ.Is("boolean") || v.typ.IsUnknown() {
		return v.sql
	}
	if e.hive && (v.typ.IsNumber() || v.typ.Is("varchar")) {
		return e.convert(v, types.Named("boolean")).sql
	}
	if strings.HasSuffix(e.clause, "clause") {
		fail(SemanticError, n.Pos, e.clause+" must evaluate to a boolean: actual type "+v.typ.String())
	}
	fail(SemanticError, n.Pos, "Expression must evaluate to a boolean: actual type "+v.typ.String())
	return ""
}

func (e *emitter) unary(n *sqlsyntax.Expr, s *scope) value {
	if n.Text == "NOT" {
		if inner := n.Args[0]; inner.Kind == sqlsyntax.IsNull {
			return value{sql: "(" + e.expr(inner.Args[0], s).sql + " IS NOT NULL)", typ: types.Named("boolean")}
		}
		v := e.expr(n.Args[0], s)
		if !v.typ.Is("boolean") && !v.typ.IsUnknown() && !e.hive {
			fail(SemanticError, n.Pos, "Value of logical NOT expression must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		return value{sql: "(NOT " + e.convert(v, types.Named("boolean")).sql + ")", typ: types.Named("boolean")}
	}
	if n.Args[0].Kind == sqlsyntax.Number && n.Text == "-" && !n.Args[0].Parenthesized {
		v := e.number(n.Args[0], "-")
		return v
	}
	v := e.expr(n.Args[0], s)
	if e.hive && v.typ.Is("varchar") {
		v = e.convert(v, types.Named("double"))
	}
	if !v.typ.IsNumber() && !v.typ.Is("interval day to second", "interval year to month") && !v.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+n.Text+typeNamed(v))
	}
	return value{sql: "(" + n.Text + v.sql + ")", typ: v.typ}
}

// typeNamed is a value's type in an error: a string literal's with its length.
func typeNamed(v value) string {
	if text, ok := v.literal(); ok {
		return "varchar(" + itoa(len([]rune(text))) + ")"
	}
	return v.typ.String()
}

func (e *emitter) between(n *sqlsyntax.Expr, s *scope) value {
	v := e.exprs(n.Args, s)
	low := e.compare(">=", v[0], v[1], n.Pos)
	high := e.compare("<=", v[0], v[2], n.Pos)
	if strings.HasPrefix(low, "("+v[0].sql+" >= ") && strings.HasPrefix(high, "("+v[0].sql+" <= ") {
		a := strings.TrimSuffix(strings.TrimPrefix(low, "("+v[0].sql+" >= "), ")")
		b := strings.TrimSuffix(strings.TrimPrefix(high, "("+v[0].sql+" <= "), ")")
		return value{sql: "(" + v[0].sql + " BETWEEN " + a + " AND " + b + ")", typ: types.Named("boolean")}
	}
	return value{sql: "(" + low + " AND " + high + ")", typ: types.Named("boolean")}
}

// like translates LIKE, which minds the case as the engine is set up. Hive's escape is the backslash.
func (e *emitter) like(n *sqlsyntax.Expr, s *scope) value {
	v := e.exprs(n.Args, s)
	for i := range v {
		if !v[i].typ.Is("varchar") && !v[i].typ.IsUnknown() {
			if !e.hive {
				fail(SemanticError, n.Args[i].Pos, "Left side of LIKE expression must evaluate to a varchar (actual: "+v[i].typ.String()+")")
			}
			v[i] = e.convert(v[i], types.Named("varchar"))
		}
	}
	sql := "(" + v[0].sql + " LIKE " + v[1].sql
	pattern, literal := v[1].literal()
	switch {
	case len(v) == 3:
		if escape, ok := v[2].literal(); ok && len([]rune(escape)) != 1 {
			fail(SemanticError, n.Args[2].Pos, "Escape string must be a single character")
		}
		sql += " ESCAPE " + v[2].sql
	case e.hive && (!literal || strings.Contains(pattern, `\`)):
		sql += ` ESCAPE '\'`
	}
	return value{sql: sql + ")", typ: types.Named("boolean")}
}

func (e *emitter) caseOf(n *sqlsyntax.Expr, s *scope) value {
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
	results, t := e.unify(results, func(a, b types.Type) string {
		return "All CASE results must be the same type or coercible to a common type. Cannot find common type between " + a.String() + " and " + b.String()
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		when := ""
		if n.Args[0] != nil {
			when = e.compare("=", operand, e.expr(pairs[i], s), pairs[i].Pos)
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

// unify converts values to their common type.
func (e *emitter) unify(values []value, complain func(a, b types.Type) string) ([]value, types.Type) {
	var t types.Type
	for _, v := range values {
		c, ok := types.Common(t, v.typ, e.hive)
		if !ok {
			fail(SemanticError, v.node.Pos, complain(t, v.typ))
		}
		t = c
	}
	converted := make([]value, len(values))
	for i, v := range values {
		converted[i] = e.convert(v, t)
	}
	return converted, t
}
