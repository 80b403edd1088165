package translate

import "strings"

func (p *parser) quantified(left *node, operator string, at position) *node {
	quantifier := p.next().upper
	if quantifier == "SOME" {
		quantifier = "ANY"
	}
	p.expect("(")
	n := &node{kind: nodeQuantified, text: operator, unit: quantifier, pos: at, args: []*node{left}, query: p.query()}
	p.expect(")")
	return n
}

// predicate takes [NOT] BETWEEN, IN, LIKE, RLIKE, IS …; nil when there is none.
func (p *parser) predicate(left *node) *node {
	at := p.peek().pos()
	if p.accept("IS") {
		return p.isPredicate(left, at)
	}
	start := p.i
	negated := p.accept("NOT")
	var n *node
	switch {
	case p.accept("BETWEEN"):
		p.accept("ASYMMETRIC")
		low := p.binding(bindCompare)
		p.expect("AND")
		n = &node{kind: nodeBetween, pos: at, args: []*node{left, low, p.binding(bindCompare)}}
	case p.accept("IN"):
		n = p.in(left, at)
	case p.accept("LIKE"):
		n = &node{kind: nodeLike, pos: at, args: []*node{left, p.binding(bindCompare)}}
		if p.accept("ESCAPE") {
			n.args = append(n.args, p.binding(bindCompare))
		}
	case p.hive && (p.accept("RLIKE") || p.accept("REGEXP")):
		n = &node{kind: nodeCall, text: "rlike", pos: at, args: []*node{left, p.binding(bindCompare)}}
	default:
		p.i = start
		return nil
	}
	if negated {
		n = &node{kind: nodeUnary, text: "NOT", pos: at, args: []*node{n}}
	}
	return n
}

func (p *parser) isPredicate(left *node, at position) *node {
	negated := p.accept("NOT")
	var n *node
	switch {
	case p.accept("NULL"):
		n = &node{kind: nodeIsNull, pos: at, args: []*node{left}}
	case p.accept("DISTINCT", "FROM"):
		n = &node{kind: nodeBinary, text: "IS DISTINCT FROM", pos: at, args: []*node{left, p.binding(bindCompare)}}
	case p.accept("TRUE"), p.accept("FALSE"):
		truth := strings.ToLower(p.tokens[p.i-1].upper)
		n = &node{kind: nodeBinary, text: "IS NOT DISTINCT FROM", pos: at, args: []*node{left, {kind: nodeBoolean, text: truth, pos: at}}}
	default:
		p.mismatch("'DISTINCT'", "'NULL'")
	}
	if negated {
		n = &node{kind: nodeUnary, text: "NOT", pos: at, args: []*node{n}}
	}
	return n
}

func (p *parser) in(left *node, at position) *node {
	n := &node{kind: nodeIn, pos: at, args: []*node{left}}
	p.expect("(")
	if p.is("SELECT") || p.is("WITH") || p.is("VALUES") || p.is("TABLE") {
		n.query = p.query()
	} else {
		p.commaList(func() { n.args = append(n.args, p.expression()) })
	}
	p.expect(")")
	return n
}
