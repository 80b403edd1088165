package translate

import (
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

func (e *emitter) scalar(n *sqlsyntax.Expr, s *scope) value {
	sql, outputs := e.query(n.Query, s)
	if len(outputs) != 1 {
		fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	if single(n.Query) {
		return value{sql: "(" + sql + ")", typ: outputs[0].typ}
	}
	// the service fails when there are several rows; SQLite would take the first
	return value{sql: "(SELECT CASE WHEN count(*) > 1 THEN f_fail('Scalar sub-query has returned multiple rows', count(*)) ELSE max(c1) END FROM (" + sql + "))", typ: outputs[0].typ}
}

// single tells whether a query can only yield one row.
func single(q *sqlsyntax.Query) bool {
	if q.Limit != nil && q.Limit.Text == "1" {
		return true
	}
	sel := q.Body.Selection
	if sel == nil {
		return len(q.Body.Values) == 1 || q.Body.Query != nil && single(q.Body.Query)
	}
	if sel.Grouped {
		return false
	}
	if len(sel.From) == 0 {
		return true
	}
	for _, it := range sel.Items {
		if it.Expr != nil && it.Expr.Kind == sqlsyntax.Call && isPlainAggregate(it.Expr) {
			return true
		}
	}
	return false
}

// quantified is x > ALL (query): true, false or NULL as SQL wants it.
func (e *emitter) quantified(n *sqlsyntax.Expr, s *scope) value {
	x := e.expr(n.Args[0], s)
	sql, outputs := e.query(n.Query, s)
	if len(outputs) != 1 {
		fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	alias := e.alias("q")
	test := e.compare(n.Text, x, value{sql: alias + ".c1", typ: outputs[0].typ}, n.Pos)
	// over the answers 1, 0 and NULL: ALL is the least, ANY the greatest, and a NULL counts
	// between them
	pick, whenNone := "min", "1"
	if n.Unit == "ANY" {
		pick, whenNone = "max", "0"
	}
	sql = "(SELECT CASE " + pick + "(coalesce(" + test + ", 0.5)) WHEN 0.5 THEN NULL WHEN 1 THEN 1 WHEN 0 THEN 0 ELSE " + whenNone +
		" END FROM (" + sql + ") AS " + alias + ")"
	return value{sql: sql, typ: types.Named("boolean")}
}
