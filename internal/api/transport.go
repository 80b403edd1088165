package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	dialTimeout   = 20 * time.Second
	headerTimeout = 5 * time.Minute // a large result or log takes the server this long
	stallTimeout  = time.Minute     // maximum time without a byte of the body
)

// newTransport returns the transport for all requests except downloads.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  findProxy,
		OnProxyConnectResponse: checkProxy,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    8,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // the client sets Accept-Encoding itself
	}
}

// newDownloadTransport returns the transport for results. HTTP/2 needs twice the CPU time per byte, and its flow
// control limits a single stream.
func newDownloadTransport() *http.Transport {
	t := newTransport()
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// findProxy returns the proxy for a request from the environment.
func findProxy(req *http.Request) (*url.URL, error) {
	return findProxyIn(http.ProxyFromEnvironment, req)
}

// findProxyIn is findProxy with a given lookup. As in the Ruby toolbelt, a proxy for http also serves https unless
// there is another for it.
func findProxyIn(environment func(*http.Request) (*url.URL, error), req *http.Request) (*url.URL, error) {
	u, err := environment(req)
	if err == nil && u == nil && req.URL.Scheme == "https" {
		plain := &url.URL{Scheme: "http", Host: req.URL.Host}
		if req.URL.Port() == "" {
			plain.Host = net.JoinHostPort(req.URL.Hostname(), "443")
		}
		u, err = environment(&http.Request{URL: plain})
	}
	if err != nil {
		return nil, errInvalidProxy // the original error contains the password
	}
	return u, nil
}

var errInvalidProxy = errors.New("the proxy that the environment names is not a URL")

// checkProxy converts a response of the proxy to an [Error] with its status.
func checkProxy(_ context.Context, proxyURL *url.URL, req *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &Error{
		Status: resp.StatusCode, Method: req.Method, Path: req.URL.Path,
		Message: "the proxy " + proxyURL.Host + " responded with " + resp.Status,
	}
}
