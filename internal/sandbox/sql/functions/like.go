package functions

import "unicode/utf8"

const (
	anyText = -1
	anyRune = -2
)

// like is SQL's LIKE: % is any text, _ one character.
func matchLike(a []any) (any, error) {
	escape := rune(-1)
	if len(a) == 3 {
		e := toText(a[2])
		if utf8.RuneCountInString(e) != 1 {
			return nil, dataError("Escape string must be a single character")
		}
		escape, _ = utf8.DecodeRuneInString(e)
	}
	pattern, err := parseLikePattern(toText(a[1]), escape)
	if err != nil {
		return nil, err
	}
	return matchTokens(toText(a[0]), pattern), nil
}

func parseLikePattern(pattern string, escape rune) ([]rune, error) {
	var tokens []rune
	escaped := false
	for _, c := range pattern {
		switch {
		case escaped:
			if c != '%' && c != '_' && c != escape {
				return nil, dataError("Escape character must be followed by '%%', '_' or the escape character itself")
			}
			tokens, escaped = append(tokens, c), false
		case c == escape:
			escaped = true
		case c == '%':
			tokens = append(tokens, anyText)
		case c == '_':
			tokens = append(tokens, anyRune)
		default:
			tokens = append(tokens, c)
		}
	}
	if escaped {
		return nil, dataError("Escape character must be followed by '%%', '_' or the escape character itself")
	}
	return tokens, nil
}

// likeMatch goes back to the last % only, which is enough.
func matchTokens(s string, pattern []rune) bool {
	at, back, backText := 0, -1, ""
	for s != "" {
		c, n := utf8.DecodeRuneInString(s)
		switch {
		case at < len(pattern) && pattern[at] == anyText:
			back, backText = at, s
			at++
		case at < len(pattern) && (pattern[at] == anyRune || pattern[at] == c):
			s = s[n:]
			at++
		case back >= 0:
			_, n := utf8.DecodeRuneInString(backText)
			backText = backText[n:]
			s, at = backText, back+1
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == anyText {
		at++
	}
	return at == len(pattern)
}
