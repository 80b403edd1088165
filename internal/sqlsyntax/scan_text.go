package sqlsyntax

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// ScanText returns the tokens of text that may be incomplete or invalid, such as a statement that is being typed. Other
// than [Scan], it returns comments too, and it never fails: a quote or a comment without an end is a token of the kind
// Unclosed, and a character that cannot start a token is Invalid.
func ScanText(src string, d Dialect) []Token { return slices.Collect(TextTokens(src, d)) }

// TextTokens is [ScanText] for a reader that does not need all tokens.
func TextTokens(src string, d Dialect) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		l := &lexer{src: src, hive: d == Hive, line: 1, column: 1}
		for l.i < len(src) {
			start, position := l.i, Position{l.line, l.column}
			t := l.scanPiece()
			if t.Kind == blank {
				continue
			}
			t.Start, t.End, t.Position = start, l.i, position
			if t.Kind == Comment || t.Kind == Unclosed || t.Kind == Invalid {
				t.Text = src[start:l.i]
			}
			if !yield(t) {
				return
			}
		}
	}
}

// SplitStatements returns the tokens of each statement of a text, without comments, semicolons and empty statements.
func SplitStatements(tokens []Token) [][]Token {
	var statements [][]Token
	var current []Token
	for _, t := range tokens {
		switch {
		case t.Kind == Comment:
		case t.Kind == Symbol && t.Text == ";":
			statements, current = append(statements, current), nil
		default:
			current = append(current, t)
		}
	}
	statements = append(statements, current)
	return slices.DeleteFunc(statements, func(s []Token) bool { return len(s) == 0 })
}

// scanPiece reads a token, a comment or blanks, and at least one byte.
func (l *lexer) scanPiece() Token {
	rest := l.src[l.i:]
	switch {
	case strings.HasPrefix(rest, "--"):
		line, _, _ := strings.Cut(rest, "\n")
		l.advance(len(line))
		return Token{Kind: Comment}
	case strings.HasPrefix(rest, "/*"):
		if end := strings.Index(rest[2:], "*/"); end >= 0 {
			l.advance(end + 4)
			return Token{Kind: Comment}
		}
		l.advance(len(rest))
		return Token{Kind: Unclosed}
	}
	if n := blankLength(rest); n > 0 {
		l.advance(n)
		return Token{Kind: blank}
	}
	start := l.i
	if n := len(l.tokens); n > 0 {
		l.tokens = append(l.tokens[:0], l.tokens[n-1]) // followsName needs it
	}
	err := l.readToken()
	if err == nil {
		t := l.tokens[len(l.tokens)-1]
		return Token{Kind: kindOf(t.kind), Text: t.text, Upper: t.upper}
	}
	if c := rest[0]; l.i == start && strings.IndexByte("'\"`", c) >= 0 {
		l.advance(len(rest))
		return Token{Kind: Unclosed}
	}
	if l.i == start { // not an empty quoted name, which has been read
		_, size := utf8.DecodeRuneInString(rest)
		l.advance(size)
	}
	return Token{Kind: Invalid}
}
