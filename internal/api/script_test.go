package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testKey = "1/5ecre7c0ffee5ecre7c0ffee"

// wire returns the contents of a file in testdata/wire.
func wire(t *testing.T, name string) string {
	t.Helper()
	if filepath.Ext(name) == "" {
		name += ".json"
	}
	b, err := os.ReadFile(filepath.Join("testdata", "wire", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// An answer is a scripted response.
type answer struct {
	status int // 0: 200
	header http.Header
	body   string
	err    error // returned instead of a response
}

// A script returns responses in order and records the requests.
type script struct {
	t       *testing.T
	answers []answer
	seen    []seen
}

// seen is a recorded request.
type seen struct {
	method, host, uri, body string
	header                  http.Header
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	r := seen{method: req.Method, host: req.URL.Host, uri: req.URL.RequestURI(), header: req.Header.Clone()}
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			s.t.Error(err)
		}
		req.Body.Close()
		r.body = string(b)
		if int64(len(b)) != req.ContentLength {
			s.t.Errorf("%s: Content-Length %d for %d bytes", r.uri, req.ContentLength, len(b))
		}
	}
	s.seen = append(s.seen, r)
	if len(s.answers) == 0 {
		s.t.Errorf("unexpected request: %s %s", r.method, r.uri)
		return nil, errors.New("no answer left")
	}
	a := s.answers[0]
	s.answers = s.answers[1:]
	if a.err != nil {
		return nil, a.err
	}
	resp := &http.Response{
		StatusCode: a.status, Header: a.header, Request: req, Proto: "HTTP/1.1",
		Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}
	if resp.StatusCode == 0 {
		resp.StatusCode = http.StatusOK
	}
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	resp.Status = http.StatusText(resp.StatusCode)
	return resp, nil
}

// client returns a client that receives the scripted answers.
func client(t *testing.T, o Options, answers ...answer) (*Client, *script) {
	t.Helper()
	s := &script{t: t, answers: answers}
	o.Endpoint, o.Transport = "https://api.example.com", s
	if o.APIKey == "" {
		o.APIKey = testKey
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}
