package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestJobResult(t *testing.T) {
	const rows = "0123456789"
	for _, tt := range []struct {
		name string
		r    Range
		etag string
		body string
		want Result
	}{
		{"whole", Range{To: -1}, `"e1"`, rows, Result{Total: 10, ETag: `"e1"`, Status: 200, AcceptRanges: true}},
		{"rest", Range{From: 4, To: -1, IfRange: `"e1"`}, `"e1"`, "456789", Result{From: 4, Total: 10, ETag: `"e1"`, Status: 206, AcceptRanges: true}},
		{"part", Range{From: 4, To: 6}, `"e1"`, "456", Result{From: 4, Total: 10, ETag: `"e1"`, Status: 206, AcceptRanges: true}},
		{"first byte", Range{}, `"e1"`, "0", Result{Total: 10, ETag: `"e1"`, Status: 206, AcceptRanges: true}},
		{"changed", Range{From: 4, To: -1, IfRange: `"e0"`}, `"e1"`, rows, Result{Total: 10, ETag: `"e1"`, Status: 200, AcceptRanges: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := dial(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				if r.RequestURI != "/v3/job/result/42?format=msgpack.gz" {
					t.Errorf("request %s", r.RequestURI)
				}
				w.Header().Set("ETag", tt.etag)
				http.ServeContent(w, r, "", time.Time{}, strings.NewReader(rows))
			})
			got, err := c.JobResult(t.Context(), "42", "msgpack.gz", tt.r)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(got.Body)
			if err != nil || string(b) != tt.body || got.Body.Close() != nil {
				t.Errorf("body %q, %v, want %q", b, err, tt.body)
			}
			got.Body = nil
			if *got != tt.want {
				t.Errorf("%+v, want %+v", *got, tt.want)
			}
		})
	}
}

func TestJobResultRefuses(t *testing.T) {
	c, _ := dial(t, Options{MaxRetryTime: time.Minute}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	})
	if r, err := c.JobResult(t.Context(), "1", "csv", Range{To: -1}); r != nil || !errors.Is(err, ErrNotFound) {
		t.Errorf("%v, %v", r, err)
	}
	for _, header := range []string{"", "bytes", "bytes 1/2", "bytes 5-4/10", "bytes 0-10/10", "bytes a-b/c", "rows 0-1/2", "bytes -1-2/3"} {
		c, _ := client(t, Options{}, answer{status: 206, header: http.Header{"Content-Range": {header}}})
		if r, err := c.JobResult(t.Context(), "1", "csv", Range{From: 1, To: -1}); r != nil || !errors.Is(err, ErrAnswer) {
			t.Errorf("%q: %v, %v", header, r, err)
		}
	}
	c, _ = client(t, Options{}, answer{status: 206, header: http.Header{"Content-Range": {"bytes 3-9/*"}}})
	if r, err := c.JobResult(t.Context(), "1", "csv", Range{From: 3, To: -1}); err != nil || r.From != 3 || r.Total != -1 {
		t.Errorf("%v, %v", r, err)
	}
}

// A truncated result ends with a NetworkError.
func TestJobResultBreaks(t *testing.T) {
	for name, length := range map[string]string{"length": "1000", "chunks": ""} {
		t.Run(name, func(t *testing.T) {
			c, _ := dial(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				if length != "" {
					w.Header().Set("Content-Length", length)
				}
				io.WriteString(w, "part")
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			})
			r, err := c.JobResult(t.Context(), "1", "csv", Range{To: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			b, err := io.ReadAll(r.Body)
			if e, ok := errors.AsType[*NetworkError](err); !ok || string(b) != "part" || e.Host == "" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestJobResultCancelled(t *testing.T) {
	c, _ := dial(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "part")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := c.JobResult(ctx, "1", "csv", Range{To: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if _, err := io.ReadFull(r.Body, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Body.Read(make([]byte, 1)); err != context.Canceled { // nothing around it
		t.Errorf("error %v", err)
	}
}

// A stalled server is given up, a slow reader is not.
func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		left := 2
		b := newBody(ctx, stalled{ctx, &left}, "api.example.com", cancel)
		defer b.Close()
		for range 2 {
			if n, err := b.Read(make([]byte, 4)); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			time.Sleep(2 * stallTimeout) // the reader's own time
		}
		start := time.Now()
		_, err := b.Read(make([]byte, 4))
		if _, ok := errors.AsType[*NetworkError](err); !ok || !errors.Is(err, errStalled) || time.Since(start) != stallTimeout {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

// stalled sends n bytes and then blocks.
type stalled struct {
	ctx  context.Context
	left *int
}

func (s stalled) Read(p []byte) (int, error) {
	if *s.left == 0 {
		<-s.ctx.Done()
		return 0, s.ctx.Err()
	}
	*s.left--
	return copy(p, "."), nil
}

func (stalled) Close() error { return nil }
