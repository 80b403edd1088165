package redact

import (
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
)

// namedLiteral matches a word and the literal of SQL that follows it, with what may be between a name and its value:
//
//	password = 'x'    token => 'x'    identified by 'x'    'api_key', 'x'    m['secret'] = 'x'    pwd IN ('x', 'y')
var namedLiteral = lazyregexp.New(`([A-Za-z0-9_.-]+)(["'` + "`" + `]?)([\])]*\s*(?:=>|=|<>|!=|:|,|\b(?i:by|is|like|in|values?|to)\b)?\s*\(?\s*)'((?:[^']|'')+)'`)

// SQL returns SQL, or a command that contains some, without secrets: those of Text, and literals that follow a name of a
// secret or the words IDENTIFIED BY.
func SQL(s string) string {
	s = Text(s)
	if !strings.Contains(s, "'") {
		return s
	}
	var b strings.Builder
	start := 0
	for start < len(s) {
		m := namedLiteral().FindStringSubmatchIndex(s[start:])
		if m == nil {
			break
		}
		name, quote, between := s[start+m[2]:start+m[3]], s[start+m[4]:start+m[5]], s[start+m[6]:start+m[7]]
		// The literal is another expression, as in SELECT token, 'x', or its quote is the end of one.
		isOther := quote == "" && (between == "" || strings.Contains(between, ","))
		value := s[start+m[8] : start+m[9]]
		if (IsSecretName(name) || strings.EqualFold(name, "identified")) && !isOther && value != Mask {
			b.WriteString(s[start:start+m[8]] + Mask)
			start += m[9]
			continue
		}
		b.WriteString(s[start : start+m[3]]) // the literal may be a name itself
		start += m[3]
	}
	return b.String() + s[start:]
}
