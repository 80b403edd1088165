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

// A token is a word, a literal or a symbol. text is without quotes; upper is a word in capitals, to
// compare it with keywords, or the symbol itself.
type token struct {
	kind         tokenKind
	text, upper  string
	line, column int
	offset, end  int  // positions of the first byte and after the last one
	unicode      bool // U&'…', whose escape sequences the parser decodes
}

// A Position is a place in a statement. Lines and columns count from 1.
type Position struct{ Line, Column int }

func (t token) pos() Position { return Position{t.line, t.column} }

// A lexer splits a statement into tokens. Columns count characters, not bytes.
type lexer struct {
	src    string
	hive   bool
	i      int // next byte
	line   int
	column int // column of the byte at i
	tokens []token
}

// lex returns the tokens of a statement. The last one is tokEOF.
func lex(src string, hive bool) ([]token, error) {
	l := &lexer{src: src, hive: hive, line: 1, column: 1}
	if !utf8.ValidString(src) {
		return nil, &Error{Kind: SyntaxError, Message: "the statement is not UTF-8", Line: 1, Column: 1}
	}
	l.tokens = make([]token, 0, len(src)/4+2)
	for {
		if err := l.skipSpace(); err != nil {
			return nil, err
		}
		if l.i >= len(l.src) {
			l.tokens = append(l.tokens, token{kind: tokEOF, text: "<EOF>", line: l.line, column: l.column, offset: l.i})
			return l.tokens, nil
		}
		if err := l.readToken(); err != nil {
			return nil, err
		}
	}
}

// advance consumes n bytes and updates the position.
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

// skipSpace skips blanks and comments. Hints such as "-- @TD" are comments.
func (l *lexer) skipSpace() error {
	for l.i < len(l.src) {
		rest := l.src[l.i:]
		switch n := blankLength(rest); {
		case n > 0:
			l.advance(n)
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

// blankLength returns the length of the blank at the start of s, or 0 if there is none.
func blankLength(s string) int {
	switch s[0] {
	case ' ', '\t', '\r', '\n', '\f', '\v':
		return 1
	}
	for _, blank := range []string{"\u00a0", "\u3000", "\ufeff"} {
		if strings.HasPrefix(s, blank) {
			return len(blank)
		}
	}
	return 0
}

func (l *lexer) fail(message string) error {
	return &Error{Kind: SyntaxError, Message: message, Line: l.line, Column: l.column}
}

// readToken reads a token. The next byte must not be a blank.
func (l *lexer) readToken() error {
	c := l.src[l.i]
	switch {
	case c == '\'' || c == '"' || c == '`':
		return l.readQuoted(c)
	case !l.hive && (strings.HasPrefix(l.src[l.i:], "U&'") || strings.HasPrefix(l.src[l.i:], "u&'")):
		l.advance(2)
		if err := l.readQuoted('\''); err != nil {
			return err
		}
		last := &l.tokens[len(l.tokens)-1]
		last.unicode, last.column, last.offset = true, last.column-2, last.offset-2
	case isDigit(c) || c == '.' && l.i+1 < len(l.src) && isDigit(l.src[l.i+1]) && !l.followsName():
		l.addToken(tokNumber, l.numberEnd())
	case l.hive && c == '_':
		return l.fail("cannot recognize input near '_': a name that starts with _ must be in backquotes")
	case isWordStart(c):
		l.addToken(tokWord, l.wordEnd(l.i))
	default:
		n := symbolLength(l.src[l.i:], l.hive)
		if n == 0 {
			return l.fail("mismatched input '" + l.src[l.i:l.i+1] + "'")
		}
		l.addToken(tokSymbol, l.i+n)
	}
	return nil
}

// followsName reports whether the next byte directly follows a name, so that ".1" is a field
// rather than a number.
func (l *lexer) followsName() bool {
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

// addToken appends the token before end and moves there.
func (l *lexer) addToken(kind tokenKind, end int) {
	t := token{kind: kind, text: l.src[l.i:end], line: l.line, column: l.column, offset: l.i, end: end}
	t.upper = t.text
	if kind == tokWord {
		t.upper = strings.ToUpper(t.text)
	}
	l.tokens = append(l.tokens, t)
	l.advance(end - l.i)
}

// numberEnd returns the end of a number: digits, a fraction, an exponent, a suffix.
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
	return l.wordEnd(i)
}

func (l *lexer) wordEnd(i int) int {
	for i < len(l.src) && isWordByte(l.src[i]) {
		i++
	}
	return i
}

// readQuoted reads a string or a quoted identifier. A doubled quote is a quote; in Hive's strings
// a backslash starts an escape sequence.
func (l *lexer) readQuoted(quote byte) error {
	t := token{kind: tokString, line: l.line, column: l.column, offset: l.i}
	if quote == '`' || quote == '"' && !l.hive {
		t.kind = tokQuoted
	}
	escapes := l.hive && quote != '`'
	var b strings.Builder
	for i := l.i + 1; i < len(l.src); i++ {
		c := l.src[i]
		switch {
		case escapes && c == '\\' && i+1 < len(l.src):
			text, size := decodeHiveEscape(l.src[i+1:])
			b.WriteString(text)
			i += size
		case c == quote && i+1 < len(l.src) && l.src[i+1] == quote && !escapes:
			b.WriteByte(c)
			i++
		case c == quote:
			t.text = b.String()
			l.advance(i + 1 - l.i)
			t.end = l.i
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

// decodeHiveEscape returns the text of the escape sequence whose backslash precedes s, and how many bytes of s
// belong to it. Hive takes the character itself if the sequence is unknown, such as \d.
func decodeHiveEscape(s string) (text string, size int) {
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

// symbolLength returns the length of the symbol at the start of s, or 0 if there is none.
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
