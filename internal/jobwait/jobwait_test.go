package jobwait

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
)

// handlerTransport answers requests with a handler, without a network.
type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// newClient returns a client of a server that answers with h.
func newClient(t *testing.T, h http.Handler) *api.Client {
	t.Helper()
	c, err := api.New(api.Options{Endpoint: "http://server", APIKey: "1/key", Transport: handlerTransport{h}, MaxRetryTime: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// A scriptedServer answers the nth request with its nth response, and further ones
// with the last.
type scriptedServer struct {
	responses []http.HandlerFunc
	requests  int
}

func (s *scriptedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	response := s.responses[min(s.requests, len(s.responses)-1)]
	s.requests++
	response(w, r)
}

func status(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"job_id":"1","status":%q}`, s) }
}

func body(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		fmt.Fprint(w, text)
	}
}

// hang does not respond before the request is canceled.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// retryLater asks for a pause that is longer than any timeout.
func retryLater(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "3600")
	w.WriteHeader(http.StatusServiceUnavailable)
}

func TestOne(t *testing.T) {
	running, success := status("running"), status("success")
	html := body(200, "<html>log in to the network</html>")
	for _, tt := range []struct {
		name      string
		responses []http.HandlerFunc
		exists    bool
		timeout   time.Duration
		status    string
		err       error
		rejected  int // HTTP status of the error, instead of err
		requests  int // 0: not checked
		min, max  time.Duration
	}{
		{name: "ended", responses: []http.HandlerFunc{success}, status: "success", requests: 1},
		{name: "ends later", responses: []http.HandlerFunc{running, running, running, success}, status: "success", requests: 4, min: 3500 * time.Millisecond, max: 3500 * time.Millisecond},
		{name: "timeout", responses: []http.HandlerFunc{running}, timeout: 3 * time.Second, status: "running", err: ErrTimeout, min: 3 * time.Second, max: 3 * time.Second},
		{name: "ends with the timeout", responses: []http.HandlerFunc{running, running, success}, timeout: time.Second, status: "success", min: time.Second, max: time.Second},
		{name: "the server hangs", responses: []http.HandlerFunc{hang}, timeout: 3 * time.Second, err: ErrTimeout, min: 3 * time.Second, max: 4 * time.Second},
		{name: "the server hangs later", responses: []http.HandlerFunc{running, hang}, timeout: 3 * time.Second, status: "running", err: ErrTimeout, min: 3 * time.Second, max: 4 * time.Second},
		{name: "a long Retry-After", responses: []http.HandlerFunc{running, retryLater}, timeout: 3 * time.Second, status: "running", err: ErrTimeout, min: 3 * time.Second, max: 4 * time.Second},
		{name: "server errors", responses: []http.HandlerFunc{running, body(500, ""), success}, status: "success"},
		{name: "HTML at the start", responses: []http.HandlerFunc{html, success}, status: "success"},
		{name: "HTML", responses: []http.HandlerFunc{running, html, success}, status: "success", requests: 3},
		{name: "empty response", responses: []http.HandlerFunc{running, body(200, ""), success}, status: "success", requests: 3},
		{name: "temporary 404", responses: []http.HandlerFunc{running, body(404, "no route"), body(403, "no"), success}, status: "success", requests: 4},
		{name: "proxy at the start", responses: []http.HandlerFunc{
			body(404, "<html>no route</html>"), body(403, `{"blocked":true}`), body(408, ""), body(425, `{"error":"early"}`), success,
		}, status: "success", requests: 5},
		{name: "a proxy requires a password", responses: []http.HandlerFunc{body(407, "<html>log in</html>")}, requests: 1, rejected: 407},
		{name: "rejected after it was submitted", exists: true, responses: []http.HandlerFunc{body(404, `{"error":"no"}`), success}, status: "success", requests: 2},
		{name: "always a proxy", responses: []http.HandlerFunc{body(403, "blocked")}, err: api.ErrForbidden, requests: 1 + maxDoubtful},
		{name: "the job does not exist", responses: []http.HandlerFunc{body(404, `{"error":"no"}`)}, err: api.ErrNotFound, requests: 1},
		{name: "wrong key", responses: []http.HandlerFunc{body(401, `{"error":"no"}`)}, err: api.ErrUnauthorized, requests: 1},
		{name: "deleted", responses: []http.HandlerFunc{running, body(404, "")}, status: "running", err: api.ErrNotFound, requests: 2 + maxDoubtful},
		{name: "never readable", responses: []http.HandlerFunc{html}, err: api.ErrAnswer, requests: 1 + maxDoubtful},
		{name: "doubtful responses with good ones in between", responses: []http.HandlerFunc{
			running, html, html, html, running, html, html, html, running, success,
		}, status: "success", requests: 10},
		{name: "outage", responses: []http.HandlerFunc{running, body(503, "")}, status: "running", err: api.ErrServer, min: time.Hour, max: 2 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s := &scriptedServer{responses: tt.responses}
				job, err := One(t.Context(), newClient(t, s), "1", Options{Timeout: tt.timeout, Exists: tt.exists})
				if e, ok := errors.AsType[*api.Error](err); ok && tt.rejected > 0 && e.Status == tt.rejected {
					err = nil
				}
				if !errors.Is(err, tt.err) || job.Status != tt.status {
					t.Errorf("got %q, %v; want %q, %v", job.Status, err, tt.status, tt.err)
				}
				if tt.requests > 0 && s.requests != tt.requests {
					t.Errorf("%d requests, want %d", s.requests, tt.requests)
				}
				if took := time.Since(start); took < tt.min || tt.max > 0 && took > tt.max {
					t.Errorf("took %v, want %v to %v", took, tt.min, tt.max)
				}
			})
		})
	}
}

func TestOneInterrupted(t *testing.T) {
	for name, response := range map[string]http.HandlerFunc{"during a pause": status("running"), "during a request": hang} {
		synctest.Test(t, func(t *testing.T) {
			cause := errors.New("interrupted")
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(5*time.Second, func() { cancel(cause) })
			start := time.Now()
			_, err := One(ctx, newClient(t, response), "1", Options{Timeout: time.Minute})
			if took := time.Since(start); !errors.Is(err, cause) || took != 5*time.Second {
				t.Errorf("%s: %v after %v", name, err, took)
			}
		})
	}
}

// TestOneReports checks the calls of the functions in Options.
func TestOneReports(t *testing.T) {
	show := func(status, cmdout, stderr string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/v3/job/show/") {
				t.Errorf("%s was requested", r.URL.Path)
			}
			fmt.Fprintf(w, `{"job_id":"1","status":%q,"type":"hive","debug":{"cmdout":%q,"stderr":%q}}`, status, cmdout, stderr)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := &scriptedServer{responses: []http.HandlerFunc{
			show("queued", "", ""),
			show("running", "one\ntw", ""),
			body(200, "<html>"),
			show("running", "one\ntwo\r\n", "a\n"),
			show("success", "one\ntwo\r\nthree", "a\n"),
		}}
		var got []string
		_, err := One(t.Context(), newClient(t, s), "1", Options{
			OnStatus: func(job api.Job) { got = append(got, "status "+job.Status) },
			OnLog:    func(line string) { got = append(got, "log "+line) },
			OnOutage: func(error) { got = append(got, "outage") },
		})
		want := []string{
			"status queued", "log one", "status running", "outage", "log two", "log a", "status running", "log three", "status success",
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	})
}

func TestLogLines(t *testing.T) {
	var got []string
	w := waiter{options: Options{OnLog: func(line string) { got = append(got, line) }}}
	offset := 0
	for _, step := range []struct {
		text  string
		final bool
	}{
		{"one\ntw", false},
		{"one\ntwo\r\n", false},
		{"one\ntwo\r\nthree", false},
		{"one\ntwo\r\nthree", true},
		{"one\ntwo\r\nthree", true},
		{"new\n", true}, // the log was restarted
	} {
		offset = w.logLines(step.text, offset, step.final)
	}
	if diff := cmp.Diff([]string{"one", "two", "three", "new"}, got); diff != "" {
		t.Error(diff)
	}
}
