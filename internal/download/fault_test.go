package download

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// The faults of a network and of a server.
type fault int

const (
	clean   fault = iota
	cut           // the connection ends within the body
	reset         // as cut, and what is under way is lost
	stall         // nothing more comes
	busy          // 429
	broken        // 502
	whole         // 200 to a range
	dropped       // the connection ends before the answer

	changed   // another result from now on
	shortened // a Content-Length that is less than there is
	elsewhere // a part other than was asked for
	resized   // a part of a result of another size
	forgotten // no ETag
	flipped   // a wrong byte
	faults

	recoverable = changed // those before lose nothing for good
	late        = faults  // as cut, a second later
)

// A faulty server does to each request what its dice say, a number of times.
type faulty struct {
	mu      sync.Mutex
	rng     *rand.Rand
	left    int // faults still to come
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
	case whole:
		req.Header.Del("Range")
	case shortened:
		r.body = r.body[:len(r.body)-at]
	case elsewhere:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	case resized:
		if req.Header.Get("Range") != "" { // else it is a result that is followed by something
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

// breaking breaks an answer off after left bytes.
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
		time.Sleep(time.Second)
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

// A way is one of the ways that a result can take.
type way struct {
	name    string
	file    bool
	eager   bool
	threads int
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
	}
}

// deliverBy delivers by a way and returns what is there then: on standard output, or in the
// file, which is nil when there is none.
func fetchBy(t *testing.T, c *api.Client, job api.Job, f jobresult.Format, w way) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	var out bytes.Buffer
	o := Options{Rows: options(f), Out: &out, Threads: w.threads}
	o.Rows.FlushRows = w.eager
	if w.file {
		o.Path = filepath.Join(dir, "out")
	}
	_, err := fetch(t.Context(), c, job, o, w.tune)
	for name := range strings.FieldsSeq(names(t, dir)) {
		if name == "out.part" || err == nil && name != "out" {
			t.Errorf("%s is left", name)
		}
	}
	if w.file {
		return read(t, o.Path), err
	}
	return out.Bytes(), err
}

// Faults that lose nothing for good are not noticed, wherever they strike.
func TestRecoverableFaults(t *testing.T) {
	r := newResult(t, 1, 500)
	for i, f := range jobresult.Formats() {
		want := r.text(t, f)
		for j, w := range ways() {
			for k := range 3 {
				seed := uint64(i*1000 + j*10 + k)
				t.Run(fmt.Sprintf("%s/%s/%d", f, w.name, k), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv := &faulty{rng: rand.New(rand.NewPCG(seed, 2)), left: 6, kinds: recoverable, results: [2]result{r, r}}
						got, err := fetchBy(t, serve(t, srv), r.job(), f, w)
						if err != nil {
							t.Fatalf("%v (faults %v)", err, srv.log)
						}
						if !bytes.Equal(got, want) {
							t.Errorf("%d bytes arrived that differ from the %d sent (faults %v)", len(got), len(want), srv.log)
						}
					})
				})
			}
		}
	}
}

// Whatever a server does, what is delivered without an error is one result, whole, and after an
// error there is no file.
func TestHostileFaults(t *testing.T) {
	results := [2]result{newResult(t, 1, 500), newResult(t, 2, 500)}
	var failed, total atomic.Int32
	t.Cleanup(func() { t.Logf("%d of %d failed", failed.Load(), total.Load()) })
	for i, f := range jobresult.Formats() {
		wants := [2][]byte{results[0].text(t, f), results[1].text(t, f)}
		for j, w := range ways() {
			for k := range 3 {
				seed := uint64(i*1000 + j*10 + k)
				t.Run(fmt.Sprintf("%s/%s/%d", f, w.name, k), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv := &faulty{rng: rand.New(rand.NewPCG(seed, 3)), left: 4, kinds: faults, results: results}
						got, err := fetchBy(t, serve(t, srv), results[0].job(), f, w)
						total.Add(1)
						if err == nil {
							if !bytes.Equal(got, wants[0]) && !bytes.Equal(got, wants[1]) {
								t.Errorf("something else arrived (faults %v)", srv.log)
							}
							return
						}
						failed.Add(1)
						if w.file && got != nil {
							t.Errorf("there is a file after %v (faults %v)", err, srv.log)
						}
						_, incomplete := errors.AsType[*IncompleteError](err)
						_, refused := errors.AsType[*api.Error](err)
						if !incomplete && !refused {
							t.Errorf("got the error %v, want one that says that the result is incomplete (faults %v)", err, srv.log)
						}
					})
				})
			}
		}
	}
}

// The same over TCP, where a reset loses what is under way.
func TestResets(t *testing.T) {
	r := newResult(t, 1, 20_000)
	want := r.text(t, jobresult.CSV)
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.tune.piece, w.tune.request = 16<<10, 256<<10
			w.tune.pause = func(int) time.Duration { return 0 }
			srv := httptest.NewServer(&resetting{rng: rand.New(rand.NewPCG(1, 4)), left: 40, result: r})
			defer srv.Close()
			got, err := fetchBy(t, newClient(t, srv.URL, nil), r.job(), jobresult.CSV, w)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes arrived that differ from the %d sent", len(got), len(want))
			}
		})
	}
}

// resetting resets connections, after at least some bytes of their body.
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
