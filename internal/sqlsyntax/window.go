package sqlsyntax

import "strings"

// parseWindow parses (name PARTITION BY … ORDER BY … ROWS …).
func (ep *exprParser) parseWindow() *Window {
	ep.expect("(")
	w := &Window{Pos: ep.peek().pos()}
	if ep.isIdentifier() && !ep.is("PARTITION", "BY") && !ep.is("DISTRIBUTE") && !ep.is("SORT") && !ep.is("ROWS") && !ep.is("RANGE") && !ep.is("GROUPS") {
		w.Base = strings.ToLower(ep.parseIdentifier())
	}
	if ep.accept("PARTITION", "BY") || ep.hive && ep.accept("DISTRIBUTE", "BY") {
		ep.parseList(func() { w.PartitionBy = append(w.PartitionBy, ep.parseExpr()) })
	}
	if ep.accept("ORDER", "BY") || ep.hive && ep.accept("SORT", "BY") {
		w.OrderBy = ep.parseSortKeys()
	}
	at := ep.peek().pos()
	if unit := ep.acceptAny("ROWS", "RANGE", "GROUPS"); unit != "" {
		w.Frame = ep.parseFrame(unit)
		w.Frame.Pos = at
	}
	ep.expect(")")
	return w
}

func (ep *exprParser) parseFrame(unit string) *Frame {
	f := &Frame{Unit: unit}
	if ep.accept("BETWEEN") {
		f.Start = ep.parseBound()
		ep.expect("AND")
		f.End = ep.parseBound()
	} else {
		f.Start = ep.parseBound()
		f.End = Bound{Text: "CURRENT ROW"}
	}
	if ep.is("EXCLUDE") {
		ep.failUnsupported(ep.peek().pos(), "EXCLUDE in a window frame")
	}
	return f
}

// parseBound parses UNBOUNDED PRECEDING, CURRENT ROW or 3 FOLLOWING.
func (ep *exprParser) parseBound() (b Bound) {
	if ep.accept("CURRENT", "ROW") {
		return Bound{Text: "CURRENT ROW"}
	}
	unbounded := ep.accept("UNBOUNDED")
	if !unbounded {
		b.Amount = ep.parseBinary(precedenceCompare)
	}
	b.Text = ep.acceptAny("PRECEDING", "FOLLOWING")
	if b.Text == "" {
		ep.failUnexpected("'PRECEDING'", "'FOLLOWING'")
	}
	if unbounded {
		b.Text = "UNBOUNDED " + b.Text
	}
	return b
}
