package sqlsyntax

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tokenKind classifies a token.
type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokWord             // keyword or plain identifier
	tokQuoted           // "x" in Trino, `x` in both
	tokString           // 'x', and "x" in Hive
	tokNumber           // 1, 1.5, 1e3
	tokSymbol           // operators and punctuation
)

// A token is a word of the statement. text is unquoted; upper is the word in
// capitals, by which keywords are recognised, or the symbol itself.
type token struct {
	kind         tokenKind
	text, upper  string
	line, column int
}

// position is a place in the statement, from 1.
type Position struct{ Line, Column int }

func (t token) pos() Position { return Position{t.line, t.column} }

// lexer cuts a statement into tokens. Columns count characters, not bytes.
type lexer struct {
	src    string
	hive   bool
	i      int // next byte
	line   int
	column int // of the byte at i
	tokens []token
}

// lex returns the statement's tokens, the last of which is tokEOF.
func lex(src string, hive bool) ([]token, error) {
	l := &lexer{src: src, hive: hive, line: 1, column: 1}
	if !utf8.ValidString(src) {
		return nil, &Error{Kind: SyntaxError, Message: "the statement is not UTF-8", Line: 1, Column: 1}
	}
	l.tokens = make([]token, 0, len(src)/4+2)
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		if l.i >= len(l.src) {
			l.tokens = append(l.tokens, token{kind: tokEOF, text: "<EOF>", line: l.line, column: l.column})
			return l.tokens, nil
		}
		if err := l.token(); err != nil {
			return nil, err
		}
	}
}

// advance moves n bytes on and keeps the position.
func (l *lexer) advance(n int) {
	for end := l.i + n; l.i < end; {
		if l.src[l.i] == '\n' {
			l.line++
			l.column = 1
			l.i++
			continue
		}
		_, size := utf8.DecodeRuneInString(l.src[l.i:])
		l.i += size
		l.column++
	}
}

// space skips blanks and comments; hints such as "-- @TD" are comments.
func (l *lexer) space() error {
	for l.i < len(l.src) {
		rest := l.src[l.i:]
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v':
			l.advance(1)
		case strings.HasPrefix(rest, "\u00a0") || strings.HasPrefix(rest, "\u3000") || strings.HasPrefix(rest, "\ufeff"):
			_, size := utf8.DecodeRuneInString(rest)
			l.advance(size)
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			l.advance(end)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return l.fail("unterminated comment")
			}
			l.advance(end + 4)
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) fail(message string) error {
	return &Error{Kind: SyntaxError, Message: message, Line: l.line, Column: l.column}
}

// token reads one token; l.i is not at a blank.
func (l *lexer) token() error {
	c := l.src[l.i]
	switch {
	case c == '\'' || c == '"' || c == '`':
		return l.quoted(c)
	case isDigit(c) || c == '.' && l.i+1 < len(l.src) && isDigit(l.src[l.i+1]) && !l.afterName():
		l.add(tokNumber, l.numberEnd())
	case isWordStart(c):
		l.add(tokWord, l.wordEnd(l.i))
	default:
		n := symbolLength(l.src[l.i:], l.hive)
		if n == 0 {
			return l.fail("mismatched input '" + l.src[l.i:l.i+1] + "'")
		}
		l.add(tokSymbol, l.i+n)
	}
	return nil
}

// afterName tells whether the next byte follows a name or a bracket directly, so that ".1"
// would be a field and not a number.
func (l *lexer) afterName() bool {
	if len(l.tokens) == 0 {
		return false
	}
	switch t := l.tokens[len(l.tokens)-1]; t.kind {
	case tokWord, tokQuoted:
		return isWordByte(l.src[l.i-1]) || l.src[l.i-1] == '"' || l.src[l.i-1] == '`'
	default:
		return false
	}
}

// add appends the token that ends before end and moves there.
func (l *lexer) add(kind tokenKind, end int) {
	t := token{kind: kind, text: l.src[l.i:end], line: l.line, column: l.column}
	t.upper = t.text
	if kind == tokWord {
		t.upper = strings.ToUpper(t.text)
	}
	l.tokens = append(l.tokens, t)
	l.advance(end - l.i)
}

// numberEnd finds the end of a number: digits, a fraction, an exponent.
func (l *lexer) numberEnd() int {
	i := l.i
	digits := func() {
		for i < len(l.src) && isDigit(l.src[i]) {
			i++
		}
	}
	digits()
	if i < len(l.src) && l.src[i] == '.' {
		i++
		digits()
	}
	if i < len(l.src) && (l.src[i] == 'e' || l.src[i] == 'E') {
		exponent := i + 1
		if exponent < len(l.src) && (l.src[exponent] == '+' || l.src[exponent] == '-') {
			exponent++
		}
		if exponent < len(l.src) && isDigit(l.src[exponent]) {
			i = exponent
			digits()
		}
	}
	return l.wordEnd(i) // with Hive's 10L, 1.5BD, 3Y
}

func (l *lexer) wordEnd(i int) int {
	for i < len(l.src) && isWordByte(l.src[i]) {
		i++
	}
	return i
}

// quoted reads a string or a quoted identifier: a doubled quote is the quote,
// and in Hive's strings a backslash escapes.
func (l *lexer) quoted(quote byte) error {
	t := token{kind: tokString, line: l.line, column: l.column}
	if quote == '`' || quote == '"' && !l.hive {
		t.kind = tokQuoted
	}
	escapes := l.hive && quote != '`'
	var b strings.Builder
	for i := l.i + 1; i < len(l.src); i++ {
		c := l.src[i]
		switch {
		case escapes && c == '\\' && i+1 < len(l.src):
			text, size := hiveEscape(l.src[i+1:])
			b.WriteString(text)
			i += size
		case c == quote && i+1 < len(l.src) && l.src[i+1] == quote && !escapes:
			b.WriteByte(c)
			i++
		case c == quote:
			t.text = b.String()
			l.advance(i + 1 - l.i)
			if t.kind == tokQuoted && t.text == "" {
				return &Error{Kind: SyntaxError, Message: "Zero-length delimited identifier not allowed", Line: t.line, Column: t.column}
			}
			l.tokens = append(l.tokens, t)
			return nil
		default:
			b.WriteByte(c)
		}
	}
	return l.fail("mismatched input '" + string(quote) + "': the quote is not closed")
}

// hiveEscape is what a backslash and the beginning of s stand for, and how many bytes of s
// belong to it. An escape that Hive does not know, such as \d, is the character itself.
func hiveEscape(s string) (text string, size int) {
	if len(s) >= 3 && (s[0] == '0' || s[0] == '1') {
		if n, err := strconv.ParseUint(s[:3], 8, 8); err == nil {
			return string(rune(n)), 3
		}
	}
	if len(s) >= 5 && s[0] == 'u' {
		if n, err := strconv.ParseUint(s[1:5], 16, 16); err == nil {
			return string(rune(n)), 5
		}
	}
	switch s[0] {
	case 'n':
		return "\n", 1
	case 't':
		return "\t", 1
	case 'r':
		return "\r", 1
	case 'b':
		return "\b", 1
	case '0':
		return "\x00", 1
	case 'Z':
		return "\x1a", 1
	case '%', '_':
		return `\` + s[:1], 1
	}
	return s[:1], 1
}

// symbolLength is the length of the symbol that s begins with; 0 when it begins with none.
func symbolLength(s string, hive bool) int {
	if hive && strings.HasPrefix(s, "<=>") {
		return 3
	}
	if len(s) >= 2 {
		switch s[:2] {
		case "<>", "<=", ">=", "!=", "||", "->", "=>", "==", "&&":
			return 2
		}
	}
	if strings.IndexByte("+-*/%=<>(),.;[]{}:?&|^~!", s[0]) >= 0 {
		return 1
	}
	return 0
}

func isDigit(c byte) bool     { return c >= '0' && c <= '9' }
func isWordStart(c byte) bool { return c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isWordByte(c byte) bool  { return isWordStart(c) || isDigit(c) || c == '@' || c == '$' }
