package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/text"
)

const (
	// DefaultEndpoint is the API server unless another one is set.
	DefaultEndpoint = "https://api.treasuredata.com"

	// Sandbox selects the embedded server instead of an endpoint.
	Sandbox = "sandbox"
)

// Sites returns the names of the service's sites.
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

// ResolveEndpoint returns the URL of an endpoint, without a trailing slash. The string s is an
// http or https URL without a path, a host with an optional port, the name of a site, or
// "sandbox", which is returned unchanged. A host without a scheme uses TLS unless
// insecure is set.
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
		return "", endpointError(s, "must not contain a user or a password")
	case strings.Trim(u.EscapedPath(), "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", endpointError(s, "must not have a path or a query")
	case !validHost(u.Hostname(), strings.HasPrefix(u.Host, "[")):
		return "", endpointError(s, "has an invalid host")
	case !validPort(u):
		return "", endpointError(s, "has an invalid port")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// ImportEndpoint returns the import server that belongs to an endpoint. Only the site
// us01 has a separate one.
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

// keyPattern matches API keys, which may be passed as an endpoint by mistake.
var keyPattern = lazyregexp.New(`[0-9a-f]{40}`)

// endpointError returns an error that quotes the endpoint s without possible secrets.
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
	shown = keyPattern().ReplaceAllString(shown, "***")
	return fmt.Errorf("endpoint %q %s; use a URL such as %q, a host, %s",
		shown, why, DefaultEndpoint, text.JoinOr(append(Sites(), Sandbox)))
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
