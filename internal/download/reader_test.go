package download

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// A script answers the nth request with its nth step, and further ones with the last.
type script struct {
	steps []http.HandlerFunc
	mu    sync.Mutex
	asked []string // the ranges and conditions of the requests
}

// requests returns the ranges and conditions of the requests so far.
func (s *script) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *script) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	step := s.steps[min(len(s.asked), len(s.steps)-1)]
	s.asked = append(s.asked, strings.TrimSpace(req.Header.Get("Range")+" "+req.Header.Get("If-Range")))
	s.mu.Unlock()
	step(w, req)
}

// after closes the connection after n bytes, when the client has had time to read them.
func after(n int, h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		h.ServeHTTP(&breaking{w, req, n, late}, req)
	}
}

// none closes the connection after the header.
func none(h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		h.ServeHTTP(headerOnly{w}, req)
	}
}

type headerOnly struct{ http.ResponseWriter }

func (h headerOnly) Write([]byte) (int, error) {
	http.NewResponseController(h.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// unranged sends the whole result for any request.
func unranged(r result) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		req.Header.Del("Range")
		r.ServeHTTP(w, req)
	}
}

func TestResume(t *testing.T) {
	a, b := newResult(t, 1, 1000), newResult(t, 2, 1000)
	bare, weak := a, a
	bare.etag, weak.etag = "", `W/"1"`
	size := len(a.body)
	from := func(n int) string { return fmt.Sprintf(`bytes=%d-%d "1"`, n, size-1) }
	wantA, wantB := a.text(t, jobresult.CSV), b.text(t, jobresult.CSV)
	all := []string{"stdout", "terminal", "file"}
	undo := []string{"stdout", "file"} // where rows can be taken back
	for _, tt := range []struct {
		name  string
		steps []http.HandlerFunc
		asked []string
		ways  []string
		want  []byte // nil: an IncompleteError
	}{
		{"one break", []http.HandlerFunc{after(9000, a), a.ServeHTTP}, []string{"", from(9000)}, all, wantA},
		{"two breaks", []http.HandlerFunc{after(9000, a), after(1000, a), a.ServeHTTP}, []string{"", from(9000), from(10000)}, all, wantA},
		{"within the gzip header", []http.HandlerFunc{after(5, a), a.ServeHTTP}, []string{"", from(5)}, all, wantA},
		{"before the last byte", []http.HandlerFunc{after(size-1, a), a.ServeHTTP}, []string{"", from(size - 1)}, all, wantA},
		{"no ranges", []http.HandlerFunc{after(9000, a), unranged(a)}, []string{"", from(9000)}, all, wantA},
		{"no ranges, a break before", []http.HandlerFunc{after(9000, a), after(5000, unranged(a)), unranged(a)}, []string{"", from(9000), from(9000)}, all, wantA},
		{"no ETag", []http.HandlerFunc{after(9000, bare), bare.ServeHTTP}, []string{"", ""}, undo, wantA},
		{"no ETag, rows are out", []http.HandlerFunc{after(60_000, bare), bare.ServeHTTP}, []string{""}, []string{"terminal"}, nil},
		{"weak ETag", []http.HandlerFunc{after(9000, weak), weak.ServeHTTP}, []string{"", ""}, undo, wantA},
		{"changed", []http.HandlerFunc{after(9000, a), b.ServeHTTP}, []string{"", from(9000), ""}, undo, wantB},
		{"changed, rows are out", []http.HandlerFunc{after(60_000, a), b.ServeHTTP}, []string{"", from(60_000)}, []string{"terminal"}, nil},
		{
			"always another",
			[]http.HandlerFunc{after(9000, a), b.ServeHTTP, after(9000, a), b.ServeHTTP, after(9000, a), b.ServeHTTP, after(9000, a), b.ServeHTTP},
			[]string{"", from(9000), "", from(9000), "", from(9000), "", from(9000)},
			undo, nil,
		},
	} {
		for _, w := range ways() {
			if !strings.Contains(strings.Join(tt.ways, " "), w.name) {
				continue
			}
			t.Run(tt.name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv := &script{steps: tt.steps}
					got, err := fetchBy(t, serve(t, srv), a.job(), jobresult.CSV, w)
					if diff := cmp.Diff(tt.asked, srv.requests()); diff != "" {
						t.Error("requests:", diff)
					}
					if tt.want != nil && (err != nil || !bytes.Equal(got, tt.want)) {
						t.Errorf("got %d bytes, error %v", len(got), err)
					}
					if _, ok := errors.AsType[*IncompleteError](err); ok != (tt.want == nil) {
						t.Errorf("got the error %v", err)
					}
				})
			})
		}
	}
}

// TestRetryTime checks that retries without progress end after the client's limit, with
// growing pauses between them.
func TestRetryTime(t *testing.T) {
	r := newResult(t, 1, 1000)
	for _, w := range ways() {
		for _, limit := range []time.Duration{0, 6 * time.Second, 5 * time.Minute} {
			t.Run(fmt.Sprintf("%s/%v", w.name, limit), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w.threads = min(w.threads, 1)
					w.tune.segmented, w.tune.parallel = 8*w.tune.segmented, 8*w.tune.parallel // one connection
					srv := &script{steps: []http.HandlerFunc{after(60_000, r), none(r)}}
					c := serveFor(t, srv, limit)
					start := time.Now()
					got, err := fetchBy(t, c, r.job(), jobresult.CSV, w)
					// A pause that would exceed the limit is not started, so the time depends on the jitter.
					if d := time.Since(start); d > limit+time.Second || d < limit/5 {
						t.Errorf("gave up after %v", d)
					}
					if n := len(srv.requests()); n > 30 || limit > 0 && n < 3 || limit == 0 && n > 1 {
						t.Errorf("%d requests", n)
					}
					network, ok := errors.AsType[*api.NetworkError](err)
					if !ok || !errors.Is(network, io.ErrUnexpectedEOF) {
						t.Errorf("got the error %v, want a NetworkError", err)
					}
					if _, ok := errors.AsType[*IncompleteError](err); ok != w.eager {
						t.Errorf("got the error %v; rows were written: %v", err, w.eager)
					}
					if !w.eager && len(got) > 0 {
						t.Errorf("%d bytes were written", len(got))
					}
				})
			})
		}
	}
}

// TestManyBreaks checks that the number of broken connections is not limited if each makes progress.
func TestManyBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newResult(t, 1, 500)
		srv := &script{steps: []http.HandlerFunc{after(200, r)}}
		var out bytes.Buffer
		resumed := 0
		o := Options{Rows: options(jobresult.TSV), Out: &out, Notify: func(string) { resumed++ }}
		if _, err := fetch(t.Context(), serve(t, srv), r.job(), o, small()); err != nil {
			t.Fatal(err)
		}
		if want := r.text(t, jobresult.TSV); !bytes.Equal(out.Bytes(), want) {
			t.Error("other rows arrived")
		}
		if want := (len(r.body) - 1) / 200; resumed != want {
			t.Errorf("told of %d resumes, want %d", resumed, want)
		}
	})
}

// TestCancel checks that a canceled download stops without delay in any state.
func TestCancel(t *testing.T) {
	r := newResult(t, 1, 500)
	stalls := func(w http.ResponseWriter, req *http.Request) { r.ServeHTTP(&breaking{w, req, 9000, stall}, req) }
	silent := func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }
	cause := errors.New("interrupted")
	for _, step := range []struct {
		name  string
		steps []http.HandlerFunc
	}{
		{"before the answer", []http.HandlerFunc{silent}},
		{"within the body", []http.HandlerFunc{stalls}},
		{"between attempts", []http.HandlerFunc{after(9000, r), none(r)}},
	} {
		for _, w := range ways() {
			t.Run(step.name+"/"+w.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancelCause(t.Context())
					start := time.Now()
					time.AfterFunc(1500*time.Millisecond, func() { cancel(cause) })
					dir := t.TempDir()
					o := Options{Rows: options(jobresult.TSV), Out: io.Discard, Threads: w.threads}
					if w.file {
						o.Path = filepath.Join(dir, "out")
					}
					_, err := fetch(ctx, serve(t, &script{steps: step.steps}), r.job(), o, w.tune)
					if !errors.Is(err, cause) {
						t.Errorf("got the error %v", err)
					}
					if d := time.Since(start); d != 1500*time.Millisecond {
						t.Errorf("stopped after %v", d)
					}
					want := ""
					if w.file && w.tune.segmented == small().segmented && step.name != "before the answer" {
						want = "out.part.gz out.part.journal"
					}
					if got := names(t, dir); got != want {
						t.Errorf("the directory has %q, want %q", got, want)
					}
				})
			})
		}
	}
}

func TestNoResult(t *testing.T) {
	missing := http.NotFoundHandler()
	empty, full := api.Job{ID: "42"}, newResult(t, 1, 5).job()
	empty.NumRecords = api.Int{Valid: true}
	for _, w := range ways() {
		c := serve(t, missing)
		if got, err := fetchBy(t, c, empty, jobresult.CSV, w); err != nil || len(got) > 0 {
			t.Errorf("%s: a job without rows: %q, %v", w.name, got, err)
		}
		if _, err := fetchBy(t, c, full, jobresult.CSV, w); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("%s: a job with rows: %v", w.name, err)
		}
	}
}

func TestRowsMissing(t *testing.T) {
	r := newResult(t, 1, 500)
	job := r.job()
	job.NumRecords.Value++
	for _, w := range ways() {
		got, err := fetchBy(t, serve(t, r), job, jobresult.CSV, w)
		if want := "the result of job 42 is incomplete: received 500 of 501 rows"; err == nil || err.Error() != want {
			t.Errorf("%s: got the error %v", w.name, err)
		}
		if _, ok := errors.AsType[*IncompleteError](err); !ok {
			t.Errorf("%s: the error is a %T", w.name, err)
		}
		if w.file && got != nil {
			t.Errorf("%s: there is a file", w.name)
		}
	}
}

// TestWriteFails checks that a write error ends the download, even if the server sends nothing more.
func TestWriteFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newResult(t, 1, 1000)
		h := func(w http.ResponseWriter, req *http.Request) { r.ServeHTTP(&breaking{w, req, 60_000, stall}, req) }
		start := time.Now()
		o := Options{Rows: options(jobresult.CSV), Out: failing{}}
		o.Rows.FlushRows = true
		_, err := fetch(t.Context(), serve(t, http.HandlerFunc(h)), r.job(), o, small())
		if _, ok := errors.AsType[*jobresult.WriteError](err); !ok || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got the error %v", err)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("it took %v", d)
		}
	})
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestProgress(t *testing.T) {
	r := newResult(t, 1, 500)
	slow := func(w http.ResponseWriter, req *http.Request) { r.ServeHTTP(slowly{w}, req) }
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var told []int64
				var at []time.Time
				o := Options{
					Rows: options(jobresult.CSV), Out: io.Discard, Threads: w.threads,
					Progress: func(done, total int64) {
						mu.Lock()
						defer mu.Unlock()
						if total != int64(len(r.body)) {
							t.Errorf("total is %d", total)
						}
						told, at = append(told, done), append(at, time.Now())
					},
				}
				if w.file {
					o.Path = filepath.Join(t.TempDir(), "out")
				}
				if _, err := fetch(t.Context(), serve(t, http.HandlerFunc(slow)), r.job(), o, w.tune); err != nil {
					t.Fatal(err)
				}
				if len(told) < 4 || told[len(told)-1] != int64(len(r.body)) {
					t.Fatalf("told %v", told)
				}
				for i := 1; i < len(told)-1; i++ {
					if told[i] <= told[i-1] || at[i].Sub(at[i-1]) < progressInterval {
						t.Fatalf("told %v at %v", told, at)
					}
				}
			})
		})
	}
}

// slowly sends a kilobyte every 30 milliseconds.
type slowly struct{ http.ResponseWriter }

func (s slowly) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		time.Sleep(30 * time.Millisecond)
		var m int
		m, err = s.ResponseWriter.Write(p[n:min(n+1000, len(p))])
		n += m
		http.NewResponseController(s.ResponseWriter).Flush()
	}
	return n, err
}
