package translate

func (e *emitter) scalar(n *node, s *scope) value {
	sql, outputs := e.query(n.query, s)
	if len(outputs) != 1 {
		fail(SemanticError, n.pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	if single(n.query) {
		return value{sql: "(" + sql + ")", typ: outputs[0].typ}
	}
	// the service fails when there are several rows; SQLite would take the first
	return value{sql: "(SELECT CASE WHEN count(*) > 1 THEN f_fail('Scalar sub-query has returned multiple rows', count(*)) ELSE max(c1) END FROM (" + sql + "))", typ: outputs[0].typ}
}

// single tells whether a query can only yield one row.
func single(q *query) bool {
	if q.limit != nil && q.limit.text == "1" {
		return true
	}
	sel := q.body.selection
	if sel == nil {
		return len(q.body.values) == 1 || q.body.query != nil && single(q.body.query)
	}
	if sel.grouped {
		return false
	}
	if len(sel.from) == 0 {
		return true
	}
	for _, it := range sel.items {
		if it.expr != nil && it.expr.kind == nodeCall && isPlainAggregate(it.expr) {
			return true
		}
	}
	return false
}

// quantified is x > ALL (query): true, false or NULL as SQL wants it.
func (e *emitter) quantified(n *node, s *scope) value {
	x := e.expr(n.args[0], s)
	sql, outputs := e.query(n.query, s)
	if len(outputs) != 1 {
		fail(SemanticError, n.pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	alias := e.alias("q")
	test := e.compare(n.text, x, value{sql: alias + ".c1", typ: outputs[0].typ}, n.pos)
	// over the answers 1, 0 and NULL: ALL is the least, ANY the greatest, and a NULL counts
	// between them
	pick, whenNone := "min", "1"
	if n.unit == "ANY" {
		pick, whenNone = "max", "0"
	}
	sql = "(SELECT CASE " + pick + "(coalesce(" + test + ", 0.5)) WHEN 0.5 THEN NULL WHEN 1 THEN 1 WHEN 0 THEN 0 ELSE " + whenNone +
		" END FROM (" + sql + ") AS " + alias + ")"
	return value{sql: sql, typ: named("boolean")}
}
