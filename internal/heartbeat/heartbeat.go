// Package heartbeat reports the start and the end of runs to a service that raises an alarm if they do not arrive.
//
// The requests are those of Healthchecks, which other services understand as well: URL/start, URL and URL/fail. See
// https://healthchecks.io/docs/http_api/.
package heartbeat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sleep"
)

// An Event is what a request reports.
type Event string

// Events. Their values are appended to the path of the URL.
const (
	Start   Event = "/start"
	Success Event = ""
	Failure Event = "/fail"
)

const (
	timeout     = 10 * time.Second // limit for all attempts of a request
	attempts    = 3
	firstPause  = 500 * time.Millisecond // before the second attempt; doubled before the third
	maxResponse = 64 << 10               // bytes of a response that are read, so that the connection can be used again
)

// A Pinger sends the requests for a URL.
type Pinger struct {
	url    *url.URL
	client *http.Client
}

// New returns a Pinger for a URL whose host, with or without its port, is among the allowed hosts.
func New(rawURL string, allowed []string) (*Pinger, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("it must be an http or https URL without a password") // the URL may contain a secret
	}
	if host := strings.ToLower(u.Hostname()); !slices.Contains(allowed, host) && !slices.Contains(allowed, strings.ToLower(u.Host)) {
		return nil, HostError{Host: u.Hostname()}
	}
	return &Pinger{url: u, client: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the host may not be allowed
	}}, nil
}

// A HostError reports a host that is not allowed.
type HostError struct{ Host string }

func (e HostError) Error() string { return "the host " + e.Host + " is not allowed" }

// Send reports an event, with at most three attempts in ten seconds. Errors do not contain the URL, whose path is a secret of the
// service.
func (p *Pinger) Send(ctx context.Context, event Event) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errors.New("no answer in time"))
	defer cancel()
	var err error
	for n := range attempts {
		if n > 0 && sleep.For(ctx, firstPause<<(n-1)) != nil {
			break
		}
		var again bool
		if again, err = p.try(ctx, event); err == nil {
			return nil
		}
		if !again {
			break
		}
	}
	return fmt.Errorf("heartbeat: %w", err)
}

// try sends one request. again reports whether another attempt may succeed.
func (p *Pinger) try(ctx context.Context, event Event) (again bool, err error) {
	u := *p.url
	u.Path = strings.TrimRight(u.Path, "/") + string(event)
	u.RawPath = ""
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return false, errors.New("the URL is invalid")
	}
	req.Header.Set("User-Agent", "td")
	resp, err := p.client.Do(req)
	if err != nil {
		return true, fmt.Errorf("no answer from %s: %w", u.Host, withoutURL(err))
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxResponse) // only the status matters
	resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests, fmt.Errorf("%s responded with %s", u.Host, resp.Status)
	}
	return false, nil
}

// withoutURL returns the cause of an error of an HTTP client, whose message does not contain the URL.
func withoutURL(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op
	}
	return err
}
