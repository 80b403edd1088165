package config

import (
	"strings"
	"testing"
)

func TestResolveEndpoint(t *testing.T) {
	for _, tt := range []struct {
		in       string
		insecure bool
		want     string
	}{
		{"https://api.treasuredata.com", false, "https://api.treasuredata.com"},
		{"https://api.treasuredata.com/", false, "https://api.treasuredata.com"},
		{"https://api.treasuredata.com//", true, "https://api.treasuredata.com"},
		{"HTTPS://API.TreasureData.com", false, "https://api.treasuredata.com"},
		{"http://127.0.0.1:8899", false, "http://127.0.0.1:8899"},
		{"http://[::1]:8899/", false, "http://[::1]:8899"},
		{"api.treasuredata.com", false, "https://api.treasuredata.com"},
		{"api.treasuredata.com/", true, "http://api.treasuredata.com"},
		{"localhost", true, "http://localhost"},
		{"localhost:8899", true, "http://localhost:8899"},
		{"builder:80", false, "https://builder:80"},
		{"http://builder", false, "http://builder"},
		{"us01", true, "https://api.treasuredata.com"},
		{"JP01", false, "https://api.treasuredata.co.jp"},
		{"eu01", false, "https://api.eu01.treasuredata.com"},
		{"ap02", false, "https://api.ap02.treasuredata.com"},
		{"ap03", false, "https://api.ap03.treasuredata.com"},
		{"sandbox", false, "sandbox"},
		{" Sandbox ", true, "sandbox"},
	} {
		got, err := ResolveEndpoint(tt.in, tt.insecure)
		if err != nil || got != tt.want {
			t.Errorf("%q: %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestResolveEndpointRefuses(t *testing.T) {
	for _, tt := range []struct{ in, shown string }{
		{"", `""`},
		{"us", `"us"`},
		{"tokyo", `"tokyo"`},
		{"https://", `"https://"`},
		{"ftp://example.com", `"ftp://example.com"`},
		{"https://example.com/v3", `"https://example.com/v3"`},
		{"example.com/v3", `"example.com/v3"`},
		{"https://example.com?k=5ecre7", `"https://example.com?***"`},
		{"https://example.com/#5ecre7", `"https://example.com/?***"`},
		{"https://me:5ecre7@example.com", `"https://***@example.com"`},
		{"https://5ecre7@example.com", `"https://***@example.com"`},
		{"5ecre7:x@example.com", `"***@example.com"`},
		{"https://me:5ecre7%zz@example.com/", `"https://***@example.com/"`},
		{"1/0123456789abcdef0123456789abcdef01234567", `"1/***"`},
		{"https://256.1.1.1", `"https://256.1.1.1"`},
		{"http://1.2.3", `"http://1.2.3"`},
		{"http://01.2.3.4", `"http://01.2.3.4"`},
		{"https://a..b", `"https://a..b"`},
		{"https://exa mple.com", "exa mple"},
		{"https://example.com:0", ":0"},
		{"https://example.com:65536", ":65536"},
		{"https://example.com:", `"https://example.com:"`},
		{"https://[1.2.3.4]", "[1.2.3.4]"},
		{"https://bücher.example", "bücher"},
	} {
		got, err := ResolveEndpoint(tt.in, false)
		if err == nil {
			t.Errorf("%q: %q, want an error", tt.in, got)
			continue
		}
		if !strings.Contains(err.Error(), tt.shown) || !strings.Contains(err.Error(), "jp01") {
			t.Errorf("%q: the error does not show %s: %v", tt.in, tt.shown, err)
		}
		if strings.Contains(err.Error(), "5ecre7") {
			t.Errorf("%q: the error shows a secret: %v", tt.in, err)
		}
	}
}

func TestImportEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		"https://api.treasuredata.com":      "https://api-import.treasuredata.com",
		"https://api.treasuredata.com:443":  "https://api-import.treasuredata.com:443",
		"https://api.treasure-data.com":     "https://api-import.treasure-data.com",
		"https://api.treasuredata.co.jp":    "https://api.treasuredata.co.jp",
		"https://api.eu01.treasuredata.com": "https://api.eu01.treasuredata.com",
		"http://127.0.0.1:8899":             "http://127.0.0.1:8899",
		"sandbox":                           "sandbox",
	} {
		if got := ImportEndpoint(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
