package download

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// TestCopy checks that a result is requested once, and that later ones come from its copy.
func TestCopy(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	r := newResult(t, 1, 1000)
	for _, w := range ways() {
		var requests atomic.Int64
		client := serve(t, http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			requests.Add(1)
			r.ServeHTTP(rw, req)
		}))
		c := NewCopy(1 << 20)
		fetchCopy := func(f jobresult.Format, out io.Writer, path string) error {
			o := Options{Rows: options(f), Out: out, Path: path, Threads: w.threads, Copy: c}
			_, err := fetch(t.Context(), client, r.job(), o, w.tune)
			return err
		}
		path := ""
		if w.file {
			path = filepath.Join(t.TempDir(), "out.csv")
		}
		if err := fetchCopy(jobresult.CSV, io.Discard, path); err != nil || !c.Has("42") || c.Has("43") || c.Has("") {
			t.Fatalf("%s: %v, %v", w.name, err, c.Has("42"))
		}
		first := requests.Load()
		var out bytes.Buffer
		if err := fetchCopy(jobresult.JSONL, &out, ""); err != nil || !bytes.Equal(out.Bytes(), r.text(t, jobresult.JSONL)) {
			t.Errorf("%s: %v, %d bytes", w.name, err, out.Len())
		}
		path = filepath.Join(t.TempDir(), "out.tsv")
		if err := fetchCopy(jobresult.TSV, nil, path); err != nil || !bytes.Equal(read(t, path), r.content(t, jobresult.TSV, true)) {
			t.Errorf("%s: %v, %d bytes", w.name, err, len(read(t, path)))
		}
		if n := requests.Load(); n != first {
			t.Errorf("%s: %d requests, then %d", w.name, first, n)
		}
		if err := c.Close(); err != nil || c.Has("42") {
			t.Errorf("%s: %v", w.name, err)
		}
		if left := names(t, dir); left != "" {
			t.Errorf("%s: %s is left", w.name, left)
		}
	}
}

// TestIncompleteCopy checks that a result that was not received as a whole, or does not fit, is requested again.
func TestIncompleteCopy(t *testing.T) {
	r := newResult(t, 1, 1000)
	empty := api.Job{ID: "42", NumRecords: api.Int{Valid: true}}
	missing := r.job()
	missing.NumRecords.Value++
	for _, tt := range []struct {
		name    string
		handler http.Handler
		job     api.Job
		out     io.Writer
		limit   int64 // of the rows
		space   int64
		has     bool
		ok      bool
	}{
		{"complete", r, r.job(), io.Discard, -1, int64(len(r.body)), true, true},
		{"limited rows", r, r.job(), io.Discard, 10, 1 << 20, false, true},
		{"too large", r, r.job(), io.Discard, -1, int64(len(r.body)) - 1, false, true},
		{"not written", r, r.job(), failing{}, -1, 1 << 20, false, false},
		{"rows are missing", r, missing, io.Discard, -1, 1 << 20, false, false},
		{"no rows", http.NotFoundHandler(), empty, io.Discard, -1, 1 << 20, true, true},
	} {
		c := NewCopy(tt.space)
		o := Options{Rows: options(jobresult.CSV), Out: tt.out, Copy: c}
		o.Rows.Limit = tt.limit
		if _, err := fetch(t.Context(), serve(t, tt.handler), tt.job, o, never()); (err == nil) != tt.ok || c.Has("42") != tt.has {
			t.Errorf("%s: %v, %v", tt.name, err, c.Has("42"))
		}
		if tt.has { // the server does not have it any more
			o.Out = &bytes.Buffer{}
			_, err := fetch(t.Context(), serve(t, http.NotFoundHandler()), tt.job, o, never())
			if err != nil || tt.job.NumRecords.Value > 0 && o.Out.(*bytes.Buffer).Len() == 0 {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestReplacedCopy checks that a copy has the last result only, and that nothing fails without a place for it.
func TestReplacedCopy(t *testing.T) {
	long, short := newResult(t, 1, 1000), newResult(t, 2, 10)
	c := NewCopy(1 << 20)
	defer c.Close()
	for id, r := range map[string]result{"1": long, "2": short, "3": long} {
		job := r.job()
		job.ID = id
		for range 2 {
			var out bytes.Buffer
			o := Options{Rows: options(jobresult.CSV), Out: &out, Copy: c}
			if _, err := fetch(t.Context(), serve(t, r), job, o, never()); err != nil || !bytes.Equal(out.Bytes(), r.text(t, jobresult.CSV)) {
				t.Errorf("job %s: %v, %d bytes", id, err, out.Len())
			}
			if !c.Has(id) {
				t.Errorf("job %s was not kept", id)
			}
		}
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	if _, err := os.Stat(os.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Skip("the system has another directory for temporary files")
	}
	none := NewCopy(1 << 20)
	o := Options{Rows: options(jobresult.CSV), Out: io.Discard, Copy: none}
	if _, err := fetch(t.Context(), serve(t, short), short.job(), o, never()); err != nil || none.Has("42") {
		t.Errorf("%v, %v", err, none.Has("42"))
	}
	if err := none.Close(); err != nil {
		t.Error(err)
	}
	if err := (*Copy)(nil).Close(); err != nil {
		t.Error(err)
	}
}
