package translate

import (
	"slices"
	"strings"
)

// Binding powers, loosest first.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindCompare
	bindConcat
	bindAdd
	bindMultiply
)

func (p *parser) expression() *node { return p.binding(0) }

// binding takes an expression whose operators bind tighter than minimum.
func (p *parser) binding(minimum int) *node {
	defer p.nest()()
	var left *node
	if at := p.peek(); minimum < bindNot && (p.accept("NOT") || p.hive && p.accept("!")) {
		left = &node{kind: nodeUnary, text: "NOT", pos: at.pos(), args: []*node{p.binding(bindNot)}}
	} else {
		left = p.unary()
	}
	for chain := 0; ; chain++ {
		n := p.infix(left, minimum)
		if n == nil {
			return left
		}
		if chain > 400 && n.text != "AND" && n.text != "OR" {
			fail(SyntaxError, n.pos, "the statement is nested too deeply")
		}
		left = n
	}
}

// infix takes an operator that binds tighter than minimum and its right side; nil when there is none.
func (p *parser) infix(left *node, minimum int) *node {
	t := p.peek()
	if t.kind != tokSymbol && t.kind != tokWord {
		return nil
	}
	operator, power := p.operator(t)
	if power != 0 {
		if power <= minimum {
			return nil
		}
		p.i++
		if power == bindCompare && (p.is("ALL", "(") || p.is("ANY", "(") || p.is("SOME", "(")) {
			return p.quantified(left, operator, t.pos())
		}
		return &node{kind: nodeBinary, text: operator, pos: t.pos(), args: []*node{left, p.binding(power)}}
	}
	if minimum >= bindCompare {
		return nil
	}
	return p.predicate(left)
}

// operator is the operator that a token stands for and its power; 0 when it is none.
func (p *parser) operator(t token) (operator string, power int) {
	switch t.upper {
	case "OR":
		return "OR", bindOr
	case "AND":
		return "AND", bindAnd
	case "=", "<>", "<", ">", "<=", ">=":
		return t.upper, bindCompare
	case "!=":
		return "<>", bindCompare
	case "||":
		return "||", bindConcat
	case "+", "-":
		return t.upper, bindAdd
	case "*", "/", "%":
		return t.upper, bindMultiply
	}
	if !p.hive {
		return "", 0
	}
	switch t.upper {
	case "==":
		return "=", bindCompare
	case "<=>":
		return "IS NOT DISTINCT FROM", bindCompare
	case "&&":
		return "AND", bindAnd
	case "&", "|", "^":
		return t.upper, bindConcat
	case "DIV":
		return "DIV", bindMultiply
	}
	return "", 0
}

// unary takes a sign and what it stands before.
func (p *parser) unary() *node {
	at := p.peek().pos()
	switch {
	case p.accept("-"):
		defer p.nest()()
		return &node{kind: nodeUnary, text: "-", pos: at, args: []*node{p.unary()}}
	case p.hive && p.accept("~"):
		defer p.nest()()
		return &node{kind: nodeUnary, text: "~", pos: at, args: []*node{p.unary()}}
	case p.accept("+"):
		defer p.nest()()
		return p.unary()
	}
	return p.postfix(p.primary())
}

// postfix takes the subscripts, fields and time zones that follow a value.
func (p *parser) postfix(n *node) *node {
	for chain := 0; ; chain++ {
		if chain > maxDepth {
			fail(SyntaxError, n.pos, "the statement is nested too deeply")
		}
		at := p.peek().pos()
		switch {
		case p.accept("["):
			n = &node{kind: nodeSubscript, pos: at, args: []*node{n, p.expression()}}
			p.expect("]")
		case n.kind != nodeNumber && p.is(".") && p.ahead(1).kind != tokSymbol:
			p.i++
			n = &node{kind: nodeField, pos: at, text: p.anyWord(), args: []*node{n}}
		case p.accept("AT", "TIME", "ZONE"):
			n = &node{kind: nodeCall, text: "at_timezone", pos: at, args: []*node{n, p.primary()}}
		default:
			return n
		}
	}
}

// primary takes a literal, a name, a call, or something in parentheses.
func (p *parser) primary() *node {
	t := p.peek()
	switch t.kind {
	case tokNumber:
		if p.hive && isNumberedName(t) && numberSuffix(t.text) == "" {
			break
		}
		p.i++
		return p.number(t)
	case tokString:
		p.i++
		n := &node{kind: nodeString, text: t.text, pos: t.pos()}
		for p.hive && p.peek().kind == tokString { // 'a' 'b' is 'ab'
			n.text += p.next().text
		}
		return n
	case tokSymbol:
		if p.is("(") {
			return p.parenthesis()
		}
		if p.is("?") {
			p.unsupported(t.pos(), "a parameter")
		}
		p.mismatch("<expression>")
	case tokWord:
		if n := p.keywordExpression(t); n != nil {
			return n
		}
	case tokEOF:
		p.mismatch("<expression>")
	}
	if next := p.ahead(1); next.kind == tokSymbol {
		switch {
		case next.text == "->":
			return p.lambda([]string{p.identifier()}, t.pos())
		case next.text == "(" && (t.kind == tokQuoted || callable(t.upper, p.hive)):
			p.i++
			return p.callOf(strings.ToLower(t.text), t.pos())
		}
	}
	n := &node{kind: nodeColumn, path: []string{p.identifier()}, pos: t.pos()}
	for p.is(".") && p.ahead(1).kind != tokSymbol {
		p.i++
		n.path = append(n.path, p.anyWord())
	}
	return n
}

// callable tells whether a word followed by ( is a function.
func callable(upper string, hive bool) bool {
	return !reserved(upper, hive) || slices.Contains([]string{"LEFT", "RIGHT", "GROUPING", "REGEXP", "RLIKE", "NORMALIZE", "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "INSERT", "DIV", "SORT", "CURRENT_USER"}, upper)
}

// numberSuffix is the Hive type suffix of a number: L, S, Y, D or BD.
func numberSuffix(text string) string {
	digits := strings.TrimRight(text, "LSYBDlsybd")
	suffix := strings.ToUpper(text[len(digits):])
	if digits != "" && strings.Trim(digits, "0123456789.") == "" && slices.Contains([]string{"L", "S", "Y", "D", "BD"}, suffix) {
		return suffix
	}
	return ""
}

func (p *parser) number(t token) *node {
	n := &node{kind: nodeNumber, text: t.text, pos: t.pos()}
	if p.hive {
		n.unit = numberSuffix(t.text)
		n.text = t.text[:len(t.text)-len(n.unit)]
	}
	if rest := strings.Trim(n.text, "0123456789.eE+-"); rest != "" {
		fail(SyntaxError, n.pos, "identifiers must not start with a digit; surround the identifier with double quotes")
	}
	return n
}

// parenthesis takes (query), (x, y) -> body, (x) or a row (x, y).
func (p *parser) parenthesis() *node {
	at := p.peek().pos()
	if p.queryInParentheses() {
		p.i++
		n := &node{kind: nodeScalar, pos: at, query: p.query()}
		p.expect(")")
		return n
	}
	if params, ok := p.lambdaParameters(); ok {
		return p.lambda(params, at)
	}
	p.i++
	n := &node{kind: nodeRow, pos: at}
	p.commaList(func() { n.args = append(n.args, p.expression()) })
	p.expect(")")
	if len(n.args) == 1 {
		inner := *n.args[0]
		inner.paren = true
		return &inner
	}
	return n
}

// arguments takes (a, b, c).
func (p *parser) arguments() (args []*node) {
	p.expect("(")
	if !p.is(")") {
		p.commaList(func() { args = append(args, p.expression()) })
	}
	p.expect(")")
	return args
}
