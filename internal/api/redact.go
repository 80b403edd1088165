package api

import (
	"regexp"
	"strings"
)

const hidden = "***"

// What hides a secret inside a text that holds a result URL, in the forms that the
// service knows: scheme://user:password@host, td://apikey@/db/table, …?api_key=secret.
var (
	urlPassword = regexp.MustCompile(`(://[^\s:@/"']*:)[^\s"']*@`)
	urlKey      = regexp.MustCompile(`(?i)(\btd://)[^\s@"']+@`)
	urlSecret   = regexp.MustCompile(`(?i)([?&](?:sig|[a-z0-9_-]*(?:passw|secret|token|key|credential|signature)[a-z0-9_-]*)=)[^&\s"']+`)

	// The same, where the text is a URL and nothing else: a password may then hold quotes and spaces.
	wholePassword = regexp.MustCompile(`(?s)^([A-Za-z][A-Za-z0-9+.-]*://[^:@/?#]*:).*@`)

	// Settings as the service writes them in place of a URL: {"type":"…","password":"…"}.
	jsonSecret = regexp.MustCompile(`(?i)("[a-z0-9_-]*(?:passw|passphrase|secret|token|api_?key|access_?key|private_?key|credential)[a-z0-9_-]*"\s*:\s*)"(?:[^"\\]|\\.)+"`)
)

// RedactURL returns s, a result URL or a text that holds one, without passwords, keys
// and tokens.
func RedactURL(s string) string {
	s = wholePassword.ReplaceAllString(s, "${1}"+hidden+"@")
	s = urlPassword.ReplaceAllString(s, "${1}"+hidden+"@")
	s = urlKey.ReplaceAllString(s, "${1}"+hidden+"@")
	s = urlSecret.ReplaceAllString(s, "${1}"+hidden)
	return jsonSecret.ReplaceAllString(s, `${1}"`+hidden+`"`)
}

// redact returns s without the client's key and without passwords in URLs.
func (c *Client) redact(s string) string {
	const atLeast = 10 // bytes; a shorter key is a test's, and may be a word
	_, secret, _ := strings.Cut(c.key, "/")
	for _, k := range []string{c.key, secret} {
		if len(k) >= atLeast {
			s = strings.ReplaceAll(s, k, hidden)
		}
	}
	return RedactURL(s)
}
