// Package redact decides what is secret and removes it from text and JSON. Every message, trace, log line and list
// goes through it before td shows it.
package redact

import (
	"net/url"
	"strings"
)

// Mask replaces a secret.
const Mask = "***"

// IsSecretName reports whether a setting, a parameter or a header of this name contains a secret.
func IsSecretName(name string) bool { return secretName().MatchString(name) }

// Text returns s without secrets: passwords and keys in URLs, secret settings in JSON that s consists of or
// contains, also escaped, literals of SQL that follow a name of a secret or IDENTIFIED BY, credentials of HTTP headers,
// private keys and API keys. URL-encoded text that contains one of these is masked as a whole.
func Text(s string) string {
	if safe, ok := jsonText(s); ok {
		return safe
	}
	s = apply(maskJSONMembers(s), textRules())
	rules := lineRules()
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(apply(line, rules))
	}
	return maskEncoded(maskLiterals(b.String()))
}

func apply(s string, rules []rule) string {
	lower := strings.ToLower(s)
	for _, r := range rules {
		if r.mayMatch(lower) {
			s = r.pattern().ReplaceAllString(s, r.replacement)
		}
	}
	return s
}

// maskEncoded masks URL-encoded text that contains a secret.
func maskEncoded(s string) string {
	if !containsAny(strings.ToLower(s), "%25", "%3a", "%3d", "%40") {
		return s
	}
	return encoded().ReplaceAllStringFunc(s, func(part string) string {
		decoded, err := url.PathUnescape(part)
		if err == nil && decoded != part && Text(decoded) != decoded {
			return Mask
		}
		return part
	})
}
