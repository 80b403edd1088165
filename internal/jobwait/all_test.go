package jobwait

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
)

// clock answers job/status: each job runs for as many seconds as its ID says; 404 is not there, and 500 is
// and cannot be asked for during its first quarter of an hour.
type clock struct{ start time.Time }

func (c clock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	var n int
	if _, err := fmt.Sscan(id, &n); err != nil || n == 404 {
		http.Error(w, `{"error":"no"}`, http.StatusNotFound)
		return
	}
	passed := time.Since(c.start)
	if n == 500 && passed < 15*time.Minute {
		http.Error(w, `{"error":"later"}`, http.StatusInternalServerError)
		return
	}
	status := "running"
	if passed >= time.Duration(n)*time.Second {
		status = "success"
	}
	fmt.Fprintf(w, `{"job_id":%q,"status":%q}`, id, status)
}

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

func TestAll(t *testing.T) {
	for _, tt := range []struct {
		name    string
		ids     string
		timeout time.Duration
		any     bool
		ended   string // in their order
		left    string
		failed  error
		took    time.Duration // at most
	}{
		{"all", "20 0 3", 0, false, "0 3 20", "", nil, 30 * time.Second},
		{"any", "20 3 4", 0, true, "3", "", nil, 5 * time.Second},
		{"time is up", "0 100 3 200", 10 * time.Second, false, "0 3", "100 200", ErrTimeout, 11 * time.Second},
		{"not there", "0 404", 0, false, "0", "404", api.ErrNotFound, time.Second},
		{"lost for a while", "500 1", 0, false, "1 500", "", nil, 17 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := newClient(t, clock{start})
				lost := 0
				var ended []string
				left, err := All(t.Context(), c, strings.Fields(tt.ids), Options{Timeout: tt.timeout, OnOutage: func(error) { lost++ }}, func(job api.Job) bool {
					ended = append(ended, job.ID)
					return !tt.any
				})
				var open []string
				for _, job := range left {
					open = append(open, job.ID)
				}
				if diff := cmp.Diff([]string{tt.ended, tt.left}, []string{strings.Join(ended, " "), strings.Join(open, " ")}); diff != "" {
					t.Error(diff)
				}
				if !errors.Is(err, tt.failed) {
					t.Errorf("error %v, want %v", err, tt.failed)
				}
				if took := time.Since(start); took > tt.took {
					t.Errorf("it took %v", took)
				}
				if slices.Contains(strings.Fields(tt.ids), "500") != (lost > 0) {
					t.Errorf("the server was lost %d times", lost)
				}
			})
		})
	}
}

func TestAllInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		c := newClient(t, clock{time.Now()})
		time.AfterFunc(5*time.Second, func() { cancel(stop) })
		if _, err := All(ctx, c, []string{"100"}, Options{}, nil); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}
