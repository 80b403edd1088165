package sqlsyntax

import "strings"

func (ep *exprParser) parseQuantified(left *Expr, operator string, at Position) *Expr {
	quantifier := ep.next().upper
	if quantifier == "SOME" {
		quantifier = "ANY"
	}
	ep.expect("(")
	n := &Expr{Kind: Quantified, Text: operator, Unit: quantifier, Pos: at, Args: []*Expr{left}, Query: ep.queries.parseQuery()}
	ep.expect(")")
	return n
}

// parsePredicate parses [NOT] BETWEEN, IN, LIKE, RLIKE and IS. It returns nil if there is none.
func (ep *exprParser) parsePredicate(left *Expr) *Expr {
	at := ep.peek().pos()
	if ep.accept("IS") {
		return ep.parseIs(left, at)
	}
	start := ep.i
	negated := ep.accept("NOT")
	var n *Expr
	switch {
	case ep.accept("BETWEEN"):
		ep.accept("ASYMMETRIC")
		low := ep.parseBinary(precedenceCompare)
		ep.expect("AND")
		n = &Expr{Kind: Between, Pos: at, Args: []*Expr{left, low, ep.parseBinary(precedenceCompare)}}
	case ep.accept("IN"):
		n = ep.parseIn(left, at)
	case ep.accept("LIKE"):
		n = &Expr{Kind: Like, Pos: at, Args: []*Expr{left, ep.parseBinary(precedenceCompare)}}
		if ep.accept("ESCAPE") {
			n.Args = append(n.Args, ep.parseBinary(precedenceCompare))
		}
	case ep.hive && (ep.accept("RLIKE") || ep.accept("REGEXP")):
		n = &Expr{Kind: Call, Text: "rlike", Pos: at, Args: []*Expr{left, ep.parseBinary(precedenceCompare)}}
	default:
		ep.i = start
		return nil
	}
	if negated {
		n = &Expr{Kind: Unary, Text: "NOT", Pos: at, Args: []*Expr{n}}
	}
	return n
}

func (ep *exprParser) parseIs(left *Expr, at Position) *Expr {
	negated := ep.accept("NOT")
	var n *Expr
	switch {
	case ep.accept("NULL"):
		n = &Expr{Kind: IsNull, Pos: at, Args: []*Expr{left}}
	case ep.accept("DISTINCT", "FROM"):
		n = &Expr{Kind: Binary, Text: "IS DISTINCT FROM", Pos: at, Args: []*Expr{left, ep.parseBinary(precedenceCompare)}}
	case ep.accept("TRUE"), ep.accept("FALSE"):
		truth := strings.ToLower(ep.tokens[ep.i-1].upper)
		n = &Expr{Kind: Binary, Text: "IS NOT DISTINCT FROM", Pos: at, Args: []*Expr{left, {Kind: Boolean, Text: truth, Pos: at}}}
	default:
		ep.failUnexpected("'DISTINCT'", "'NULL'")
	}
	if negated {
		n = &Expr{Kind: Unary, Text: "NOT", Pos: at, Args: []*Expr{n}}
	}
	return n
}

func (ep *exprParser) parseIn(left *Expr, at Position) *Expr {
	n := &Expr{Kind: In, Pos: at, Args: []*Expr{left}}
	ep.expect("(")
	if ep.is("SELECT") || ep.is("WITH") || ep.is("VALUES") || ep.is("TABLE") || ep.startsSetOperation() {
		n.Query = ep.queries.parseQuery()
	} else {
		ep.parseList(func() { n.Args = append(n.Args, ep.parseExpr()) })
	}
	ep.expect(")")
	return n
}
