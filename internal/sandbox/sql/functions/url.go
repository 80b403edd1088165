package functions

import (
	"net/url"
	"strconv"
	"strings"
)

// urlFunctions returns the functions over URLs. See
// https://trino.io/docs/current/functions/url.html.
func urlFunctions() []Scalar {
	part := func(name string, f func(uri) any) Scalar {
		return newTextScalar("f_url_extract_"+name, func(s string) any {
			u, ok := parseURI(s)
			if !ok {
				return nil
			}
			return f(u)
		})
	}
	return []Scalar{
		part("host", func(u uri) any { return u.host }),
		part("path", func(u uri) any { return unescapeURI(u.path) }),
		part("query", func(u uri) any { return unescapeURI(u.query) }),
		part("protocol", func(u uri) any { return u.scheme }),
		part("fragment", func(u uri) any { return unescapeURI(u.fragment) }),
		part("port", func(u uri) any {
			n, err := strconv.ParseInt(u.port, 10, 32)
			if err != nil {
				return nil
			}
			return n
		}),
		newScalar("f_url_extract_parameter", 2, 2, func(a []any) (any, error) {
			if u, ok := parseURI(toText(a[0])); ok {
				return findParameter(u.query, toText(a[1])), nil
			}
			return nil, nil
		}),
		newTextScalar("f_url_encode", func(s string) any { return urlEncode(s) }),
		newScalar("f_url_decode", 1, 1, func(a []any) (any, error) {
			s := toText(a[0])
			if err := checkEscapes(s); err != nil {
				return nil, err
			}
			return unescapeURI(strings.ReplaceAll(s, "+", " ")), nil
		}),
		newTextScalar("f_td_url_decode", func(s string) any {
			d, err := url.QueryUnescape(s)
			if err != nil {
				return nil
			}
			return d
		}),
		newScalar("h_parse_url", 2, 3, parseHiveURL),
	}
}

// checkEscapes returns the error of java.net.URLDecoder for an invalid escape sequence.
func checkEscapes(s string) error {
	for i := range len(s) {
		if s[i] != '%' {
			continue
		}
		if len(s)-i < 3 {
			return dataError("URLDecoder: Incomplete trailing escape (%%) pattern")
		}
		for _, c := range []byte(s[i+1 : i+3]) {
			if !isHexDigit(c) {
				return dataError("URLDecoder: Illegal hex characters in escape (%%) pattern - not a hexadecimal digit: \"%c\" = %d", c, c)
			}
		}
	}
	return nil
}

// findParameter returns the first value of a query parameter; it is empty without an equals sign.
// Only the value is decoded.
func findParameter(query, name string) any {
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key == name && pair != "" {
			return unescapeURI(strings.ReplaceAll(value, "+", " "))
		}
	}
	return nil
}

// urlEncode escapes the same characters as Java's URLEncoder, which includes ~.
func urlEncode(s string) string {
	s = url.QueryEscape(s)
	s = strings.ReplaceAll(s, "~", "%7E")
	return strings.ReplaceAll(s, "%2A", "*")
}

// parseHiveURL implements parse_url: parts as written, or null if missing. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func parseHiveURL(a []any) (any, error) {
	u, ok := parseJavaURL(toText(a[0]))
	if !ok {
		return nil, nil
	}
	if len(a) == 3 {
		if toText(a[1]) != "QUERY" {
			return nil, nil
		}
		for pair := range strings.SplitSeq(u.query, "&") {
			if key, value, ok := strings.Cut(pair, "="); ok && key == toText(a[2]) {
				return value, nil
			}
		}
		return nil, nil
	}
	nullUnless := func(present bool, s string) (any, error) {
		if !present {
			return nil, nil
		}
		return s, nil
	}
	if name, ok := strings.CutPrefix(toText(a[1]), "QUERY:"); ok { // the syntax of parse_url_tuple
		return parseHiveURL([]any{a[0], "QUERY", name})
	}
	switch toText(a[1]) {
	case "HOST":
		return nullUnless(u.host() != "", u.host())
	case "PATH":
		return u.path, nil
	case "QUERY":
		return nullUnless(u.hasQuery, u.query)
	case "REF":
		return nullUnless(u.hasRef, u.ref)
	case "PROTOCOL":
		return u.protocol, nil
	case "AUTHORITY":
		return nullUnless(u.authority != "", u.authority)
	case "USERINFO":
		user, _, found := strings.Cut(u.authority, "@")
		return nullUnless(found, user)
	case "FILE":
		if u.hasQuery {
			return u.path + "?" + u.query, nil
		}
		return u.path, nil
	}
	return nil, nil
}
