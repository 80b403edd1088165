package api

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// A trace writes down what goes over the wire, without what must stay secret: no value
// of a header that may prove who we are, no password in a form or in a URL, no body
// but a form's.
type trace struct {
	mu     sync.Mutex
	to     io.Writer
	client *Client
}

// around returns a transport that tells the trace what next does.
func (t *trace) around(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		t.write(t.request(req))
		start := time.Now()
		resp, err := next.RoundTrip(req)
		took := time.Since(start).Round(time.Millisecond)
		if err != nil {
			t.write(fmt.Sprintf("< %s %s failed after %s: %v\n", req.Method, req.URL.Path, took, err))
			return nil, err
		}
		t.write(t.response(resp, took))
		return resp, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// write adds one whole block, with what may still be secret in it hidden.
func (t *trace) write(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.to, t.client.redact(s)) // a trace that cannot be written hurts nobody
}

func (t *trace) request(req *http.Request) string {
	var b strings.Builder
	u := *req.URL
	u.User = nil
	fmt.Fprintf(&b, "> %s %s\n", req.Method, u.String())
	t.headers(&b, ">", req.Header)
	if form := formOf(req); form != nil {
		for _, name := range slices.Sorted(maps.Keys(form)) {
			for _, value := range form[name] {
				fmt.Fprintf(&b, ">   %s=%s\n", name, shorten(escapeLines(redactField(name, value)), 2000))
			}
		}
	} else if req.ContentLength != 0 {
		fmt.Fprintf(&b, ">   (%d bytes)\n", req.ContentLength)
	}
	return b.String()
}

func (t *trace) response(resp *http.Response, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "< %s %s after %s\n", resp.Proto, resp.Status, took)
	t.headers(&b, "<", resp.Header)
	return b.String()
}

func (t *trace) headers(b *strings.Builder, arrow string, h http.Header) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			switch _, ours := t.client.header[name]; {
			case ours, name == "Authorization", name == "Proxy-Authorization", strings.Contains(name, "Cookie"):
				value = hidden
			case name == "Location":
				value, _, _ = strings.Cut(value, "?") // a signed URL's signature
			}
			fmt.Fprintf(b, "%s %s: %s\n", arrow, name, value)
		}
	}
}

// formOf reads the form that req is going to send.
func formOf(req *http.Request) url.Values {
	if req.GetBody == nil || req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	if err != nil {
		return nil
	}
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil
	}
	return form
}

// redactField hides the value of a form's field that is a secret or holds one.
func redactField(name, value string) string {
	switch name {
	case "password", "old_password", "apikey", "access_key_id", "secret_access_key", "result_connection_settings":
		return hidden
	case "result", "url":
		if strings.HasPrefix(strings.TrimSpace(value), "{") {
			return hidden
		}
		return RedactURL(value)
	}
	return value
}

// escapeLines keeps a value on its line.
func escapeLines(s string) string {
	return strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(s)
}
