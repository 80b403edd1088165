package redact

import (
	"regexp"

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

	// secretValue matches texts that are secret under any name.
	secretValue = lazyregexp.New(`PRIVATE KEY-----|(?i:^\s*(bearer|basic|td1)\s)`)

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

// A rule replaces a secret in a string.
type rule struct {
	pattern     *regexp.Regexp
	replacement string
}

// rules returns the replacements that Text makes, in order. A result URL has one of the forms
// scheme://user:password@host, td://apikey@/db/table and …?api_key=secret.
func rules() []rule {
	return []rule{
		{urlOnly(), "${1}" + Mask + "@"},
		{urlPassword(), "${1}" + Mask + "@"},
		{urlKey(), "${1}" + Mask + "@"},
		{urlParameter(), "${1}" + Mask},
		{assignment(), "${1}" + Mask},
		{headerValue(), "${1}" + Mask},
		{credential(), "${1} " + Mask},
		{privateKey(), Mask},
		{anyAPIKey(), Mask},
	}
}
