package account

import (
	"strings"
	"testing"
)

func TestProxyRejects(t *testing.T) {
	for _, tt := range []struct {
		name, variable, value, endpoint string
		ok                              bool
	}{
		{"a bad escape", "HTTP_PROXY", "http://user:5ecre7%@proxy:1", "https://api.example.com", false},
		{"trailing space", "HTTPS_PROXY", "http://user:5ecre7@proxy:1 ", "https://api.example.com", false},
		{"a number sign", "http_proxy", "http://user:5ecre7#ss@proxy:1", "http://api.example.com", false},
		{"a number sign after digits", "http_proxy", "http://user:1#5ecre7@proxy:1", "http://api.example.com", false},
		{"a question mark", "HTTP_PROXY", "http://user:1?5ecre7@proxy:1", "http://api.example.com", false},
		{"an unknown scheme", "HTTPS_PROXY", "ftp://user:5ecre7@proxy:1", "https://api.example.com", false},
		{"the second variable", "https_proxy", "://5ecre7", "https://api.example.com", false},
		{"not for this scheme", "HTTPS_PROXY", "://5ecre7", "http://api.example.com", true},
		{"valid", "HTTPS_PROXY", "http://user:p%40ss@proxy:1/", "https://api.example.com", true},
		{"without a scheme", "HTTPS_PROXY", "user:p%40ss@proxy:1", "https://api.example.com", true},
		{"the sandbox", "HTTPS_PROXY", "://5ecre7", "sandbox", true},
	} {
		getenv := func(name string) string {
			if name == tt.variable {
				return tt.value
			}
			return ""
		}
		_, _, err := Proxy(getenv, tt.endpoint)
		if tt.ok != (err == nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), tt.variable+" is not the URL of a proxy") || strings.Contains(err.Error(), "5ecre7")) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
