package schedules_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/schedules"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
)

// oneDatabase is an engine with a database named "web".
type oneDatabase struct{ engine.Engine }

func (oneDatabase) Database(context.Context, string) (engine.Database, error) {
	return engine.Database{Name: "web"}, nil
}

// A server is the schedules of one process.
type server struct {
	*schedules.Handlers
	router *httpapi.Router
	queue  *jobqueue.Queue
}

func newServer(t *testing.T, path string) server {
	t.Helper()
	db, err := state.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	queue := jobqueue.New(t.Context(), jobqueue.Options{State: db, Owner: t.Name(), Workers: 1, Report: func(err error) {
		if err != nil {
			t.Error(err)
		}
	}})
	queue.Register("presto", func(context.Context, *state.Job, *jobqueue.Log) (state.Output, error) { return state.NoOutput(), nil })
	h := schedules.New(db, queue, tables.NewCatalog(oneDatabase{}), results.New(db), nil)
	authorize := func(*http.Request, httpapi.Access) (httpapi.User, error) {
		return httpapi.User{ID: 1, Name: "ann"}, nil
	}
	t.Cleanup(func() {
		queue.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return server{h, httpapi.NewRouter(authorize, h.Routes()), queue}
}

// call sends a request with the given parameters and returns the response.
func (s server) call(t *testing.T, method, path string, form ...string) map[string]any {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	var o map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s %s: status %d: %s", method, path, w.Code, w.Body)
	}
	return o
}

// scheduledTimes returns the scheduled times of the jobs of a schedule, oldest first.
func (s server) scheduledTimes(t *testing.T, name string) []string {
	t.Helper()
	if err := s.queue.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	var times []string
	for _, j := range s.call(t, "GET", "/v3/schedule/history/"+name)["history"].([]any) {
		times = append([]string{fmt.Sprint(j.(map[string]any)["scheduled_at"])}, times...)
	}
	return times
}

func parseStart(t *testing.T, o map[string]any) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05 MST", fmt.Sprint(o["start"]))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestRunDueOnce lets two servers run the same schedule at the same times.
func TestRunDueOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	servers := []server{newServer(t, path), newServer(t, path)}
	start := parseStart(t, servers[0].call(t, "POST", "/v3/schedule/create/hourly", "cron", "@hourly", "database", "web", "type", "presto", "query", "SELECT 1"))
	opened := start.Add(-time.Minute)
	var want []string
	for hour := range 3 {
		at := start.Add(time.Duration(hour) * time.Hour)
		want = append(want, at.Format("2006-01-02 15:04:05 UTC"))
		var wg sync.WaitGroup
		for _, s := range servers {
			wg.Go(func() {
				for _, now := range []time.Time{at.Add(-time.Second), at, at.Add(time.Second)} {
					if err := s.RunDue(context.Background(), opened, now); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
	if diff := cmp.Diff(want, servers[1].scheduledTimes(t, "hourly")); diff != "" {
		t.Errorf("scheduled times (-want +got):\n%s", diff)
	}
}

// TestMissedRuns opens a server after a schedule became due.
func TestMissedRuns(t *testing.T) {
	s := newServer(t, filepath.Join(t.TempDir(), "state.db"))
	start := parseStart(t, s.call(t, "POST", "/v3/schedule/create/hourly", "cron", "@hourly", "database", "web", "type", "presto", "query", "SELECT 1"))
	opened := start.Add(10 * time.Minute)
	for _, now := range []time.Time{opened, opened.Add(time.Minute), start.Add(time.Hour)} {
		if err := s.RunDue(t.Context(), opened, now); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{start.Add(time.Hour).Format("2006-01-02 15:04:05 UTC")}
	if diff := cmp.Diff(want, s.scheduledTimes(t, "hourly")); diff != "" {
		t.Errorf("scheduled times (-want +got):\n%s", diff)
	}
}

// TestRunDueErrors checks that an error of a run keeps the scheduled time, so that
// the run is repeated, and that a conflict does not.
func TestRunDueErrors(t *testing.T) {
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := state.Objects[schedules.Timetable](db, "timetable")
	next := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	if _, err := c.Add(t.Context(), "x", schedules.Timetable{Cron: "@hourly", Next: next}); err != nil {
		t.Fatal(err)
	}
	self := func(tt *schedules.Timetable) *schedules.Timetable { return tt }
	failure := errors.New("disk full")
	tests := []struct {
		name      string
		run       func(o state.Object[schedules.Timetable]) error
		err       error
		wantNext  time.Time
		wantNames int
	}{
		{"error", func(state.Object[schedules.Timetable]) error { return failure }, failure, next, 1},
		{"conflict", func(state.Object[schedules.Timetable]) error { return &state.ConflictError{} }, nil, next.Add(2 * time.Hour), 1},
		{"deleted", func(o state.Object[schedules.Timetable]) error {
			_, err := c.Delete(t.Context(), o.Name)
			return err
		}, nil, time.Time{}, 0},
	}
	for i, test := range tests {
		now := next.Add(time.Duration(i) * time.Hour)
		if err := schedules.RunDue(t.Context(), c, self, next.Add(-time.Hour), now, test.run); !errors.Is(err, test.err) {
			t.Errorf("%s: RunDue = %v; want %v", test.name, err, test.err)
		}
		all, err := c.All(t.Context())
		if err != nil || len(all) != test.wantNames {
			t.Fatalf("%s: %d objects, %v; want %d", test.name, len(all), err, test.wantNames)
		}
		if len(all) > 0 && !all[0].Value.Next.Equal(test.wantNext) {
			t.Errorf("%s: next %v; want %v", test.name, all[0].Value.Next, test.wantNext)
		}
	}
}
