package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/state"
)

// openIdle opens a sandbox in a new directory without background work.
func openIdle(t *testing.T) *Server {
	t.Helper()
	s := newServer(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "data"), Workers: 1})
	if err := s.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRemoveOld(t *testing.T) {
	s := openIdle(t)
	now := time.Now()
	var ids []int64
	for _, age := range []time.Duration{maxJobAge + time.Hour, maxJobAge - time.Hour} {
		j := &state.Job{}
		if err := s.state.AddJob(t.Context(), j, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.state.FinishJob(t.Context(), j.ID, state.Success, state.NoOutput(), 0, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		w, err := s.spool.Create(j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, j.ID)
	}
	uploads := filepath.Join(s.options.Dir, uploadsDir)
	if err := os.MkdirAll(uploads, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"tmp-1": maxUploadAge + time.Hour, "tmp-2": maxUploadAge - time.Hour, "photo.jpg": maxUploadAge + time.Hour} {
		path := filepath.Join(uploads, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.removeOld(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	if _, err := s.state.Job(t.Context(), ids[0]); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("the old job: %v; want ErrNotFound", err)
	}
	if _, err := s.state.Job(t.Context(), ids[1]); err != nil {
		t.Errorf("the new job: %v", err)
	}
	if f, err := s.spool.Open(ids[0]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old result: %v, %v; want ErrNotExist", f, err)
	}
	if f, err := s.spool.Open(ids[1]); err != nil {
		t.Errorf("the new result: %v", err)
	} else {
		f.Close()
	}
	if got := names(t, uploads); !cmp.Equal(got, []string{"photo.jpg", "tmp-2"}) {
		t.Errorf("uploads: %v; want the new one and the foreign file", got)
	}
}

// names returns the names of the files in a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "processes")
	first, err := newProcess(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := newProcess(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*process{first, second} {
		if !p.isAlive(first.id) || !p.isAlive(second.id) || p.isAlive("other") {
			t.Errorf("alive: %v, %v, %v; want only the two open processes", p.isAlive(first.id), p.isAlive(second.id), p.isAlive("other"))
		}
	}
	if err := second.lock.Release(); err != nil { // as at the end of a killed process
		t.Fatal(err)
	}
	if first.isAlive(second.id) {
		t.Error("the dead process is alive")
	}
	if err := first.removeDead(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !cmp.Equal(got, []string{first.id}) {
		t.Errorf("locks: %v; want only that of the open process", got)
	}
	if err := first.lock.Remove(); err != nil {
		t.Fatal(err)
	}
}

// TestReapJobs ends the jobs of a process that died before this server was opened.
func TestReapJobs(t *testing.T) {
	s := openIdle(t)
	dead, live := &state.Job{Owner: "dead"}, &state.Job{Owner: s.process.id}
	for _, j := range []*state.Job{dead, live} {
		if err := s.state.AddJob(t.Context(), j, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.reap(t.Context()); err != nil {
		t.Fatal(err)
	}
	for j, want := range map[*state.Job]string{dead: state.Error, live: state.Queued} {
		if got, err := s.state.Job(t.Context(), j.ID); err != nil || got.Status != want {
			t.Errorf("job of %s: %s, %v; want %s", j.Owner, got.Status, err, want)
		}
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(Options{Latency: time.Minute})
		served := false
		h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served = true })
		start := time.Now()
		f.serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), h)
		if elapsed := time.Since(start); elapsed != time.Minute || !served {
			t.Errorf("served %v after %v; want 1m0s", served, elapsed)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start = time.Now()
		f.serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), h)
		if elapsed := time.Since(start); elapsed != 0 {
			t.Errorf("the request of a client that is gone took %v", elapsed)
		}
	})
}

// TestFaults draws faults until each kind has occurred.
func TestFaults(t *testing.T) {
	f := newFaults(Options{FailRate: 1, Seed: 3})
	body := strings.Repeat("x", 5000)
	seen := map[string]bool{}
	for range 200 {
		handled := false
		w := httptest.NewRecorder()
		aborted := false
		func() {
			defer func() {
				if p := recover(); p != nil {
					if p != http.ErrAbortHandler {
						t.Fatalf("panic %v", p)
					}
					aborted = true
				}
			}()
			f.serve(w, httptest.NewRequest("GET", "/", nil), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				handled = true
				_, _ = io.WriteString(w, body)
			}))
		}()
		switch {
		case aborted && !handled:
			seen["closed before"] = true
		case aborted && w.Body.Len() == 0:
			seen["closed after"] = true
		case aborted && w.Body.Len() < 4096:
			seen["truncated"] = true
		case !aborted && !handled && w.Code >= 429:
			seen[http.StatusText(w.Code)] = true
		default:
			t.Errorf("aborted %v, handled %v, status %d, %d bytes", aborted, handled, w.Code, w.Body.Len())
		}
	}
	for _, kind := range []string{"closed before", "closed after", "truncated", "Internal Server Error", "Bad Gateway", "Service Unavailable", "Too Many Requests"} {
		if !seen[kind] {
			t.Errorf("no fault of the kind %q", kind)
		}
	}
}

// TestPanics checks that a panic in a handler is answered, unless the response has
// started.
func TestPanics(t *testing.T) {
	var log strings.Builder
	s := &Server{log: &requestLog{w: &log}, faults: newFaults(Options{})}
	s.ctx = t.Context()
	w := httptest.NewRecorder()
	s.serveWith(w, httptest.NewRequest("GET", "/x", nil), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") }))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "internal error") || strings.Contains(w.Body.String(), "oops") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "error: GET /x: oops") || !strings.Contains(log.String(), "GET /x 500 ") {
		t.Errorf("log: %s", &log)
	}
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("panic %v; want ErrAbortHandler", p)
		}
	}()
	s.serveWith(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "rows")
		panic("oops")
	}))
}
