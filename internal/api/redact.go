package api

import (
	"regexp"
	"strings"
)

const redacted = "***"

// Patterns of secrets in result URLs and in texts that contain them: scheme://user:password
//
// API: host, td://apikey@/db/table, …?api_key=secret.
var (
	urlPassword = regexp.MustCompile(`(://[^\s:@/"']*:)[^\s"']*@`)
	urlKey      = regexp.MustCompile(`(?i)(\btd://)[^\s@"']+@`)
	urlSecret   = regexp.MustCompile(`(?i)([?&](?:sig|[a-z0-9_-]*(?:passw|secret|token|key|credential|signature)[a-z0-9_-]*)=)[^&\s"']+`)

	// wholePassword matches if the text consists of a URL only: the password may contain quotes and spaces then.
	wholePassword = regexp.MustCompile(`(?s)^([A-Za-z][A-Za-z0-9+.-]*://[^:@/?#]*:).*@`)

	// jsonSecret matches settings, which the service returns instead of some URLs: {"type":"…","password":"…"}.
	jsonSecret = regexp.MustCompile(`(?i)("[a-z0-9_-]*(?:passw|passphrase|secret|token|api_?key|access_?key|private_?key|credential)[a-z0-9_-]*"\s*:\s*)"(?:[^"\\]|\\.)+"`)
)

// RedactURL replaces passwords, keys and tokens in a result URL, or in a text that contains one.
func RedactURL(s string) string {
	s = wholePassword.ReplaceAllString(s, "${1}"+redacted+"@")
	s = urlPassword.ReplaceAllString(s, "${1}"+redacted+"@")
	s = urlKey.ReplaceAllString(s, "${1}"+redacted+"@")
	s = urlSecret.ReplaceAllString(s, "${1}"+redacted)
	return jsonSecret.ReplaceAllString(s, `${1}"`+redacted+`"`)
}

// redact replaces the client's key and passwords in URLs.
func (c *Client) redact(s string) string {
	const atLeast = 10 // bytes; a shorter key is a test's and may be an ordinary word
	_, secret, _ := strings.Cut(c.key, "/")
	for _, k := range []string{c.key, secret} {
		if len(k) >= atLeast {
			s = strings.ReplaceAll(s, k, redacted)
		}
	}
	return RedactURL(s)
}
