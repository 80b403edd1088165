package redact

import "strings"

// maskJSONMembers masks the values of secret members in JSON fragments within a string, such as a log line or a
// truncated document.
func maskJSONMembers(s string) string {
	if !strings.Contains(s, `"`) || !hasNamePart(strings.ToLower(s)) {
		return s
	}
	var b strings.Builder
	for {
		m := memberName().FindStringSubmatchIndex(s)
		if m == nil {
			break
		}
		escape, name, escapeAfter := s[m[2]:m[3]], s[m[4]:m[5]], s[m[6]:m[7]]
		b.WriteString(s[:m[1]])
		s = s[m[1]:]
		if escape != escapeAfter || !IsSecretName(name) {
			continue
		}
		end, isSecret := valueEnd(s, escape)
		if isSecret {
			b.WriteString(escape + `"` + Mask + escape + `"`)
		} else {
			b.WriteString(s[:end])
		}
		s = s[end:]
	}
	return b.String() + s
}

// valueEnd returns the end of the JSON value at the start of s, and whether it may be secret: null, booleans and
// empty strings are not. Quotes are preceded by escape. The value of a truncated document ends with s.
func valueEnd(s, escape string) (end int, isSecret bool) {
	delim := escape + `"`
	switch {
	case strings.HasPrefix(s, delim):
		end = stringEnd(s, escape)
		return end, end > 2*len(delim) || end == len(s)
	case strings.HasPrefix(s, "{"), strings.HasPrefix(s, "["):
		return bracketEnd(s, escape), true
	}
	end = strings.IndexAny(s, ",}] \t\r\n")
	if end < 0 {
		end = len(s)
	}
	switch s[:end] {
	case "null", "true", "false", "":
		return end, false
	}
	return end, true
}

// stringEnd returns the end of the string at the start of s. Its closing quote is preceded by as many backslashes as
// its opening quote; more of them escape a quote within the string.
func stringEnd(s, escape string) int {
	backslashes := 0
	for i := len(escape) + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			backslashes++
			continue
		case '"':
			if backslashes == len(escape) || escape == "" && backslashes%2 == 0 {
				return i + 1
			}
		}
		backslashes = 0
	}
	return len(s)
}

// bracketEnd returns the end of the object or array at the start of s.
func bracketEnd(s, escape string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '{' || s[i] == '[':
			depth++
		case s[i] == '}' || s[i] == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case strings.HasPrefix(s[i:], escape+`"`):
			i += stringEnd(s[i:], escape) - 1
		}
	}
	return len(s)
}
