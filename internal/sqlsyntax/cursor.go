package sqlsyntax

import (
	"slices"
	"strconv"
	"strings"
)

// maxDepth bounds the nesting of expressions and queries.
const maxDepth = 200

// A cursor is the position of the parsers in the tokens of a statement. The parsers report an error by panicking with
// an *Error, which recoverError turns into a result.
type cursor struct {
	source string
	tokens []token
	i      int
	hive   bool
	depth  int

	immediate  bool    // the statement is the text of EXECUTE IMMEDIATE
	parameters []*Expr // values of its parameters
	used       int     // number of its parameters
}

// peek returns the next token.
func (c *cursor) peek() token { return c.tokens[c.i] }

// peekAt returns the n-th token after the next one.
func (c *cursor) peekAt(n int) token { return c.tokens[min(c.i+n, len(c.tokens)-1)] }

// next consumes a token. At the end it returns tokEOF repeatedly.
func (c *cursor) next() token {
	t := c.tokens[c.i]
	if t.kind != tokEOF {
		c.i++
	}
	return t
}

// failUnexpected fails at the next token, which is none of those expected.
func (c *cursor) failUnexpected(expected ...string) {
	t := c.peek()
	message := "mismatched input '" + t.text + "'"
	if len(expected) > 0 {
		message += ". Expecting: " + strings.Join(expected, ", ")
	}
	fail(SyntaxError, t.pos(), message)
}

func (c *cursor) failUnsupported(at Position, what string) {
	fail(NotSupported, at, what+" is not supported by the sandbox")
}

// is reports whether the next tokens are these keywords or symbols.
func (c *cursor) is(words ...string) bool { return c.isAt(0, words...) }

func (c *cursor) isAt(offset int, words ...string) bool {
	for i, w := range words {
		t := c.peekAt(offset + i)
		if t.kind != tokWord && t.kind != tokSymbol || t.upper != w {
			return false
		}
	}
	return true
}

// accept consumes these tokens if they are next.
func (c *cursor) accept(words ...string) bool {
	if !c.is(words...) {
		return false
	}
	c.i += len(words)
	return true
}

// acceptAny consumes one of the words and returns it, or "" if none is next.
func (c *cursor) acceptAny(words ...string) string {
	for _, w := range words {
		if c.accept(w) {
			return w
		}
	}
	return ""
}

func (c *cursor) expect(words ...string) {
	for _, w := range words {
		if !c.accept(w) {
			c.failUnexpected("'" + w + "'")
		}
	}
}

// expectEnd requires the end of the statement.
func (c *cursor) expectEnd() {
	for c.accept(";") {
		continue
	}
	if c.peek().kind != tokEOF {
		c.failUnexpected("<EOF>")
	}
}

// nest enters a level of nesting. The returned function leaves it.
func (c *cursor) nest() func() {
	if c.depth++; c.depth > maxDepth {
		fail(SyntaxError, c.peek().pos(), "the statement is nested too deeply")
	}
	return func() { c.depth-- }
}

// parseList parses items separated by commas.
func (c *cursor) parseList(one func()) {
	one()
	for c.accept(",") {
		one()
	}
}

// parseIdentifier parses a name. The case is kept, because column names in results keep it.
func (c *cursor) parseIdentifier() string {
	t := c.peek()
	if t.kind == tokQuoted || t.kind == tokWord && !reserved(t.upper, c.hive) || c.hive && isNumberedName(t) {
		c.i++
		return t.text
	}
	c.failUnexpected("<identifier>")
	return ""
}

// isNumberedName reports whether t is a name that starts with a digit, as Hive allows.
func isNumberedName(t token) bool {
	return t.kind == tokNumber && isWordStart(t.text[len(t.text)-1]) && !strings.Contains(t.text, ".")
}

// isIdentifier reports whether a name is next.
func (c *cursor) isIdentifier() bool {
	t := c.peek()
	return t.kind == tokQuoted || t.kind == tokWord && !reserved(t.upper, c.hive)
}

// parseIdentifierList parses (a, b, c).
func (c *cursor) parseIdentifierList() (names []string) {
	c.expect("(")
	c.parseList(func() { names = append(names, c.parseIdentifier()) })
	c.expect(")")
	return names
}

// parseQualifiedName parses a, a.b or a.b.c.
func (c *cursor) parseQualifiedName() []string {
	name := []string{c.parseIdentifier()}
	for c.accept(".") {
		name = append(name, c.parseWord())
	}
	return name
}

// parseWord parses a name where keywords are allowed, as after a dot.
func (c *cursor) parseWord() string {
	t := c.peek()
	if t.kind == tokWord || t.kind == tokQuoted {
		c.i++
		return t.text
	}
	return c.parseIdentifier()
}

// reserved reports whether a word cannot be a name unless it is quoted.
func reserved(upper string, hive bool) bool {
	switch upper {
	case "ALTER", "AND", "AS", "BETWEEN", "BY", "CASE", "CAST", "CREATE", "CROSS", "DELETE", "DESCRIBE", "DISTINCT", "DROP", "ELSE", "END",
		"EXCEPT", "EXISTS", "FALSE", "FOR", "FROM", "FULL", "GROUP", "GROUPING", "HAVING", "IN", "INNER", "INSERT", "INTERSECT",
		"INTO", "IS", "JOIN", "LEFT", "LIKE", "NOT", "NULL", "ON", "OR", "ORDER", "OUTER", "RIGHT", "ROLLUP", "SELECT", "TABLE", "THEN", "TRUE",
		"UNION", "USING", "VALUES", "WHEN", "WHERE", "WITH", "CURRENT_DATE", "CURRENT_TIMESTAMP", "EXTRACT":
		return true
	case "CUBE", "ESCAPE", "UNNEST", "NATURAL", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER", "CONSTRAINT", "NORMALIZE", "PREPARE", "EXECUTE", "DEALLOCATE", "UESCAPE":
		return !hive
	case "LATERAL", "DISTRIBUTE", "CLUSTER", "SORT", "RLIKE", "REGEXP", "DIV", "INTERVAL", "LIMIT":
		return hive
	}
	return false
}

// startsQuery reports whether the next parentheses contain a query rather than joins.
func (c *cursor) startsQuery() bool {
	n := 0
	for c.isAt(n, "(") {
		n++
	}
	if !c.isAt(n, "SELECT") && !c.isAt(n, "WITH") && !c.isAt(n, "VALUES") && !c.isAt(n, "TABLE") && (!c.hive || !c.isAt(n, "FROM")) {
		return false
	}
	if n <= 1 {
		return true
	}
	// ((SELECT …) UNION …) is a query, ((SELECT …) t JOIN …) is not: look after the inner parentheses
	switch next := c.peekAt(c.skipParentheses(1)); next.upper {
	case "UNION", "INTERSECT", "EXCEPT", ")", "ORDER", "LIMIT", "OFFSET", "FETCH":
		return next.kind != tokQuoted
	default:
		return next.kind == tokEOF
	}
}

// startsSetOperation reports whether a query in parentheses and a set operator are next.
func (c *cursor) startsSetOperation() bool {
	if !c.is("(") || !c.startsQuery() {
		return false
	}
	next := c.peekAt(c.skipParentheses(0))
	return next.kind == tokWord && slices.Contains([]string{"UNION", "INTERSECT", "EXCEPT"}, next.upper)
}

// skipParentheses returns the offset of the token after the parentheses that open at an offset.
func (c *cursor) skipParentheses(at int) int {
	depth := 0
	for ; ; at++ {
		switch t := c.peekAt(at); {
		case t.kind == tokEOF:
			return at
		case t.kind == tokSymbol && t.text == "(":
			depth++
		case t.kind == tokSymbol && t.text == ")":
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
}

func (c *cursor) parseNumber() float64 {
	v, err := strconv.ParseFloat(c.peek().text, 64)
	if c.peek().kind != tokNumber || err != nil {
		c.failUnexpected("<number>")
	}
	c.i++
	return v
}

// startsClause reports whether the next word starts a clause, although it is not reserved.
func (c *cursor) startsClause() bool {
	t := c.peek()
	if t.kind != tokWord {
		return false
	}
	switch t.upper {
	case "LIMIT", "FETCH", "OFFSET":
		next := c.peekAt(1)
		return next.kind == tokNumber || next.kind == tokWord || c.isAt(1, "?")
	case "WINDOW":
		return c.isAt(2, "AS")
	case "TABLESAMPLE", "QUALIFY", "MATCH_RECOGNIZE", "PIVOT":
		return true
	case "LATERAL":
		return c.isAt(1, "VIEW")
	case "DISTRIBUTE", "SORT", "CLUSTER":
		return c.isAt(1, "BY")
	case "MINUS", "MAP", "REDUCE":
		return c.hive
	case "NATURAL":
		return true
	}
	return false
}

// parameter returns the value of a parameter, or NULL if there are too few values.
func (c *cursor) parameter(at Position) *Expr {
	if c.used++; c.used > len(c.parameters) {
		return &Expr{Kind: Null, Pos: at}
	}
	return c.parameters[c.used-1]
}

// parseCount parses a number of rows.
func (c *cursor) parseCount() *Expr {
	t := c.peek()
	if c.immediate && c.accept("?") {
		n := c.parameter(t.pos())
		if n.Kind != Number && n.Kind != Null {
			fail(SemanticError, n.Pos, "the number of rows must be an integer literal")
		}
		return n
	}
	if _, err := strconv.ParseInt(t.text, 10, 64); t.kind != tokNumber || err != nil {
		c.failUnexpected("<integer>")
	}
	c.i++
	return &Expr{Kind: Number, Text: t.text, Pos: t.pos()}
}
