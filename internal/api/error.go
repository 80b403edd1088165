package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What an [Error] can be asked for with errors.Is.
var (
	ErrUnauthorized = errors.New("the API key was refused")         // 401, and a refused password
	ErrForbidden    = errors.New("permission denied")               // 403
	ErrNotFound     = errors.New("not found")                       // 404
	ErrConflict     = errors.New("exists already")                  // 409
	ErrServer       = errors.New("the server failed or is busy")    // 429 and 5xx, after the retries
	ErrAnswer       = errors.New("the answer cannot be understood") // a success that does not say what it must
)

// ErrNoName says that a call names nothing, so that it was not sent.
var ErrNoName = errors.New("a name is empty")

// An Error is an answer that is not a success.
type Error struct {
	Status        int    // of HTTP
	Method, Path  string // of the request, without its query
	Message       string // the server's own words, or HTTP's when it has none
	ConflictsWith string // the job that has the same domain key, when the server names it

	login      bool          // a password was asked for: 400 refuses it
	retryAfter time.Duration // how long the server asks to be left alone
}

// Error returns the server's message. It tells the status too where that says more
// than the message could: a failure of the server, a refused key.
func (e *Error) Error() string {
	switch {
	case errors.Is(e, ErrUnauthorized) && !e.login:
		return fmt.Sprintf("%v: %s", ErrUnauthorized, e.Message)
	case errors.Is(e, ErrServer):
		return fmt.Sprintf("the server answers %d: %s", e.Status, e.Message)
	case e.ConflictsWith != "":
		return fmt.Sprintf("%s (conflicts with job %s)", e.Message, e.ConflictsWith)
	}
	return e.Message
}

// Is reports whether the status is what target stands for.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized || e.login && e.Status == http.StatusBadRequest
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrConflict:
		return e.Status == http.StatusConflict
	case ErrServer:
		return e.Status == http.StatusTooManyRequests || e.Status >= 500
	}
	return false
}

// A NetworkError says that a request got no answer, or only a part of one. It is never
// the end of a context.
type NetworkError struct {
	Host string // of the server that was asked
	Err  error

	unsent  bool // no connection was made
	unknown bool // the host has no address
	lasting bool // it will be the same next time
}

// Error names the host and what failed.
func (e *NetworkError) Error() string { return fmt.Sprintf("no answer from %s: %v", e.Host, e.Err) }

// Unwrap returns what failed.
func (e *NetworkError) Unwrap() error { return e.Err }

// networkError classifies what the HTTP client returns when there is no answer.
func networkError(host string, err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // without the URL
	}
	if refusal, ok := errors.AsType[*Error](err); ok { // the proxy's
		return refusal
	}
	if e, ok := errors.AsType[*NetworkError](err); ok {
		return e
	}
	e := &NetworkError{Host: host, Err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		e.unsent = op.Op == "dial" || op.Op == "proxyconnect"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		e.unknown = dns.IsNotFound
	}
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	e.lasting = badCertificate || errors.Is(err, http.ErrSchemeMismatch) || errors.Is(err, errBadProxy)
	if errors.Is(err, context.DeadlineExceeded) { // a timeout of the connection, not of the caller's context
		e.Err = errors.New(err.Error())
	}
	return e
}

const maxErrorBody = 64 << 10

// responseError reads the error that resp stands for. It never fails.
func (c *Client) responseError(cl *call, resp *http.Response) *Error {
	e := &Error{
		Status: resp.StatusCode, Method: cl.method, Path: cl.path(),
		login: cl.login, retryAfter: retryAfter(resp.Header.Get("Retry-After")),
	}
	var text string
	if body, err := decoded(resp); err == nil {
		b, _ := io.ReadAll(io.LimitReader(body, maxErrorBody)) // a part is better than nothing
		text, e.ConflictsWith = errorText(b)
	}
	if host := redirectHost(resp); host != "" && text == "" {
		text = "the server redirects the request to " + host
	}
	if text == "" {
		text = strings.ToLower(http.StatusText(resp.StatusCode))
	}
	if text == "" {
		text = fmt.Sprintf("HTTP status %d", resp.StatusCode)
	}
	e.Message = shorten(c.redact(oneLine(text)), 1000)
	return e
}

// errorText picks the message out of a body, whatever the body is, and the job that a
// domain key belongs to already.
func errorText(b []byte) (message, conflictsWith string) {
	b = bytes.TrimSpace(b)
	var fields struct {
		Message, Text, ErrorMessage, Error text
		Details                            json.RawMessage
	}
	if err := unmarshal(b, &fields); err == nil {
		var details struct {
			ConflictsWith text `json:"conflicts_with"`
		}
		if json.Unmarshal(fields.Details, &details) == nil {
			conflictsWith = string(details.ConflictsWith)
		}
		for _, s := range []text{fields.Message, fields.Text, fields.ErrorMessage, fields.Error} {
			if s := strings.TrimSpace(string(s)); s != "" {
				return s, conflictsWith
			}
		}
	}
	var s string
	switch err := unmarshal(b, &s); {
	case err == nil: // a bare string, or null
		return strings.TrimSpace(s), conflictsWith
	case json.Valid(b):
		if s := string(b); s != "{}" && s != "[]" {
			return shorten(s, 200), conflictsWith
		}
		return "", conflictsWith
	}
	s = strings.TrimSpace(strings.ToValidUTF8(string(b), "\ufffd"))
	if strings.HasPrefix(s, "<") { // a gateway's page
		s = html.UnescapeString(firstGroup(title, s))
	}
	return shorten(s, 200), conflictsWith
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func firstGroup(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

func redirectHost(resp *http.Response) string {
	if resp.StatusCode/100 != 3 {
		return ""
	}
	if u, err := resp.Location(); err == nil {
		return u.Host
	}
	return ""
}

// oneLine returns s with single spaces for space and for control characters, which a
// terminal would obey.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// shorten cuts s to at most n bytes, between characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
