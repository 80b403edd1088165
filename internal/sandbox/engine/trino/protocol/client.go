// Package protocol implements a client of Trino's REST protocol
// (https://trino.io/docs/current/develop/client-protocol.html). A query is submitted and fetched in two steps,
// because the server does not run it before the first fetch: its ID can be stored in between.
package protocol

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sleep"
)

// Options configure a Client.
type Options struct {
	URL      *url.URL // scheme, host and port of the coordinator
	User     string
	Password string // requires https
	Token    string // JSON Web Token; requires https
	CA       []byte // PEM text of certificates to trust instead of those of the system
	Catalog  string
	Source   string
	// RetryTime is the time after which a request is no longer repeated; 0 means 1 minute.
	RetryTime time.Duration
	// ResponseTime is the time after which a response that does not arrive is given up; 0 means 30 seconds.
	ResponseTime time.Duration
	// FirstPause is the pause before the first repetition; 0 means 50 ms. It doubles up to 5 s.
	FirstPause time.Duration
}

const (
	cancelTimeout = 10 * time.Second
	maxPause      = 5 * time.Second
)

// A Client sends statements to a coordinator. It is safe for concurrent use.
type Client struct {
	o    Options
	http *http.Client
}

// NewClient returns a client. It sends no request.
func NewClient(o Options) (*Client, error) {
	if o.URL.Scheme != "https" && (o.Password != "" || o.Token != "") {
		return nil, errors.New("a password or token requires https")
	}
	o.RetryTime = cmp.Or(o.RetryTime, time.Minute)
	o.ResponseTime = cmp.Or(o.ResponseTime, 30*time.Second)
	o.FirstPause = cmp.Or(o.FirstPause, 50*time.Millisecond)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = isLoopback(o.URL.Hostname())
	if o.CA != nil {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the file of trusted certificates contains no certificate in PEM format")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &Client{o: o, http: &http.Client{
		Transport: transport,
		// A redirect could send the credentials to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// WithTimes returns a client that uses the connections of c with another RetryTime and ResponseTime.
func (c *Client) WithTimes(retry, response time.Duration) *Client {
	other := &Client{o: c.o, http: c.http}
	other.o.RetryTime, other.o.ResponseTime = retry, response
	return other
}

// isLoopback reports whether a host is this machine. Compressing data for it costs a factor of 2.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Close closes the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Info describes a coordinator.
type Info struct {
	Version  string
	Starting bool // the server does not accept statements yet
}

// Info returns the description of the coordinator. It needs no credentials and is not repeated.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var reply struct {
		NodeVersion struct{ Version string }
		Starting    bool
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.URL.JoinPath("/v1/info").String(), http.NoBody)
	if err != nil {
		return Info{}, err
	}
	var body bytes.Buffer
	if err := c.send(r, &body); err != nil {
		return Info{}, c.unreachable(ctx, err)
	}
	if err := json.Unmarshal(body.Bytes(), &reply); err != nil || reply.NodeVersion.Version == "" {
		return Info{}, fmt.Errorf("the server at %s is not a Trino coordinator", c.o.URL)
	}
	return Info{reply.NodeVersion.Version, reply.Starting}, nil
}

// A Session contains the properties of a statement.
type Session struct {
	Schema string
	Tags   []string
}

// Submit sends a statement. It is not interrupted when ctx ends, because a query whose response is lost cannot be
// canceled: if ctx has ended when the response arrives, Submit cancels the query.
func (c *Client) Submit(ctx context.Context, statement string, s Session) (*Query, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q := &Query{client: c}
	err := c.repeat(ctx, func() error {
		r, err := c.newRequest(context.WithoutCancel(ctx), http.MethodPost, c.o.URL.JoinPath("/v1/statement").String(), statement)
		if err != nil {
			return err
		}
		for name, value := range map[string]string{
			"User": c.o.User, "Source": c.o.Source, "Catalog": c.o.Catalog, "Schema": s.Schema, "Time-Zone": "UTC",
			"Client-Tags": strings.Join(s.Tags, ","), "Client-Capabilities": "PARAMETRIC_DATETIME",
		} {
			if value != "" {
				r.Header.Set("X-Trino-"+name, value)
			}
		}
		q.body.Reset()
		if err := c.send(r, &q.body); err != nil {
			return err
		}
		return q.parse(q.body.Bytes(), Receiver{})
	})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		q.Cancel()
		return nil, err
	}
	return q, nil
}

func (c *Client) newRequest(ctx context.Context, method, target, body string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "td")
	r.Header.Set("X-Trino-User", c.o.User)
	switch {
	case c.o.Token != "":
		r.Header.Set("Authorization", "Bearer "+c.o.Token)
	case c.o.Password != "":
		r.SetBasicAuth(c.o.User, c.o.Password)
	}
	return r, nil
}

// A StatusError is a response of the server, or of a proxy, that is not a result.
type StatusError struct {
	Status int
	server string
	text   string
}

// Error returns the status and the text of the response.
func (e *StatusError) Error() string {
	message := fmt.Sprintf("the Trino cluster at %s answered %d %s", e.server, e.Status, http.StatusText(e.Status))
	if e.text != "" {
		message += ": " + e.text
	}
	return message
}

// repeatable reports whether the same request can succeed later.
func (e *StatusError) repeatable() bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Is reports whether target is engine.ErrUnavailable and the same request can succeed later, or engine.ErrRefused and the
// login is wrong or has expired.
func (e *StatusError) Is(target error) bool {
	switch target {
	case engine.ErrUnavailable:
		return e.repeatable()
	case engine.ErrRefused:
		return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
	}
	return false
}

// An incompleteError is a response that was cut off.
type incompleteError struct{ err error }

func (e *incompleteError) Error() string { return "incomplete response: " + e.err.Error() }

func (e *incompleteError) Unwrap() error { return e.err }

// A timeoutError is returned if the server accepts a request and does not answer it.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no response within %v", e.limit) }

// A watchedReader restarts a timer whenever data arrives.
type watchedReader struct {
	io.Reader
	timer *time.Timer
	limit time.Duration
}

// Read implements io.Reader.
func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.timer.Reset(r.limit)
	return n, err
}

// send sends a request and reads the complete response.
func (c *Client) send(r *http.Request, body *bytes.Buffer) error {
	const uploadRate = 100_000 // bytes per second
	limit := c.o.ResponseTime + time.Duration(r.ContentLength/uploadRate)*time.Second
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	timer := time.AfterFunc(limit, func() { cancel(&timeoutError{limit}) })
	defer timer.Stop()
	err := c.receive(r.WithContext(ctx), body, func(data io.Reader) io.Reader { return &watchedReader{data, timer, limit} })
	if cause, ok := errors.AsType[*timeoutError](context.Cause(ctx)); ok && err != nil {
		return cause
	}
	return err
}

// receive sends a request and reads the response through the reader that watch returns.
func (c *Client) receive(r *http.Request, body *bytes.Buffer, watch func(io.Reader) io.Reader) error {
	response, err := c.http.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return err
	}
	defer func() { _ = response.Body.Close() }()
	const maxErrorText = 2000
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNoContent {
		text, _ := io.ReadAll(io.LimitReader(watch(response.Body), maxErrorText))
		message := c.errorText(response, string(text))
		if location, err := response.Location(); err == nil && response.StatusCode/100 == 3 {
			message = fmt.Sprintf("redirects to %s://%s are not followed: change the address of the cluster", location.Scheme, location.Host)
		}
		return &StatusError{response.StatusCode, c.o.URL.String(), message}
	}
	if _, err := body.ReadFrom(watch(response.Body)); err != nil {
		return &incompleteError{err}
	}
	return nil
}

// errorText returns the body of an error response without credentials, unless it is a page for browsers.
func (c *Client) errorText(response *http.Response, text string) string {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") || strings.HasPrefix(text, "<") {
		return ""
	}
	if c.o.Password != "" { // the header Authorization contains it in base64
		text = strings.ReplaceAll(text, base64.StdEncoding.EncodeToString([]byte(c.o.User+":"+c.o.Password)), "***")
	}
	for _, secret := range []string{c.o.Password, c.o.Token} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// repeat calls send until it succeeds, fails with an error that a repetition does not change, or ctx ends.
func (c *Client) repeat(ctx context.Context, send func() error) error {
	start, pause := time.Now(), c.o.FirstPause
	for {
		err := send()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if e, ok := errors.AsType[*StatusError](err); ok && !e.repeatable() {
			return err
		}
		if !isTemporary(err) {
			return err
		}
		if time.Since(start)+pause > c.o.RetryTime {
			return c.unreachable(ctx, err)
		}
		if sleep.For(ctx, pause) != nil {
			return ctx.Err()
		}
		pause = min(2*pause, maxPause)
	}
}

// isTemporary reports whether a request can be repeated after an error. Invalid certificates remain invalid.
func isTemporary(err error) bool {
	if _, ok := errors.AsType[*StatusError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*incompleteError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*timeoutError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	_, isNet := errors.AsType[net.Error](err)
	return isNet || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}

// An UnreachableError is returned if the coordinator gives no usable response.
type UnreachableError struct {
	server string
	err    error
}

// Error names the server and the reason.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the Trino cluster at %s does not answer: %v", e.server, e.err)
}

// Unwrap returns the reason.
func (e *UnreachableError) Unwrap() error { return e.err }

// Is reports whether target is engine.ErrUnavailable.
func (e *UnreachableError) Is(target error) bool { return target == engine.ErrUnavailable }

func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*StatusError](err); ok {
		return e
	}
	return &UnreachableError{c.o.URL.String(), err}
}
