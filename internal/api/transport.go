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
	headerTimeout = 5 * time.Minute // a big result or log takes the server that long
	stallTimeout  = time.Minute     // without one byte of a body
)

// newTransport returns the transport for calls.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: checkProxy,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    8,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // the client asks for gzip itself, and for results it does not
	}
}

// newDownloadTransport returns the transport for results. HTTP/2 costs twice as much a
// byte, and its flow control limits a single stream.
func newDownloadTransport() *http.Transport {
	t := newTransport()
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// proxy returns the proxy that the environment names.
func proxy(req *http.Request) (*url.URL, error) {
	return proxyFrom(http.ProxyFromEnvironment, req)
}

// proxyFrom asks the environment. A proxy that is named for http only also serves
// https, as the Ruby toolbelt has it.
func proxyFrom(environment func(*http.Request) (*url.URL, error), req *http.Request) (*url.URL, error) {
	u, err := environment(req)
	if err == nil && u == nil && req.URL.Scheme == "https" {
		plain := &url.URL{Scheme: "http", Host: req.URL.Host}
		if req.URL.Port() == "" {
			plain.Host = net.JoinHostPort(req.URL.Hostname(), "443")
		}
		u, err = environment(&http.Request{URL: plain})
	}
	if err != nil {
		return nil, errBadProxy // the original shows the password
	}
	return u, nil
}

var errBadProxy = errors.New("the proxy that the environment names is not a URL")

// checkProxy turns a proxy's refusal into an [Error], which keeps its status.
func checkProxy(_ context.Context, proxyURL *url.URL, req *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &Error{
		Status: resp.StatusCode, Method: req.Method, Path: req.URL.Path,
		Message: "the proxy " + proxyURL.Host + " answers " + resp.Status,
	}
}
