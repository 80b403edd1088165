//go:build unix

package download

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// An errand is what this test binary does instead of its tests when it is started as a
// process of its own.
type errand struct {
	URL, Path   string
	Rows, Size  int64
	Large       int64
	Threads     int
	MaxFileSize uint64 // bytes; 0: as it is
}

func TestMain(m *testing.M) {
	text, ok := os.LookupEnv("DOWNLOAD_ERRAND")
	if !ok {
		os.Exit(m.Run())
	}
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		panic(err)
	}
	os.Exit(e.run())
}

// run delivers csv and returns 0, 11 when the file could not be written, or 1.
func (e errand) run() int {
	if e.MaxFileSize > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: e.MaxFileSize, Max: e.MaxFileSize}); err != nil {
			panic(err)
		}
	}
	c, err := api.New(api.Options{Endpoint: e.URL})
	if err != nil {
		panic(err)
	}
	job := result{body: make([]byte, e.Size), rows: e.Rows}.job()
	tune := small()
	tune.segmented, tune.parallel = e.Large, e.Large
	_, err = fetch(context.Background(), c, job, Options{Rows: options(jobresult.CSV), Path: e.Path, Threads: e.Threads}, tune)
	if _, ok := errors.AsType[*FileError](err); ok {
		return 11
	}
	if err != nil {
		return 1
	}
	return 0
}

func (e errand) command(t *testing.T) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DOWNLOAD_ERRAND="+string(text))
	cmd.Stderr = os.Stderr
	return cmd
}

// What a process had downloaded when it was killed, the next one does not download again.
func TestKill(t *testing.T) {
	r := newResult(t, 1, 2000)
	for _, threads := range []int{1, 3} {
		t.Run(fmt.Sprint(threads), func(t *testing.T) { kill(t, r, threads) })
	}
}

func kill(t *testing.T, r result, threads int) {
	size := len(r.body)
	path := filepath.Join(t.TempDir(), "out")
	halfway := make(chan struct{})
	var mu sync.Mutex
	sent := 0
	var once sync.Once
	held := func(w http.ResponseWriter, req *http.Request) { // all stop in the middle
		r.ServeHTTP(writerFunc{w, func(p []byte) (int, error) {
			for n := 0; n < len(p); n += 1000 {
				mu.Lock()
				full := sent >= size/2
				sent += 1000
				mu.Unlock()
				if full {
					http.NewResponseController(w).Flush()
					once.Do(func() { close(halfway) })
					<-req.Context().Done()
					return n, req.Context().Err()
				}
				if _, err := w.Write(p[n:min(n+1000, len(p))]); err != nil {
					return n, err
				}
			}
			return len(p), nil
		}}, req)
	}
	srv := httptest.NewServer(http.HandlerFunc(held))
	cmd := errand{URL: srv.URL, Path: path, Rows: r.rows, Size: int64(size), Large: 20_000, Threads: threads}.command(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-halfway
	awaitPieces(t, path, size/2/4000-1-threads)
	cmd.Process.Kill()
	cmd.Wait()
	srv.Close()
	if got := names(t, filepath.Dir(path)); got != "out.part out.part.gz out.part.journal" {
		t.Fatalf("the killed process left %q", got)
	}

	counted := 0
	count := func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(writerFunc{w, func(p []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			n, err := w.Write(p)
			counted += n
			return n, err
		}}, req)
	}
	o := Options{Rows: options(jobresult.CSV), Path: path, Threads: threads}
	if _, err := fetch(t.Context(), serve(t, http.HandlerFunc(count)), r.job(), o, small()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, path), r.text(t, jobresult.CSV)) {
		t.Error("other rows arrived")
	}
	mu.Lock()
	defer mu.Unlock()
	if most := size - (size/2/4000-1-threads)*4000; counted > most {
		t.Errorf("%d bytes of %d were sent again, want at most %d", counted, size, most)
	}
	if got := names(t, filepath.Dir(path)); got != "out" {
		t.Errorf("%q is left", got)
	}
}

// awaitPieces waits until the journal beside path has n pieces.
func awaitPieces(t *testing.T, path string, n int) {
	t.Helper()
	for t.Context().Err() == nil && bytes.Count(read(t, path+".part.journal"), []byte("\n")) < 1+n {
		if t.Failed() {
			return
		}
	}
}

type writerFunc struct {
	http.ResponseWriter
	write func([]byte) (int, error)
}

func (w writerFunc) Write(p []byte) (int, error) { return w.write(p) }

// A disk that is full, here a limit on the size of files, leaves the old file and nothing else.
func TestDiskFull(t *testing.T) {
	r := newResult(t, 1, 5000)
	srv := httptest.NewServer(r)
	defer srv.Close()
	for name, e := range map[string]errand{
		"rows":        {Large: 1 << 40},
		"spool":       {Large: 20_000, Threads: 1},
		"the threads": {Large: 20_000, Threads: 3},
	} {
		path := filepath.Join(t.TempDir(), "out")
		write(t, path, "old", 0o600)
		e.URL, e.Path, e.Rows, e.Size, e.MaxFileSize = srv.URL, path, r.rows, int64(len(r.body)), 100_000
		err := e.command(t).Run()
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 11 {
			t.Errorf("%s: %v", name, err)
		}
		if got := read(t, path); string(got) != "old" || names(t, filepath.Dir(path)) != "out" {
			t.Errorf("%s: the file holds %d bytes, the directory %q", name, len(got), names(t, filepath.Dir(path)))
		}
	}
}
