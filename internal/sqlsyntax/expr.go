package sqlsyntax

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An exprParser parses expressions.
type exprParser struct {
	*cursor

	types   *typeParser
	queries *queryParser
}

// The precedence of operators, lowest first.
const (
	precedenceOr = iota + 1
	precedenceAnd
	precedenceNot
	precedenceCompare
	precedenceBitOr
	precedenceBitAnd
	precedenceConcat
	precedenceAdd
	precedenceMultiply
	precedenceBitXor
)

func (ep *exprParser) parseExpr() *Expr { return ep.parseBinary(0) }

// parseBinary parses an expression whose operators have a higher precedence than minimum.
func (ep *exprParser) parseBinary(minimum int) *Expr {
	defer ep.nest()()
	var left *Expr
	if at := ep.peek(); minimum < precedenceNot && (ep.accept("NOT") || ep.hive && ep.accept("!")) {
		left = &Expr{Kind: Unary, Text: "NOT", Pos: at.pos(), Args: []*Expr{ep.parseBinary(precedenceAnd)}}
	} else {
		left = ep.parseUnary()
	}
	for chain := 0; ; chain++ {
		at := ep.peek()
		n := ep.parseInfix(left, minimum)
		if n == nil {
			return left
		}
		if !ep.hive && chain > 0 && isComparison(left) && isComparison(n) { // 1 < 2 = true
			fail(SyntaxError, at.pos(), "mismatched input '"+at.text+"'. Expecting: <EOF>")
		}
		if chain > 400 && n.Text != "AND" && n.Text != "OR" {
			fail(SyntaxError, n.Pos, "the statement is nested too deeply")
		}
		left = n
	}
}

// isComparison reports whether an expression is a comparison or another predicate without parentheses.
func isComparison(e *Expr) bool {
	if e.Parenthesized {
		return false
	}
	switch e.Kind {
	case IsNull, Between, In, Like, Quantified:
		return true
	case Unary:
		return e.Text == "NOT" && isComparison(e.Args[0])
	case Binary:
		switch e.Text {
		case "=", "<>", "<", ">", "<=", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
			return true
		}
	}
	return false
}

// parseInfix parses an operator of a higher precedence than minimum, and its right operand. It returns nil if there is
// none.
func (ep *exprParser) parseInfix(left *Expr, minimum int) *Expr {
	t := ep.peek()
	if t.kind != tokSymbol && t.kind != tokWord {
		return nil
	}
	operator, power := ep.operatorOf(t)
	if power != 0 {
		if power <= minimum {
			return nil
		}
		ep.i++
		if power == precedenceCompare && (ep.is("ALL", "(") || ep.is("ANY", "(") || ep.is("SOME", "(")) {
			return ep.parseQuantified(left, operator, t.pos())
		}
		return &Expr{Kind: Binary, Text: operator, Pos: t.pos(), Args: []*Expr{left, ep.parseBinary(power)}}
	}
	if minimum >= precedenceCompare {
		return nil
	}
	return ep.parsePredicate(left)
}

// operatorOf returns the operator of a token and its precedence, which is 0 if the token is not an operator.
func (ep *exprParser) operatorOf(t token) (operator string, power int) {
	switch t.upper {
	case "OR":
		return "OR", precedenceOr
	case "AND":
		return "AND", precedenceAnd
	case "=", "<>", "<", ">", "<=", ">=":
		return t.upper, precedenceCompare
	case "!=":
		return "<>", precedenceCompare
	case "||":
		return "||", precedenceConcat
	case "+", "-":
		return t.upper, precedenceAdd
	case "*", "/", "%":
		return t.upper, precedenceMultiply
	}
	if !ep.hive {
		return "", 0
	}
	switch t.upper {
	case "==":
		return "=", precedenceCompare
	case "<=>":
		return "IS NOT DISTINCT FROM", precedenceCompare
	case "&&":
		return "AND", precedenceAnd
	case "&":
		return t.upper, precedenceBitAnd
	case "|":
		return t.upper, precedenceBitOr
	case "^":
		return t.upper, precedenceBitXor
	case "DIV":
		return "DIV", precedenceMultiply
	}
	return "", 0
}

// parseUnary parses an operand with its signs.
func (ep *exprParser) parseUnary() *Expr {
	at := ep.peek().pos()
	switch {
	case ep.accept("-"):
		defer ep.nest()()
		return &Expr{Kind: Unary, Text: "-", Pos: at, Args: []*Expr{ep.parseUnary()}}
	case ep.hive && ep.accept("~"):
		defer ep.nest()()
		return &Expr{Kind: Unary, Text: "~", Pos: at, Args: []*Expr{ep.parseUnary()}}
	case ep.accept("+"):
		defer ep.nest()()
		if ep.hive {
			return ep.parseUnary()
		}
		return &Expr{Kind: Unary, Text: "+", Pos: at, Args: []*Expr{ep.parseUnary()}}
	}
	return ep.parsePostfix(ep.parsePrimary())
}

// parsePostfix parses subscripts, fields and AT TIME ZONE after a value.
func (ep *exprParser) parsePostfix(n *Expr) *Expr {
	for chain := 0; ; chain++ {
		if chain > maxDepth {
			fail(SyntaxError, n.Pos, "the statement is nested too deeply")
		}
		at := ep.peek().pos()
		switch {
		case ep.accept("["):
			n = &Expr{Kind: Subscript, Pos: at, Args: []*Expr{n, ep.parseExpr()}}
			ep.expect("]")
		case n.Kind != Number && ep.is(".") && ep.peekAt(1).kind != tokSymbol:
			ep.i++
			n = &Expr{Kind: Field, Pos: at, Text: ep.parseWord(), Args: []*Expr{n}}
		case ep.accept("AT", "TIME", "ZONE"):
			n = &Expr{Kind: Call, Text: "at_timezone", Pos: at, Args: []*Expr{n, ep.parsePrimary()}, Call: &CallParts{Exact: true}}
		default:
			return n
		}
	}
}

// parsePrimary parses a literal, a name, a call, or an expression in parentheses.
func (ep *exprParser) parsePrimary() *Expr {
	t := ep.peek()
	switch t.kind {
	case tokNumber:
		if ep.hive && isNumberedName(t) && numberSuffix(t.text) == "" {
			break
		}
		ep.i++
		return ep.parseNumberLiteral(t)
	case tokString:
		ep.i++
		n := &Expr{Kind: String, Text: t.text, Pos: t.pos()}
		if t.unicode {
			n.Text = ep.decodeUnicode(t)
		}
		for ep.hive && ep.peek().kind == tokString { // 'a' 'b' is 'ab'
			n.Text += ep.next().text
		}
		return n
	case tokSymbol:
		if ep.is("(") {
			return ep.parseParenthesis()
		}
		if ep.is("?") {
			if !ep.immediate {
				ep.failUnsupported(t.pos(), "a parameter")
			}
			ep.i++
			return ep.parameter(t.pos())
		}
		ep.failUnexpected("<expression>")
	case tokWord:
		if n := ep.parseKeyword(t); n != nil {
			return n
		}
	case tokEOF:
		ep.failUnexpected("<expression>")
	}
	if next := ep.peekAt(1); next.kind == tokSymbol {
		switch {
		case next.text == "->":
			return ep.parseLambda([]string{ep.parseIdentifier()}, t.pos())
		case next.text == "(" && (t.kind == tokQuoted || callable(t.upper, ep.hive)):
			ep.i++
			return ep.parseCall(strings.ToLower(t.text), t.pos())
		}
	}
	n := &Expr{Kind: Column, Path: []string{ep.parseIdentifier()}, Pos: t.pos()}
	for ep.is(".") && ep.peekAt(1).kind != tokSymbol {
		ep.i++
		n.Path = append(n.Path, ep.parseWord())
	}
	return n
}

// callable reports whether a word can be the name of a function.
func callable(upper string, hive bool) bool {
	return !reserved(upper, hive) || slices.Contains([]string{"LEFT", "RIGHT", "GROUPING", "NORMALIZE", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "INSERT", "DIV", "SORT", "CURRENT_USER"}, upper)
}

// numberSuffix returns the suffix of a number in Hive: L, S, Y, D, BD or none.
func numberSuffix(text string) string {
	digits := strings.TrimRight(text, "LSYBDlsybd")
	suffix := strings.ToUpper(text[len(digits):])
	if strings.Contains(digits, ".") && slices.Contains([]string{"L", "S", "Y"}, suffix) {
		return ""
	}
	if mantissa, exponent, ok := strings.Cut(strings.ToLower(digits), "e"); ok && suffix == "D" && strings.Trim(mantissa+exponent, "0123456789.+-") == "" {
		return suffix
	}
	if digits != "" && strings.Trim(digits, "0123456789.") == "" && slices.Contains([]string{"L", "S", "Y", "D", "BD"}, suffix) {
		return suffix
	}
	return ""
}

func (ep *exprParser) parseNumberLiteral(t token) *Expr {
	n := &Expr{Kind: Number, Text: t.text, Pos: t.pos()}
	if ep.hive {
		n.Unit = numberSuffix(t.text)
		n.Text = t.text[:len(t.text)-len(n.Unit)]
	}
	if rest := strings.Trim(n.Text, "0123456789.eE+-"); rest != "" {
		fail(SyntaxError, n.Pos, "identifiers must not start with a digit; surround the identifier with double quotes")
	}
	return n
}

// parseParenthesis parses (query), (x, y) -> body, (x) or a row (x, y).
func (ep *exprParser) parseParenthesis() *Expr {
	at := ep.peek().pos()
	if ep.startsQuery() {
		ep.i++
		n := &Expr{Kind: ScalarQuery, Pos: at, Query: ep.queries.parseQuery()}
		ep.expect(")")
		return n
	}
	if params, ok := ep.parseLambdaParameters(); ok {
		return ep.parseLambda(params, at)
	}
	ep.i++
	n := &Expr{Kind: Row, Pos: at}
	ep.parseList(func() { n.Args = append(n.Args, ep.parseExpr()) })
	ep.expect(")")
	if len(n.Args) == 1 {
		inner := *n.Args[0]
		inner.Parenthesized = true
		return &inner
	}
	return n
}

// parseArguments parses (a, b, c).
func (ep *exprParser) parseArguments() (args []*Expr) {
	ep.expect("(")
	if !ep.is(")") {
		ep.parseList(func() { args = append(args, ep.parseExpr()) })
	}
	ep.expect(")")
	return args
}

// parseLambdaParameters parses (x, y) if an arrow follows.
func (ep *exprParser) parseLambdaParameters() (names []string, ok bool) {
	n := 1
	for ep.peekAt(n).kind == tokWord || ep.peekAt(n).kind == tokQuoted || ep.isAt(n, ",") {
		n++
	}
	if !ep.isAt(n, ")", "->") {
		return nil, false
	}
	if n == 1 {
		ep.i += 2
		return nil, true
	}
	return ep.parseIdentifierList(), true
}

// parseLambda parses the arrow and the body.
func (ep *exprParser) parseLambda(params []string, at Position) *Expr {
	ep.expect("->")
	return &Expr{Kind: Lambda, Params: params, Pos: at, Args: []*Expr{ep.parseExpr()}}
}

func (ep *exprParser) parseSortKeys() (keys []SortKey) {
	ep.parseList(func() {
		k := SortKey{Expr: ep.parseExpr()}
		if k.Descending = ep.accept("DESC"); !k.Descending {
			ep.accept("ASC")
		}
		if ep.accept("NULLS") {
			if k.Nulls = ep.acceptAny("FIRST", "LAST"); k.Nulls == "" {
				ep.failUnexpected("'FIRST'", "'LAST'")
			}
		}
		keys = append(keys, k)
	})
	return keys
}

// decodeUnicode returns the text of U&'…', in which a backslash, or the character after UESCAPE, precedes the four
// digits of a code point, or + and six digits.
func (ep *exprParser) decodeUnicode(t token) string {
	escape := '\\'
	if ep.accept("UESCAPE") {
		c := []rune(ep.peek().text)
		if ep.peek().kind != tokString || len(c) != 1 || strings.ContainsRune("0123456789abcdefABCDEF+'\" ", c[0]) {
			fail(SyntaxError, ep.peek().pos(), "Invalid Unicode escape character")
		}
		escape = c[0]
		ep.i++
	}
	var b strings.Builder
	rest := t.text
	for rest != "" {
		c, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		if c != escape {
			b.WriteRune(c)
			continue
		}
		if after, ok := strings.CutPrefix(rest, string(escape)); ok {
			b.WriteRune(escape)
			rest = after
			continue
		}
		digits := 4
		if after, ok := strings.CutPrefix(rest, "+"); ok {
			digits, rest = 6, after
		}
		if len(rest) < digits {
			fail(SyntaxError, t.pos(), "Incomplete escape sequence: "+rest)
		}
		code, err := strconv.ParseUint(rest[:digits], 16, 32)
		if err != nil || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
			fail(SyntaxError, t.pos(), "Invalid escaped character: "+rest[:digits])
		}
		b.WriteRune(rune(code))
		rest = rest[digits:]
	}
	return b.String()
}
