package redact

import (
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
)

// sqlSpace matches what may be between two words of SQL: white space and comments.
const sqlSpace = `(?:\s|/\*[\s\S]*?\*/|--[^\n]*\n)*`

var (
	// namedLiteral matches a word at the start and the quote of the literal of SQL that follows it, with what may be between a name and
	// its value:
	//
	//	password = 'x'    token => 'x'    identified by 'x'    'api_key', 'x'    m['secret'] = 'x'    pwd IN ('x', 'y')
	namedLiteral = lazyregexp.New(`^([A-Za-z0-9_.-]+)(["'` + "`" + `]?)([\])]*` + sqlSpace +
		`(?:=>|==?|<=>|<>|!=|:|,|\b(?i:(?:not\s+)?(?:like|in)|(?:(?:with|via)\s+\S+\s+)?(?:by|as|using)|is|values?|to)\b)?` + sqlSpace +
		`(?:[A-Za-z0-9_]*\(` + sqlSpace + `)*)(?i:\b(?:u&|[benrx]))?(['"])`)

	// nextLiteral matches what is between a literal and the next one of a list or a concatenation, with its quote.
	nextLiteral = lazyregexp.New(`^` + sqlSpace + `(,|\|\|)` + sqlSpace + `(?i:\b(?:u&|[benrx]))?(['"])`)
)

// maskLiterals masks the literals of SQL that follow a name of a secret or the words IDENTIFIED BY.
func maskLiterals(s string) string {
	if !strings.ContainsAny(s, `'"`) {
		return s
	}
	var b strings.Builder
	for s != "" {
		word := nameEnd(s)
		if lower := strings.ToLower(s[:word]); hasNamePart(lower) || lower == "identified" {
			m := namedLiteral().FindStringSubmatchIndex(s)
			if m != nil && namesLiteral(s[m[2]:m[3]], s[m[4]:m[5]], s[m[6]:m[7]], s[m[8]]) {
				inList := s[m[8]] == '\'' && strings.HasSuffix(strings.TrimSpace(s[m[6]:m[7]]), "(")
				s = maskLiteralsAt(&b, s, m[8], inList)
				continue
			}
		}
		word += nextName(s[word:])
		b.WriteString(s[:word]) // what follows, such as a literal, may be a name itself
		s = s[word:]
	}
	return b.String()
}

// nameEnd returns the length of the name at the start of s, or 0.
func nameEnd(s string) int {
	i := 0
	for i < len(s) && isNameByte(s[i]) {
		i++
	}
	return i
}

// nextName returns the index of the first name in s, or the length of s.
func nextName(s string) int {
	i := 0
	for i < len(s) && !isNameByte(s[i]) {
		i++
	}
	return i
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '-'
}

// namesLiteral reports whether a word and what follows it name a secret, whose literal has a quote. nameQuote is the
// closing quote of the word, or "".
func namesLiteral(word, nameQuote, between string, quote byte) bool {
	operator := strings.TrimSpace(between)
	switch {
	case strings.EqualFold(word, "identified"):
		return len(operator) >= len("by")
	case !IsSecretName(word):
		return false
	case strings.EqualFold(operator, "as"):
		return false // an alias
	case nameQuote == "" && (between == "" || strings.Contains(between, ",")):
		return false // the literal is another expression, as in SELECT token, 'x', or its quote is the end of one
	case quote == '"' && (strings.Contains(between, ",") || operator == "" && !strings.HasPrefix(word, "--")):
		return false // an identifier, or another member of JSON
	}
	return true
}

// maskLiteralsAt writes s without the literal whose quote has an index, and without those that are concatenated with it or
// follow it in a list. It returns the part of s that it has not written.
func maskLiteralsAt(b *strings.Builder, s string, quote int, inList bool) (rest string) {
	for {
		end := literalEnd(s, quote)
		b.WriteString(s[:quote+1])
		if end > quote+1 {
			b.WriteString(Mask)
		}
		s = s[end:]
		closing := min(1, len(s))
		m := nextLiteral().FindStringSubmatchIndex(s[closing:])
		if m == nil || s[closing+m[2]:closing+m[3]] == "," && !inList {
			b.WriteString(s[:closing])
			return s[closing:]
		}
		quote = closing + m[4]
	}
}

// literalEnd returns the index of the closing quote of the literal whose opening quote has an index, or the length of s if
// there is none. Quotes in the literal are doubled. Whether a backslash escapes a quote depends on the dialect; if there is
// one before a quote, the literal is assumed to end with the last quote of s.
func literalEnd(s string, opening int) int {
	quote := s[opening]
	for i := opening + 1; i < len(s); i++ {
		switch {
		case s[i] != quote:
		case s[i-1] == '\\' && i > opening+1:
			return strings.LastIndexByte(s, quote)
		case i+1 < len(s) && s[i+1] == quote && i > opening+1:
			i++
		default:
			return i
		}
	}
	return len(s)
}
