package download

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// A fault is what goes wrong with a response.
type fault int

const (
	clean   fault = iota
	cut           // the connection is closed within the body
	reset         // like cut, and bytes in transit are lost
	stall         // the body stops, but the connection stays open
	busy          // status 429
	broken        // status 502
	whole         // status 200 for a range
	dropped       // the connection is closed before the response
	unended       // no Content-Length, and the end of the body is lost

	overlong  // the Content-Length is too large
	changed   // the result changes and stays changed
	shortened // the Content-Length is too small
	elsewhere // a part other than the requested one
	resized   // a part of a result of another size
	forgotten // no ETag
	flipped   // a wrong byte
	faults

	recoverable = overlong // no fault before this one loses the result
	late        = faults   // like cut, one second later
)

// testSeeds returns the number of seeds for each case of the fault tests. The environment
// variable TD_TEST_SEEDS raises it: 30 seeds are 2,880 downloads.
func testSeeds(t *testing.T) int { return testCount(t, "TD_TEST_SEEDS", 4) }

// testCount returns the number in an environment variable, or the default.
func testCount(t *testing.T, name string, n int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return n
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// A faulty server has a random fault in each of its first responses.
type faulty struct {
	mu      sync.Mutex
	rng     *rand.Rand
	left    int // remaining faults
	kinds   fault
	results [2]result
	log     []fault
}

func (f *faulty) next() (k fault, at int, r result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left > 0 {
		f.left--
		k = fault(f.rng.IntN(int(f.kinds)))
	}
	if k == changed {
		f.results[0] = f.results[1]
	}
	r = f.results[0]
	f.log = append(f.log, k)
	return k, f.rng.IntN(len(r.body) / 2), r
}

// faults returns the faults of the responses so far.
func (f *faulty) faults() []fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	k, at, r := f.next()
	switch k {
	case cut, reset, stall:
		w = &breaking{w, req, at, k}
	case busy:
		w.Header().Set("Retry-After", "7")
		http.Error(w, "slow down", http.StatusTooManyRequests)
		return
	case broken:
		http.Error(w, "<title>bad gateway</title>", http.StatusBadGateway)
		return
	case dropped:
		panic(http.ErrAbortHandler)
	case unended:
		unfinished(r)(w, req)
		return
	case overlong:
		tooLong(r, 1+at)(w, req)
		return
	case whole:
		req.Header.Del("Range")
	case shortened:
		r.body = r.body[:len(r.body)-at]
	case elsewhere:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	case resized:
		if req.Header.Get("Range") != "" { // otherwise it is a valid result with trailing bytes
			r.body = append(bytes.Clone(r.body), "more"...)
		}
	case forgotten:
		r.etag = ""
	case flipped:
		r.body = bytes.Clone(r.body)
		r.body[at] ^= 1
	}
	r.ServeHTTP(w, req)
}

// A breaking response ends with a fault after left bytes.
type breaking struct {
	http.ResponseWriter
	req  *http.Request
	left int
	kind fault
}

func (b *breaking) Write(p []byte) (int, error) {
	n, err := b.ResponseWriter.Write(p[:min(len(p), b.left)])
	if b.left -= n; b.left > 0 || err != nil {
		return n, err
	}
	http.NewResponseController(b.ResponseWriter).Flush()
	switch b.kind {
	case stall:
		<-b.req.Context().Done()
	case late:
		abortLater(b.ResponseWriter, b.req)
	case reset:
		if conn, _, err := http.NewResponseController(b.ResponseWriter).Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				tcp.SetLinger(0)
			}
			conn.Close()
		}
	}
	panic(http.ErrAbortHandler)
}

// A way is a combination of a destination and the number of connections.
type way struct {
	name    string
	file    bool
	eager   bool
	threads int
	split   int64 // rows of a file
	tune    limits
}

func ways() []way {
	return []way{
		{name: "stdout", tune: small()},
		{name: "terminal", eager: true, tune: small()},
		{name: "file", file: true, tune: never()},
		{name: "spool", file: true, threads: 1, tune: small()},
		{name: "threads", file: true, threads: 3, tune: small()},
		{name: "auto", file: true, tune: small()},
		{name: "parts", file: true, split: 200, tune: small()},
	}
}

// content returns what a way writes for a result in a format.
func (w way) content(t *testing.T, r result, f jobresult.Format) []byte {
	t.Helper()
	if w.split == 0 {
		return r.content(t, f, w.file)
	}
	return bytes.Join(r.parts(t, f, w.split), nil)
}

// fetchBy downloads a result in the given way. It returns the output or the content of
// the file or the files, which is nil if there is none.
func fetchBy(t *testing.T, c *api.Client, job api.Job, f jobresult.Format, w way) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	var out bytes.Buffer
	o := Options{Rows: options(f), Out: &out, Threads: w.threads}
	o.Rows.FlushRows = w.eager
	if w.file {
		o.Path = filepath.Join(dir, "out")
	}
	if o.SplitRows = w.split; w.split > 0 {
		o.Path = filepath.Join(dir, "out%d")
	}
	_, err := fetch(t.Context(), c, job, o, w.tune)
	for name := range strings.FieldsSeq(names(t, dir)) {
		isResult := w.split == 0 && name == "out" || w.split > 0 && strings.Trim(name, "out123") == ""
		if strings.HasSuffix(name, ".part") || strings.HasSuffix(name, ".d") || err == nil && !isResult {
			t.Errorf("%s is left", name)
		}
	}
	if w.split > 0 {
		var all []byte
		for i := 1; i <= 3; i++ {
			all = append(all, read(t, fmt.Sprintf("%s%d", filepath.Join(dir, "out"), i))...)
		}
		return all, err
	}
	if w.file {
		return read(t, o.Path), err
	}
	return out.Bytes(), err
}

// TestRecoverableFaults checks that temporary faults have no effect on the rows.
func TestRecoverableFaults(t *testing.T) {
	r := newResult(t, 1, 500)
	for i, f := range jobresult.Formats() {
		for j, w := range ways() {
			want := w.content(t, r, f)
			for k := range testSeeds(t) {
				seed := uint64(i*100_000 + j*10_000 + k)
				t.Run(fmt.Sprintf("%s/%s/%d", f, w.name, k), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv := &faulty{rng: rand.New(rand.NewPCG(seed, 2)), left: 6, kinds: recoverable, results: [2]result{r, r}}
						got, err := fetchBy(t, serve(t, srv), r.job(), f, w)
						if err != nil {
							t.Fatalf("%v (faults %v)", err, srv.faults())
						}
						if !bytes.Equal(got, want) {
							t.Errorf("%d bytes arrived that differ from the %d sent (faults %v)", len(got), len(want), srv.faults())
						}
					})
				})
			}
		}
	}
}

// TestHostileFaults checks that a download without an error has the rows of one result,
// whatever the server does, and that no file appears after an error.
func TestHostileFaults(t *testing.T) {
	results := [2]result{newResult(t, 1, 500), newResult(t, 2, 500)}
	var failed, total atomic.Int32
	t.Cleanup(func() { t.Logf("%d of %d failed", failed.Load(), total.Load()) })
	for i, f := range jobresult.Formats() {
		for j, w := range ways() {
			wants := [2][]byte{w.content(t, results[0], f), w.content(t, results[1], f)}
			for k := range testSeeds(t) {
				seed := uint64(i*100_000 + j*10_000 + k)
				t.Run(fmt.Sprintf("%s/%s/%d", f, w.name, k), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv := &faulty{rng: rand.New(rand.NewPCG(seed, 3)), left: 4, kinds: faults, results: results}
						job := results[0].job()
						switch k % 3 { // one of the numbers suffices to detect a loss
						case 1:
							job.NumRecords = api.Int{}
						case 2:
							job.ResultSize = api.Int{}
						}
						got, err := fetchBy(t, serve(t, srv), job, f, w)
						total.Add(1)
						if err == nil {
							if !bytes.Equal(got, wants[0]) && !bytes.Equal(got, wants[1]) {
								t.Errorf("something else arrived (faults %v)", srv.faults())
							}
							return
						}
						failed.Add(1)
						if w.file && got != nil {
							t.Errorf("there is a file after %v (faults %v)", err, srv.faults())
						}
						_, incomplete := errors.AsType[*IncompleteError](err)
						_, refused := errors.AsType[*api.Error](err)
						if !incomplete && !refused {
							t.Errorf("got the error %v, want an IncompleteError (faults %v)", err, srv.faults())
						}
					})
				})
			}
		}
	}
}

// TestResets has resets of TCP connections, which lose bytes in transit.
func TestResets(t *testing.T) {
	r := newResult(t, 1, 20_000)
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			if w.split > 0 {
				w.split = 8000
			}
			want := w.content(t, r, jobresult.CSV)
			w.tune.piece, w.tune.request = 16<<10, 256<<10
			w.tune.pause = func(int) time.Duration { return 0 }
			srv := httptest.NewServer(&resetting{rng: rand.New(rand.NewPCG(1, 4)), left: 40, result: r})
			defer srv.Close()
			got, err := fetchBy(t, newClient(t, srv.URL, time.Minute, nil), r.job(), jobresult.CSV, w)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes arrived that differ from the %d sent", len(got), len(want))
			}
		})
	}
}

// resetting resets connections after at least one byte of the body.
type resetting struct {
	result
	mu   sync.Mutex
	rng  *rand.Rand
	left int
}

func (s *resetting) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	s.left--
	if s.left >= 0 {
		w = &breaking{w, req, 1 + s.rng.IntN(len(s.body)/8), reset}
	}
	s.mu.Unlock()
	s.result.ServeHTTP(w, req)
}
