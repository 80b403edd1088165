package download

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

func TestPattern(t *testing.T) {
	for _, tt := range []struct{ path, first, tenth string }{
		{"part-%04d.csv.gz", "part-0001.csv.gz", "part-0010.csv.gz"},
		{"%d", "1", "10"},
		{"a%%b/%02d%%", "a%%b/01%", "a%%b/10%"},
		{"100%d/x%d", "100%d/x1", "100%d/x10"},
		{"%010d.csv", "0000000001.csv", "0000000010.csv"},
	} {
		p, err := ParsePattern(tt.path)
		if err != nil || p.Name(1) != tt.first || p.Name(10) != tt.tenth {
			t.Errorf("%s: %q, %q, %v", tt.path, p.Name(1), p.Name(10), err)
		}
	}
	for path, want := range map[string]string{
		"out.csv":       `"out.csv" has 0 of them`,
		"%d/out.csv":    `"%d/out.csv" has 0 of them`,
		"%d-%d.csv":     `"%d-%d.csv" has 2 of them`,
		"%s.csv":        `"%s.csv" has %s`,
		"%4d.csv":       `"%4d.csv" has %4d`,
		"%-d.csv":       `"%-d.csv" has %-d`,
		"%0999d.csv":    `"%0999d.csv" has %0999d`,
		"%x-%d.csv":     `"%x-%d.csv" has %x`,
		"%d-100%":       `"%d-100%" has %`,
		"%%d.csv":       `"%%d.csv" has 0 of them`,
		"%d and 5% off": `"%d and 5% off" has % o`,
	} {
		if _, err := ParsePattern(path); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

func TestPatternMatches(t *testing.T) {
	p, _ := ParsePattern("a/part-%03d.csv")
	for name, want := range map[string]bool{
		"part-001.csv": true, "part-999.csv": true, "part-1000.csv": true,
		"part-01.csv": false, "part-0001.csv": false, "part-.csv": false, "part--01.csv": false, "part-+01.csv": false,
		"part-001.csv.gz": false, "xpart-001.csv": false, "part-001x.csv": false,
	} {
		if got := p.matches(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// fetchParts downloads r into files with 4 rows.
func fetchParts(t *testing.T, r result, dir string, change func(*Options)) error {
	t.Helper()
	o := Options{Rows: options(jobresult.CSV), Path: filepath.Join(dir, "p%d.csv"), SplitRows: 4}
	change(&o)
	_, err := fetch(t.Context(), serve(t, r), r.job(), o, small())
	return err
}

func TestParts(t *testing.T) {
	for rows, want := range map[int]string{0: "p1.csv", 1: "p1.csv", 4: "p1.csv", 5: "p1.csv p2.csv", 12: "p1.csv p2.csv p3.csv"} {
		dir := t.TempDir()
		r := newResult(t, 1, rows)
		if err := fetchParts(t, r, dir, func(*Options) {}); err != nil {
			t.Errorf("%d rows: %v", rows, err)
		}
		if got := names(t, dir); got != want {
			t.Errorf("%d rows: the directory has %q", rows, got)
		}
		for i, part := range r.parts(t, jobresult.CSV, 4) {
			if got := read(t, filepath.Join(dir, "p"+string(rune('1'+i))+".csv")); string(got) != string(part) {
				t.Errorf("%d rows, part %d: %q", rows, i+1, got)
			}
		}
	}
}

// TestPartsErrors checks that a download that fails leaves nothing and keeps what was there.
func TestPartsErrors(t *testing.T) {
	r := newResult(t, 1, 10)
	errEmpty := errors.New("too few rows")
	for _, tt := range []struct {
		name, file string // file that exists
		change     func(*Options)
		path       string // path of the FileError
		want       error
	}{
		{name: "rejected", change: func(o *Options) { o.Check = func(jobresult.Stats) error { return errEmpty } }, want: errEmpty},
		{name: "file exists", file: "p7.csv", path: "p7.csv", want: os.ErrExist},
		{name: "staging directory", file: "p%d.csv.part.d/x", path: "p%d.csv.part.d", want: os.ErrExist},
		{name: "missing directory", change: func(o *Options) { o.Path = filepath.Join(filepath.Dir(o.Path), "no", "p%d.csv") }, path: "no/p%d.csv", want: os.ErrNotExist},
		{name: "no pattern", change: func(o *Options) { o.Path = "out" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			before := ""
			if tt.file != "" {
				path := filepath.Join(dir, tt.file)
				before = filepath.Dir(tt.file)
				if before == "." {
					before = tt.file
				}
				if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
					t.Fatal(err)
				}
				write(t, path, "old", 0o600)
			}
			if tt.change == nil {
				tt.change = func(*Options) {}
			}
			err := fetchParts(t, r, dir, tt.change)
			file, isFile := errors.AsType[*FileError](err)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || isFile != (tt.path != "") || isFile && file.Path != filepath.Join(dir, tt.path) {
				t.Errorf("got %v", err)
			}
			if got := names(t, dir); got != before {
				t.Errorf("the directory has %q, want %q", got, before)
			}
			pattern, _ := ParsePattern(filepath.Join(dir, "p%d.csv"))
			if err := CheckParts(pattern); (err != nil) != (tt.file != "") {
				t.Errorf("CheckParts: %v", err)
			}
			if got := names(t, dir); got != before {
				t.Errorf("CheckParts leaves %q, want %q", got, before)
			}
		})
	}
}

// TestPartsInterrupted checks that an interrupted download is resumed, even with another number of rows.
func TestPartsInterrupted(t *testing.T) {
	r := newResult(t, 1, 2000)
	dir := t.TempDir()
	o := Options{Rows: options(jobresult.Parquet), Path: filepath.Join(dir, "p%d"), SplitRows: 300, Threads: 1}
	ctx, cancel := context.WithCancelCause(t.Context())
	errStop := errors.New("stop")
	kept := int64(0)
	o.Kept = func(received, _ int64) { kept = received }
	tune := small()
	half := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { // sends one half
		r.ServeHTTP(limitedResponse{w, len(r.body) / 2, func() {
			for t.Context().Err() == nil && bytes.Count(read(t, o.Path+".part.journal"), []byte("crc32c")) < 5 {
				runtime.Gosched()
			}
			cancel(errStop)
		}}, req)
	})
	if _, err := fetch(ctx, serve(t, half), r.job(), o, tune); !errors.Is(err, errStop) || kept < 5*tune.piece {
		t.Fatalf("interrupted: %v, kept %d bytes", err, kept)
	}
	if got := names(t, dir); got != "p%d.part.gz p%d.part.journal" {
		t.Fatalf("the directory has %q", got)
	}
	var sent atomic.Int64
	counting := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(countingResponse{w, &sent}, req)
	})
	o.SplitRows = 1500
	if _, err := fetch(t.Context(), serve(t, counting), r.job(), o, tune); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "p1 p2" {
		t.Errorf("the directory has %q", got)
	}
	if n := sent.Load(); n > int64(len(r.body))-kept {
		t.Errorf("%d bytes were sent after %d of %d were kept", n, kept, len(r.body))
	}
	for i, part := range r.parts(t, jobresult.Parquet, 1500) {
		if string(read(t, filepath.Join(dir, "p"+string(rune('1'+i))))) != string(part) {
			t.Errorf("part %d has other rows", i+1)
		}
	}
}

// A limitedResponse ends after a number of bytes.
type limitedResponse struct {
	http.ResponseWriter
	left int
	end  func()
}

func (w limitedResponse) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p[:min(len(p), w.left)])
	http.NewResponseController(w.ResponseWriter).Flush()
	w.end()
	if err == nil {
		panic(http.ErrAbortHandler)
	}
	return n, err
}

type countingResponse struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (w countingResponse) Write(p []byte) (int, error) {
	w.n.Add(int64(len(p))) // before the client can receive p
	return w.ResponseWriter.Write(p)
}

// TestPartsLocked checks that two downloads cannot write the same files.
func TestPartsLocked(t *testing.T) {
	dir := t.TempDir()
	pattern, err := ParsePattern(filepath.Join(dir, "p%d.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lock, set, err := pattern.open()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Discard()
	defer set.Discard()
	err = fetchParts(t, newResult(t, 1, 10), dir, func(o *Options) { o.Path = filepath.Join(dir, "p%03d.csv") })
	if _, ok := errors.AsType[*FileError](err); !ok {
		t.Errorf("got %v", err)
	}
	if _, asked := errors.AsType[*api.Error](err); asked {
		t.Error("the server was asked")
	}
}
