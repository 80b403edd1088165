package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A windowTranslator translates calls with OVER.
type windowTranslator struct {
	*state

	exprs      *exprTranslator
	arguments  *argumentTranslator
	aggregates *aggregateTranslator
	order      *orderTranslator
}

// windowCall translates a window function, or an aggregate over a window.
func (wt *windowTranslator) windowCall(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	if wt.clause == inWindow {
		fail(SemanticError, n.Pos, "Cannot nest window functions or row pattern measures inside window specification")
	}
	if wt.clause != "" {
		wt.aggregates.misplaced(n)
	}
	if n.Call.Distinct {
		fail(NotSupported, n.Pos, "DISTINCT in window function parameters is not supported")
	}
	if len(n.Call.OrderBy) > 0 {
		fail(NotSupported, n.Pos, "ORDER BY in a window function's parameters is not supported by the sandbox")
	}
	args := wt.arguments.arguments(n, s)
	sig, b := wt.arguments.choose(n, signatures, args)
	t := wt.arguments.resultType(sig, b, args)
	filter := ""
	if n.Call.Filter != nil {
		filter = " FILTER (WHERE " + wt.exprs.condition(n.Call.Filter, s) + ")"
	}
	over := " OVER (" + wt.window(wt.resolveWindow(n), n, s) + ")"
	if sig.Special {
		if sig.Window { // Hive's first_value(x, true)
			n.Call.IgnoreNulls = n.Args[1].Kind == sqlsyntax.Boolean && n.Args[1].Text == "true"
			sig, args = signatures[0], args[:1]
		} else {
			return wt.aggregates.specialAggregate(n, args, filter+over)
		}
	}
	if strings.Contains(sig.Template, "DISTINCT ") { // set_agg, collect_set
		if args[0].typ.IsNested() || args[0].typ.Is("boolean", "varbinary") {
			fail(NotSupported, n.Pos, "Function '"+n.Text+"' of "+args[0].typ.String()+" over a window is not supported by the sandbox")
		}
		sig.Template = "f_set_agg($1)"
		if wt.hive {
			sig.Template = "h_collect_set($1)"
		}
	}
	if n.Call.IgnoreNulls && sig.Window {
		sig.Template = ignoringNulls(n)
	}
	return value{sql: wt.aggregates.written(n, sig, args, t, "", filter+over), typ: t}
}

// ignoringNulls is the template of a window function with IGNORE NULLS.
func ignoringNulls(n *sqlsyntax.Expr) string {
	w := n.Call.Window
	if w == nil || w.Frame == nil || w.Frame.Start.Text == "UNBOUNDED PRECEDING" {
		switch n.Text {
		case "first_value":
			return "f_any_value($1)"
		case "last_value":
			return "f_last_value($1)"
		}
	}
	fail(NotSupported, n.Pos, "IGNORE NULLS in "+n.Text+" over this frame is not supported by the sandbox")
	return ""
}

// resolveWindow is the window that a call names or holds.
func (wt *windowTranslator) resolveWindow(n *sqlsyntax.Expr) *sqlsyntax.Window {
	w := n.Call.Window
	if n.Call.WindowName != "" {
		w = &sqlsyntax.Window{Pos: n.Pos, Base: n.Call.WindowName}
	}
	merged := *w
	for depth := 0; merged.Base != ""; depth++ {
		base := wt.windows[merged.Base]
		if base == nil || depth > 20 {
			fail(SemanticError, n.Pos, "Cannot resolve WINDOW name "+merged.Base)
		}
		if len(merged.PartitionBy) == 0 {
			merged.PartitionBy = base.PartitionBy
		}
		if len(merged.OrderBy) == 0 {
			merged.OrderBy = base.OrderBy
		}
		if merged.Frame == nil {
			merged.Frame = base.Frame
		}
		merged.Base = base.Base
	}
	return &merged
}

// window writes what stands in OVER (…).
func (wt *windowTranslator) window(w *sqlsyntax.Window, n *sqlsyntax.Expr, s *scope) string {
	var parts []string
	wt.in(inWindow, func() {
		if len(w.PartitionBy) > 0 {
			keys := make([]string, len(w.PartitionBy))
			for i, p := range w.PartitionBy {
				keys[i] = orderable(wt.exprs.expr(p, s))
			}
			parts = append(parts, "PARTITION BY "+strings.Join(keys, ", "))
		}
		if len(w.OrderBy) > 0 {
			keys := make([]string, len(w.OrderBy))
			for i, k := range w.OrderBy {
				v := wt.exprs.expr(k.Expr, s)
				wt.order.ordered(v, k.Expr.Pos)
				keys[i] = orderable(v) + wt.order.direction(k)
				if w.Frame != nil && w.Frame.Unit == "RANGE" && v.typ.IsTemporal() {
					keys[i] = instant(v) + wt.order.direction(k) // intervals are milliseconds
				}
			}
			parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
		}
		if w.Frame != nil {
			parts = append(parts, wt.frame(w, s))
		}
	})
	switch n.Text {
	case "rank", "dense_rank", "percent_rank", "cume_dist", "lag", "lead", "ntile":
		if len(w.OrderBy) == 0 && wt.hive {
			break
		}
		if w.Frame != nil && !wt.hive {
			fail(SemanticError, n.Pos, "Cannot specify window frame for "+n.Text+" function")
		}
	}
	return strings.Join(parts, " ")
}

// frame writes ROWS, RANGE or GROUPS.
func (wt *windowTranslator) frame(w *sqlsyntax.Window, s *scope) string {
	if w.Frame.Unit == "RANGE" && (w.Frame.Start.Amount != nil || w.Frame.End.Amount != nil) {
		if len(w.OrderBy) != 1 {
			fail(SemanticError, w.Pos, "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY")
		}
		for _, b := range []sqlsyntax.Bound{w.Frame.Start, w.Frame.End} {
			if b.Amount != nil {
				wt.rangeAmount(wt.exprs.expr(w.OrderBy[0].Expr, s).typ, wt.exprs.expr(b.Amount, s).typ, b.Amount.Pos)
			}
		}
	}
	return w.Frame.Unit + " BETWEEN " + wt.bound(w.Frame.Start, s) + " AND " + wt.bound(w.Frame.End, s)
}

// rangeAmount requires that a frame's amount can be taken from the sort key.
func (wt *windowTranslator) rangeAmount(key, amount types.Type, at sqlsyntax.Position) {
	switch {
	case key.IsNumber() && amount.IsNumber():
	case key.IsTemporal() && amount.Is("interval day to second"):
	default:
		fail(NotSupported, at, "RANGE of "+amount.String()+" over "+key.String()+" is not supported by the sandbox")
	}
}

func (wt *windowTranslator) bound(b sqlsyntax.Bound, s *scope) string {
	if b.Amount == nil {
		return b.Text
	}
	if b.Amount.Kind != sqlsyntax.Number && b.Amount.Kind != sqlsyntax.Interval {
		fail(NotSupported, b.Amount.Pos, "a window frame whose bound is no number is not supported by the sandbox")
	}
	return wt.exprs.expr(b.Amount, s).sql + " " + b.Text
}
