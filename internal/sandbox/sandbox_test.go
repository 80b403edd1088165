package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox"
)

// A service is a sandbox that is served over HTTP, and a client with a key.
type service struct {
	*testing.T
	*sandbox.Server
	url  string
	key  string
	dir  string
	stop func() // closes the server before the end of the test
}

// prepared creates a data directory with the sample tables once.
var prepared = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sandbox-test-*")
	if err != nil {
		return "", err
	}
	s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: dir})
	if err != nil {
		return "", err
	}
	return dir, s.Close()
})

// newDir returns a new data directory with the sample tables.
func newDir(t *testing.T) string {
	t.Helper()
	from, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start opens a sandbox and serves it. The default directory is a new one.
func start(t *testing.T, o sandbox.Options) *service {
	t.Helper()
	if o.Dir == "" {
		o.Dir = newDir(t)
	}
	s, err := sandbox.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	stop := sync.OnceFunc(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	t.Cleanup(stop)
	return &service{T: t, Server: s, url: web.URL, key: "1/abc", dir: o.Dir, stop: stop}
}

// A response is a complete HTTP response.
type response struct {
	status int
	header http.Header
	body   []byte
}

// json decodes the body. Numbers are of type json.Number.
func (a response) json(t *testing.T) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
	return v
}

// text returns a member of the JSON object in the body as text.
func (a response) text(t *testing.T, name string) string {
	t.Helper()
	o, ok := a.json(t).(map[string]any)
	if !ok {
		t.Fatalf("body %q is no object", a.body)
	}
	return fmt.Sprint(o[name])
}

// send sends a request with the key and reads the response.
func (s *service) send(method, path string, body io.Reader, header ...string) response {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, body)
	if err != nil {
		s.Fatal(err)
	}
	if s.key != "" {
		r.Header.Set("Authorization", "TD1 "+s.key)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.Fatalf("%s %s: %v", method, path, err)
	}
	defer w.Body.Close()
	data, err := io.ReadAll(w.Body)
	if err != nil {
		s.Fatalf("%s %s: %v", method, path, err)
	}
	return response{w.StatusCode, w.Header, data}
}

func (s *service) get(path string) response { s.Helper(); return s.send("GET", path, nil) }

// post sends a form, which is given as alternating names and values.
func (s *service) post(path string, form ...string) response {
	s.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	return s.send("POST", path, strings.NewReader(values.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

func (s *service) postJSON(path, body string) response {
	s.Helper()
	return s.send("POST", path, strings.NewReader(body), "Content-Type", "application/json; charset=utf-8")
}

// must returns a response whose status must be 200.
func (s *service) must(a response) response {
	s.Helper()
	if a.status != http.StatusOK {
		s.Fatalf("status %d: %s", a.status, a.body)
	}
	return a
}

// wantError checks the status of a response, and that its messages contain message.
func (s *service) wantError(a response, status int, message string) {
	s.Helper()
	if a.status != status {
		s.Errorf("status %d: %s; want %d", a.status, a.body, status)
		return
	}
	for _, key := range []string{"error", "message", "text"} {
		if got := a.text(s.T, key); !strings.Contains(got, message) {
			s.Errorf("%s is %q; want it to contain %q", key, got, message)
		}
	}
}

// issue submits a query and returns the ID of its job.
func (s *service) issue(kind, query string, form ...string) string {
	s.Helper()
	form = append([]string{"query", query}, form...)
	return s.must(s.post("/v3/job/issue/"+kind+"/sample_datasets", form...)).text(s.T, "job_id")
}

// waitJob waits until all jobs of the server have ended and returns the status of one.
func (s *service) waitJob(job string) string {
	s.Helper()
	if err := s.Wait(s.Context()); err != nil {
		s.Fatalf("job %s does not end: %v", job, err)
	}
	return s.must(s.get("/v3/job/status/"+job)).text(s.T, "status")
}

// query runs a query that must succeed and returns its rows as lines of JSON.
func (s *service) query(kind, query string, form ...string) string {
	s.Helper()
	job := s.issue(kind, query, form...)
	if status := s.waitJob(job); status != "success" {
		s.Fatalf("%s: %s\n%s", query, status, s.get("/v3/job/show/"+job).body)
	}
	return string(s.must(s.get("/v3/job/result/" + job + "?format=json")).body)
}

// records returns a request body with gzipped records.
func records(t *testing.T, list ...map[string]any) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	e := msgpack.NewEncoder(z)
	for _, r := range list {
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestFirstUse(t *testing.T) {
	s := start(t, sandbox.Options{Dir: t.TempDir() + "/new/data"})
	if got, want := s.query("presto", "SELECT count(*) FROM www_access"), "[5000]\n"; got != want {
		t.Errorf("www_access has %s; want %s", got, want)
	}
	if got, want := s.query("hive", "SELECT count(1) FROM nasdaq"), "[8352]\n"; got != want {
		t.Errorf("nasdaq has %s; want %s", got, want)
	}
	tables := s.must(s.get("/v3/table/list/sample_datasets"))
	for _, want := range []string{
		`"schema":"[[\"symbol\",\"string\"],[\"open\",\"double\"],[\"high\",\"double\"],[\"low\",\"double\"],[\"close\",\"double\"],[\"volume\",\"long\"]]"`,
		`[\"host\",\"string\"],[\"path\",\"string\"],[\"user\",\"string\"],[\"method\",\"string\"],[\"code\",\"long\"],[\"size\",\"long\"],[\"agent\",\"string\"],[\"referer\",\"string\"]`,
	} {
		if !strings.Contains(string(tables.body), want) {
			t.Errorf("table/list lacks %s:\n%s", want, tables.body)
		}
	}
}

// TestSamplesAreMadeOnce deletes the samples and opens the sandbox again.
func TestSamplesAreMadeOnce(t *testing.T) {
	dir := newDir(t)
	first, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/v3/database/delete/sample_datasets", nil)
	r.Header.Set("Authorization", "TD1 x")
	first.ServeHTTP(w, r)
	if err := first.Close(); err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body, err)
	}
	s := start(t, sandbox.Options{Dir: dir})
	if got := string(s.must(s.get("/v3/database/list")).body); got != `{"databases":[]}` {
		t.Errorf("databases: %s", got)
	}
}

func TestAuthorization(t *testing.T) {
	embedded := start(t, sandbox.Options{})
	guarded := start(t, sandbox.Options{APIKey: "1/secret"})
	tests := []struct {
		name   string
		server *service
		header string
		want   int
	}{
		{"embedded takes any key", embedded, "TD1 1/x", 200},
		{"and any scheme", embedded, "1/x", 200},
		{"but not none", embedded, "", 401},
		{"nor an empty one", embedded, "TD1 ", 401},
		{"the right key", guarded, "TD1 1/secret", 200},
		{"in lower case", guarded, "td1 1/secret", 200},
		{"a wrong key", guarded, "TD1 1/secre", 401},
		{"no key", guarded, "", 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := *test.server
			s.T, s.key = t, ""
			a := s.send("GET", "/v3/database/list", nil, "Authorization", test.header)
			if a.status != test.want {
				t.Errorf("status %d: %s; want %d", a.status, a.body, test.want)
			}
			if test.want == 401 {
				s.wantError(a, 401, "API key")
			}
		})
	}
	guarded.key = ""
	if got := string(guarded.must(guarded.get("/v3/system/server_status")).body); got != `{"status":"ok"}` {
		t.Errorf("server_status without a key: %s", got)
	}
}

func TestRouting(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.get("//v3/database/list"))
	s.must(s.get("/v3/table/list/%73ample%5Fdatasets"))
	s.must(s.send("HEAD", "/v3/database/list", nil))
	s.wantError(s.get("/v3/nothing/here"), 404, "Resource not found")
	s.wantError(s.get("/"), 404, "Resource not found")
	s.wantError(s.send("DELETE", "/v3/database/list", nil), 405, "DELETE")
	s.wantError(s.get("/v3/job/kill/1"), 405, "GET")
	s.wantError(s.get("/v3/table/list/a%2Eb%2Fc"), 404, "Couldn't find UserDatabase with name = a.b/c")
	s.wantError(s.send("POST", "/v3/job/issue/presto/sample_datasets", strings.NewReader("<x/>"), "Content-Type", "text/xml"), 415, "text/xml")
	s.wantError(s.send("POST", "/v3/bulk_loads/guess", strings.NewReader("a=b"), "Content-Type", "application/x-www-form-urlencoded"), 415, "Content-Type")
	s.wantError(s.postJSON("/v3/bulk_loads/guess", "[1]"), 400, "JSON object")
	s.wantError(s.send("POST", "/v3/result/create/xyz", strings.NewReader("?"), "Content-Encoding", "br"), 415, "br")
	s.wantError(s.send("POST", "/v3/result/create/xyz", strings.NewReader("?"), "Content-Encoding", "gzip"), 400, "gzip")
	s.wantError(s.send("POST", "/v3/result/create/xyz", strings.NewReader("a=%zz")), 400, "form")
}

// TestBodies sends a query in all kinds of request bodies, with empty parameters.
func TestBodies(t *testing.T) {
	s := start(t, sandbox.Options{})
	const path = "/v3/job/issue/presto/sample_datasets"
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "query=SELECT+4&priority=")
	z.Close()
	const multipart = "--B\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT 3\r\n--B--\r\n"
	tests := []struct {
		name, body string
		header     []string
		want       string
	}{
		{"form", "query=SELECT+1&priority=&retry_limit=&result=&pool_name=&domain_key=", []string{"Content-Type", "application/x-www-form-urlencoded"}, "[1]\n"},
		{"json", `{"query":"SELECT 2","priority":1,"retry_limit":null,"result":""}`, []string{"Content-Type", "application/json"}, "[2]\n"},
		{"multipart", multipart, []string{"Content-Type", "multipart/form-data; boundary=B"}, "[3]\n"},
		{"gzip", zipped.String(), []string{"Content-Type", "application/x-www-form-urlencoded", "Content-Encoding", "gzip"}, "[4]\n"},
		{"no content type", "query=SELECT+5", nil, "[5]\n"},
		{"expect", "query=SELECT+6", []string{"Content-Type", "application/x-www-form-urlencoded", "Expect", "100-continue"}, "[6]\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := *s
			s.T = t
			job := s.must(s.send("POST", path, strings.NewReader(test.body), test.header...)).text(t, "job_id")
			if status := s.waitJob(job); status != "success" {
				t.Fatal(status)
			}
			if got := string(s.get("/v3/job/result/" + job + "?format=json").body); got != test.want {
				t.Errorf("got %q; want %q", got, test.want)
			}
		})
	}
}

func TestTransportWithoutPort(t *testing.T) {
	s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: newDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: s.Transport()}
	for range 3 {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://sandbox/v3/database/list", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "TD1 x")
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(w.Body)
		if err != nil || !strings.Contains(string(data), "sample_datasets") {
			t.Errorf("%s, %v", data, err)
		}
		w.Body.Close()
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(canceled, "GET", "http://sandbox/v3/database/list", nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := client.Do(r)
	if err == nil {
		w.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled request: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if w, err := client.Get("http://sandbox/v3/system/server_status"); err == nil {
		w.Body.Close()
		t.Error("a closed server answers")
	}
}

func TestResetAndDescribe(t *testing.T) {
	dir := t.TempDir() + "/data"
	if info, err := sandbox.Describe(t.Context(), dir); err != nil || info.Exists {
		t.Errorf("Describe of nothing: %+v, %v", info, err)
	}
	if err := sandbox.Reset(dir); err != nil {
		t.Errorf("Reset of nothing: %v", err)
	}
	s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Reset(dir); !errors.Is(err, sandbox.ErrInUse) {
		t.Errorf("Reset of an open sandbox: %v; want ErrInUse", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := sandbox.Describe(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []sandbox.DatabaseInfo{{Name: "sample_datasets", Tables: []sandbox.TableInfo{{Name: "nasdaq", Records: 8352}, {Name: "www_access", Records: 5000}}}}
	if diff := cmp.Diff(want, info.Databases); diff != "" || info.Bytes < 100_000 {
		t.Errorf("%d bytes (-want +got):\n%s", info.Bytes, diff)
	}
	if err := sandbox.Reset(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := sandbox.Describe(t.Context(), dir); err != nil || info.Exists {
		t.Errorf("Describe after Reset: %+v, %v", info, err)
	}
}
