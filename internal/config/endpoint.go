package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	// DefaultEndpoint is where a request goes when nobody says otherwise.
	DefaultEndpoint = "https://api.treasuredata.com"

	// Sandbox in place of an endpoint stands for the embedded server.
	Sandbox = "sandbox"
)

// Sites lists the names of the service's sites.
func Sites() []string { return []string{"us01", "jp01", "eu01", "ap02", "ap03"} }

// siteHost returns the API host of a site, or "".
func siteHost(name string) string {
	switch name {
	case "us01":
		return "api.treasuredata.com"
	case "jp01":
		return "api.treasuredata.co.jp"
	case "eu01", "ap02", "ap03":
		return "api." + name + ".treasuredata.com"
	}
	return ""
}

// ResolveEndpoint returns the URL, without a trailing slash, that s stands for. It may
// be an http or https URL without a path, a host with or without a port, the name of
// a site, or "sandbox", which is returned as it is. A host without a scheme is spoken
// to over TLS unless insecure is set.
func ResolveEndpoint(s string, insecure bool) (string, error) {
	text := strings.TrimSpace(s)
	word := strings.ToLower(text)
	if word == Sandbox {
		return Sandbox, nil
	}
	if host := siteHost(word); host != "" {
		return "https://" + host, nil
	}
	if !strings.Contains(text, "://") {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && word != "localhost" {
			return "", endpointError(s, "is neither a site nor a host")
		}
		scheme := "https://"
		if insecure {
			scheme = "http://"
		}
		text = scheme + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", endpointError(s, "is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", endpointError(s, "is neither http nor https")
	case u.User != nil:
		return "", endpointError(s, "must not hold a user or a password")
	case strings.Trim(u.EscapedPath(), "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", endpointError(s, "must not have a path or a query")
	case !validHost(u.Hostname(), strings.HasPrefix(u.Host, "[")):
		return "", endpointError(s, "has no valid host")
	case !validPort(u):
		return "", endpointError(s, "has no valid port")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// ImportEndpoint returns where the account at an endpoint takes streaming imports: the
// United States have a host of their own, everywhere else it is the API's.
func ImportEndpoint(endpoint string) string {
	scheme, host, _ := strings.Cut(endpoint, "://")
	name, _, _ := strings.Cut(host, ":")
	switch name {
	case "api.treasuredata.com", "api.treasure-data.com":
		return scheme + "://api-import" + strings.TrimPrefix(host, "api")
	}
	return endpoint
}

func validHost(host string, bracketed bool) bool {
	if bracketed {
		addr, err := netip.ParseAddr(host)
		return err == nil && addr.Is6()
	}
	if host == "" || len(host) > 253 {
		return false
	}
	numeric := true
	for label := range strings.SplitSeq(strings.ToLower(host), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
		numeric = numeric && strings.Trim(label, "0123456789") == ""
	}
	if numeric {
		_, err := netip.ParseAddr(host)
		return err == nil
	}
	return true
}

func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

// keyShape is what API keys look like; one may end up where an endpoint belongs.
var keyShape = regexp.MustCompile(`[0-9a-f]{40}`)

// endpointError names the value without what may be secret in it.
func endpointError(s, why string) error {
	shown := s
	if head, tail, ok := cutLast(shown, "@"); ok {
		scheme, _, _ := strings.Cut(head, "://")
		if scheme == head {
			scheme = ""
		} else {
			scheme += "://"
		}
		shown = scheme + "***@" + tail
	}
	if i := strings.IndexAny(shown, "?#"); i >= 0 {
		shown = shown[:i] + "?***"
	}
	shown = keyShape.ReplaceAllString(shown, "***")
	return fmt.Errorf("endpoint %q %s: want a URL such as %q, a host, one of us01, jp01, eu01, ap02, ap03, or %q",
		shown, why, DefaultEndpoint, Sandbox)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
