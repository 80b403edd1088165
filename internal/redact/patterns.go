package redact

import (
	"regexp"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
)

// slashes matches "//", also in a JSON string that escapes slashes.
const slashes = `\\*/\\*/`

// apiKey matches an API key, also if it is URL-encoded or in a JSON string that escapes slashes.
const apiKey = `\b[0-9]+(?:\\*/|%2[Ff])[0-9a-f]{40}\b`

var (
	secretName = lazyregexp.New(`(?i)passw|passphrase|secret|token|credential|signature|authorization|cookie|pem$|private_?key|` +
		`(api|access|account|auth|consumer|client|app|ssh|shared|master|subscription|storage|encryption|signing|license)[_-]?key|` +
		`^key_id$|keyfile|json_key|(^|[._-])(pass|pwd)$|^(auth|basic)$`)

	// secretValue matches the credentials of a header, which are secret under any name.
	secretValue = lazyregexp.New(`^\s*(?i:bearer|basic|td1)\s`)

	// memberName matches the name of a JSON object's member, in JSON that is itself quoted any number of times:
	// "name": or \"name\": or \\\"name\\\":
	memberName = lazyregexp.New(`(\\*)"([A-Za-z0-9_. -]{1,100}?)(\\*)"\s*:\s*`)

	// urlOnly matches a string that consists of a URL: the password may contain quotes and spaces.
	urlOnly      = lazyregexp.New(`(?s)^([A-Za-z][A-Za-z0-9+.-]*:` + slashes + `[^:@/?#]*:).*@`)
	urlPassword  = lazyregexp.New(`(:` + slashes + `[^\s:@/"']*:)[^\s"']*@`)
	urlKey       = lazyregexp.New(`(?i)(\btd:` + slashes + `)[^\s@"']+@`)
	urlParameter = lazyregexp.New(`(?i)([?&;](?:sig|pass|pwd|[a-z0-9_-]*(?:passw|secret|token|key|credential|signature)[a-z0-9_-]*)=)[^&;\s"']+`)
	// assignment is like urlParameter in running text, where KEY=VALUE is a placeholder.
	assignment = lazyregexp.New(`(?i)((?:^|[\s"'(,])(?:sig|pass|pwd|[a-z0-9_-]*(?:passw|secret|token|credential|signature)[a-z0-9_-]*|` +
		`[a-z0-9_-]+key[a-z0-9_-]*|key[a-z0-9_-]+)=)[^&;\s"']+`)
	headerValue = lazyregexp.New(`(?i)(\bauthorization\s*[:=]\s*)[^\s"',}][^\r\n"',}]*`)
	credential  = lazyregexp.New(`(?i)\b(bearer|td1) [a-z0-9+/=._-]{8,}`)
	privateKey  = lazyregexp.New(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
	anyAPIKey   = lazyregexp.New(apiKey)

	// encoded matches text in which characters that separate names and values are URL-encoded.
	encoded = lazyregexp.New(`(?i)[^\s"'<>&;=?\\]*%(?:25)*(?:3a|3d|40)[^\s"'<>&;=?\\]*`)
)

// A rule replaces a secret.
type rule struct {
	pattern     func() *regexp.Regexp
	replacement string
	// mayMatch reports whether the pattern may match a text, which is given in lower case. Most text has no secrets, and
	// this is much faster than to match the pattern.
	mayMatch func(lower string) bool
}

func contains(parts ...string) func(lower string) bool {
	return func(lower string) bool { return containsAny(lower, parts...) }
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// textRules returns the replacements in a whole text.
func textRules() []rule {
	return []rule{
		{urlOnly, "${1}" + Mask + "@", contains("@")},
		{headerValue, "${1}" + Mask, contains("authorization")},
		{privateKey, Mask, contains("private key-----")},
	}
}

// lineRules returns the replacements in each line, in order. A result URL has one of the forms
// scheme://user:password@host, td://apikey@/db/table and …?api_key=secret.
func lineRules() []rule {
	hasAssignment := func(lower string) bool { return strings.Contains(lower, "=") && hasNamePart(lower) }
	return []rule{
		{urlPassword, "${1}" + Mask + "@", contains("@")},
		{urlKey, "${1}" + Mask + "@", contains("@")},
		{urlParameter, "${1}" + Mask, hasAssignment},
		{assignment, "${1}" + Mask, hasAssignment},
		{credential, "${1} " + Mask, contains("bearer ", "td1 ")},
		{anyAPIKey, Mask, hasKeyDigits},
	}
}

// hasNamePart reports whether a text in lower case contains a part that the name of each secret has.
func hasNamePart(lower string) bool {
	return containsAny(lower, "pass", "pwd", "secret", "token", "credential", "sig", "auth", "cookie", "pem", "key", "basic")
}

// hasKeyDigits reports whether a text in lower case contains as many hexadecimal digits in a row as an API key.
func hasKeyDigits(lower string) bool {
	const digits = 40
	for end := digits; end <= len(lower); {
		n := 0
		for n < digits && isHexDigit(lower[end-1-n]) {
			n++
		}
		if n == digits {
			return true
		}
		end += digits - n // the next row begins after the character that is not a digit
	}
	return false
}

func isHexDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
