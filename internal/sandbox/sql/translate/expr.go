package translate

import "strings"

// expr translates an expression.
func (e *emitter) expr(n *node, s *scope) value {
	defer e.enter(n.pos)()
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
func (e *emitter) plain(n *node, s *scope) value {
	switch n.kind {
	case nodeNull:
		return value{sql: "NULL"}
	case nodeBoolean, nodeNumber, nodeString, nodeTyped, nodeInterval:
		return e.constant(n)
	case nodeColumn:
		return e.column(n, s)
	case nodeField:
		return e.field(e.expr(n.args[0], s), n.text, n)
	case nodeUnary:
		return e.unary(n, s)
	case nodeBinary:
		return e.binary(n, s)
	case nodeIsNull:
		return value{sql: "(" + e.expr(n.args[0], s).sql + " IS NULL)", typ: named("boolean")}
	case nodeBetween:
		return e.between(n, s)
	case nodeIn:
		return e.membership(n, s)
	case nodeLike:
		return e.like(n, s)
	case nodeExists:
		sql, _ := e.query(n.query, s)
		return value{sql: "EXISTS (" + sql + ")", typ: named("boolean")}
	case nodeScalar:
		return e.scalar(n, s)
	case nodeQuantified:
		return e.quantified(n, s)
	case nodeCase:
		return e.caseOf(n, s)
	case nodeCast:
		return e.castNode(n, s)
	case nodeArray:
		return e.array(e.exprs(n.args, s))
	case nodeRow:
		return e.row(n, s)
	case nodeSubscript:
		return e.subscript(n, s)
	case nodeCall:
		return e.call(n, s)
	case nodeLambda:
		fail(SemanticError, n.pos, "Lambda expression should always be used inside a function")
	}
	fail(SyntaxError, n.pos, "mismatched input '*'")
	return value{}
}

// exprs translates a list.
func (e *emitter) exprs(list []*node, s *scope) []value {
	values := make([]value, len(list))
	for i, n := range list {
		values[i] = e.expr(n, s)
	}
	return values
}

// condition translates what must be a boolean.
func (e *emitter) condition(n *node, s *scope) string {
	v := e.expr(n, s)
	if v.typ.is("boolean") || v.typ.unknown() {
		return v.sql
	}
	if e.hive && (v.typ.number() || v.typ.is("varchar")) {
		return e.convert(v, named("boolean")).sql
	}
	if strings.HasSuffix(e.clause, "clause") {
		fail(SemanticError, n.pos, e.clause+" must evaluate to a boolean: actual type "+v.typ.String())
	}
	fail(SemanticError, n.pos, "Expression must evaluate to a boolean: actual type "+v.typ.String())
	return ""
}

func (e *emitter) unary(n *node, s *scope) value {
	if n.text == "NOT" {
		if inner := n.args[0]; inner.kind == nodeIsNull {
			return value{sql: "(" + e.expr(inner.args[0], s).sql + " IS NOT NULL)", typ: named("boolean")}
		}
		v := e.expr(n.args[0], s)
		if !v.typ.is("boolean") && !v.typ.unknown() && !e.hive {
			fail(SemanticError, n.pos, "Value of logical NOT expression must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		return value{sql: "(NOT " + e.convert(v, named("boolean")).sql + ")", typ: named("boolean")}
	}
	if n.args[0].kind == nodeNumber && n.text == "-" && !n.args[0].paren {
		v := e.number(n.args[0], "-")
		return v
	}
	v := e.expr(n.args[0], s)
	if e.hive && v.typ.is("varchar") {
		v = e.convert(v, named("double"))
	}
	if !v.typ.number() && !v.typ.is("interval day to second", "interval year to month") && !v.typ.unknown() {
		fail(SemanticError, n.pos, "Cannot apply operator: "+n.text+typeNamed(v))
	}
	return value{sql: "(" + n.text + v.sql + ")", typ: v.typ}
}

// typeNamed is a value's type in an error: a string literal's with its length.
func typeNamed(v value) string {
	if text, ok := v.literal(); ok {
		return "varchar(" + itoa(len([]rune(text))) + ")"
	}
	return v.typ.String()
}

func (e *emitter) between(n *node, s *scope) value {
	v := e.exprs(n.args, s)
	low := e.compare(">=", v[0], v[1], n.pos)
	high := e.compare("<=", v[0], v[2], n.pos)
	if strings.HasPrefix(low, "("+v[0].sql+" >= ") && strings.HasPrefix(high, "("+v[0].sql+" <= ") {
		a := strings.TrimSuffix(strings.TrimPrefix(low, "("+v[0].sql+" >= "), ")")
		b := strings.TrimSuffix(strings.TrimPrefix(high, "("+v[0].sql+" <= "), ")")
		return value{sql: "(" + v[0].sql + " BETWEEN " + a + " AND " + b + ")", typ: named("boolean")}
	}
	return value{sql: "(" + low + " AND " + high + ")", typ: named("boolean")}
}

// like translates LIKE, which minds the case as the engine is set up. Hive's escape is the backslash.
func (e *emitter) like(n *node, s *scope) value {
	v := e.exprs(n.args, s)
	for i := range v {
		if !v[i].typ.is("varchar") && !v[i].typ.unknown() {
			if !e.hive {
				fail(SemanticError, n.args[i].pos, "Left side of LIKE expression must evaluate to a varchar (actual: "+v[i].typ.String()+")")
			}
			v[i] = e.convert(v[i], named("varchar"))
		}
	}
	sql := "(" + v[0].sql + " LIKE " + v[1].sql
	pattern, literal := v[1].literal()
	switch {
	case len(v) == 3:
		if escape, ok := v[2].literal(); ok && len([]rune(escape)) != 1 {
			fail(SemanticError, n.args[2].pos, "Escape string must be a single character")
		}
		sql += " ESCAPE " + v[2].sql
	case e.hive && (!literal || strings.Contains(pattern, `\`)):
		sql += ` ESCAPE '\'`
	}
	return value{sql: sql + ")", typ: named("boolean")}
}

func (e *emitter) caseOf(n *node, s *scope) value {
	var operand value
	var sql strings.Builder
	sql.WriteString("(CASE")
	if n.args[0] != nil {
		operand = e.expr(n.args[0], s)
	}
	pairs := n.args[1:]
	var results []value
	for i := 1; i < len(pairs); i += 2 {
		results = append(results, e.expr(pairs[i], s))
	}
	if len(pairs)%2 == 1 {
		results = append(results, e.expr(pairs[len(pairs)-1], s))
	}
	results, t := e.unify(results, func(a, b typ) string {
		return "All CASE results must be the same type or coercible to a common type. Cannot find common type between " + a.String() + " and " + b.String()
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		when := ""
		if n.args[0] != nil {
			when = e.compare("=", operand, e.expr(pairs[i], s), pairs[i].pos)
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
func (e *emitter) unify(values []value, complain func(a, b typ) string) ([]value, typ) {
	var t typ
	for _, v := range values {
		c, ok := commonType(t, v.typ, e.hive)
		if !ok {
			fail(SemanticError, v.node.pos, complain(t, v.typ))
		}
		t = c
	}
	converted := make([]value, len(values))
	for i, v := range values {
		converted[i] = e.convert(v, t)
	}
	return converted, t
}
