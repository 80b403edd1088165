// Package api speaks Treasure Data's REST API, version 3: one method a call, the
// transport with its retries and its redacted trace, and typed errors. It reads
// whatever the service and its many versions answer, it never prints, and it does not
// wait for jobs.
package api

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say which account a Client serves and how it behaves.
type Options struct {
	Endpoint       string // URL of the API
	ImportEndpoint string // URL that takes streaming imports; empty: the API's
	APIKey         string // empty: requests carry no Authorization
	UserAgent      string
	Header         http.Header // sent with every request, besides

	// Transport carries the requests. Nil stands for one that honours the proxies of the
	// environment and downloads results over HTTP/1.1, which is twice as fast.
	Transport http.RoundTripper

	// RetryPosts repeats requests that may then be carried out twice. A table swap, which
	// a second swap undoes, is not repeated even so.
	RetryPosts bool

	// MaxRetryTime is how long, from its first failure, a request is tried again.
	// Zero: not at all.
	MaxRetryTime time.Duration

	// Notify is told of each retry, in one line, by the goroutine that makes the call.
	// It may be nil.
	Notify func(line string)

	// Changed is told of each request that succeeded and may have changed something, by
	// the goroutine that makes the call. It may be nil.
	Changed func()

	// Trace gets each request, answer and retry, without what is secret in it. It may be
	// nil.
	Trace io.Writer
}

// A Client makes requests for one account. It may be used by several goroutines.
type Client struct {
	base, imports *url.URL
	key           string
	userAgent     string
	header        http.Header
	http, results *http.Client // results: for downloads
	retryPosts    bool
	maxRetryTime  time.Duration
	notify        func(string)
	changed       func() // nil for nobody
	trace         *trace // nil for none
}

// New returns a client. It sends nothing yet.
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
		retryPosts: o.RetryPosts, maxRetryTime: o.MaxRetryTime, notify: o.Notify, changed: o.Changed,
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
	if o.Trace != nil {
		c.trace = &trace{to: o.Trace, client: c}
		transport, download = c.trace.around(transport), c.trace.around(download)
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: checkRedirect}
	c.results = &http.Client{Transport: download, CheckRedirect: checkRedirect}
	return c, nil
}

// Close lets go of idle connections.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.results.CloseIdleConnections()
}

// Host returns the name of the server, for messages.
func (c *Client) Host() string { return c.base.Host }

func parseEndpoint(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("the endpoint is not an http or https URL") // not shown: it may hold a password
	}
	return u, nil
}

// checkRedirect follows a redirect of a plain read only, and takes along what proves
// who we are to the same server only.
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
