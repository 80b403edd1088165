package sqlsyntax

// maxGroupingSets limits the grouping sets of a query.
const maxGroupingSets = 256

// parseGroupBy parses the list after GROUP BY.
func (qp *queryParser) parseGroupBy(s *Selection) {
	s.Grouped = true
	if !qp.accept("ALL") {
		s.GroupDistinct = qp.accept("DISTINCT")
	}
	s.GroupingSets = [][]*Expr{nil}
	qp.parseList(func() { s.GroupingSets = qp.crossSets(s.GroupingSets, qp.parseGroupElement(s)) })
	if !qp.hive {
		return
	}
	switch { // GROUP BY a, b WITH ROLLUP
	case qp.accept("WITH", "ROLLUP"):
		s.GroupingSets = rollup(singles(s.GroupKeys))
	case qp.accept("WITH", "CUBE"):
		s.GroupingSets = qp.cube(singles(s.GroupKeys))
	case qp.accept("GROUPING", "SETS"):
		s.GroupingSets = nil
		qp.parseGroupingSets(s, &s.GroupingSets)
	}
}

// crossSets combines each set of a with each set of b.
func (qp *queryParser) crossSets(a, b [][]*Expr) (sets [][]*Expr) {
	if len(a)*len(b) > maxGroupingSets {
		fail(NotSupported, qp.peek().pos(), "GROUP BY has too many grouping sets")
	}
	for _, x := range a {
		for _, y := range b {
			sets = append(sets, append(append([]*Expr(nil), x...), y...))
		}
	}
	return sets
}

// parseGroupElement parses an expression, (), (a, b), ROLLUP, CUBE or GROUPING SETS.
func (qp *queryParser) parseGroupElement(s *Selection) (sets [][]*Expr) {
	first := len(s.GroupKeys)
	switch {
	case qp.accept("ROLLUP"):
		sets = rollup(qp.parseGroupUnits(s))
	case qp.accept("CUBE"):
		sets = qp.cube(qp.parseGroupUnits(s))
	case qp.accept("GROUPING", "SETS"):
		qp.parseGroupingSets(s, &sets)
	default:
		return [][]*Expr{qp.parseGroupUnit(s)}
	}
	s.SetKeys = append(s.SetKeys, s.GroupKeys[first:]...)
	return sets
}

func (qp *queryParser) parseGroupingSets(s *Selection, sets *[][]*Expr) {
	defer qp.nest()()
	qp.expect("(")
	qp.parseList(func() {
		if !qp.hive && (qp.is("ROLLUP") || qp.is("CUBE") || qp.is("GROUPING", "SETS")) {
			qp.failUnexpected("'('", "<expression>")
		}
		if qp.hive {
			*sets = append(*sets, qp.parseGroupElement(s)...)
			return
		}
		*sets = append(*sets, qp.parseGroupUnit(s))
	})
	qp.expect(")")
}

// parseGroupUnits parses the ((a, b), c) of ROLLUP and CUBE.
func (qp *queryParser) parseGroupUnits(s *Selection) (units [][]*Expr) {
	qp.expect("(")
	if !qp.is(")") {
		qp.parseList(func() { units = append(units, qp.parseGroupUnit(s)) })
	}
	qp.expect(")")
	return units
}

// parseGroupUnit parses an expression, (a, b) or ().
func (qp *queryParser) parseGroupUnit(s *Selection) (unit []*Expr) {
	if qp.is("(", ")") {
		qp.i += 2
		return nil
	}
	e := qp.exprs.parseExpr()
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

// rollup returns the sets of ROLLUP: all units, all but the last, …, none.
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

// cube returns the sets of CUBE: all subsets of the units.
func (qp *queryParser) cube(units [][]*Expr) (sets [][]*Expr) {
	if len(units) > 8 {
		fail(NotSupported, qp.peek().pos(), "CUBE has too many columns")
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
