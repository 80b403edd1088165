package translate

// maxGroupingSets is how many grouping sets a query may have.
const maxGroupingSets = 256

// groupBy takes what follows GROUP BY into keys and sets.
func (p *parser) groupBy(s *selection) {
	s.grouped = true
	if !p.accept("ALL") {
		p.accept("DISTINCT")
	}
	s.sets = [][]*node{nil}
	p.commaList(func() { s.sets = p.crossSets(s.sets, p.groupElement(s)) })
	if !p.hive {
		return
	}
	switch { // GROUP BY a, b WITH ROLLUP
	case p.accept("WITH", "ROLLUP"):
		s.sets = rollup(singles(s.keys))
	case p.accept("WITH", "CUBE"):
		s.sets = p.cube(singles(s.keys))
	case p.accept("GROUPING", "SETS"):
		s.sets = nil
		p.groupingSets(s, &s.sets)
	}
}

// crossSets is every set of a with every set of b.
func (p *parser) crossSets(a, b [][]*node) (sets [][]*node) {
	if len(a)*len(b) > maxGroupingSets {
		fail(NotSupported, p.peek().pos(), "GROUP BY has too many grouping sets")
	}
	for _, x := range a {
		for _, y := range b {
			sets = append(sets, append(append([]*node(nil), x...), y...))
		}
	}
	return sets
}

// groupElement takes an expression, (), (a, b), ROLLUP, CUBE or GROUPING SETS.
func (p *parser) groupElement(s *selection) (sets [][]*node) {
	switch {
	case p.accept("ROLLUP"):
		return rollup(p.groupUnits(s))
	case p.accept("CUBE"):
		return p.cube(p.groupUnits(s))
	case p.accept("GROUPING", "SETS"):
		p.groupingSets(s, &sets)
		return sets
	}
	return [][]*node{p.groupUnit(s)}
}

func (p *parser) groupingSets(s *selection, sets *[][]*node) {
	defer p.nest()()
	p.expect("(")
	p.commaList(func() { *sets = append(*sets, p.groupElement(s)...) })
	p.expect(")")
}

// groupUnits takes the ((a, b), c) of ROLLUP and CUBE.
func (p *parser) groupUnits(s *selection) (units [][]*node) {
	p.expect("(")
	if !p.is(")") {
		p.commaList(func() { units = append(units, p.groupUnit(s)) })
	}
	p.expect(")")
	return units
}

// groupUnit takes an expression, (a, b) or ().
func (p *parser) groupUnit(s *selection) (unit []*node) {
	if p.is("(", ")") {
		p.i += 2
		return nil
	}
	e := p.expression()
	unit = []*node{e}
	if e.kind == nodeRow && e.text == "" {
		unit = e.args
	}
	s.keys = append(s.keys, unit...)
	return unit
}

func singles(keys []*node) (units [][]*node) {
	for _, k := range keys {
		units = append(units, []*node{k})
	}
	return units
}

// rollup is the sets of ROLLUP: all units, all but the last, …, none.
func rollup(units [][]*node) (sets [][]*node) {
	for n := len(units); n >= 0; n-- {
		var set []*node
		for _, u := range units[:n] {
			set = append(set, u...)
		}
		sets = append(sets, set)
	}
	return sets
}

// cube is the sets of CUBE: every choice of units.
func (p *parser) cube(units [][]*node) (sets [][]*node) {
	if len(units) > 8 {
		fail(NotSupported, p.peek().pos(), "CUBE has too many columns")
	}
	for mask := 1<<len(units) - 1; mask >= 0; mask-- {
		var set []*node
		for i, u := range units {
			if mask&(1<<(len(units)-1-i)) != 0 {
				set = append(set, u...)
			}
		}
		sets = append(sets, set)
	}
	return sets
}
