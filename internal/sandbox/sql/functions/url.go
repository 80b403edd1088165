package functions

import (
	"net/url"
	"strconv"
	"strings"
)

// urlFunctions returns the functions over URLs. See
// https://trino.io/docs/current/functions/url.html.
func urlFunctions() []Scalar {
	part := func(name string, f func(*url.URL) any) Scalar {
		return newTextScalar("f_url_extract_"+name, func(s string) any {
			u := parseURL(s)
			if u == nil {
				return nil
			}
			return f(u)
		})
	}
	return []Scalar{
		part("host", func(u *url.URL) any {
			if u.Hostname() == "" {
				return nil
			}
			return u.Hostname()
		}),
		part("path", func(u *url.URL) any { return u.Path }),
		part("query", func(u *url.URL) any { return unescapePath(u.RawQuery) }),
		part("protocol", func(u *url.URL) any { return u.Scheme }),
		part("fragment", func(u *url.URL) any { return u.Fragment }),
		part("port", func(u *url.URL) any {
			n, err := strconv.ParseInt(u.Port(), 10, 64)
			if err != nil {
				return nil
			}
			return n
		}),
		newScalar("f_url_extract_parameter", 2, 2, func(a []any) (any, error) {
			if u := parseURL(toText(a[0])); u != nil {
				return findParameter(u, toText(a[1])), nil
			}
			return nil, nil
		}),
		newTextScalar("f_url_encode", func(s string) any { return urlEncode(s) }),
		newScalar("f_url_decode", 1, 1, func(a []any) (any, error) {
			s, err := url.QueryUnescape(toText(a[0]))
			if err != nil {
				return nil, dataError("URLDecoder: %s", clip(strings.TrimPrefix(err.Error(), "invalid URL escape ")))
			}
			return s, nil
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

// parseURL parses a URL, or returns nil. All parts except the query are decoded.
func parseURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		return nil
	}
	return u
}

func unescapePath(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		return d
	}
	return s
}

// findParameter returns the first value of a query parameter; it is empty without an equals sign.
func findParameter(u *url.URL, name string) any {
	for query := u.RawQuery; query != ""; {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		if k, err := url.QueryUnescape(key); err == nil {
			key = k
		}
		if key == name {
			if v, err := url.QueryUnescape(value); err == nil {
				return v
			}
			return value
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

// parseHiveURL implements parse_url: parts as written, or null if missing.
func parseHiveURL(a []any) (any, error) {
	u := parseURL(toText(a[0]))
	if u == nil || u.Scheme == "" {
		return nil, nil
	}
	none := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	if len(a) == 3 {
		if toText(a[1]) != "QUERY" {
			return nil, nil
		}
		for pair := range strings.SplitSeq(u.RawQuery, "&") {
			if key, value, ok := strings.Cut(pair, "="); ok && key == toText(a[2]) {
				return value, nil
			}
		}
		return nil, nil
	}
	switch toText(a[1]) {
	case "HOST":
		return none(u.Hostname()), nil
	case "PATH":
		return u.EscapedPath(), nil
	case "QUERY":
		return none(u.RawQuery), nil
	case "REF":
		return none(u.EscapedFragment()), nil
	case "PROTOCOL":
		return none(u.Scheme), nil
	case "AUTHORITY":
		if u.User != nil {
			return u.User.String() + "@" + u.Host, nil
		}
		return none(u.Host), nil
	case "USERINFO":
		if u.User == nil {
			return nil, nil
		}
		return u.User.String(), nil
	case "FILE":
		if u.RawQuery == "" {
			return u.EscapedPath(), nil
		}
		return u.EscapedPath() + "?" + u.RawQuery, nil
	}
	return nil, nil
}
