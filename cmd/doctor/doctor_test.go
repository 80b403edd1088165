package doctor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

const key = "1/0123456789abcdef0123456789abcd5ecre7"

// examine runs td doctor against a server and returns its lines by check.
func examine(t *testing.T, server http.Handler) (found map[string]raw, err error) {
	t.Helper()
	return examineWithin(t, server, time.Minute)
}

func examineWithin(t *testing.T, server http.Handler, limit time.Duration) (found map[string]raw, err error) {
	t.Helper()
	s := httptest.NewServer(server)
	defer s.Close()
	defer s.CloseClientConnections() // abandoned requests
	var out, talk bytes.Buffer
	vars := map[string]string{"HOME": t.TempDir(), "TD_SANDBOX_DIR": t.TempDir(), "TD_API_SERVER": s.URL, "TD_API_KEY": key}
	getenv := func(name string) string { return vars[name] }
	e := cli.NewEnv(t.Context(), &console.Console{Out: &out, Err: &talk}, getenv, "test")
	cmd := newCommand(e, limit)
	cmd.SetArgs([]string{"-f", "jsonl"})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	if talk.Len() > 0 || strings.Contains(out.String(), "5ecre7") {
		t.Errorf("it says %q and prints %s", &talk, &out)
	}
	found = map[string]raw{}
	for line := range strings.Lines(out.String()) {
		var r raw
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		found[r.Check] = r
	}
	return found, err
}

// serve answers a request for the status, and any other.
func serve(status, other http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v3/system/server_status", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			http.Error(w, "the key is not for this", http.StatusTeapot)
			return
		}
		status(w, r)
	})
	mux.HandleFunc("/", other)
	return mux
}

func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestServers(t *testing.T) {
	fine, databases := answers(200, `{"status":"ok"}`), answers(200, `{"databases":[]}`)
	for _, tt := range []struct {
		name                  string
		status, other         http.HandlerFunc
		check, verdict, about string
		fails                 bool
	}{
		{"all is well", fine, databases, "access", ok, "databases: 0", false},
		{"a page", answers(200, "<html>log in</html>"), databases, "server", failed, "not like the API", true},
		{"not found", answers(404, `{}`), databases, "server", failed, "status 404, but not like", true},
		{"a failure", answers(503, ""), databases, "server", failed, "answers 503", true},
		{"a key that may only write", fine, answers(403, `{"error":"no"}`), "access", warning, "write-only", false},
		{"a refused key", fine, answers(401, `{"error":"who are you?"}`), "access", failed, "who are you?; a key only works at the site", true},
		{"another API", fine, answers(404, `{"error":"no such account"}`), "access", failed, "no such account; a key only works", true},
		{"no answer to the key", fine, answers(502, ""), "access", failed, "502", true},
		{"a clock that is behind", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			fine(w, r)
		}, databases, "clock", warning, "slower than the server's; correct it", false},
		{"a clock that is ahead", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
			fine(w, r)
		}, databases, "clock", warning, "ahead of the server's; correct it", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found, err := examine(t, serve(tt.status, tt.other))
			if f := found[tt.check]; f.Status != tt.verdict || !strings.Contains(f.Detail, tt.about) {
				t.Errorf("%+v, want %s: %s", f, tt.verdict, tt.about)
			}
			if (err != nil) != tt.fails {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A server that accepts a request and never responds must not block the command: the time
// limit of the network checks ends them.
func TestServersThatHang(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	found, err := examineWithin(t, serve(hang, hang), 50*time.Millisecond)
	if err == nil {
		t.Error("no error")
	}
	if f := found["server"]; f.Status != failed || !strings.HasSuffix(f.Detail, "no response within 50ms") {
		t.Errorf("%+v", f)
	}
}

func TestCertificate(t *testing.T) {
	far := config.Config{Endpoint: "https://api.example.com"}
	ends := func(in time.Duration) answer {
		now := time.Now()
		return answer{Probe: api.Probe{TLS: &tls.ConnectionState{
			Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{{NotAfter: now.Add(in)}},
		}}, at: now}
	}
	for _, tt := range []struct {
		c       config.Config
		a       answer
		verdict string
	}{
		{far, ends(100 * 24 * time.Hour), ok},
		{far, ends(3 * 24 * time.Hour), warning},
		{far, answer{err: context.DeadlineExceeded}, skipped},
		{far, answer{err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}, failed},
		{config.Config{Endpoint: "http://api.example.com"}, answer{}, warning},
		{config.Config{Endpoint: "http://[::1]:80"}, answer{}, ok},
		{config.Config{Endpoint: "http://localhost:80"}, answer{}, ok},
		{config.Config{Endpoint: config.Sandbox}, answer{}, ok},
	} {
		if got := encrypted(tt.c, tt.a); got.status != tt.verdict {
			t.Errorf("%s: %+v, want %s", tt.c.Endpoint, got, tt.verdict)
		}
	}
}

// A refused key is explained with the other sites, where the endpoint is a site.
func TestOtherSites(t *testing.T) {
	if got := otherSites("https://api.eu01.treasuredata.com"); !strings.Contains(got, "us01, jp01, ap02, ap03,") {
		t.Errorf("%q", got)
	}
	if got := otherSites("https://td.example.com"); got != "" {
		t.Errorf("%q", got)
	}
}
