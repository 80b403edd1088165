package sqlsyntax

import (
	"fmt"
	"strings"
)

// maxDepth bounds the nesting of expressions and queries.
const maxDepth = 200

// parser is a recursive-descent parser with a Pratt core for expressions. Its methods
// stop at the first fault by panicking with an *Error, which guard turns into an error.
type parser struct {
	tokens []token
	i      int
	hive   bool
	depth  int
}

// guard runs f and returns the *Error that it stopped with.
func (p *parser) guard(f func()) (err error) {
	defer recoverError(&err)
	f()
	return nil
}

// unforeseen begins the message of a panic that is a fault of this package: a server goes on.
const unforeseen = "this statement cannot be translated: "

// recoverError, deferred, turns a panic into an error.
func recoverError(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		*err = &Error{Kind: NotSupported, Message: unforeseen + fmt.Sprint(r)}
	}
}

// fail stops with an error at a position.
func fail(kind ErrorKind, at Position, message string) {
	panic(&Error{Kind: kind, Message: message, Line: at.Line, Column: at.Column})
}

func (p *parser) peek() token { return p.tokens[p.i] }

// ahead is the n-th token from here.
func (p *parser) ahead(n int) token { return p.tokens[min(p.i+n, len(p.tokens)-1)] }

// next takes a token; the last is never passed.
func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

// mismatch stops at the present token, which is none of those expected.
func (p *parser) mismatch(expected ...string) {
	t := p.peek()
	message := "mismatched input '" + t.text + "'"
	if len(expected) > 0 {
		message += ". Expecting: " + strings.Join(expected, ", ")
	}
	fail(SyntaxError, t.pos(), message)
}

func (p *parser) unsupported(at Position, what string) {
	fail(NotSupported, at, what+" is not supported by the sandbox")
}

// is tells whether the next tokens are these keywords or symbols.
func (p *parser) is(words ...string) bool { return p.isAt(0, words...) }

func (p *parser) isAt(offset int, words ...string) bool {
	for i, w := range words {
		t := p.ahead(offset + i)
		if t.kind != tokWord && t.kind != tokSymbol || t.upper != w {
			return false
		}
	}
	return true
}

// accept takes these tokens when they are next.
func (p *parser) accept(words ...string) bool {
	if !p.is(words...) {
		return false
	}
	p.i += len(words)
	return true
}

// acceptAny takes one of these words and returns it, or "".
func (p *parser) acceptAny(words ...string) string {
	for _, w := range words {
		if p.accept(w) {
			return w
		}
	}
	return ""
}

func (p *parser) expect(words ...string) {
	for _, w := range words {
		if !p.accept(w) {
			p.mismatch("'" + w + "'")
		}
	}
}

// end requires that the statement ends here.
func (p *parser) end() {
	for p.accept(";") {
		continue
	}
	if p.peek().kind != tokEOF {
		p.mismatch("<EOF>")
	}
}

// nest counts a level of nesting; the function that it returns leaves it.
func (p *parser) nest() func() {
	if p.depth++; p.depth > maxDepth {
		fail(SyntaxError, p.peek().pos(), "the statement is nested too deeply")
	}
	return func() { p.depth-- }
}

// commaList parses items that commas separate.
func (p *parser) commaList(one func()) {
	one()
	for p.accept(",") {
		one()
	}
}

// identifier takes a name. Names that are not quoted keep their letters: resolution ignores case.
func (p *parser) identifier() string {
	t := p.peek()
	if t.kind == tokQuoted || t.kind == tokWord && !reserved(t.upper, p.hive) || p.hive && isNumberedName(t) {
		p.i++
		return t.text
	}
	p.mismatch("<identifier>")
	return ""
}

// isNumberedName tells whether t is one of Hive's names that begin with a digit.
func isNumberedName(t token) bool {
	return t.kind == tokNumber && isWordStart(t.text[len(t.text)-1]) && !strings.Contains(t.text, ".")
}

// isIdentifier tells whether identifier would succeed.
func (p *parser) isIdentifier() bool {
	t := p.peek()
	return t.kind == tokQuoted || t.kind == tokWord && !reserved(t.upper, p.hive)
}

// identifiers takes (a, b, c).
func (p *parser) identifiers() (names []string) {
	p.expect("(")
	p.commaList(func() { names = append(names, p.identifier()) })
	p.expect(")")
	return names
}

// qualifiedName takes a, a.b or a.b.c.
func (p *parser) qualifiedName() []string {
	name := []string{p.identifier()}
	for p.accept(".") {
		name = append(name, p.anyWord())
	}
	return name
}

// anyWord takes a name after a dot, where keywords are names.
func (p *parser) anyWord() string {
	t := p.peek()
	if t.kind == tokWord || t.kind == tokQuoted {
		p.i++
		return t.text
	}
	return p.identifier()
}

// reserved tells whether a word cannot be a name.
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
