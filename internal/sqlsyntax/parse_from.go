package sqlsyntax

import (
	"strconv"
	"strings"
)

// from takes the relations of FROM and Hive's LATERAL VIEWs.
func (p *parser) from(s *Selection) {
	p.commaList(func() {
		for r := p.joined(); ; {
			if !p.is("LATERAL", "VIEW") {
				s.From = append(s.From, r)
				return
			}
			r = p.joinsAfter(p.lateralView(r))
		}
	})
}

// joined takes a relation and the joins that follow it.
func (p *parser) joined() *Relation {
	defer p.nest()()
	return p.joinsAfter(p.relation())
}

func (p *parser) joinsAfter(left *Relation) *Relation {
	for chain := 0; ; chain++ {
		at := p.peek().pos()
		natural := p.accept("NATURAL")
		kind := p.joinKind()
		if kind == "" {
			return left
		}
		if chain > maxDepth {
			fail(SyntaxError, at, "the statement is nested too deeply")
		}
		j := &Relation{Kind: JoinRelation, Pos: at, Join: kind, Natural: natural, Left: left, Right: p.relation()}
		switch {
		case natural || kind == "CROSS":
		case p.accept("ON"):
			j.On = p.expression()
		case p.accept("USING"):
			j.Using = p.identifiers()
		case !p.hive:
			p.mismatch("'ON'", "'USING'")
		}
		left = j
	}
}

// joinKind takes a join's words; empty when there is no join.
func (p *parser) joinKind() string {
	switch {
	case p.accept("CROSS", "JOIN"):
		return "CROSS"
	case p.accept("JOIN"), p.accept("INNER", "JOIN"):
		return "INNER"
	case p.hive && p.accept("LEFT", "SEMI", "JOIN"):
		return "SEMI"
	case p.hive && p.accept("LEFT", "ANTI", "JOIN"):
		return "ANTI"
	}
	for _, side := range []string{"LEFT", "RIGHT", "FULL"} {
		if p.accept(side, "JOIN") || p.accept(side, "OUTER", "JOIN") {
			return side
		}
	}
	return ""
}

// relation takes a table, a query in parentheses, UNNEST, or joins in parentheses, with its alias.
func (p *parser) relation() *Relation {
	defer p.nest()()
	r := &Relation{Pos: p.peek().pos()}
	r.Lateral = p.accept("LATERAL")
	switch {
	case p.accept("UNNEST"):
		r.Kind = UnnestRelation
		r.Arguments = p.arguments()
		r.WithOrdinality = p.accept("WITH", "ORDINALITY")
	case p.is("("):
		if !p.queryInParentheses() {
			p.i++
			inner := p.joined()
			p.expect(")")
			return inner
		}
		p.i++
		r.Kind = QueryRelation
		r.Query = p.query()
		p.expect(")")
	case p.is("TABLE", "("):
		p.unsupported(r.Pos, "a table function")
	default:
		r.Kind = TableRelation
		r.Name = p.qualifiedName()
		if p.is("(") {
			p.unsupported(r.Pos, "the table function '"+strings.Join(r.Name, ".")+"'")
		}
	}
	p.sample(r)
	p.relationAlias(r)
	if p.is("MATCH_RECOGNIZE") || p.is("PIVOT") {
		p.unsupported(p.peek().pos(), p.peek().upper)
	}
	p.sample(r)
	return r
}

// queryInParentheses tells whether the parentheses that are next hold a query, not joins.
func (p *parser) queryInParentheses() bool {
	n := 0
	for p.isAt(n, "(") {
		n++
	}
	if !p.isAt(n, "SELECT") && !p.isAt(n, "WITH") && !p.isAt(n, "VALUES") && !p.isAt(n, "TABLE") && (!p.hive || !p.isAt(n, "FROM")) {
		return false
	}
	if n <= 1 {
		return true
	}
	// ((SELECT …) UNION …) is a query, ((SELECT …) t JOIN …) is not: see what follows the inner one
	depth := 0
	for i := 1; ; i++ {
		t := p.ahead(i)
		switch {
		case t.kind == tokEOF:
			return true
		case t.kind == tokSymbol && t.text == "(":
			depth++
		case t.kind == tokSymbol && t.text == ")":
			if depth--; depth == 0 {
				switch next := p.ahead(i + 1); next.upper {
				case "UNION", "INTERSECT", "EXCEPT", ")", "ORDER", "LIMIT", "OFFSET", "FETCH":
					return next.kind != tokQuoted
				}
				return false
			}
		}
	}
}

func (p *parser) relationAlias(r *Relation) {
	if r.Alias != "" {
		return
	}
	if p.accept("AS") || p.isIdentifier() && !p.clauseAhead() {
		r.Alias = p.identifier()
		if p.is("(") {
			r.Columns = p.identifiers()
		}
	}
}

// sample takes TABLESAMPLE BERNOULLI (10) and Hive's (10 PERCENT), (5 ROWS), (BUCKET 1 OUT OF 4 ON x).
func (p *parser) sample(r *Relation) {
	if !p.accept("TABLESAMPLE") {
		return
	}
	_ = p.accept("BERNOULLI") || p.accept("SYSTEM")
	p.expect("(")
	bucket := p.accept("BUCKET")
	share := p.numberValue()
	switch {
	case bucket:
		p.expect("OUT", "OF")
		share = 1 / max(1, p.numberValue())
		if p.accept("ON") {
			p.expression()
		}
	case p.accept("ROWS"):
		r.SampleRows = strconv.FormatInt(int64(share), 10)
		p.expect(")")
		return
	default:
		p.accept("PERCENT")
		share /= 100
	}
	p.expect(")")
	r.SampleShare = strconv.FormatFloat(share, 'f', -1, 64)
}

func (p *parser) numberValue() float64 {
	v, err := strconv.ParseFloat(p.peek().text, 64)
	if p.peek().kind != tokNumber || err != nil {
		p.mismatch("<number>")
	}
	p.i++
	return v
}

// lateralView takes LATERAL VIEW [OUTER] f(x) t AS a, b as a join with left.
func (p *parser) lateralView(left *Relation) *Relation {
	at := p.peek().pos()
	p.i += 2
	j := &Relation{Kind: JoinRelation, Pos: at, Join: "CROSS", Left: left}
	if p.accept("OUTER") {
		j.Join = "LEFT"
	}
	r := &Relation{Kind: UnnestRelation, Pos: p.peek().pos()}
	r.Function = strings.ToLower(p.anyWord())
	r.Arguments = p.arguments()
	if p.isIdentifier() && !p.is("AS") {
		r.Alias = p.identifier()
	}
	if p.accept("AS") {
		p.commaList(func() { r.Columns = append(r.Columns, p.identifier()) })
	}
	j.Right = r
	return j
}
