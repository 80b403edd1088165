package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// An aggregateTranslator translates calls of aggregate functions.
type aggregateTranslator struct {
	*state

	exprs     *exprTranslator
	arguments *argumentTranslator
	order     *orderTranslator
}

// aggregateCall translates an aggregate: it is computed in the grouping of its SELECT.
func (ag *aggregateTranslator) aggregateCall(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	own := s.selection()
	if own == nil || own.grouping == nil || ag.clause != "" && ag.clause != "HAVING clause" && ag.clause != inWindow {
		ag.misplaced(n)
	}
	g := own.grouping
	var v value
	ag.in(inAggregate+n.Text, func() { v = ag.aggregate(n, signatures, g.base) })
	return value{sql: g.aggregate(v.sql), typ: v.typ}
}

// Parts of a statement that are no clauses: an aggregate's arguments, a window.
const (
	inAggregate = "aggregation "
	inWindow    = "window"
)

// misplaced refuses an aggregate where none may stand.
func (ag *aggregateTranslator) misplaced(n *sqlsyntax.Expr) {
	if outer, ok := strings.CutPrefix(ag.clause, inAggregate); ok {
		fail(SemanticError, n.Pos, "Cannot nest aggregations inside aggregation '"+outer+"': ["+n.Text+"]")
	}
	if ag.clause == "" {
		fail(SemanticError, n.Pos, "Aggregation '"+n.Text+"' cannot be used here")
	}
	fail(SemanticError, n.Pos, ag.clause+" cannot contain aggregations, window functions or grouping operations: ["+n.Text+"]")
}

// aggregate writes the call with DISTINCT, ORDER BY and FILTER. s is the scope of its arguments.
func (ag *aggregateTranslator) aggregate(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	args := ag.arguments.arguments(n, s)
	sig, b := ag.arguments.choose(n, signatures, args)
	t := ag.arguments.resultType(sig, b, args)
	filter := ""
	if n.Call.Filter != nil {
		filter = " FILTER (WHERE " + ag.exprs.condition(n.Call.Filter, s) + ")"
	}
	if sig.Special {
		return ag.specialAggregate(n, args, filter)
	}
	if n.Call.Distinct && len(args) > 1 {
		if n.Text != "listagg" {
			fail(NotSupported, n.Pos, "DISTINCT in "+n.Text+" with several arguments is not supported by the sandbox")
		}
		return ag.listDistinct(n, args, filter, s)
	}
	order := ""
	if len(n.Call.OrderBy) > 0 {
		order = ag.order.orderBy(n.Call.OrderBy, nil, nil, s)
	}
	return value{sql: ag.written(n, sig, args, t, order, filter), typ: t}
}

// written puts an aggregate's call together: DISTINCT and ORDER BY inside, FILTER and OVER behind the
// part of the template that is the call.
func (ag *aggregateTranslator) written(n *sqlsyntax.Expr, sig registry.Signature, args []value, t types.Type, order, suffix string) string {
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
func (ag *aggregateTranslator) specialAggregate(n *sqlsyntax.Expr, args []value, filter string) value {
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
func (ag *aggregateTranslator) listDistinct(n *sqlsyntax.Expr, args []value, filter string, s *scope) value {
	order := ""
	if len(n.Call.OrderBy) > 0 {
		order = ag.order.orderBy(n.Call.OrderBy, nil, nil, s)
	}
	list := "'['||group_concat(DISTINCT " + argument(args[0], 'n') + order + ")" + filter + "||']'"
	return value{sql: call("f_array_join", list, args[1].sql), typ: types.Named("varchar")}
}
