package functions

import (
	"strconv"
	"strings"
)

// A sqlPath is a parsed path of SQL/JSON: lax $.a[*] ? (@.b > 1). See
// https://trino.io/docs/current/functions/json.html#json-path-language.
type sqlPath struct {
	lax  bool
	expr *sqlPathExpr
}

// A sqlPathKind is the kind of a part of a path. The comments list the fields that the kind uses.
type sqlPathKind uint8

const (
	pathRoot       sqlPathKind = iota // $
	pathCurrent                       // @
	pathLast                          // last
	pathVariable                      // text is the name
	pathLiteral                       // value
	pathMember                        // args[0], text is the name
	pathMembers                       // args[0].*
	pathDescendant                    // args[0]..text
	pathElements                      // args[0][*]
	pathSubscript                     // args[0], then pairs of from and to, which can be nil
	pathFilter                        // args[0] ? (args[1])
	pathMethod                        // args[0].text()
	pathSign                          // text is the sign, args[0]
	pathArithmetic                    // text is the operator, args[0], args[1]
	pathCompare                       // text is the operator, args[0], args[1]
	pathAnd                           // args[0], args[1]
	pathOr                            // args[0], args[1]
	pathNot                           // args[0]
	pathExists                        // args[0]
	pathStarts                        // args[0] starts with args[1]
	pathUnknown                       // args[0] is unknown
)

type sqlPathExpr struct {
	kind  sqlPathKind
	text  string
	value any
	args  []*sqlPathExpr
}

// A PathError is a syntax error in a path of SQL/JSON.
type PathError struct {
	Message string
	Offset  int // bytes before the error
	// NotSupported is set for what the service does not support either.
	NotSupported bool
}

// Error implements error.
func (e *PathError) Error() string { return e.Message }

// CheckPath returns a [*PathError] if a path is not valid, and the names of the variables that it uses.
func CheckPath(text string) (variables []string, err error) {
	p, err := parseSQLPath(text)
	if err != nil {
		return nil, err
	}
	var visit func(e *sqlPathExpr)
	visit = func(e *sqlPathExpr) {
		if e == nil {
			return
		}
		if e.kind == pathVariable {
			variables = append(variables, e.text)
		}
		for _, a := range e.args {
			visit(a)
		}
	}
	visit(p.expr)
	return variables, nil
}

// parseSQLPath parses a path.
func parseSQLPath(text string) (path *sqlPath, err error) {
	p := &sqlPathParser{text: text}
	defer func() {
		if e, ok := recover().(*PathError); ok {
			path, err = nil, e
		} else if e != nil {
			panic(e)
		}
	}()
	path = &sqlPath{}
	switch {
	case p.acceptWord("lax"):
		path.lax = true
	case p.acceptWord("strict"):
	default:
		p.fail("expecting {'lax', 'strict'}")
	}
	path.expr = p.parseSum()
	if p.skipSpace(); p.at < len(p.text) {
		p.fail("expecting <EOF>")
	}
	return path, nil
}

// A sqlPathParser parses paths by recursive descent. It reports an error by panicking with a *PathError.
type sqlPathParser struct {
	text  string
	at    int
	depth int
}

// maxPathDepth limits the nesting of paths.
const maxPathDepth = 100

func (p *sqlPathParser) fail(why string) {
	p.skipSpace()
	input := "<EOF>"
	if p.at < len(p.text) {
		input = clip(p.text[p.at:])
	}
	panic(&PathError{Message: "mismatched input '" + input + "' " + why, Offset: p.at})
}

func (p *sqlPathParser) failUnsupported(what string) {
	panic(&PathError{Message: what + " in JSON path is not yet supported", Offset: p.at, NotSupported: true})
}

func (p *sqlPathParser) nest() func() {
	if p.depth++; p.depth > maxPathDepth {
		p.fail("because the path is nested too deeply")
	}
	return func() { p.depth-- }
}

func (p *sqlPathParser) skipSpace() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// is reports whether a symbol is next.
func (p *sqlPathParser) is(symbol string) bool {
	p.skipSpace()
	return strings.HasPrefix(p.text[p.at:], symbol)
}

func (p *sqlPathParser) accept(symbol string) bool {
	if !p.is(symbol) {
		return false
	}
	p.at += len(symbol)
	return true
}

func (p *sqlPathParser) expect(symbol string) {
	if !p.accept(symbol) {
		p.fail("expecting '" + symbol + "'")
	}
}

// peekWord returns the next name, or "".
func (p *sqlPathParser) peekWord() string {
	p.skipSpace()
	end := p.at
	for end < len(p.text) && (isPathLetter(p.text[end]) || end > p.at && p.text[end] >= '0' && p.text[end] <= '9') {
		end++
	}
	return p.text[p.at:end]
}

func isPathLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *sqlPathParser) acceptWord(words ...string) bool {
	start := p.at
	for _, w := range words {
		if p.peekWord() != w {
			p.at = start
			return false
		}
		p.at += len(w)
	}
	return true
}

// parseSum parses an expression with + and -.
func (p *sqlPathParser) parseSum() *sqlPathExpr {
	defer p.nest()()
	return p.parseOperators("+-", func() *sqlPathExpr { return p.parseOperators("*/%", p.parseSign) })
}

func (p *sqlPathParser) parseOperators(operators string, operand func() *sqlPathExpr) *sqlPathExpr {
	left := operand()
	for {
		p.skipSpace()
		if p.at == len(p.text) || strings.IndexByte(operators, p.text[p.at]) < 0 {
			return left
		}
		operator := p.text[p.at : p.at+1]
		p.at++
		left = &sqlPathExpr{kind: pathArithmetic, text: operator, args: []*sqlPathExpr{left, operand()}}
	}
}

func (p *sqlPathParser) parseSign() *sqlPathExpr {
	for _, sign := range []string{"+", "-"} {
		if p.accept(sign) {
			defer p.nest()()
			return &sqlPathExpr{kind: pathSign, text: sign, args: []*sqlPathExpr{p.parseSign()}}
		}
	}
	e := p.parsePrimary()
	for {
		next := p.parseAccessor(e)
		if next == nil {
			return e
		}
		e = next
	}
}

// parseAccessor parses what follows an item. It returns nil if nothing does.
func (p *sqlPathParser) parseAccessor(e *sqlPathExpr) *sqlPathExpr {
	of := []*sqlPathExpr{e}
	switch {
	case p.accept(".."):
		return &sqlPathExpr{kind: pathDescendant, text: p.parseMemberName(), args: of}
	case p.accept("."):
		if p.accept("*") {
			return &sqlPathExpr{kind: pathMembers, args: of}
		}
		name := p.parseMemberName()
		if p.text[p.at-1] == '"' || !p.accept("(") {
			return &sqlPathExpr{kind: pathMember, text: name, args: of}
		}
		switch name {
		case "abs", "ceiling", "double", "floor", "keyvalue", "size", "type":
		case "datetime":
			p.failUnsupported("datetime method")
		default:
			p.fail("expecting a method")
		}
		p.expect(")")
		return &sqlPathExpr{kind: pathMethod, text: name, args: of}
	case p.accept("["):
		return p.parseSubscripts(of)
	case p.accept("?"):
		p.expect("(")
		condition := p.parseOr()
		p.expect(")")
		return &sqlPathExpr{kind: pathFilter, args: append(of, condition)}
	}
	return nil
}

// parseMemberName parses a name, in quotes or not.
func (p *sqlPathParser) parseMemberName() string {
	if p.is(`"`) {
		return p.parseString()
	}
	name := p.peekWord()
	if name == "" {
		p.fail("expecting a name")
	}
	p.at += len(name)
	return name
}

func (p *sqlPathParser) parseSubscripts(of []*sqlPathExpr) *sqlPathExpr {
	if p.accept("*") {
		p.expect("]")
		return &sqlPathExpr{kind: pathElements, args: of}
	}
	for {
		from := p.parseSum()
		var to *sqlPathExpr
		if p.acceptWord("to") {
			to = p.parseSum()
		}
		of = append(of, from, to)
		if !p.accept(",") {
			p.expect("]")
			return &sqlPathExpr{kind: pathSubscript, args: of}
		}
	}
}

// parseString parses a string in quotes, in which "" is a quote.
func (p *sqlPathParser) parseString() string {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		if p.text[i] == '"' {
			if i+1 == len(p.text) || p.text[i+1] != '"' {
				p.at = i + 1
				return b.String()
			}
			i++
		}
		b.WriteByte(p.text[i])
	}
	p.fail("expecting the end of a string")
	return ""
}

// parsePrimary parses $, @, last, a variable, a literal, or an expression in parentheses.
func (p *sqlPathParser) parsePrimary() *sqlPathExpr {
	p.skipSpace()
	switch {
	case p.accept("("):
		e := p.parseSum()
		p.expect(")")
		return e
	case p.accept("$"):
		if p.at < len(p.text) && isPathLetter(p.text[p.at]) {
			name := p.peekWord()
			p.at += len(name)
			return &sqlPathExpr{kind: pathVariable, text: name}
		}
		return &sqlPathExpr{kind: pathRoot}
	case p.accept("@"):
		return &sqlPathExpr{kind: pathCurrent}
	case p.is(`"`):
		return &sqlPathExpr{kind: pathLiteral, value: p.parseString()}
	}
	switch word := p.peekWord(); word {
	case "last":
		p.at += len(word)
		return &sqlPathExpr{kind: pathLast}
	case "true", "false":
		p.at += len(word)
		return &sqlPathExpr{kind: pathLiteral, value: word == "true"}
	case "null":
		p.at += len(word)
		return &sqlPathExpr{kind: pathLiteral}
	}
	return p.parseNumber()
}

// parseNumber parses an integer, a decimal such as 1.5, or a double such as 1e2.
func (p *sqlPathParser) parseNumber() *sqlPathExpr {
	digits := func(i int) int {
		for i < len(p.text) && p.text[i] >= '0' && p.text[i] <= '9' {
			i++
		}
		return i
	}
	end := digits(p.at)
	fraction := end < len(p.text) && p.text[end] == '.' && (end+1 == len(p.text) || !isPathLetter(p.text[end+1]) && p.text[end+1] != '*' && p.text[end+1] != '.')
	if fraction {
		end = digits(end + 1)
	}
	mantissa := p.text[p.at:end]
	if strings.Trim(mantissa, ".") == "" {
		p.fail("expecting a value")
	}
	exponent := end
	if end < len(p.text) && (p.text[end] == 'e' || p.text[end] == 'E') {
		exponent = end + 1
		if exponent < len(p.text) && (p.text[exponent] == '-' || p.text[exponent] == '+') {
			exponent++
		}
		if after := digits(exponent); after > exponent {
			exponent = after
		} else {
			exponent = end
		}
	}
	text := p.text[p.at:exponent]
	e := &sqlPathExpr{kind: pathLiteral}
	switch {
	case exponent > end:
		f, _ := strconv.ParseFloat(text, 64) // an infinity if it is out of range
		e.value = f
	case fraction:
		d, ok := parseDecimal(text)
		if !ok {
			p.fail("expecting a number")
		}
		e.value = d
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			p.fail("expecting a bigint")
		}
		e.value = n
	}
	p.at = exponent
	return e
}

// parseOr parses a condition.
func (p *sqlPathParser) parseOr() *sqlPathExpr {
	defer p.nest()()
	left := p.parseAnd()
	for p.accept("||") {
		left = &sqlPathExpr{kind: pathOr, args: []*sqlPathExpr{left, p.parseAnd()}}
	}
	return left
}

func (p *sqlPathParser) parseAnd() *sqlPathExpr {
	left := p.parseCondition()
	for p.accept("&&") {
		left = &sqlPathExpr{kind: pathAnd, args: []*sqlPathExpr{left, p.parseCondition()}}
	}
	return left
}

// parseCondition parses a comparison, a negation, exists, or a condition in parentheses.
func (p *sqlPathParser) parseCondition() *sqlPathExpr {
	defer p.nest()()
	if p.is("!") && !p.is("!=") {
		p.at++
		if !p.is("(") && p.peekWord() != "exists" {
			p.fail("expecting {'(', 'exists'}")
		}
		return &sqlPathExpr{kind: pathNot, args: []*sqlPathExpr{p.parseCondition()}}
	}
	start := p.at
	if p.acceptWord("exists") && p.accept("(") {
		e := &sqlPathExpr{kind: pathExists, args: []*sqlPathExpr{p.parseSum()}}
		p.expect(")")
		return e
	}
	p.at = start
	if e := p.tryParentheses(); e != nil {
		return e
	}
	left := p.parseSum()
	if p.acceptWord("starts", "with") {
		return &sqlPathExpr{kind: pathStarts, args: []*sqlPathExpr{left, p.parsePrimary()}}
	}
	if p.peekWord() == "like_regex" {
		p.failUnsupported("like_regex predicate")
	}
	for _, operator := range []string{"==", "<>", "!=", "<=", ">=", "<", ">"} {
		if p.accept(operator) {
			return &sqlPathExpr{kind: pathCompare, text: operator, args: []*sqlPathExpr{left, p.parseSum()}}
		}
	}
	p.fail("expecting a comparison")
	return nil
}

// tryParentheses parses a condition in parentheses. It returns nil if the parentheses contain a value.
func (p *sqlPathParser) tryParentheses() (e *sqlPathExpr) {
	start, depth := p.at, p.depth
	if !p.accept("(") {
		return nil
	}
	defer func() {
		if _, ok := recover().(*PathError); ok || e == nil {
			p.at, p.depth = start, depth
			e = nil
		}
	}()
	e = p.parseOr()
	p.expect(")")
	if p.acceptWord("is", "unknown") {
		return &sqlPathExpr{kind: pathUnknown, args: []*sqlPathExpr{e}}
	}
	return e
}
