package cluster

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/cli"
)

func env(values map[string]string) *cli.Env {
	return &cli.Env{Getenv: func(name string) string { return values[name] }}
}

func TestOptions(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		url    string
		values map[string]string
		want   string // part of the error; empty: none
	}{
		{"trino://ann@host/cat", nil, ""},
		{"trino+https://ann@host/cat", map[string]string{"TD_TRINO_PASSWORD": "secret"}, ""},
		{"trino+https://ann@host/cat", map[string]string{"TD_TRINO_TOKEN": "secret"}, ""},
		{"trino+https://ann@host/cat", map[string]string{"TD_TRINO_TOKEN": "secret", "TD_TRINO_PASSWORD": "secret"}, "cannot be used together"},
		{"trino://ann@host/cat", map[string]string{"TD_TRINO_TOKEN": "secret"}, "requires https"},
		{"trino+https://ann@host/cat", map[string]string{"TD_TRINO_CA": ca}, "contains no certificate"},
		{"trino+https://ann@host/cat", map[string]string{"TD_TRINO_CA": ca + ".missing"}, "cannot read the certificates in TD_TRINO_CA"},
		{"ann@host", nil, "must be trino://"},
	} {
		_, err := Options(env(tt.values), tt.url)
		if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s %v: %v, want %q", tt.url, tt.values, err, tt.want)
		}
	}
}

func TestDescribe(t *testing.T) {
	starting, version := false, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"nodeVersion":{"version":"%s"},"starting":%v}`, version, starting)
	}))
	address := server.URL + "/cat"
	for _, tt := range []struct{ version, warning string }{
		{"476", ""},
		{"423", ""},
		{"476-e.2", ""},
		{"dev", ""},
		{"422", "Trino 422 is older than 423: jobs and imports may fail"},
		{"99-e", "Trino 99-e is older than 423: jobs and imports may fail"},
	} {
		version = tt.version
		got, warning, err := Describe(t.Context(), env(nil), address)
		if got != "Trino "+version+" at "+address || warning != tt.warning || err != nil {
			t.Errorf("%s: Describe = %q, %q, %v", version, got, warning, err)
		}
	}
	starting = true
	if _, _, err := Describe(t.Context(), env(nil), address); err == nil || !strings.HasSuffix(err.Error(), "is starting") {
		t.Errorf("a cluster that is starting: %v", err)
	}
	server.Close()
	if _, _, err := Describe(t.Context(), env(nil), address); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("no cluster: %v", err)
	}
}
