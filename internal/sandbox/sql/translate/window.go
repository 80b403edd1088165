package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// windowCall translates a window function, or an aggregate over a window.
func (e *emitter) windowCall(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	if e.clause == inWindow {
		fail(SemanticError, n.Pos, "Cannot nest window functions or row pattern measures inside window specification")
	}
	if e.clause != "" {
		e.misplaced(n)
	}
	if n.Call.Distinct {
		fail(NotSupported, n.Pos, "DISTINCT in window function parameters is not supported")
	}
	if len(n.Call.OrderBy) > 0 {
		fail(NotSupported, n.Pos, "ORDER BY in a window function's parameters is not supported by the sandbox")
	}
	args := e.arguments(n, s)
	sig, b := e.choose(n, signatures, args)
	t := e.resultType(sig, b, args)
	filter := ""
	if n.Call.Filter != nil {
		filter = " FILTER (WHERE " + e.condition(n.Call.Filter, s) + ")"
	}
	over := " OVER (" + e.window(e.resolveWindow(n), n, s) + ")"
	if sig.Special {
		if sig.Window { // Hive's first_value(x, true)
			n.Call.IgnoreNulls = n.Args[1].Kind == sqlsyntax.Boolean && n.Args[1].Text == "true"
			sig, args = signatures[0], args[:1]
		} else {
			return e.specialAggregate(n, args, filter+over)
		}
	}
	if strings.Contains(sig.Template, "DISTINCT ") { // set_agg, collect_set
		if args[0].typ.IsNested() || args[0].typ.Is("boolean", "varbinary") {
			fail(NotSupported, n.Pos, "Function '"+n.Text+"' of "+args[0].typ.String()+" over a window is not supported by the sandbox")
		}
		sig.Template = "f_set_agg($1)"
		if e.hive {
			sig.Template = "h_collect_set($1)"
		}
	}
	if n.Call.IgnoreNulls && sig.Window {
		sig.Template = ignoringNulls(n)
	}
	return value{sql: e.written(n, sig, args, t, "", filter+over), typ: t}
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
func (e *emitter) resolveWindow(n *sqlsyntax.Expr) *sqlsyntax.Window {
	w := n.Call.Window
	if n.Call.WindowName != "" {
		w = &sqlsyntax.Window{Pos: n.Pos, Base: n.Call.WindowName}
	}
	merged := *w
	for depth := 0; merged.Base != ""; depth++ {
		base := e.windows[merged.Base]
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
func (e *emitter) window(w *sqlsyntax.Window, n *sqlsyntax.Expr, s *scope) string {
	var parts []string
	e.in(inWindow, func() {
		if len(w.PartitionBy) > 0 {
			keys := make([]string, len(w.PartitionBy))
			for i, p := range w.PartitionBy {
				keys[i] = orderable(e.expr(p, s))
			}
			parts = append(parts, "PARTITION BY "+strings.Join(keys, ", "))
		}
		if len(w.OrderBy) > 0 {
			keys := make([]string, len(w.OrderBy))
			for i, k := range w.OrderBy {
				v := e.expr(k.Expr, s)
				e.ordered(v, k.Expr.Pos)
				keys[i] = orderable(v) + e.direction(k)
				if w.Frame != nil && w.Frame.Unit == "RANGE" && v.typ.IsTemporal() {
					keys[i] = instant(v) + e.direction(k) // intervals are milliseconds
				}
			}
			parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
		}
		if w.Frame != nil {
			parts = append(parts, e.frame(w, s))
		}
	})
	switch n.Text {
	case "rank", "dense_rank", "percent_rank", "cume_dist", "lag", "lead", "ntile":
		if len(w.OrderBy) == 0 && e.hive {
			break
		}
		if w.Frame != nil && !e.hive {
			fail(SemanticError, n.Pos, "Cannot specify window frame for "+n.Text+" function")
		}
	}
	return strings.Join(parts, " ")
}

// frame writes ROWS, RANGE or GROUPS.
func (e *emitter) frame(w *sqlsyntax.Window, s *scope) string {
	if w.Frame.Unit == "RANGE" && (w.Frame.Start.Amount != nil || w.Frame.End.Amount != nil) {
		if len(w.OrderBy) != 1 {
			fail(SemanticError, w.Pos, "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY")
		}
		for _, b := range []sqlsyntax.Bound{w.Frame.Start, w.Frame.End} {
			if b.Amount != nil {
				e.rangeAmount(e.expr(w.OrderBy[0].Expr, s).typ, e.expr(b.Amount, s).typ, b.Amount.Pos)
			}
		}
	}
	return w.Frame.Unit + " BETWEEN " + e.bound(w.Frame.Start, s) + " AND " + e.bound(w.Frame.End, s)
}

// rangeAmount requires that a frame's amount can be taken from the sort key.
func (e *emitter) rangeAmount(key, amount types.Type, at sqlsyntax.Position) {
	switch {
	case key.IsNumber() && amount.IsNumber():
	case key.IsTemporal() && amount.Is("interval day to second"):
	default:
		fail(NotSupported, at, "RANGE of "+amount.String()+" over "+key.String()+" is not supported by the sandbox")
	}
}

func (e *emitter) bound(b sqlsyntax.Bound, s *scope) string {
	if b.Amount == nil {
		return b.Text
	}
	if b.Amount.Kind != sqlsyntax.Number && b.Amount.Kind != sqlsyntax.Interval {
		fail(NotSupported, b.Amount.Pos, "a window frame whose bound is no number is not supported by the sandbox")
	}
	return e.expr(b.Amount, s).sql + " " + b.Text
}
