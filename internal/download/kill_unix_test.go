//go:build unix

package download

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// An errand is a download by another process, which runs this test binary.
type errand struct {
	URL, Path   string
	Format      jobresult.Format
	Rows, Size  int64
	Split       int64
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

// run downloads rows. It returns 0, 11 if the file cannot be written, or 1.
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
	_, err = fetch(context.Background(), c, job, Options{Rows: options(e.Format), Path: e.Path, SplitRows: e.Split, Threads: e.Threads}, tune)
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

// TestKill checks that a download resumes where a killed process stopped.
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
	held := func(w http.ResponseWriter, req *http.Request) { // stops all responses half-way
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
	cmd := errand{URL: srv.URL, Path: path, Format: jobresult.CSV, Rows: r.rows, Size: int64(size), Large: 20_000, Threads: threads}.command(t)
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

// awaitPieces waits until the journal of a download to path has n pieces.
func awaitPieces(t *testing.T, path string, n int) {
	t.Helper()
	for t.Context().Err() == nil && bytes.Count(read(t, path+".part.journal"), []byte("\n")) < 1+n {
		if t.Failed() {
			return
		}
	}
}

// TestManyKills kills the processes of a download, each after some more pieces, until one
// of them ends. The environment variable TD_TEST_KILLS sets the minimum number of kills.
func TestManyKills(t *testing.T) {
	r := newResult(t, 1, 3000)
	formats := []jobresult.Format{jobresult.CSV, jobresult.Arrow, jobresult.Parquet}
	rng := rand.New(rand.NewPCG(5, 6))
	kills := 0
	for n := 0; kills < testCount(t, "TD_TEST_KILLS", 6); n++ {
		threads := 1 + n%3
		path := filepath.Join(t.TempDir(), "out")
		format := formats[n%len(formats)]
		e := errand{Path: path, Format: format, Rows: r.rows, Size: int64(len(r.body)), Large: 20_000, Threads: threads}
		if n%2 == 1 {
			e.Path, e.Split = path+"%d", 1000
		}
		killed, sent := killRepeatedly(t, r, e, rng)
		kills += killed
		// A killed process loses at most an incomplete piece for each connection, and
		// those that were complete but not yet awaited.
		if most := len(r.body) + killed*2*(1+threads)*4000; sent > most {
			t.Errorf("%d kills: %d bytes were sent for a result of %d, want at most %d", killed, sent, len(r.body), most)
		}
		want, files := [][]byte{r.content(t, format, true)}, "out"
		if e.Split > 0 {
			want, files = r.parts(t, format, e.Split), "out1 out2 out3"
		}
		if got := names(t, filepath.Dir(path)); got != files {
			t.Errorf("the directory has %q", got)
		}
		for i, name := range strings.Fields(files) {
			if !bytes.Equal(read(t, filepath.Join(filepath.Dir(path), name)), want[i]) {
				t.Errorf("the %s file %s has other rows", format, name)
			}
		}
	}
	t.Logf("%d kills", kills)
}

// killRepeatedly downloads r with a series of processes. All but the last are killed. It
// returns the number of kills and of bytes sent.
func killRepeatedly(t *testing.T, r result, e errand, rng *rand.Rand) (kills, sent int) {
	t.Helper()
	for {
		budget := 2000 * (1 + rng.IntN(20))
		server := &meteredServer{result: r, left: budget, exhausted: make(chan struct{})}
		srv := httptest.NewServer(server)
		before := completePieces(t, e.Path)
		e.URL = srv.URL
		cmd := e.command(t)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var err error
		alive := true
		select {
		case <-server.exhausted:
		case err = <-ended:
			alive = false
		}
		for alive && completePieces(t, e.Path) < before+budget/4000-1-e.Threads {
			select {
			case err = <-ended:
				alive = false
			default:
			}
		}
		if alive {
			cmd.Process.Kill()
			err = <-ended
		}
		srv.Close()
		sent += server.sent()
		if err == nil {
			return kills, sent
		}
		if !alive {
			t.Fatalf("the download failed: %v", err)
		}
		kills++
		for name := range strings.FieldsSeq(names(t, filepath.Dir(e.Path))) {
			if !strings.Contains(name, ".part") {
				t.Fatalf("a killed process left the file %s", name)
			}
		}
	}
}

// completePieces returns the number of pieces in the journal of a download to path.
func completePieces(t *testing.T, path string) int {
	t.Helper()
	return bytes.Count(read(t, path+".part.journal"), []byte(`{"piece":`))
}

// A meteredServer sends a number of bytes in all responses together. Then they stall.
type meteredServer struct {
	result
	mu        sync.Mutex
	left      int
	total     int
	exhausted chan struct{}
	once      sync.Once
}

func (s *meteredServer) sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

func (s *meteredServer) take(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n = min(n, s.left, 500)
	s.left -= n
	s.total += n
	return n
}

func (s *meteredServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.result.ServeHTTP(writerFunc{w, func(p []byte) (int, error) {
		done := 0
		for done < len(p) {
			n := s.take(len(p) - done)
			if n == 0 {
				http.NewResponseController(w).Flush()
				s.once.Do(func() { close(s.exhausted) })
				<-req.Context().Done()
				return done, req.Context().Err()
			}
			if _, err := w.Write(p[done : done+n]); err != nil {
				return done, err
			}
			done += n
		}
		return done, nil
	}}, req)
}

type writerFunc struct {
	http.ResponseWriter
	write func([]byte) (int, error)
}

func (w writerFunc) Write(p []byte) (int, error) { return w.write(p) }

// TestDiskFull checks that a limit on the size of files leaves only the old file.
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
		e.URL, e.Path, e.Format, e.Rows, e.Size, e.MaxFileSize = srv.URL, path, jobresult.CSV, r.rows, int64(len(r.body)), 100_000
		err := e.command(t).Run()
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 11 {
			t.Errorf("%s: %v", name, err)
		}
		if got := read(t, path); string(got) != "old" || names(t, filepath.Dir(path)) != "out" {
			t.Errorf("%s: the file holds %d bytes, the directory %q", name, len(got), names(t, filepath.Dir(path)))
		}
	}
}

// TestKillUnmarked checks that a killed download that cannot be resumed leaves nothing that
// the next one would take for a file of the user.
func TestKillUnmarked(t *testing.T) {
	r := newResult(t, 1, 20_000)
	path := filepath.Join(t.TempDir(), "out")
	server := &meteredServer{result: r, left: len(r.body) / 2, exhausted: make(chan struct{})}
	srv := httptest.NewServer(server)
	defer srv.Close()
	cmd := errand{URL: srv.URL, Path: path, Format: jobresult.CSV, Rows: r.rows, Size: int64(len(r.body)), Large: 1 << 40, Threads: 1}.command(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-server.exhausted
	for t.Context().Err() == nil && len(read(t, path+".part")) == 0 {
		runtime.Gosched()
	}
	cmd.Process.Kill()
	cmd.Wait()
	if got := names(t, filepath.Dir(path)); got != "out.part out.part.journal" {
		t.Fatalf("the killed process left %q", got)
	}
	if err := put(t, r, path); err != nil {
		t.Fatal(err)
	}
	if got := names(t, filepath.Dir(path)); got != "out" {
		t.Errorf("%q is left", got)
	}
}
