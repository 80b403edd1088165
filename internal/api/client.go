// Package api is a client of version 3 of Treasure Data's REST API and of the workflow API. It has one method per
// endpoint, retries, a redacted trace, and typed errors. It accepts every known form of the service's responses,
// prints nothing, and does not wait for jobs.
// README.md describes the API. Official reference: https://api-docs.treasuredata.com/
package api

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/td-cli/td/internal/redact"
)

// Options configure a Client.
type Options struct {
	Endpoint       string // URL of the API
	ImportEndpoint string // URL for streaming imports; empty means Endpoint
	APIKey         string // empty: requests have no Authorization header
	UserAgent      string
	Header         http.Header // added to every request

	// Transport sends the requests. If it is nil, the client uses the proxies of the environment, and HTTP/1.1 for
	// results because that is twice as fast as HTTP/2.
	Transport http.RoundTripper

	// Record wraps the transports, for example to store the exchanges. It may be nil.
	Record func(http.RoundTripper) http.RoundTripper

	// RetryPosts permits the repetition of requests that may then be carried out twice. A table swap is never
	// repeated, because a second swap undoes the first.
	RetryPosts bool

	// MaxRetryTime limits the time for retries of a request, counted from its first failure. 0 disables retries.
	MaxRetryTime time.Duration

	// NoPauses skips the pauses before retries, which still count for MaxRetryTime.
	NoPauses bool

	// Notify is called with one line before each retry. It may be nil.
	Notify func(line string)

	// Changed is called after each successful request that may have changed something. It may be nil.
	Changed func()

	// DryRun receives the requests that may change something on the server, which are not sent and fail with
	// [ErrDryRun]. The text consists of whole lines, without secrets. It may be called concurrently. If it is nil, all
	// requests are sent.
	DryRun func(request string)

	// Unsure is called with the method and path of a request that failed although the server may have carried it
	// out, and whose repetition may have another effect. It may be nil.
	Unsure func(request string)

	// Trace receives all requests, responses and retries, without secrets. It may be nil.
	Trace io.Writer
}

// A Client sends requests for one account. It is safe for concurrent use.
type Client struct {
	base, imports *url.URL
	key           string
	userAgent     string
	header        http.Header
	http, results *http.Client // results is for downloads
	retryPosts    bool
	maxRetryTime  time.Duration
	noPauses      bool
	notify        func(string)
	changed       func()       // may be nil
	dryRun        func(string) // may be nil
	unsure        func(string) // may be nil
	trace         *trace       // may be nil
}

// New returns a client without sending a request.
func New(o Options) (*Client, error) {
	base, err := parseEndpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	imports := base
	if o.ImportEndpoint != "" {
		if imports, err = parseEndpoint(o.ImportEndpoint); err != nil {
			return nil, err
		}
	}
	if strings.ContainsFunc(o.APIKey, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("the API key contains a line break or another control character")
	}
	c := &Client{
		base: base, imports: imports, key: o.APIKey,
		userAgent: o.UserAgent, header: http.Header{},
		retryPosts: o.RetryPosts, maxRetryTime: o.MaxRetryTime, noPauses: o.NoPauses, notify: o.Notify,
		changed: o.Changed, dryRun: o.DryRun, unsure: o.Unsure,
	}
	if c.userAgent == "" {
		c.userAgent = "td"
	}
	for name, values := range o.Header {
		c.header[http.CanonicalHeaderKey(name)] = values
	}
	transport, download := o.Transport, o.Transport
	if transport == nil {
		transport, download = newTransport(), newDownloadTransport()
	}
	if o.Record != nil {
		transport, download = o.Record(transport), o.Record(download)
	}
	if o.Trace != nil {
		c.trace = &trace{to: o.Trace, client: c}
		transport, download = c.trace.wrap(transport), c.trace.wrap(download)
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: checkRedirect}
	c.results = &http.Client{Transport: download, CheckRedirect: checkRedirect}
	return c, nil
}

// MaxRetryTime returns Options.MaxRetryTime.
func (c *Client) MaxRetryTime() time.Duration { return c.maxRetryTime }

// Close closes idle connections.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.results.CloseIdleConnections()
}

// redact returns s without secrets, in particular without the client's API key in any encoding.
func (c *Client) redact(s string) string {
	const minLength = 10 // a shorter key is a test's, and may be an ordinary word
	_, secret, _ := strings.Cut(c.key, "/")
	for _, k := range []string{c.key, url.QueryEscape(c.key), strings.ReplaceAll(c.key, "/", "%2f"), strings.ReplaceAll(c.key, "/", `\/`), secret} {
		if len(k) >= minLength {
			s = strings.ReplaceAll(s, k, redact.Mask)
		}
	}
	return redact.Text(s)
}

// Host returns the server's host and port, for messages.
func (c *Client) Host() string { return c.base.Host }

func parseEndpoint(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("the endpoint is not an http or https URL") // the URL may contain a password
	}
	return u, nil
}

// checkRedirect follows redirects of GET requests only. A redirect to another server drops all headers that could
// identify the user.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) >= 10 {
		return http.ErrUseLastResponse
	}
	if req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host {
		kept := http.Header{}
		for _, name := range []string{"Accept", "Accept-Encoding", "Range", "If-Range", "User-Agent"} {
			if v := req.Header.Values(name); len(v) > 0 {
				kept[name] = v
			}
		}
		req.Header = kept
	}
	return nil
}
