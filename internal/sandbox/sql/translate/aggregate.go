package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// aggregateCall translates an aggregate: it is computed in the grouping of its SELECT.
func (e *emitter) aggregateCall(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	own := s.selection()
	if own == nil || own.grouping == nil || e.clause != "" && e.clause != "HAVING clause" && e.clause != inWindow {
		e.misplaced(n)
	}
	g := own.grouping
	var v value
	e.in(inAggregate+n.Text, func() { v = e.aggregate(n, signatures, g.base) })
	return value{sql: g.aggregate(v.sql), typ: v.typ}
}

// Parts of a statement that are no clauses: an aggregate's arguments, a window.
const (
	inAggregate = "aggregation "
	inWindow    = "window"
)

// misplaced refuses an aggregate where none may stand.
func (e *emitter) misplaced(n *sqlsyntax.Expr) {
	if outer, ok := strings.CutPrefix(e.clause, inAggregate); ok {
		fail(SemanticError, n.Pos, "Cannot nest aggregations inside aggregation '"+outer+"': ["+n.Text+"]")
	}
	if e.clause == "" {
		fail(SemanticError, n.Pos, "Aggregation '"+n.Text+"' cannot be used here")
	}
	fail(SemanticError, n.Pos, e.clause+" cannot contain aggregations, window functions or grouping operations: ["+n.Text+"]")
}

// aggregate writes the call with DISTINCT, ORDER BY and FILTER. s is the scope of its arguments.
func (e *emitter) aggregate(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	args := e.arguments(n, s)
	sig, b := e.choose(n, signatures, args)
	t := e.resultType(sig, b, args)
	filter := ""
	if n.Call.Filter != nil {
		filter = " FILTER (WHERE " + e.condition(n.Call.Filter, s) + ")"
	}
	if sig.Special {
		return e.specialAggregate(n, args, filter)
	}
	if n.Call.Distinct && len(args) > 1 {
		if n.Text != "listagg" {
			fail(NotSupported, n.Pos, "DISTINCT in "+n.Text+" with several arguments is not supported by the sandbox")
		}
		return e.listDistinct(n, args, filter, s)
	}
	order := ""
	if len(n.Call.OrderBy) > 0 {
		order = e.orderBy(n.Call.OrderBy, nil, nil, s)
	}
	return value{sql: e.written(n, sig, args, t, order, filter), typ: t}
}

// written puts an aggregate's call together: DISTINCT and ORDER BY inside, FILTER and OVER behind the
// part of the template that is the call.
func (e *emitter) written(n *sqlsyntax.Expr, sig registry.Signature, args []value, t types.Type, order, suffix string) string {
	exact := comparesDecimals(sig, args)
	if exact {
		args = asDoubles(args)
	}
	before, inner, after := "", sig.Template, ""
	if start := strings.IndexByte(inner, '{'); start >= 0 {
		end := strings.LastIndexByte(inner, '}')
		before, inner, after = "("+inner[:start], inner[start+1:end], inner[end+1:]+")"
	}
	if n.Call.Distinct && !strings.Contains(inner, "DISTINCT ") {
		inner = strings.Replace(inner, "(", "(DISTINCT ", 1)
	}
	sql := fill(inner, args)
	sql = fill(before, args) + sql[:len(sql)-1] + order + ")" + suffix + fill(after, args)
	if exact && t.Is("decimal") {
		return decimalOf(sql, t)
	}
	return sql
}

// specialAggregate translates what no template says.
func (e *emitter) specialAggregate(n *sqlsyntax.Expr, args []value, filter string) value {
	distinct := ""
	if n.Call.Distinct {
		distinct = "DISTINCT "
	}
	switch n.Text {
	case "sum", "avg": // of decimals
		t := args[0].typ
		if t.Precision = 38; n.Text == "avg" {
			t = args[0].typ
		}
		sql := n.Text + "(" + distinct + "CAST(" + args[0].sql + " AS REAL))" + filter
		return value{sql: decimalOf(sql, t), typ: t}
	}
	if !n.Call.Distinct { // Hive's count(a, b): rows without NULL in them
		return value{sql: "count(CASE WHEN " + allPresent(args) + " THEN 1 END)" + filter, typ: types.Named("bigint")}
	}
	return value{sql: "count(DISTINCT CASE WHEN " + allPresent(args) + " THEN " + jsonArray(args) + " END)" + filter, typ: types.Named("bigint")}
}

func allPresent(args []value) string {
	tests := make([]string, len(args))
	for i, a := range args {
		tests[i] = a.sql + " IS NOT NULL"
	}
	return strings.Join(tests, " AND ")
}

// listDistinct is listagg(DISTINCT x, separator), whose parts go through an array: SQLite's DISTINCT
// aggregates take one argument.
func (e *emitter) listDistinct(n *sqlsyntax.Expr, args []value, filter string, s *scope) value {
	order := ""
	if len(n.Call.OrderBy) > 0 {
		order = e.orderBy(n.Call.OrderBy, nil, nil, s)
	}
	list := "'['||group_concat(DISTINCT " + argument(args[0], 'n') + order + ")" + filter + "||']'"
	return value{sql: call("f_array_join", list, args[1].sql), typ: types.Named("varchar")}
}

// aggregates tells whether a SELECT or its ORDER BY has an aggregate of its own.
func (e *emitter) aggregates(sel *sqlsyntax.Selection, q *sqlsyntax.Query) bool {
	return slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return e.hasAggregate(it.Expr) }) || e.hasSortedAggregate(q.OrderBy)
}

func (e *emitter) hasSortedAggregate(keys []sqlsyntax.SortKey) bool {
	return slices.ContainsFunc(keys, func(k sqlsyntax.SortKey) bool { return e.hasAggregate(k.Expr) })
}

// hasAggregate looks for an aggregate that is no window function; queries inside have their own.
func (e *emitter) hasAggregate(n *sqlsyntax.Expr) bool {
	if n == nil {
		return false
	}
	if n.Kind == sqlsyntax.Call && n.Call != nil {
		if w := e.windowOf(n); w != nil {
			if slices.ContainsFunc(w.PartitionBy, e.hasAggregate) || e.hasSortedAggregate(w.OrderBy) {
				return true
			}
		} else if n.Text == "grouping" || registry.IsAggregate(n.Text, e.hive) {
			return true
		}
	}
	return slices.ContainsFunc(n.Args, e.hasAggregate)
}

// windowOf is the window that a call names or holds; nil when it has none, or none that is known.
func (e *emitter) windowOf(n *sqlsyntax.Expr) *sqlsyntax.Window {
	if n.Call.WindowName != "" {
		if w := e.windows[n.Call.WindowName]; w != nil {
			return w
		}
		return &sqlsyntax.Window{}
	}
	return n.Call.Window
}

// isPlainAggregate tells whether a call is an aggregate of its SELECT.
func isPlainAggregate(n *sqlsyntax.Expr) bool {
	return n.Call != nil && n.Call.Window == nil && n.Call.WindowName == "" && (registry.IsAggregate(n.Text, false) || registry.IsAggregate(n.Text, true))
}
