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

	"github.com/td-cli/td/internal/redact"
)

// A trace writes requests and responses without secrets. It omits the values of headers that may identify the user,
// passwords in forms and URLs, and all bodies other than forms.
type trace struct {
	mu     sync.Mutex
	to     io.Writer
	client *Client
}

// wrap returns a transport that traces the requests of next.
func (t *trace) wrap(next http.RoundTripper) http.RoundTripper {
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

// write writes a block of lines after redacting it.
func (t *trace) write(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.to, t.client.redact(s)) // a trace that cannot be written must not break the request
}

func (t *trace) request(req *http.Request) string {
	var b strings.Builder
	u := *req.URL
	u.User = nil
	fmt.Fprintf(&b, "> %s %s\n", req.Method, u.String())
	t.headers(&b, ">", req.Header)
	if form := readForm(req); form != nil {
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
			switch _, own := t.client.header[name]; {
			case own, redact.IsSecretName(name):
				value = redact.Mask
			case name == "Location":
				value, _, _ = strings.Cut(value, "?") // the query of a signed URL contains the signature
			}
			fmt.Fprintf(b, "%s %s: %s\n", arrow, name, value)
		}
	}
}

// readForm returns the form in the body of req, or nil.
func readForm(req *http.Request) url.Values {
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

// redactField returns the value of a form field without secrets.
func redactField(name, value string) string {
	if redact.IsSecretName(name) || name == "result_connection_settings" {
		return redact.Mask
	}
	return redact.Text(value)
}

// escapeLines escapes line breaks.
func escapeLines(s string) string {
	return strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(s)
}
