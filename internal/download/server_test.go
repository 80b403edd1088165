package download

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// A result is the result of job 42 on a test server.
type result struct {
	body []byte // msgpack.gz
	etag string
	rows int64
}

func columns() []jobresult.Column {
	return []jobresult.Column{{Name: "n", Type: "bigint"}, {Name: "text", Type: "varchar"}, {Name: "x", Type: "double"}}
}

// newResult returns rows that hardly compress.
func newResult(t testing.TB, seed uint64, rows int) result {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	var body bytes.Buffer
	zip := gzip.NewWriter(&body)
	enc := msgpack.NewEncoder(zip)
	for i := range rows {
		text := make([]byte, 60)
		for j := range text {
			text[j] = byte(' ' + rng.IntN(90))
		}
		if err := enc.Encode([]any{i, string(text), rng.Float64()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return result{body.Bytes(), fmt.Sprintf(`"%d"`, seed), int64(rows)}
}

// job returns the job with the result r.
func (r result) job() api.Job {
	job := api.Job{ID: "42", Status: "success"}
	job.NumRecords = api.Int{Value: r.rows, Valid: true}
	job.ResultSize = api.Int{Value: int64(len(r.body)), Valid: true}
	return job
}

func options(f jobresult.Format) jobresult.Options {
	return jobresult.Options{Format: f, Columns: columns(), Null: "null", Limit: -1}
}

// text returns the rows of r in a format, as written to standard output.
func (r result) text(t testing.TB, f jobresult.Format) []byte {
	t.Helper()
	return r.content(t, f, false)
}

// content returns the rows of r in a format, as written to a file or to standard output.
func (r result) content(t testing.TB, f jobresult.Format, file bool) []byte {
	t.Helper()
	var out bytes.Buffer
	o := options(f)
	o.ArrowFile = file
	if _, err := jobresult.Copy(t.Context(), &out, bytes.NewReader(r.body), o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// parts returns the rows of r in a format, as written to several files.
func (r result) parts(t testing.TB, f jobresult.Format, rows int64) [][]byte {
	t.Helper()
	var parts [][]byte
	var current bytes.Buffer
	open := func() (io.WriteCloser, error) {
		current.Reset()
		return closeFunc{&current, func() { parts = append(parts, bytes.Clone(current.Bytes())) }}, nil
	}
	o := options(f)
	o.ArrowFile = true
	if _, err := jobresult.CopyParts(t.Context(), open, bytes.NewReader(r.body), rows, o); err != nil {
		t.Fatal(err)
	}
	return parts
}

type closeFunc struct {
	io.Writer
	close func()
}

func (c closeFunc) Close() error { c.close(); return nil }

// ServeHTTP sends the result or the requested range.
func (r result) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.etag != "" {
		w.Header().Set("ETag", r.etag)
	}
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(r.body))
}

// A pipeNet is a network inside the process, so that synctest can detect its waits.
type pipeNet struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipeNet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipeNet) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipeNet) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipeNet) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// serve returns a client of an in-process server with the handler h.
func serve(t testing.TB, h http.Handler) *api.Client { return serveFor(t, h, 10*time.Minute) }

// serveFor is like serve with a limit for the time of retries.
func serveFor(t testing.TB, h http.Handler, retry time.Duration) *api.Client {
	t.Helper()
	p := &pipeNet{conns: make(chan net.Conn), closed: make(chan struct{})}
	srv := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	go srv.Serve(p)
	t.Cleanup(func() { srv.Close() })
	return newClient(t, "http://server", retry, &http.Transport{DialContext: p.dial, DisableCompression: true})
}

func newClient(t testing.TB, url string, retry time.Duration, transport http.RoundTripper) *api.Client {
	t.Helper()
	c, err := api.New(api.Options{Endpoint: url, APIKey: "1/key", Transport: transport, MaxRetryTime: retry})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// small returns limits that make a small result large.
func small() limits {
	return limits{segmented: 20_000, parallel: 20_000, piece: 4_000, request: 12_000, pause: retryPause}
}

// never returns limits without segments.
func never() limits { t := small(); t.segmented, t.parallel = 1<<40, 1<<40; return t }

// read returns the content of a file, or nil if it is missing.
func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return b
}

// names returns the names of the files in a directory.
func names(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, filepath.Base(e.Name()))
	}
	return strings.Join(all, " ")
}
