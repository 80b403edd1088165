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

	"github.com/td-cli/td/internal/lazyregexp"
)

// Errors that an [Error] matches with errors.Is.
var (
	ErrUnauthorized = errors.New("the API key was refused")      // 401, or a wrong password
	ErrForbidden    = errors.New("permission denied")            // 403
	ErrNotFound     = errors.New("not found")                    // 404
	ErrConflict     = errors.New("already exists")               // 409
	ErrServer       = errors.New("the server failed or is busy") // 429 or 5xx, after the retries
	ErrAnswer       = errors.New("invalid response")             // status 2xx, but the required fields are missing
)

// ErrNoName is returned without sending a request if a name in the path is empty.
var ErrNoName = errors.New("a name is empty")

// An Error is a response with a status other than 2xx.
type Error struct {
	Status        int    // HTTP status
	Method, Path  string // Path is without the query
	Message       string // the server's message, or the HTTP reason phrase
	Body          []byte // at most 64 KiB of the body
	ConflictsWith string // the job with the same domain key, if the response contains it
	ResultSize    int64  // size of the result if a requested range is beyond it (416); -1 if unknown

	foreign    bool          // the body is not in a form that the API uses
	login      bool          // 400 means a wrong password
	retryAfter time.Duration // value of the Retry-After header
}

// Error returns the message, with the status if the server failed.
func (e *Error) Error() string {
	switch {
	case errors.Is(e, ErrUnauthorized) && !e.login:
		return fmt.Sprintf("%v: %s", ErrUnauthorized, e.Message)
	case errors.Is(e, ErrServer), e.foreign:
		return fmt.Sprintf("the server responded with %d: %s", e.Status, e.Message)
	case e.ConflictsWith != "":
		return fmt.Sprintf("%s (conflicts with job %s)", e.Message, e.ConflictsWith)
	}
	return e.Message
}

// Is implements the interface that errors.Is uses.
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

// Temporary reports whether the same request may succeed soon: the server is busy, or the response seems to come from
// a proxy.
func (e *Error) Temporary() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	case http.StatusProxyAuthRequired:
		return false
	}
	return e.foreign || e.Is(ErrServer)
}

// A NetworkError reports that there was no response or only a part of one. It never wraps a context error.
type NetworkError struct {
	Host string // host and port of the server
	Err  error

	unsent      bool // no connection was established
	unknownHost bool // the host name cannot be resolved
	permanent   bool // a retry would fail in the same way
}

// Error implements error.
func (e *NetworkError) Error() string {
	if errors.Is(e.Err, io.ErrUnexpectedEOF) {
		return fmt.Sprintf("the connection to %s broke: %v", e.Host, e.Err)
	}
	return fmt.Sprintf("no answer from %s: %v", e.Host, e.Err)
}

// Unwrap returns e.Err.
func (e *NetworkError) Unwrap() error { return e.Err }

// An UnsentError reports a request that [Options].Transport does not send. It is not retried.
type UnsentError struct{ Err error }

func (e *UnsentError) Error() string { return e.Err.Error() }
func (e *UnsentError) Unwrap() error { return e.Err }

// newNetworkError classifies an error of the HTTP client.
func newNetworkError(host string, err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // drops the URL, which may contain secrets
	}
	if refusal, ok := errors.AsType[*Error](err); ok { // an error status of the proxy
		return refusal
	}
	if e, ok := errors.AsType[*NetworkError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*UnsentError](err); ok {
		return e
	}
	e := &NetworkError{Host: host, Err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		e.unsent = op.Op == "dial" || op.Op == "proxyconnect"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		e.unknownHost = dns.IsNotFound
	}
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	e.permanent = badCertificate || errors.Is(err, http.ErrSchemeMismatch) || errors.Is(err, errInvalidProxy)
	if errors.Is(err, context.DeadlineExceeded) { // a timeout of the connection; the caller's context is not done
		e.Err = errors.New(err.Error())
	}
	return e
}

const maxErrorBody = 64 << 10

// newError converts a response to an Error. It never fails.
func (c *Client) newError(cl *call, resp *http.Response) *Error {
	e := &Error{
		Status: resp.StatusCode, Method: cl.method, Path: cl.path(),
		login: cl.login, retryAfter: parseRetryAfter(resp.Header.Get("Retry-After")),
		ResultSize: parseUnsatisfiedRange(resp.Header.Get("Content-Range")),
	}
	var text string
	if body, err := decodeBody(resp); err == nil {
		e.Body, _ = io.ReadAll(io.LimitReader(body, maxErrorBody)) // an incomplete message is better than none
		text, e.ConflictsWith, e.foreign = parseError(e.Body)
	}
	if host := redirectHost(resp); host != "" && text == "" {
		text = "the server redirected the request to " + host
	}
	switch {
	case resp.StatusCode == http.StatusProxyAuthRequired:
		e.foreign = false // the message names the proxy
		text = strings.TrimSuffix("the proxy requires a user name and a password (put them into the URL in HTTP_PROXY or HTTPS_PROXY): "+text, ": ")
	case resp.StatusCode/100 == 3 && text == "":
		text = fmt.Sprintf("the server redirected the request without a target (status %d); is the endpoint right?", resp.StatusCode)
	case text == "":
		text = strings.ToLower(http.StatusText(resp.StatusCode))
	}
	if text == "" {
		text = fmt.Sprintf("HTTP status %d", resp.StatusCode)
	}
	e.Message = shorten(c.redact(oneLine(text)), 1000)
	return e
}

// parseError returns the message in the body of an error response, and the ID of the job that already has the domain
// key. The message is foreign if it is not in a form that the API uses.
func parseError(b []byte) (message, conflictsWith string, foreign bool) {
	b = bytes.TrimSpace(b)
	var fields struct {
		Message, Text, ErrorMessage, Error looseString
		Details                            json.RawMessage
	}
	if err := unmarshal(b, &fields); err == nil {
		var details struct {
			ConflictsWith looseString `json:"conflicts_with"`
		}
		if json.Unmarshal(fields.Details, &details) == nil {
			conflictsWith = string(details.ConflictsWith)
		}
		for _, s := range []looseString{fields.Message, fields.Text, fields.ErrorMessage, fields.Error} {
			if s := strings.TrimSpace(string(s)); s != "" {
				return s, conflictsWith, false
			}
		}
	}
	var s string
	switch err := unmarshal(b, &s); {
	case err == nil: // a string or null
		return strings.TrimSpace(s), conflictsWith, false
	case json.Valid(b):
		if s := string(b); s != "{}" && s != "[]" {
			return shorten(s, 200), conflictsWith, true
		}
		return "", conflictsWith, false
	}
	s = strings.TrimSpace(strings.ToValidUTF8(string(b), "\ufffd"))
	if strings.HasPrefix(s, "<") { // an HTML page of a gateway
		s = html.UnescapeString(firstGroup(title(), s))
	}
	return shorten(s, 200), conflictsWith, len(b) > 0
}

var title = lazyregexp.New(`(?is)<title[^>]*>(.*?)</title>`)

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

// oneLine replaces runs of spaces and control characters, to which a terminal would react, with single spaces.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// shorten truncates s to at most n bytes without splitting a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
