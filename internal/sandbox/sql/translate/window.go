package translate

import (
	"slices"
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

// translateCall translates a window function, or an aggregate with OVER.
func (wt *windowTranslator) translateCall(n *sqlsyntax.Expr, signatures []registry.Signature, s *scope) value {
	if wt.clause == inWindow {
		fail(SemanticError, n.Pos, "Cannot nest window functions or row pattern measures inside window specification")
	}
	if wt.clause != "" {
		wt.aggregates.failMisplaced(n)
	}
	if n.Call.Filter != nil {
		fail(NotSupported, n.Pos, "FILTER is not yet supported for window functions")
	}
	args := wt.arguments.translateAll(n, s)
	if wt.hive && len(args) == 3 && (n.Text == "lag" || n.Text == "lead") { // the default has the type of the column
		args[2] = wt.arguments.conversions.cast(args[2], args[0].typ, true, n.Pos)
	}
	sig, b := wt.arguments.chooseSignature(n, signatures, args)
	t := wt.arguments.resultType(sig, b, args)
	if n.Text == "avg" && !wt.hive && sig.Template == "avg($*)" {
		sig.Template = "f_avg_double($1)" // the engine's avg is more exact than Trino's
	}
	window := wt.resolveWindow(n)
	if !wt.hive {
		wt.checkWindow(n, window)
		checkOffset(n, args)
	}
	if n.Call.IgnoreNulls && !sig.Special {
		sig, args = wt.ignoreNulls(n, sig, args, window)
	}
	frame := wt.translateFrameBounds(window, s)
	over := " OVER (" + wt.translateWindow(window, s) + ")"
	if sig.Special {
		if sig.Window { // Hive's first_value(x, true)
			if n.Args[1].Kind != sqlsyntax.Boolean {
				fail(SemanticError, n.Args[1].Pos, "the second argument of "+n.Text+" must be a constant")
			}
			ignore := n.Args[1].Kind == sqlsyntax.Boolean && n.Args[1].Text == "true"
			if sig, args = signatures[0], args[:1]; ignore {
				sig, args = wt.ignoreNulls(n, sig, args, window)
			}
		} else {
			return wt.aggregates.translateSpecial(n, args, wt.newReplay(n, sig, args, window, frame, s), over)
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
	return value{sql: wt.aggregates.assemble(n, sig, args, t, wt.newReplay(n, sig, args, window, frame, s), "", over), typ: t}
}

// newReplay returns the replay of an aggregate over a window, or nil if the engine can run it.
func (wt *windowTranslator) newReplay(n *sqlsyntax.Expr, sig registry.Signature, args []value, w *sqlsyntax.Window, frame []string, s *scope) *replay {
	switch {
	case !sig.Aggregate && (n.Call.Distinct || len(n.Call.OrderBy) > 0):
		wt.arguments.rejectClauses(n)
	case !sig.Aggregate && frame == nil:
		return nil
	}
	own := strings.Contains(sig.Template, "f_") || strings.Contains(sig.Template, "h_")
	if moves := w.Frame != nil && w.Frame.Start.Text != "UNBOUNDED PRECEDING"; !n.Call.Distinct && len(n.Call.OrderBy) == 0 && frame == nil && (!moves || !own) {
		return nil
	}
	r := &replay{frame: frame}
	if n.Call.Distinct {
		for _, a := range args {
			r.distinct = append(r.distinct, identity(a))
		}
	}
	for _, k := range n.Call.OrderBy {
		v := wt.exprs.translate(k.Expr, s)
		wt.order.requireOrder(v, k.Expr.Pos)
		r.order = append(r.order, orderKey(v, !wt.hive))
		r.directions += replayDirection(k, wt.hive)
	}
	return r
}

// replayDirection returns the direction of a sort key for f_replay: ascending or descending, in upper case if NULL is first.
func replayDirection(k sqlsyntax.SortKey, hive bool) string {
	direction := "a"
	if k.Descending {
		direction = "d"
	}
	if k.Nulls == "FIRST" || k.Nulls == "" && hive && !k.Descending {
		return strings.ToUpper(direction)
	}
	return direction
}

// ignoreNulls changes a window function to an aggregate over the values in the frame that are not NULL. The
// frame of lag and lead are the rows before and after the current one.
func (wt *windowTranslator) ignoreNulls(n *sqlsyntax.Expr, sig registry.Signature, args []value, w *sqlsyntax.Window) (registry.Signature, []value) {
	one := &sqlsyntax.Expr{Kind: sqlsyntax.Number, Text: "1", Pos: n.Pos}
	switch n.Text {
	case "first_value":
		sig.Template = "f_nth_present($1, 1)"
	case "last_value":
		sig.Template = "f_nth_present($1, -1)"
	case "nth_value":
		sig.Template = "f_nth_present($1, $2)"
	case "lag", "lead":
		if len(args) > 1 && args[1].fixed != nil && args[1].fixed.Sign() == 0 {
			return sig, args // the current row
		}
		if len(args) > 1 && !nonZero(args[1]) {
			fail(NotSupported, n.Args[1].Pos, "IGNORE NULLS in "+n.Text+" with an offset that is not a positive literal is not supported by the sandbox")
		}
		offset := "1"
		if len(args) > 1 {
			offset = "$2"
		}
		if n.Text == "lag" {
			offset = "-" + offset
			w.Frame = &sqlsyntax.Frame{Unit: "ROWS", Start: sqlsyntax.Bound{Text: "UNBOUNDED PRECEDING"}, End: sqlsyntax.Bound{Amount: one, Text: "PRECEDING"}}
		} else {
			w.Frame = &sqlsyntax.Frame{Unit: "ROWS", Start: sqlsyntax.Bound{Amount: one, Text: "FOLLOWING"}, End: sqlsyntax.Bound{Text: "UNBOUNDED FOLLOWING"}}
		}
		sig.Template = "f_nth_present($1, " + offset + ")"
		if len(args) > 2 {
			sig.Template = "coalesce({" + sig.Template + "}, $3)"
		}
	default:
		fail(SemanticError, n.Pos, "Cannot specify null treatment clause for "+n.Text+" function")
	}
	return sig, args
}

// resolveWindow returns the window of a call, merged with those that it extends.
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
		if n.Call.WindowName == "" || depth > 0 {
			wt.checkExtension(&merged, base)
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

// checkExtension rejects the clauses with which a window cannot extend another one.
func (wt *windowTranslator) checkExtension(w, base *sqlsyntax.Window) {
	switch {
	case wt.hive:
	case len(w.PartitionBy) > 0:
		fail(SemanticError, w.PartitionBy[0].Pos, "WINDOW specification with named WINDOW reference cannot specify PARTITION BY")
	case len(w.OrderBy) > 0 && len(base.OrderBy) > 0:
		fail(SemanticError, w.Pos, "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY")
	case base.Frame != nil:
		fail(SemanticError, w.Pos, "Cannot reference named WINDOW containing frame specification")
	}
}

// translateWindow translates the specification in OVER (…).
func (wt *windowTranslator) translateWindow(w *sqlsyntax.Window, s *scope) string {
	var parts []string
	wt.withClause(inWindow, func() {
		if len(w.PartitionBy) > 0 {
			keys := make([]string, len(w.PartitionBy))
			for i, p := range w.PartitionBy {
				keys[i] = identity(wt.exprs.translate(p, s))
			}
			parts = append(parts, "PARTITION BY "+strings.Join(keys, ", "))
		}
		if len(w.OrderBy) > 0 {
			keys := make([]string, len(w.OrderBy))
			for i, k := range w.OrderBy {
				v := wt.exprs.translate(k.Expr, s)
				wt.order.requireOrder(v, k.Expr.Pos)
				keys[i] = orderKey(v, !wt.hive) + wt.order.direction(k)
				if w.Frame != nil && w.Frame.Unit == "RANGE" && v.typ.IsTemporal() {
					keys[i] = instant(v) + wt.order.direction(k) // intervals are milliseconds
				}
			}
			parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
		}
		if w.Frame != nil {
			parts = append(parts, wt.translateFrame(w, s))
		}
	})
	return strings.Join(parts, " ")
}

// checkWindow rejects a frame, or a missing ORDER BY, of a function that uses the position of rows.
func (wt *windowTranslator) checkWindow(n *sqlsyntax.Expr, w *sqlsyntax.Window) {
	switch n.Text {
	case "lag", "lead":
		if len(w.OrderBy) == 0 {
			fail(SemanticError, w.Pos, n.Text+" function requires an ORDER BY window clause")
		}
	case "ntile":
		if len(n.Args) > 0 && refersToColumn(n.Args[0]) {
			fail(NotSupported, n.Args[0].Pos, "an argument of ntile that depends on the row is not supported by the sandbox")
		}
	case "rank", "dense_rank", "percent_rank", "cume_dist", "row_number":
	default:
		return
	}
	if w.Frame != nil {
		fail(SemanticError, w.Frame.Pos, "Cannot specify window frame for "+n.Text+" function")
	}
}

// checkOffset makes lag and lead fail if the offset is negative or NULL.
func checkOffset(n *sqlsyntax.Expr, args []value) {
	if n.Text != "lag" && n.Text != "lead" || len(args) < 2 || args[1].fixed != nil && args[1].fixed.Sign() >= 0 {
		return
	}
	offset := args[1].sql
	args[1].sql = "CASE WHEN " + offset + " >= 0 THEN " + offset + " ELSE f_fail(CASE WHEN " + offset +
		" IS NULL THEN 'Offset must not be null' ELSE 'Offset must be at least 0' END, " + offset + ") END"
}

// translateFrame translates ROWS, RANGE or GROUPS.
func (wt *windowTranslator) translateFrame(w *sqlsyntax.Window, s *scope) string {
	if w.Frame.Unit == "GROUPS" && len(w.OrderBy) == 0 && !wt.hive {
		fail(SemanticError, w.Pos, "Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY")
	}
	if w.Frame.Unit == "RANGE" && (w.Frame.Start.Amount != nil || w.Frame.End.Amount != nil) {
		if len(w.OrderBy) != 1 {
			fail(SemanticError, w.Pos, "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY")
		}
		for _, b := range []sqlsyntax.Bound{w.Frame.Start, w.Frame.End} {
			if b.Amount != nil {
				wt.checkRangeAmount(wt.exprs.translate(w.OrderBy[0].Expr, s).typ, wt.exprs.translate(b.Amount, s).typ, b.Amount.Pos)
			}
		}
	}
	return w.Frame.Unit + " BETWEEN " + wt.translateBound(w.Frame.Unit, w.Frame.Start, s) + " AND " + wt.translateBound(w.Frame.Unit, w.Frame.End, s)
}

// translateFrameBounds returns the arguments of f_frame for a frame that the engine does not have, and replaces it by the
// frame with which f_frame is called. It returns nil for other frames.
func (wt *windowTranslator) translateFrameBounds(w *sqlsyntax.Window, s *scope) (frame []string) {
	f := w.Frame
	if f == nil || wt.hive || f.Unit != "ROWS" && len(w.OrderBy) != 1 {
		return nil
	}
	wt.withClause(inWindow, func() {
		bounds := []sqlsyntax.Bound{f.Start, f.End}
		var key value
		if len(w.OrderBy) > 0 {
			key = wt.exprs.translate(w.OrderBy[0].Expr, s)
		}
		if !slices.ContainsFunc(bounds, func(b sqlsyntax.Bound) bool { return b.Amount != nil && !wt.isEngineBound(f.Unit, key, b, s) }) {
			return
		}
		frame = []string{quoteString(f.Unit), quoteString(f.Start.Text), quoteString(f.End.Text), "'a'", "0"}
		if f.Unit != "ROWS" {
			frame[3], frame[4] = quoteString(replayDirection(w.OrderBy[0], false)), orderKey(key, true)
		}
		for _, b := range bounds {
			switch {
			case b.Amount == nil:
				frame = append(frame, "NULL")
			case f.Unit == "RANGE":
				frame = append(frame, wt.translateRangeBound(w.OrderBy[0], b, s))
			default:
				frame = append(frame, wt.exprs.translate(b.Amount, s).sql)
			}
		}
	})
	if frame != nil {
		w.Frame = &sqlsyntax.Frame{Pos: f.Pos, Unit: "ROWS", Start: sqlsyntax.Bound{Text: "CURRENT ROW"}, End: sqlsyntax.Bound{Text: "UNBOUNDED FOLLOWING"}}
	}
	return frame
}

// isEngineBound reports whether the engine has a bound: its amount is constant, and one of RANGE is a number, or milliseconds
// for a sort key that has no more digits.
func (wt *windowTranslator) isEngineBound(unit string, key value, b sqlsyntax.Bound, s *scope) bool {
	if refersToColumn(b.Amount) {
		return false
	}
	amount := wt.exprs.translate(b.Amount, s).typ
	return unit != "RANGE" || key.typ.IsNumber() && amount.IsNumber() || amount.Is("interval day to second") && key.typ.IsTemporal() && key.typ.Precision <= 3
}

// translateRangeBound returns the least or greatest sort key of a frame.
func (wt *windowTranslator) translateRangeBound(k sqlsyntax.SortKey, b sqlsyntax.Bound, s *scope) string {
	operator := "+"
	if k.Descending == (b.Text == "FOLLOWING") {
		operator = "-"
	}
	amount := wt.exprs.translate(b.Amount, s)
	v := wt.exprs.translate(&sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: operator, Pos: b.Amount.Pos, Args: []*sqlsyntax.Expr{k.Expr, b.Amount}}, s)
	return "CASE WHEN " + amount.sql + " >= 0 THEN " + orderKey(v, true) + " ELSE " +
		call("f_fail", "'Window frame offset value must not be negative or null'", amount.sql) + " END"
}

// checkRangeAmount fails if the amount of a frame cannot be subtracted from the sort key.
func (wt *windowTranslator) checkRangeAmount(key, amount types.Type, at sqlsyntax.Position) {
	switch {
	case key.IsNumber() && amount.IsNumber():
	case key.IsTemporal() && amount.Is("interval day to second"):
	default:
		fail(NotSupported, at, "RANGE of "+amount.String()+" over "+key.String()+" is not supported by the sandbox")
	}
}

func (wt *windowTranslator) translateBound(unit string, b sqlsyntax.Bound, s *scope) string {
	if b.Amount == nil {
		return b.Text
	}
	if refersToColumn(b.Amount) {
		fail(NotSupported, b.Amount.Pos, "a window frame whose bound depends on the row is not supported by the sandbox")
	}
	v := wt.exprs.translate(b.Amount, s)
	if text := b.Amount.Text; b.Amount.Kind == sqlsyntax.TypedLiteral && v.typ.IsNumber() && strings.Trim(text, "0123456789.") == "" {
		v.sql = text // the engine accepts no calls in a bound
	}
	switch {
	case unit != "RANGE" && v.typ.Is("decimal"):
		v.sql = "CAST(" + v.sql + " AS INTEGER)"
	case v.typ.Is("decimal", "double", "real"):
		v.sql = "CAST(" + v.sql + " AS REAL)"
	}
	return v.sql + " " + b.Text
}
