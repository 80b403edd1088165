package sqlsyntax

// maxGroupingSets is how many grouping sets a query may have.
const maxGroupingSets = 256

// groupBy takes what follows GROUP BY into keys and sets.
func (p *parser) groupBy(s *Selection) {
	s.Grouped = true
	if !p.accept("ALL") {
		p.accept("DISTINCT")
	}
	s.GroupingSets = [][]*Expr{nil}
	p.commaList(func() { s.GroupingSets = p.crossSets(s.GroupingSets, p.groupElement(s)) })
	if !p.hive {
		return
	}
	switch { // GROUP BY a, b WITH ROLLUP
	case p.accept("WITH", "ROLLUP"):
		s.GroupingSets = rollup(singles(s.GroupKeys))
	case p.accept("WITH", "CUBE"):
		s.GroupingSets = p.cube(singles(s.GroupKeys))
	case p.accept("GROUPING", "SETS"):
		s.GroupingSets = nil
		p.groupingSets(s, &s.GroupingSets)
	}
}

// crossSets is every set of a with every set of b.
func (p *parser) crossSets(a, b [][]*Expr) (sets [][]*Expr) {
	if len(a)*len(b) > maxGroupingSets {
		fail(NotSupported, p.peek().pos(), "GROUP BY has too many grouping sets")
	}
	for _, x := range a {
		for _, y := range b {
			sets = append(sets, append(append([]*Expr(nil), x...), y...))
		}
	}
	return sets
}

// groupElement takes an expression, (), (a, b), ROLLUP, CUBE or GROUPING SETS.
func (p *parser) groupElement(s *Selection) (sets [][]*Expr) {
	switch {
	case p.accept("ROLLUP"):
		return rollup(p.groupUnits(s))
	case p.accept("CUBE"):
		return p.cube(p.groupUnits(s))
	case p.accept("GROUPING", "SETS"):
		p.groupingSets(s, &sets)
		return sets
	}
	return [][]*Expr{p.groupUnit(s)}
}

func (p *parser) groupingSets(s *Selection, sets *[][]*Expr) {
	defer p.nest()()
	p.expect("(")
	p.commaList(func() { *sets = append(*sets, p.groupElement(s)...) })
	p.expect(")")
}

// groupUnits takes the ((a, b), c) of ROLLUP and CUBE.
func (p *parser) groupUnits(s *Selection) (units [][]*Expr) {
	p.expect("(")
	if !p.is(")") {
		p.commaList(func() { units = append(units, p.groupUnit(s)) })
	}
	p.expect(")")
	return units
}

// groupUnit takes an expression, (a, b) or ().
func (p *parser) groupUnit(s *Selection) (unit []*Expr) {
	if p.is("(", ")") {
		p.i += 2
		return nil
	}
	e := p.expression()
	unit = []*Expr{e}
	if e.Kind == Row && e.Text == "" {
		unit = e.Args
	}
	s.GroupKeys = append(s.GroupKeys, unit...)
	return unit
}

func singles(keys []*Expr) (units [][]*Expr) {
	for _, k := range keys {
		units = append(units, []*Expr{k})
	}
	return units
}

// rollup is the sets of ROLLUP: all units, all but the last, …, none.
func rollup(units [][]*Expr) (sets [][]*Expr) {
	for n := len(units); n >= 0; n-- {
		var set []*Expr
		for _, u := range units[:n] {
			set = append(set, u...)
		}
		sets = append(sets, set)
	}
	return sets
}

// cube is the sets of CUBE: every choice of units.
func (p *parser) cube(units [][]*Expr) (sets [][]*Expr) {
	if len(units) > 8 {
		fail(NotSupported, p.peek().pos(), "CUBE has too many columns")
	}
	for mask := 1<<len(units) - 1; mask >= 0; mask-- {
		var set []*Expr
		for i, u := range units {
			if mask&(1<<(len(units)-1-i)) != 0 {
				set = append(set, u...)
			}
		}
		sets = append(sets, set)
	}
	return sets
}
