package functions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// uri holds the parts of a URI as written. See https://www.rfc-editor.org/rfc/rfc2396, which
// Trino's URL functions follow through java.net.URI.
type uri struct {
	scheme, host, port, path, query, fragment string
}

const (
	alphanumerics   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	uriUnreserved   = alphanumerics + "-_.!~*'()"
	uriPathChars    = uriUnreserved + ":@&=+$,;/"
	uriChars        = uriPathChars + "?[]"
	uriRegNameChars = uriUnreserved + "$,;:@&=+"
)

// parseURI parses a URI; ok is false for text that java.net.URI rejects.
func parseURI(s string) (u uri, ok bool) {
	rest, fragment, hasFragment := strings.Cut(s, "#")
	u.fragment = fragment
	if hasFragment && !validURIChars(fragment, uriChars) {
		return u, false
	}
	if i := strings.IndexAny(rest, ":/?"); i >= 0 && rest[i] == ':' {
		u.scheme, rest = rest[:i], rest[i+1:]
		if u.scheme == "" || !validScheme(u.scheme) || rest == "" {
			return u, false
		}
		if rest[0] != '/' { // opaque
			return u, validURIChars(rest, uriChars)
		}
	}
	rest, u.query, _ = strings.Cut(rest, "?")
	if !validURIChars(u.query, uriChars) {
		return u, false
	}
	if after, found := strings.CutPrefix(rest, "//"); found {
		end := strings.IndexByte(after, '/')
		if end < 0 {
			end = len(after)
		}
		authority := after[:end]
		rest = after[end:]
		if authority == "" && rest == "" {
			return u, false // an authority is expected
		}
		if u.host, u.port, ok = parseServer(authority); !ok && !validURIChars(authority, uriRegNameChars) {
			return u, false
		}
	}
	u.path = rest
	return u, validURIChars(rest, uriPathChars)
}

func validScheme(s string) bool {
	return s[0] > '9' && strings.IndexByte(alphanumerics, s[0]) >= 0 && strings.Trim(s, alphanumerics+"+-.") == ""
}

// validURIChars reports whether s consists of the given characters, escape sequences and other
// characters that are neither ASCII nor spaces or control characters.
func validURIChars(s, chars string) bool {
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '%':
			if len(s)-i < 3 || !isHexDigit(s[i+1]) || !isHexDigit(s[i+2]) {
				return false
			}
		case c >= utf8.RuneSelf:
			if unicode.IsSpace(c) || unicode.IsControl(c) {
				return false
			}
		case strings.IndexByte(chars, s[i]) < 0:
			return false
		}
		i += n
	}
	return true
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// parseServer splits an authority into host and port; ok is false if it is not the address of a
// server, so that it has no host.
func parseServer(s string) (host, port string, ok bool) {
	if user, rest, found := strings.Cut(s, "@"); found {
		if !validURIChars(user, uriUnreserved+";:&=+$,") {
			return "", "", false
		}
		s = rest
	}
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 || strings.Trim(s[1:end], "0123456789abcdefABCDEF:.") != "" {
			return "", "", false
		}
		host = s[:end+1]
		if s = s[end+1:]; s != "" && s[0] != ':' {
			return "", "", false
		}
		port = strings.TrimPrefix(s, ":")
	} else if host, port, _ = strings.Cut(s, ":"); !validHost(host) {
		return "", "", false
	}
	if strings.Trim(port, "0123456789") != "" {
		return "", "", false
	}
	return host, port, true
}

// validHost reports whether s is an IPv4 address or a host name whose last label starts with a
// letter.
func validHost(s string) bool {
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, l := range labels {
		if l == "" || strings.Trim(l, alphanumerics+"-") != "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	last := labels[len(labels)-1]
	return last[0] > '9' || len(labels) == 4 && strings.Trim(s, "0123456789.") == ""
}

// unescapeURI decodes escape sequences. Bytes that are not UTF-8 become the replacement character.
func unescapeURI(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && len(s)-i >= 3 && isHexDigit(s[i+1]) && isHexDigit(s[i+2]) {
			b.WriteByte(hexValue(s[i+1])<<4 | hexValue(s[i+2]))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

// javaURL holds the parts of a URL as java.net.URL splits them, without validation or decoding.
type javaURL struct {
	protocol, authority, path, query, ref string
	hasQuery, hasRef                      bool
}

// parseJavaURL splits a URL; ok is false if Java has no handler for the protocol. See
// https://docs.oracle.com/javase/8/docs/api/java/net/URL.html.
func parseJavaURL(s string) (u javaURL, ok bool) {
	rest := strings.TrimSpace(s)
	protocol, rest, found := strings.Cut(rest, ":")
	u.protocol = strings.ToLower(protocol)
	switch u.protocol {
	case "http", "https", "ftp", "file", "mailto", "jar":
	default:
		return u, false
	}
	if !found {
		return u, false
	}
	rest, u.ref, u.hasRef = strings.Cut(rest, "#")
	rest, u.query, u.hasQuery = strings.Cut(rest, "?")
	if after, found := strings.CutPrefix(rest, "//"); found {
		end := strings.IndexByte(after, '/')
		if end < 0 {
			end = len(after)
		}
		u.authority, rest = after[:end], after[end:]
	}
	u.path = rest
	return u, true
}

// host returns the host name of the authority.
func (u javaURL) host() string {
	host := u.authority
	if _, after, found := strings.Cut(host, "@"); found {
		host = after
	}
	if strings.HasPrefix(host, "[") {
		if end := strings.IndexByte(host, ']'); end >= 0 {
			return host[:end+1]
		}
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}
