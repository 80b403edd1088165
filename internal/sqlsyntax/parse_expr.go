package sqlsyntax

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

func (p *parser) expression() *Expr { return p.binding(0) }

// binding takes an expression whose operators bind tighter than minimum.
func (p *parser) binding(minimum int) *Expr {
	defer p.nest()()
	var left *Expr
	if at := p.peek(); minimum < bindNot && (p.accept("NOT") || p.hive && p.accept("!")) {
		left = &Expr{Kind: Unary, Text: "NOT", Pos: at.pos(), Args: []*Expr{p.binding(bindNot)}}
	} else {
		left = p.unary()
	}
	for chain := 0; ; chain++ {
		n := p.infix(left, minimum)
		if n == nil {
			return left
		}
		if chain > 400 && n.Text != "AND" && n.Text != "OR" {
			fail(SyntaxError, n.Pos, "the statement is nested too deeply")
		}
		left = n
	}
}

// infix takes an operator that binds tighter than minimum and its right side; nil when there is none.
func (p *parser) infix(left *Expr, minimum int) *Expr {
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
		return &Expr{Kind: Binary, Text: operator, Pos: t.pos(), Args: []*Expr{left, p.binding(power)}}
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
func (p *parser) unary() *Expr {
	at := p.peek().pos()
	switch {
	case p.accept("-"):
		defer p.nest()()
		return &Expr{Kind: Unary, Text: "-", Pos: at, Args: []*Expr{p.unary()}}
	case p.hive && p.accept("~"):
		defer p.nest()()
		return &Expr{Kind: Unary, Text: "~", Pos: at, Args: []*Expr{p.unary()}}
	case p.accept("+"):
		defer p.nest()()
		return p.unary()
	}
	return p.postfix(p.primary())
}

// postfix takes the subscripts, fields and time zones that follow a value.
func (p *parser) postfix(n *Expr) *Expr {
	for chain := 0; ; chain++ {
		if chain > maxDepth {
			fail(SyntaxError, n.Pos, "the statement is nested too deeply")
		}
		at := p.peek().pos()
		switch {
		case p.accept("["):
			n = &Expr{Kind: Subscript, Pos: at, Args: []*Expr{n, p.expression()}}
			p.expect("]")
		case n.Kind != Number && p.is(".") && p.ahead(1).kind != tokSymbol:
			p.i++
			n = &Expr{Kind: Field, Pos: at, Text: p.anyWord(), Args: []*Expr{n}}
		case p.accept("AT", "TIME", "ZONE"):
			n = &Expr{Kind: Call, Text: "at_timezone", Pos: at, Args: []*Expr{n, p.primary()}}
		default:
			return n
		}
	}
}

// primary takes a literal, a name, a call, or something in parentheses.
func (p *parser) primary() *Expr {
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
		n := &Expr{Kind: String, Text: t.text, Pos: t.pos()}
		for p.hive && p.peek().kind == tokString { // 'a' 'b' is 'ab'
			n.Text += p.next().text
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
	n := &Expr{Kind: Column, Path: []string{p.identifier()}, Pos: t.pos()}
	for p.is(".") && p.ahead(1).kind != tokSymbol {
		p.i++
		n.Path = append(n.Path, p.anyWord())
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

func (p *parser) number(t token) *Expr {
	n := &Expr{Kind: Number, Text: t.text, Pos: t.pos()}
	if p.hive {
		n.Unit = numberSuffix(t.text)
		n.Text = t.text[:len(t.text)-len(n.Unit)]
	}
	if rest := strings.Trim(n.Text, "0123456789.eE+-"); rest != "" {
		fail(SyntaxError, n.Pos, "identifiers must not start with a digit; surround the identifier with double quotes")
	}
	return n
}

// parenthesis takes (query), (x, y) -> body, (x) or a row (x, y).
func (p *parser) parenthesis() *Expr {
	at := p.peek().pos()
	if p.queryInParentheses() {
		p.i++
		n := &Expr{Kind: ScalarQuery, Pos: at, Query: p.query()}
		p.expect(")")
		return n
	}
	if params, ok := p.lambdaParameters(); ok {
		return p.lambda(params, at)
	}
	p.i++
	n := &Expr{Kind: Row, Pos: at}
	p.commaList(func() { n.Args = append(n.Args, p.expression()) })
	p.expect(")")
	if len(n.Args) == 1 {
		inner := *n.Args[0]
		inner.Parenthesized = true
		return &inner
	}
	return n
}

// arguments takes (a, b, c).
func (p *parser) arguments() (args []*Expr) {
	p.expect("(")
	if !p.is(")") {
		p.commaList(func() { args = append(args, p.expression()) })
	}
	p.expect(")")
	return args
}
