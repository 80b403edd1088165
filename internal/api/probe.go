package api

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Probe is what one request told of a server and the way to it.
type Probe struct {
	Host   string
	Status int                  // of HTTP
	API    bool                 // the answer is one that the API would give
	Took   time.Duration        // from the connection's start to the answer's
	Date   time.Time            // the server's clock; zero when it does not tell
	TLS    *tls.ConnectionState // nil when the connection is in the clear
}

// Probe asks the API, or with imports the server that takes streaming imports, for its
// status, once and without the API key: GET /v3/system/server_status. Any answer at all
// is a success.
func (c *Client) Probe(ctx context.Context, imports bool) (Probe, error) {
	cl := &call{method: "GET", route: "/v3/system/server_status", anonymous: true, imports: imports}
	req, err := c.request(ctx, cl)
	if err != nil {
		return Probe{}, err
	}
	began := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Probe{}, ctx.Err()
		}
		return Probe{}, networkError(req.URL.Host, err)
	}
	defer resp.Body.Close()
	p := Probe{Host: req.URL.Host, Status: resp.StatusCode, Took: time.Since(began), TLS: resp.TLS}
	p.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	var answer struct{ Status text }
	if body, err := decoded(resp); err == nil {
		b, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
		p.API = resp.StatusCode == http.StatusOK && unmarshal(b, &answer) == nil && answer.Status != ""
	}
	return p, nil
}

// Proxy returns the proxy that requests to an endpoint go through: nil for none. The
// error does not show it.
func Proxy(endpoint string) (*url.URL, error) {
	u, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	return proxy(&http.Request{URL: u})
}

// MaskProxy returns a proxy's URL without the name and the password in it.
func MaskProxy(u *url.URL) string {
	shown := u.Scheme + "://"
	if u.User != nil {
		shown += hidden + "@"
	}
	return shown + strings.TrimSuffix(u.Host, "/")
}
