package api

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestRaw(t *testing.T) {
	text := upload("body")
	for _, tt := range []struct {
		name    string
		request RawRequest
		want    string // request
	}{
		{"GET", RawRequest{Method: "GET", Path: "/v3/a/b%2Fc", Query: url.Values{"x": {"1 2"}}}, "GET /v3/a/b%2Fc?x=1+2"},
		{"colon", RawRequest{Method: "GET", Path: "/v3/:db/a:b"}, "GET /v3/%3Adb/a:b"},
		{"form", RawRequest{Method: "POST", Path: "/v3/a", Form: url.Values{"x": {"1"}}}, "POST /v3/a x=1"},
		{"upload", RawRequest{Method: "PUT", Path: "/v3/a", Upload: &text}, "PUT /v3/a body"},
		{"no body", RawRequest{Method: "DELETE", Path: "/v3/a"}, "DELETE /v3/a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, s := client(t, Options{}, answer{body: `{"a":1}`})
			resp, err := c.Raw(t.Context(), tt.request)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			if string(b) != `{"a":1}` || err != nil {
				t.Errorf("body %q, %v", b, err)
			}
			r := s.seen[0]
			if request := strings.TrimSpace(r.method + " " + r.uri + " " + r.body); request != tt.want {
				t.Errorf("request %s, want %s", request, tt.want)
			}
		})
	}
}

func TestRawError(t *testing.T) {
	c, _ := client(t, Options{}, answer{status: http.StatusNotFound, body: `{"error":"no such thing","more":1}`})
	resp, err := c.Raw(t.Context(), RawRequest{Method: "GET", Path: "/v3/a"})
	if err == nil {
		resp.Body.Close()
	}
	failure, ok := errors.AsType[*Error](err)
	if !ok || !errors.Is(err, ErrNotFound) || failure.Message != "no such thing" || string(failure.Body) != `{"error":"no such thing","more":1}` {
		t.Errorf("%v: %+v", err, failure)
	}
}
