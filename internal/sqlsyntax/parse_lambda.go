package sqlsyntax

// lambdaParameters takes (x, y) when an arrow follows.
func (p *parser) lambdaParameters() (names []string, ok bool) {
	n := 1
	for p.ahead(n).kind == tokWord || p.ahead(n).kind == tokQuoted || p.isAt(n, ",") {
		n++
	}
	if !p.isAt(n, ")", "->") {
		return nil, false
	}
	if n == 1 {
		p.i += 2
		return nil, true
	}
	return p.identifiers(), true
}

// lambda takes the arrow and the body.
func (p *parser) lambda(params []string, at Position) *Expr {
	p.expect("->")
	return &Expr{Kind: Lambda, Params: params, Pos: at, Args: []*Expr{p.expression()}}
}
