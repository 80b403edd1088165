package sqlsyntax

import "strings"

// window takes (name PARTITION BY … ORDER BY … ROWS …).
func (p *parser) window() *Window {
	w := &Window{Pos: p.peek().pos()}
	p.expect("(")
	if p.isIdentifier() && !p.is("PARTITION", "BY") && !p.is("DISTRIBUTE") && !p.is("SORT") && !p.is("ROWS") && !p.is("RANGE") && !p.is("GROUPS") {
		w.Base = strings.ToLower(p.identifier())
	}
	if p.accept("PARTITION", "BY") || p.hive && p.accept("DISTRIBUTE", "BY") {
		p.commaList(func() { w.PartitionBy = append(w.PartitionBy, p.expression()) })
	}
	if p.accept("ORDER", "BY") || p.hive && p.accept("SORT", "BY") {
		w.OrderBy = p.sortKeys()
	}
	if unit := p.acceptAny("ROWS", "RANGE", "GROUPS"); unit != "" {
		w.Frame = p.frame(unit)
	}
	p.expect(")")
	return w
}

func (p *parser) frame(unit string) *Frame {
	f := &Frame{Unit: unit}
	if p.accept("BETWEEN") {
		f.Start = p.bound()
		p.expect("AND")
		f.End = p.bound()
	} else {
		f.Start = p.bound()
		f.End = Bound{Text: "CURRENT ROW"}
	}
	if p.is("EXCLUDE") {
		p.unsupported(p.peek().pos(), "EXCLUDE in a window frame")
	}
	return f
}

// bound takes UNBOUNDED PRECEDING, CURRENT ROW, 3 FOLLOWING.
func (p *parser) bound() (b Bound) {
	if p.accept("CURRENT", "ROW") {
		return Bound{Text: "CURRENT ROW"}
	}
	unbounded := p.accept("UNBOUNDED")
	if !unbounded {
		b.Amount = p.binding(bindCompare)
	}
	b.Text = p.acceptAny("PRECEDING", "FOLLOWING")
	if b.Text == "" {
		p.mismatch("'PRECEDING'", "'FOLLOWING'")
	}
	if unbounded {
		b.Text = "UNBOUNDED " + b.Text
	}
	return b
}
