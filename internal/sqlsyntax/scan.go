package sqlsyntax

// A TokenKind classifies a Token.
type TokenKind int

// The kinds of tokens.
const (
	Word       TokenKind = iota // keyword or identifier without quotes
	QuotedName                  // "x" in Trino, `x` in both
	StringText                  // 'x', and "x" in Hive
	NumberText
	Symbol // operators and punctuation

	Comment  // only in the result of ScanText, like those below
	Unclosed // a quote or a comment without an end
	Invalid  // a character that cannot start a token

	blank // white space and comments, not returned
)

// A Token is a word, a literal or a symbol of a statement.
type Token struct {
	Kind       TokenKind
	Text       string // without quotes
	Upper      string // a word in capitals, or a symbol
	Start, End int    // byte offsets in the statement
	Position
}

// Scan returns the tokens of a statement without blanks and comments. The error is an [*Error].
func Scan(src string, d Dialect) ([]Token, error) {
	tokens, err := lex(src, d == Hive)
	if err != nil {
		return nil, err
	}
	list := make([]Token, 0, len(tokens)-1)
	for _, t := range tokens[:len(tokens)-1] {
		list = append(list, Token{kindOf(t.kind), t.text, t.upper, t.offset, t.end, t.pos()})
	}
	return list, nil
}

func kindOf(k tokenKind) TokenKind {
	switch k {
	case tokWord:
		return Word
	case tokQuoted:
		return QuotedName
	case tokString:
		return StringText
	case tokNumber:
		return NumberText
	}
	return Symbol
}
