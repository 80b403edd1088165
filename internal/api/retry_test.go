package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	refused     = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	reset       = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	unknownHost = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true}}
	certificate = &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
)

// times returns n copies of a.
func times(n int, a answer) []answer {
	var all []answer
	for range n {
		all = append(all, a)
	}
	return all
}

// TestRetry checks which calls are repeated after which responses.
func TestRetryRules(t *testing.T) {
	get := databases
	swap := func(ctx context.Context, c *Client) error { return c.SwapTables(ctx, "d", "a", "b") }
	kill := func(ctx context.Context, c *Client) error { _, err := c.KillJob(ctx, "1"); return err }
	issue := func(key string) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error {
			_, _, err := c.IssueJob(ctx, IssueRequest{Type: "hive", Database: "d", Query: "q", DomainKey: key})
			return err
		}
	}
	status := func(ctx context.Context, c *Client) error { _, err := c.ServerStatus(ctx); return err }
	ok := answer{body: `{"databases":[],"job_id":"1","status":"ok"}`}
	for _, tt := range []struct {
		name  string
		call  func(context.Context, *Client) error
		posts bool
		first answer
		again bool
	}{
		{"get after 500", get, false, answer{status: 500}, true},
		{"get after 503", get, false, answer{status: 503}, true},
		{"get after 429", get, false, answer{status: 429}, true},
		{"get after 400", get, false, answer{status: 400}, false},
		{"get after 401", get, false, answer{status: 401}, false},
		{"get after 404", get, false, answer{status: 404}, false},
		{"get after a reset", get, false, answer{err: reset}, true},
		{"get after end of file", get, false, answer{err: io.EOF}, true},
		{"get after a refusal", get, false, answer{err: refused}, true},
		{"get after a bad certificate", get, false, answer{err: certificate}, false},
		{"get after plain HTTP", get, false, answer{err: http.ErrSchemeMismatch}, false},
		{"get after a bad proxy", get, false, answer{err: errInvalidProxy}, false},
		{"get after a short answer", get, false, answer{body: `{"databases":[{"na`}, true},
		{"get after a stray answer", get, false, answer{body: `<html>`}, false},
		{"server status after 503", status, true, answer{status: 503}, false},
		{"kill after 500", kill, false, answer{status: 500}, true},
		{"kill after a reset", kill, false, answer{err: reset}, true},
		{"submit after 500", issue(""), false, answer{status: 500}, false},
		{"submit after 429", issue(""), false, answer{status: 429}, false},
		{"submit after a reset", issue(""), false, answer{err: reset}, false},
		{"submit after a refusal", issue(""), false, answer{err: refused}, true},
		{"submit after a short answer", issue(""), false, answer{body: `{"job_i`}, false},
		{"submit with a key after 500", issue("k"), false, answer{status: 500}, true},
		{"submit with a key after a short answer", issue("k"), false, answer{body: `{"job_i`}, true},
		{"submit when told to", issue(""), true, answer{err: reset}, true},
		{"submit when told to, after 422", issue(""), true, answer{status: 422}, false},
		{"swap after 500", swap, true, answer{status: 500}, false},
		{"swap after a reset", swap, true, answer{err: reset}, false},
		{"swap after a refusal", swap, false, answer{err: refused}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answers := []answer{tt.first}
				if tt.again {
					answers = append(answers, ok)
				}
				c, s := client(t, Options{RetryPosts: tt.posts, MaxRetryTime: time.Minute}, answers...)
				err := tt.call(t.Context(), c)
				if (err == nil) != tt.again || len(s.seen) != len(answers) {
					t.Errorf("%d requests and error %v, want %d requests", len(s.seen), err, len(answers))
				}
				for _, r := range s.seen[1:] {
					if diff := cmp.Diff(s.seen[0].body, r.body); diff != "" {
						t.Errorf("the body of the second request differs: %s", diff)
					}
				}
			})
		})
	}
}

// Pauses grow exponentially and end with MaxRetryTime.
func TestRetryTime(t *testing.T) {
	for _, tt := range []struct {
		most                    time.Duration
		minRequests, maxRequest int
	}{
		{0, 1, 1},
		{time.Minute, 5, 8},
		{10 * time.Minute, 15, 40},
	} {
		synctest.Test(t, func(t *testing.T) {
			var lines []string
			c, s := client(t, Options{MaxRetryTime: tt.most, Notify: func(l string) { lines = append(lines, l) }},
				times(100, answer{status: 503, body: "over capacity"})...)
			start := time.Now()
			err := databases(t.Context(), c)
			took := time.Since(start)
			if !errors.Is(err, ErrServer) || !strings.Contains(err.Error(), "503: over capacity") {
				t.Errorf("error %v", err)
			}
			if n := len(s.seen); n < tt.minRequests || n > tt.maxRequest || took > tt.most || took < tt.most/4 { // the next pause has at most 45 seconds
				t.Errorf("%d requests in %v for %v", n, took, tt.most)
			}
			if len(lines) != len(s.seen)-1 {
				t.Errorf("%d lines for %d requests", len(lines), len(s.seen))
			}
			for _, l := range lines {
				if !strings.Contains(l, "503: over capacity; trying again in ") || strings.Contains(l, "\n") {
					t.Errorf("line %q", l)
				}
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		name     string
		header   func() string
		min, max time.Duration
		requests int
	}{
		{"seconds", func() string { return "40" }, 40 * time.Second, 40 * time.Second, 2},
		{"date", func() string { return time.Now().Add(40 * time.Second).UTC().Format(http.TimeFormat) }, 39 * time.Second, 40 * time.Second, 2},
		{"longer than there is time", func() string { return "61" }, 0, 0, 1},
		{"already over", func() string { return "0" }, 500 * time.Millisecond, 1500 * time.Millisecond, 2},
		{"nonsense", func() string { return "-5 apples" }, 500 * time.Millisecond, 1500 * time.Millisecond, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := client(t, Options{MaxRetryTime: time.Minute},
					answer{status: 429, header: http.Header{"Retry-After": {tt.header()}}}, answer{body: "[]"})
				start := time.Now()
				err := databases(t.Context(), c)
				if took := time.Since(start); took < tt.min || took > tt.max || len(s.seen) != tt.requests || (err == nil) != (tt.requests == 2) {
					t.Errorf("%d requests in %v, error %v", len(s.seen), took, err)
				}
			})
		})
	}
}

// Without pauses, the number of retries is the same.
func TestNoPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := client(t, Options{MaxRetryTime: 10 * time.Minute, NoPauses: true}, times(60, answer{status: 503})...)
		start := time.Now()
		if err := databases(t.Context(), c); !errors.Is(err, ErrServer) {
			t.Errorf("error %v", err)
		}
		if n, took := len(s.seen), time.Since(start); n < 15 || n > 40 || took > 0 {
			t.Errorf("%d requests in %v", n, took)
		}
	})
}

func TestRetryUnknownHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := client(t, Options{MaxRetryTime: 10 * time.Minute}, times(100, answer{err: unknownHost})...)
		err := databases(t.Context(), c)
		if e, ok := errors.AsType[*NetworkError](err); !ok || e.Host != "api.example.com" || len(s.seen) != 1+maxUnknownHost {
			t.Errorf("%d requests, error %v", len(s.seen), err)
		}
	})
}

// A canceled context ends a pause with its error.
func TestRetryCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := client(t, Options{MaxRetryTime: 10 * time.Minute}, times(100, answer{status: 503})...)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := databases(ctx, c)
		_, network := errors.AsType[*NetworkError](err)
		if !errors.Is(err, context.DeadlineExceeded) || network || time.Since(start) != 10*time.Second {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

func TestCancelledBeforeTheAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL, MaxRetryTime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := databases(ctx, c); err != context.Canceled { // nothing around it
		t.Errorf("error %v", err)
	}
}

// A timeout of the connection must not match context.DeadlineExceeded.
func TestTimeoutIsNoCancellation(t *testing.T) {
	slow := &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	c, _ := client(t, Options{}, answer{err: slow})
	err := databases(t.Context(), c)
	if _, ok := errors.AsType[*NetworkError](err); !ok || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// TestUnsure checks after which failures a request may have been carried out and would be again.
func TestUnsure(t *testing.T) {
	issue := func(key string) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error {
			_, _, err := c.IssueJob(ctx, IssueRequest{Type: "hive", Database: "d", Query: "q", DomainKey: key})
			return err
		}
	}
	remove := func(ctx context.Context, c *Client) error { return c.DeleteDatabase(ctx, "d") }
	for _, tt := range []struct {
		name  string
		call  func(context.Context, *Client) error
		first answer
		want  string
	}{
		{"submit", issue(""), answer{body: `{"job_id":"1"}`}, ""},
		{"submit after a reset", issue(""), answer{err: reset}, "POST /v3/job/issue/hive/d"},
		{"submit after 502", issue(""), answer{status: 502}, "POST /v3/job/issue/hive/d"},
		{"submit after a short answer", issue(""), answer{body: `{"job_i`}, "POST /v3/job/issue/hive/d"},
		{"submit after a refusal", issue(""), answer{err: refused}, ""},
		{"submit after 429", issue(""), answer{status: 429}, ""},
		{"submit after 400", issue(""), answer{status: 400}, ""},
		{"submit with a key after a reset", issue("k"), answer{err: reset}, ""},
		{"delete after a reset", remove, answer{err: reset}, ""},
		{"get after a reset", databases, answer{err: reset}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			unsure := ""
			c, _ := client(t, Options{Unsure: func(request string) { unsure += request }}, tt.first)
			err := tt.call(t.Context(), c)
			if unsure != tt.want {
				t.Errorf("unsure about %q after %v, want %q", unsure, err, tt.want)
			}
		})
	}
}
