package sqlsyntax

import "strings"

func (p *parser) quantified(left *Expr, operator string, at Position) *Expr {
	quantifier := p.next().upper
	if quantifier == "SOME" {
		quantifier = "ANY"
	}
	p.expect("(")
	n := &Expr{Kind: Quantified, Text: operator, Unit: quantifier, Pos: at, Args: []*Expr{left}, Query: p.query()}
	p.expect(")")
	return n
}

// predicate takes [NOT] BETWEEN, IN, LIKE, RLIKE, IS …; nil when there is none.
func (p *parser) predicate(left *Expr) *Expr {
	at := p.peek().pos()
	if p.accept("IS") {
		return p.isPredicate(left, at)
	}
	start := p.i
	negated := p.accept("NOT")
	var n *Expr
	switch {
	case p.accept("BETWEEN"):
		p.accept("ASYMMETRIC")
		low := p.binding(bindCompare)
		p.expect("AND")
		n = &Expr{Kind: Between, Pos: at, Args: []*Expr{left, low, p.binding(bindCompare)}}
	case p.accept("IN"):
		n = p.in(left, at)
	case p.accept("LIKE"):
		n = &Expr{Kind: Like, Pos: at, Args: []*Expr{left, p.binding(bindCompare)}}
		if p.accept("ESCAPE") {
			n.Args = append(n.Args, p.binding(bindCompare))
		}
	case p.hive && (p.accept("RLIKE") || p.accept("REGEXP")):
		n = &Expr{Kind: Call, Text: "rlike", Pos: at, Args: []*Expr{left, p.binding(bindCompare)}}
	default:
		p.i = start
		return nil
	}
	if negated {
		n = &Expr{Kind: Unary, Text: "NOT", Pos: at, Args: []*Expr{n}}
	}
	return n
}

func (p *parser) isPredicate(left *Expr, at Position) *Expr {
	negated := p.accept("NOT")
	var n *Expr
	switch {
	case p.accept("NULL"):
		n = &Expr{Kind: IsNull, Pos: at, Args: []*Expr{left}}
	case p.accept("DISTINCT", "FROM"):
		n = &Expr{Kind: Binary, Text: "IS DISTINCT FROM", Pos: at, Args: []*Expr{left, p.binding(bindCompare)}}
	case p.accept("TRUE"), p.accept("FALSE"):
		truth := strings.ToLower(p.tokens[p.i-1].upper)
		n = &Expr{Kind: Binary, Text: "IS NOT DISTINCT FROM", Pos: at, Args: []*Expr{left, {Kind: Boolean, Text: truth, Pos: at}}}
	default:
		p.mismatch("'DISTINCT'", "'NULL'")
	}
	if negated {
		n = &Expr{Kind: Unary, Text: "NOT", Pos: at, Args: []*Expr{n}}
	}
	return n
}

func (p *parser) in(left *Expr, at Position) *Expr {
	n := &Expr{Kind: In, Pos: at, Args: []*Expr{left}}
	p.expect("(")
	if p.is("SELECT") || p.is("WITH") || p.is("VALUES") || p.is("TABLE") {
		n.Query = p.query()
	} else {
		p.commaList(func() { n.Args = append(n.Args, p.expression()) })
	}
	p.expect(")")
	return n
}
