package api

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// dial returns a client of a real server.
func dial(t *testing.T, o Options, h http.HandlerFunc) (*Client, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o.Endpoint, o.APIKey = server.URL, testKey
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, server
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []Options{
		{},
		{Endpoint: "sandbox"},
		{Endpoint: "ftp://example.com"},
		{Endpoint: "https://me:5ecre7@example.com"},
		{Endpoint: "https://example.com?5ecre7"},
		{Endpoint: "https://example.com", ImportEndpoint: "5ecre7"},
		{Endpoint: "https://example.com", APIKey: "1/5ecre7\n"},
	} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "5ecre7") {
			t.Errorf("%+v: error %v", o, err)
		}
	}
}

// Names of any kind arrive unchanged.
func TestEscape(t *testing.T) {
	for name, want := range map[string]string{
		"www_access":  "www_access",
		"a.b":         "a%2Eb",
		"..":          "%2E%2E",
		"a b+c/d":     "a%20b%2Bc%2Fd",
		"é~!*'()-":    "%C3%A9~!*'()-",
		"%2E?#":       "%252E%3F%23",
		"me@x.co":     "me%40x%2Eco",
		"\x00\xff\"<": "%00%FF%22%3C",
	} {
		var uri, path string
		c, _ := dial(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			uri, path = r.RequestURI, r.URL.Path
			io.WriteString(w, "[]")
		})
		if _, err := c.Tables(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if uri != "/v3/table/list/"+want || path != "/v3/table/list/"+name {
			t.Errorf("%q: %s, want %s", name, uri, want)
		}
	}
}

func TestEndpointWithPath(t *testing.T) {
	var uri string
	c, server := dial(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		uri = r.RequestURI
		io.WriteString(w, "[]")
	})
	c, err := New(Options{Endpoint: server.URL + "/prefix/", Transport: c.http.Transport})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Tables(t.Context(), "a.b"); err != nil || uri != "/prefix/v3/table/list/a%2Eb" {
		t.Errorf("%s, %v", uri, err)
	}
}

func TestContentEncoding(t *testing.T) {
	const body = `{"databases":[{"name":"db0"}]}`
	pack := func(open func(io.Writer) io.WriteCloser) []byte {
		var buf bytes.Buffer
		w := open(&buf)
		io.WriteString(w, body)
		w.Close()
		return buf.Bytes()
	}
	gz := pack(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	for _, tt := range []struct {
		name, encoding string
		body           []byte
		ok             bool
	}{
		{"none", "", []byte(body), true},
		{"gzip", "gzip", gz, true},
		{"zlib", "deflate", pack(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }), true},
		{"deflate", "deflate", pack(func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 9); return f }), true},
		{"cut gzip", "gzip", gz[:len(gz)-9], false},
		{"no gzip", "gzip", []byte(body), false},
		{"empty gzip", "gzip", nil, false},
		{"empty deflate", "deflate", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := dial(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				w.Write(tt.body)
			})
			got, err := c.Databases(t.Context())
			if tt.ok != (err == nil) || tt.ok && (len(got) != 1 || got[0].Name != "db0") {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// A truncated response is requested again.
func TestShortBody(t *testing.T) {
	requests := 0
	c, _ := dial(t, Options{MaxRetryTime: time.Minute}, func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests == 1 {
			w.Header().Set("Content-Length", "100")
		}
		io.WriteString(w, "[]")
	})
	if err := databases(t.Context(), c); err != nil || requests != 2 {
		t.Errorf("%d requests, %v", requests, err)
	}
}

func TestRedirects(t *testing.T) {
	var got *http.Request
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		io.WriteString(w, "[]")
	}))
	defer other.Close()
	var target string
	c, server := dial(t, Options{Header: http.Header{"X-Secret": {"5ecre7"}}}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/here" {
			got = r
			io.WriteString(w, "[]")
			return
		}
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	})
	target = other.URL
	if err := databases(t.Context(), c); err != nil || got.Header.Get("Authorization")+got.Header.Get("X-Secret")+got.Header.Get("Referer") != "" {
		t.Errorf("another server got %v, error %v", got, err)
	}
	target = server.URL + "/here"
	if err := databases(t.Context(), c); err != nil || got.Header.Get("Authorization") != "TD1 "+testKey {
		t.Errorf("the same server got %v, error %v", got.Header, err)
	}
	target, got = other.URL+"/x?secret=5ecre7", nil
	err := c.SwapTables(t.Context(), "d", "a", "b")
	if e, ok := errors.AsType[*Error](err); !ok || e.Status != 307 || got != nil || strings.Contains(err.Error(), "5ecre7") {
		t.Errorf("a POST was redirected: %v", err)
	}
	target = server.URL + "/round"
	if err := databases(t.Context(), c); err == nil {
		t.Error("round and round, and no error")
	}
}

// An error status of the proxy is preserved.
func TestProxyRefusal(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who are you?", http.StatusProxyAuthRequired)
	}))
	defer server.Close()
	transport := newTransport()
	transport.Proxy = func(*http.Request) (*url.URL, error) {
		u, err := url.Parse(server.URL)
		u.User = url.UserPassword("me", "5ecre7")
		return u, err
	}
	c, err := New(Options{Endpoint: "https://api.example.com", Transport: transport, MaxRetryTime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = databases(t.Context(), c)
	if e, ok := errors.AsType[*Error](err); !ok || e.Status != 407 || strings.Contains(err.Error(), "5ecre7") {
		t.Errorf("error %v", err)
	}
}

func TestNetworkError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := l.Addr().String()
	l.Close()
	c, err := New(Options{Endpoint: "http://" + host, APIKey: testKey})
	if err != nil {
		t.Fatal(err)
	}
	err = databases(t.Context(), c)
	e, ok := errors.AsType[*NetworkError](err)
	if !ok || e.Host != host || !e.unsent || !strings.HasPrefix(err.Error(), "no answer from "+host+": dial tcp ") {
		t.Errorf("error %v", err)
	}
}

func TestHTTPVersions(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"status":%q}`, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	pool := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for _, h := range []*http.Client{c.http, c.results} {
		transport := h.Transport.(*http.Transport)
		transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		transport.TLSClientConfig.NextProtos = nil
		transport.TLSClientConfig.RootCAs = pool
	}
	if got, err := c.ServerStatus(t.Context()); err != nil || got != "HTTP/2.0" {
		t.Errorf("calls: %q, %v", got, err)
	}
	r, err := c.JobResult(t.Context(), "1", "json", Range{To: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(b), "HTTP/1.1") {
		t.Errorf("results: %q, %v", b, err)
	}
}

// A proxy for HTTP also serves TLS, unless the host is exempt or TLS has its own proxy.
func TestProxyFrom(t *testing.T) {
	plain := &url.URL{Scheme: "http", Host: "plain:3128"}
	secure := &url.URL{Scheme: "http", Host: "secure:3128"}
	environment := func(http, https *url.URL, exempt string) func(*http.Request) (*url.URL, error) {
		return func(r *netRequest) (*url.URL, error) {
			switch {
			case r.URL.Host == exempt || r.URL.Host == exempt+":443":
				return nil, nil
			case r.URL.Scheme == "https":
				return https, nil
			}
			return http, nil
		}
	}
	for _, tt := range []struct {
		name, url   string
		http, https *url.URL
		exempt      string
		want        *url.URL
	}{
		{"http only", "https://a.example.com", plain, nil, "", plain},
		{"both", "https://a.example.com", plain, secure, "", secure},
		{"https only", "http://a.example.com", nil, secure, "", nil},
		{"exempt", "https://a.example.com", plain, nil, "a.example.com", nil},
		{"none", "https://a.example.com", nil, nil, "", nil},
	} {
		req, err := http.NewRequest("GET", tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := findProxyIn(environment(tt.http, tt.https, tt.exempt), req); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	bad := func(*http.Request) (*url.URL, error) { return nil, errors.New("invalid proxy address me:5ecre7@x") }
	if _, err := findProxyIn(bad, &http.Request{URL: plain}); !errors.Is(err, errInvalidProxy) || strings.Contains(err.Error(), "5ecre7") {
		t.Errorf("error %v", err)
	}
}

type netRequest = http.Request // where "http" is a proxy
