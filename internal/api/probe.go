package api

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/td-cli/td/internal/redact"
)

// A Probe describes a server and the connection to it.
type Probe struct {
	Host   string
	Status int                  // HTTP status
	API    bool                 // the response is one of the API
	Took   time.Duration        // time from the start of the connection to the response
	Date   time.Time            // the server's clock; zero without a Date header
	TLS    *tls.ConnectionState // nil for an unencrypted connection
}

// Probe requests the server's status once and without an API key, from the import endpoint if imports is set. Every
// response is a success.
//
// API: GET /v3/system/server_status
func (c *Client) Probe(ctx context.Context, imports bool) (Probe, error) {
	cl := &call{method: "GET", route: "/v3/system/server_status", anonymous: true, imports: imports}
	req, err := c.newRequest(ctx, cl)
	if err != nil {
		return Probe{}, err
	}
	began := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Probe{}, ctx.Err()
		}
		return Probe{}, newNetworkError(req.URL.Host, err)
	}
	defer resp.Body.Close()
	p := Probe{Host: req.URL.Host, Status: resp.StatusCode, Took: time.Since(began), TLS: resp.TLS}
	p.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	var answer struct{ Status looseString }
	if body, err := decodeBody(resp); err == nil {
		b, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
		p.API = resp.StatusCode == http.StatusOK && unmarshal(b, &answer) == nil && answer.Status != ""
	}
	return p, nil
}

// Proxy returns the proxy for requests to an endpoint, or nil. The error does not contain the proxy's URL.
func Proxy(endpoint string) (*url.URL, error) {
	u, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	return findProxy(&http.Request{URL: u})
}

// MaskProxy returns a proxy's URL without user name and password.
func MaskProxy(u *url.URL) string {
	shown := u.Scheme + "://"
	if u.User != nil {
		shown += redact.Mask + "@"
	}
	return shown + strings.TrimSuffix(u.Host, "/")
}
