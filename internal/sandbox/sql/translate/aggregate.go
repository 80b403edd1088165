package translate

import (
	"slices"
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

// translateCall translates an aggregate, which the inner query of the SELECT computes.
func (ag *aggregateTranslator) translateCall(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	own := s.selection()
	if own == nil || own.grouping == nil || ag.clause != "" && ag.clause != "HAVING clause" && ag.clause != inWindow {
		ag.failMisplaced(n)
	}
	g := own.grouping
	if ag.hive && len(g.sets) > 1 {
		for _, a := range n.Args {
			if _, isKey := g.findKey(ag.exprs.names, a); isKey {
				fail(SemanticError, a.Pos, "Grouping sets aggregations (with rollups or cubes) are not allowed if aggregation function parameters overlap with the aggregation functions columns")
			}
		}
	}
	var v value
	ag.withClause(inAggregate+n.Text, func() { v = ag.translate(n, signatures, g.base) })
	return value{sql: g.addAggregate(v.sql), typ: v.typ}
}

// Values of state.clause besides the clauses: the arguments of an aggregate, and a window.
const (
	inAggregate = "aggregation "
	inWindow    = "window"
)

// failMisplaced rejects an aggregate or a window function in the current clause.
func (ag *aggregateTranslator) failMisplaced(n *sqlsyntax.Expr) {
	if outer, ok := strings.CutPrefix(ag.clause, inAggregate); ok {
		fail(SemanticError, n.Pos, "Cannot nest aggregations inside aggregation '"+outer+"': ["+n.Text+"]")
	}
	if ag.clause == "" {
		fail(SemanticError, n.Pos, "Aggregation '"+n.Text+"' cannot be used here")
	}
	fail(SemanticError, n.Pos, ag.clause+" cannot contain aggregations, window functions or grouping operations: ["+n.Text+"]")
}

// translate translates the call with DISTINCT, ORDER BY and FILTER. Its arguments are resolved in s.
func (ag *aggregateTranslator) translate(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	args := ag.arguments.translateAll(n, s)
	sig, b := ag.arguments.chooseSignature(n, signatures, args)
	t := ag.arguments.resultType(sig, b, args)
	filter := ""
	if n.Call.Filter != nil {
		filter = " FILTER (WHERE " + ag.exprs.translateCondition(n.Call.Filter, s) + ")"
	}
	if sig.Special {
		return ag.translateSpecial(n, args, nil, filter)
	}
	if n.Call.Distinct && len(args) > 1 && n.Text == "listagg" {
		return ag.translateDistinctList(n, args, filter, s)
	}
	if n.Call.Distinct && len(args) > 1 && ag.hive {
		fail(NotSupported, n.Pos, "DISTINCT in "+n.Text+" with several arguments is not supported by the sandbox")
	}
	order := ""
	if len(n.Call.OrderBy) > 0 {
		ag.checkDistinctOrder(n, s)
		order = ag.order.translate(n.Call.OrderBy, nil, nil, s)
	}
	return value{sql: ag.assemble(n, sig, args, t, newReplay(n, args), order, filter), typ: t}
}

// A replay is a call of an aggregate that f_replay or f_frame runs.
type replay struct {
	distinct   []string // identities of the arguments
	directions string
	order      []string
	frame      []string // arguments of f_frame for the frame
}

// newReplay returns the replay of an aggregate with DISTINCT over a group, or nil if the engine can run it.
func newReplay(n *sqlsyntax.Expr, args []value) *replay {
	if !n.Call.Distinct || len(args) == 1 && !hasIdentity(args[0].typ) {
		return nil
	}
	r := &replay{}
	for _, a := range args {
		r.distinct = append(r.distinct, identity(a))
	}
	return r
}

// wrap writes the call of an aggregate, NAME(arguments).
func (r *replay) wrap(sql string) string {
	name, arguments, _ := strings.Cut(strings.TrimSuffix(sql, ")"), "(")
	list := slices.Concat([]string{quoteString(name), itoa(len(r.distinct)), quoteString(r.directions)}, r.frame, r.distinct, r.order)
	if arguments != "" && arguments != "*" {
		list = append(list, arguments)
	}
	if r.frame != nil {
		return call("f_frame", list...)
	}
	return call("f_replay", list...)
}

// checkDistinctOrder fails if an aggregate with DISTINCT is ordered by something that is not an argument.
func (ag *aggregateTranslator) checkDistinctOrder(n *sqlsyntax.Expr, s *scope) {
	if !n.Call.Distinct || ag.hive {
		return
	}
	for _, k := range n.Call.OrderBy {
		if !slices.ContainsFunc(n.Args, func(a *sqlsyntax.Expr) bool { return ag.exprs.names.sameExpr(a, k.Expr, s) }) {
			fail(SemanticError, k.Expr.Pos, "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments")
		}
	}
}

// assemble writes the call of an aggregate. DISTINCT and ORDER BY go inside the parentheses, suffix (FILTER and
// OVER) after the part of the template in braces.
func (ag *aggregateTranslator) assemble(n *sqlsyntax.Expr, sig registry.Signature, args []value, t types.Type, r *replay, order, suffix string) string {
	exact := takesDecimals(sig, args)
	if exact {
		args = convertDecimals(args)
	}
	before, inner, after := "", sig.Template, ""
	if start := strings.IndexByte(inner, '{'); start >= 0 {
		end := strings.LastIndexByte(inner, '}')
		before, inner, after = "("+inner[:start], inner[start+1:end], inner[end+1:]+")"
	}
	extreme := len(args) == 1 && (sig.Name == "min" || sig.Name == "max") // DISTINCT has no effect
	if n.Call.Distinct && r == nil && !extreme && !strings.Contains(inner, "DISTINCT ") {
		inner = strings.Replace(inner, "(", "(DISTINCT ", 1)
	}
	sql := fillTemplate(inner, args)
	if r != nil {
		sql = r.wrap(sql)
	}
	sql = fillTemplate(before, args) + sql[:len(sql)-1] + order + ")" + suffix + fillTemplate(after, args)
	if exact && t.Is("decimal") {
		return decimalOf(sql, t)
	}
	return sql
}

// translateSpecial translates aggregates without a template: sum and avg of decimals, Hive's count(a, b) and
// Hivemall's maxrow.
func (ag *aggregateTranslator) translateSpecial(n *sqlsyntax.Expr, args []value, r *replay, filter string) value {
	distinct := ""
	if n.Call.Distinct {
		distinct = "DISTINCT "
	}
	switch n.Text {
	case "maxrow":
		t := types.Type{Name: "row"}
		for i, a := range args {
			t.Args, t.Fields = append(t.Args, a.typ), append(t.Fields, "col"+itoa(i))
		}
		return value{sql: call("h_maxrow", orderKey(args[0], false), jsonArray(args)) + filter, typ: t}
	case "sum", "avg":
		t := args[0].typ
		switch {
		case ag.hive && n.Text == "avg":
			t.Precision, t.Scale = min(maxPrecision, t.Precision+4), min(maxPrecision, t.Scale+4)
		case ag.hive:
			t.Precision = min(maxPrecision, t.Precision+10)
		case n.Text == "sum":
			t.Precision = maxPrecision
		}
		sql := "f_decimal_" + n.Text + "(" + distinct + args[0].sql + ")"
		if r != nil {
			sql = r.wrap(call("f_decimal_"+n.Text, args[0].sql))
		}
		return value{sql: decimalOf(sql+filter, t), typ: t}
	}
	if !n.Call.Distinct && ag.hive {
		fail(SemanticError, n.Pos, "count of several arguments requires DISTINCT")
	}
	if !n.Call.Distinct {
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

// translateDistinctList translates listagg(DISTINCT x, separator) with an array, because SQLite's DISTINCT
// aggregates take a single argument.
func (ag *aggregateTranslator) translateDistinctList(n *sqlsyntax.Expr, args []value, filter string, s *scope) value {
	order := ""
	if len(n.Call.OrderBy) > 0 {
		order = ag.order.translate(n.Call.OrderBy, nil, nil, s)
	}
	list := "'['||group_concat(DISTINCT " + formatArgument(args[0], 'n') + order + ")" + filter + "||']'"
	return value{sql: call("f_array_join", list, args[1].sql), typ: types.Named("varchar")}
}
