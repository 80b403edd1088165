package translate

import "strings"

// window takes (name PARTITION BY … ORDER BY … ROWS …).
func (p *parser) window() *window {
	w := &window{pos: p.peek().pos()}
	p.expect("(")
	if p.isIdentifier() && !p.is("PARTITION", "BY") && !p.is("DISTRIBUTE") && !p.is("SORT") && !p.is("ROWS") && !p.is("RANGE") && !p.is("GROUPS") {
		w.base = strings.ToLower(p.identifier())
	}
	if p.accept("PARTITION", "BY") || p.hive && p.accept("DISTRIBUTE", "BY") {
		p.commaList(func() { w.partition = append(w.partition, p.expression()) })
	}
	if p.accept("ORDER", "BY") || p.hive && p.accept("SORT", "BY") {
		w.order = p.sortKeys()
	}
	if unit := p.acceptAny("ROWS", "RANGE", "GROUPS"); unit != "" {
		w.frame = p.frame(unit)
	}
	p.expect(")")
	return w
}

func (p *parser) frame(unit string) *frame {
	f := &frame{unit: unit}
	if p.accept("BETWEEN") {
		f.start = p.bound()
		p.expect("AND")
		f.end = p.bound()
	} else {
		f.start = p.bound()
		f.end = bound{text: "CURRENT ROW"}
	}
	if p.is("EXCLUDE") {
		p.unsupported(p.peek().pos(), "EXCLUDE in a window frame")
	}
	return f
}

// bound takes UNBOUNDED PRECEDING, CURRENT ROW, 3 FOLLOWING.
func (p *parser) bound() (b bound) {
	if p.accept("CURRENT", "ROW") {
		return bound{text: "CURRENT ROW"}
	}
	unbounded := p.accept("UNBOUNDED")
	if !unbounded {
		b.amount = p.binding(bindCompare)
	}
	b.text = p.acceptAny("PRECEDING", "FOLLOWING")
	if b.text == "" {
		p.mismatch("'PRECEDING'", "'FOLLOWING'")
	}
	if unbounded {
		b.text = "UNBOUNDED " + b.text
	}
	return b
}
