package translate

import "strings"

// windowCall translates a window function, or an aggregate over a window.
func (e *emitter) windowCall(n *node, signatures []signature, s *scope) value {
	if e.clause == inWindow {
		fail(SemanticError, n.pos, "Cannot nest window functions or row pattern measures inside window specification")
	}
	if e.clause != "" {
		e.misplaced(n)
	}
	if n.call.distinct {
		fail(NotSupported, n.pos, "DISTINCT in window function parameters is not supported")
	}
	if len(n.call.order) > 0 {
		fail(NotSupported, n.pos, "ORDER BY in a window function's parameters is not supported by the sandbox")
	}
	args := e.arguments(n, s)
	sig, b := e.choose(n, signatures, args)
	t := e.resultType(sig, b, args)
	filter := ""
	if n.call.filter != nil {
		filter = " FILTER (WHERE " + e.condition(n.call.filter, s) + ")"
	}
	over := " OVER (" + e.window(e.resolveWindow(n), n, s) + ")"
	if sig.special {
		if sig.window { // Hive's first_value(x, true)
			n.call.ignoreNulls = n.args[1].kind == nodeBoolean && n.args[1].text == "true"
			sig, args = signatures[0], args[:1]
		} else {
			return e.specialAggregate(n, args, filter+over)
		}
	}
	if strings.Contains(sig.template, "DISTINCT ") { // set_agg, collect_set
		if args[0].typ.nested() || args[0].typ.is("boolean", "varbinary") {
			fail(NotSupported, n.pos, "Function '"+n.text+"' of "+args[0].typ.String()+" over a window is not supported by the sandbox")
		}
		sig.template = "f_set_agg($1)"
		if e.hive {
			sig.template = "h_collect_set($1)"
		}
	}
	if n.call.ignoreNulls && sig.window {
		sig.template = ignoringNulls(n)
	}
	return value{sql: e.written(n, sig, args, t, "", filter+over), typ: t}
}

// ignoringNulls is the template of a window function with IGNORE NULLS.
func ignoringNulls(n *node) string {
	w := n.call.window
	if w == nil || w.frame == nil || w.frame.start.text == "UNBOUNDED PRECEDING" {
		switch n.text {
		case "first_value":
			return "f_any_value($1)"
		case "last_value":
			return "f_last_value($1)"
		}
	}
	fail(NotSupported, n.pos, "IGNORE NULLS in "+n.text+" over this frame is not supported by the sandbox")
	return ""
}

// resolveWindow is the window that a call names or holds.
func (e *emitter) resolveWindow(n *node) *window {
	w := n.call.window
	if n.call.windowName != "" {
		w = &window{pos: n.pos, base: n.call.windowName}
	}
	merged := *w
	for depth := 0; merged.base != ""; depth++ {
		base := e.windows[merged.base]
		if base == nil || depth > 20 {
			fail(SemanticError, n.pos, "Cannot resolve WINDOW name "+merged.base)
		}
		if len(merged.partition) == 0 {
			merged.partition = base.partition
		}
		if len(merged.order) == 0 {
			merged.order = base.order
		}
		if merged.frame == nil {
			merged.frame = base.frame
		}
		merged.base = base.base
	}
	return &merged
}

// window writes what stands in OVER (…).
func (e *emitter) window(w *window, n *node, s *scope) string {
	var parts []string
	e.in(inWindow, func() {
		if len(w.partition) > 0 {
			keys := make([]string, len(w.partition))
			for i, p := range w.partition {
				keys[i] = orderable(e.expr(p, s))
			}
			parts = append(parts, "PARTITION BY "+strings.Join(keys, ", "))
		}
		if len(w.order) > 0 {
			keys := make([]string, len(w.order))
			for i, k := range w.order {
				v := e.expr(k.expr, s)
				e.ordered(v, k.expr.pos)
				keys[i] = orderable(v) + e.direction(k)
				if w.frame != nil && w.frame.unit == "RANGE" && v.typ.temporal() {
					keys[i] = instant(v) + e.direction(k) // intervals are milliseconds
				}
			}
			parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
		}
		if w.frame != nil {
			parts = append(parts, e.frame(w, s))
		}
	})
	switch n.text {
	case "rank", "dense_rank", "percent_rank", "cume_dist", "lag", "lead", "ntile":
		if len(w.order) == 0 && e.hive {
			break
		}
		if w.frame != nil && !e.hive {
			fail(SemanticError, n.pos, "Cannot specify window frame for "+n.text+" function")
		}
	}
	return strings.Join(parts, " ")
}

// frame writes ROWS, RANGE or GROUPS.
func (e *emitter) frame(w *window, s *scope) string {
	if w.frame.unit == "RANGE" && (w.frame.start.amount != nil || w.frame.end.amount != nil) {
		if len(w.order) != 1 {
			fail(SemanticError, w.pos, "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY")
		}
		for _, b := range []bound{w.frame.start, w.frame.end} {
			if b.amount != nil {
				e.rangeAmount(e.expr(w.order[0].expr, s).typ, e.expr(b.amount, s).typ, b.amount.pos)
			}
		}
	}
	return w.frame.unit + " BETWEEN " + e.bound(w.frame.start, s) + " AND " + e.bound(w.frame.end, s)
}

// rangeAmount requires that a frame's amount can be taken from the sort key.
func (e *emitter) rangeAmount(key, amount typ, at position) {
	switch {
	case key.number() && amount.number():
	case key.temporal() && amount.is("interval day to second"):
	default:
		fail(NotSupported, at, "RANGE of "+amount.String()+" over "+key.String()+" is not supported by the sandbox")
	}
}

func (e *emitter) bound(b bound, s *scope) string {
	if b.amount == nil {
		return b.text
	}
	if b.amount.kind != nodeNumber && b.amount.kind != nodeInterval {
		fail(NotSupported, b.amount.pos, "a window frame whose bound is no number is not supported by the sandbox")
	}
	return e.expr(b.amount, s).sql + " " + b.text
}
