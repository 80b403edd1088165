package jobwait

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
)

// A timedServer serves job/status. A job runs for as many seconds as its ID. Job 404
// does not exist, and job 500 causes a server error for the first 15 minutes.
type timedServer struct{ start time.Time }

func (c timedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

func TestAll(t *testing.T) {
	for _, tt := range []struct {
		name    string
		ids     string
		timeout time.Duration
		any     bool
		ended   string // in order
		left    string
		failed  error
		took    time.Duration // maximum
	}{
		{"all", "20 0 3", 0, false, "0 3 20", "", nil, 30 * time.Second},
		{"any", "20 3 4", 0, true, "3", "", nil, 5 * time.Second},
		{"timeout", "0 100 3 200", 10 * time.Second, false, "0 3", "100 200", ErrTimeout, 11 * time.Second},
		{"missing", "0 404", 0, false, "0", "404", api.ErrNotFound, time.Second},
		{"server errors", "500 1", 0, false, "1 500", "", nil, 17 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := newClient(t, timedServer{start})
				outages := 0
				var ended []string
				left, err := All(t.Context(), c, strings.Fields(tt.ids), Options{Timeout: tt.timeout, OnOutage: func(error) { outages++ }}, func(job api.Job) bool {
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
				if slices.Contains(strings.Fields(tt.ids), "500") != (outages > 0) {
					t.Errorf("%d outages were reported", outages)
				}
			})
		})
	}
}

func TestAllInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		c := newClient(t, timedServer{time.Now()})
		time.AfterFunc(5*time.Second, func() { cancel(stop) })
		if _, err := All(ctx, c, []string{"100"}, Options{}, nil); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}
