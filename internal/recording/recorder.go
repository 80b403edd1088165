package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/td-cli/td/internal/atomicfile"
)

// A Recorder stores the exchanges of one run of a command. It is safe for concurrent use.
type Recorder struct {
	dir     string // directory of the recording
	command string
	secrets []string
	now     time.Time
	warn    func(error)

	mu   sync.Mutex
	run  string // directory of the run; "" before its first exchange
	next int    // number of the next exchange
}

// NewRecorder returns a Recorder for a run of a command, such as "job:list". dir must be a recording, empty or missing.
// The first error of storing an exchange is passed to warn; such errors change nothing else.
func NewRecorder(dir, command string, secrets []string, warn func(error)) (*Recorder, error) {
	if err := create(dir); err != nil {
		return nil, err
	}
	var once sync.Once
	r := &Recorder{dir: dir, command: command, secrets: longSecrets(secrets), now: time.Now(), next: 1}
	r.warn = func(err error) { once.Do(func() { warn(err) }) }
	return r, nil
}

// Now returns the time of the run. Requests must not contain another current time, because a replay uses this one.
func (r *Recorder) Now() time.Time { return r.now }

// Wrap returns a transport that sends requests through next and stores their exchanges. An exchange is stored when the
// body of the response was read or closed.
func (r *Recorder) Wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		described, err := newRequest(req, r.secrets)
		if err != nil {
			r.warn(fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err))
			return next.RoundTrip(req)
		}
		number, run, err := r.start()
		if err != nil {
			r.warn(err)
			return next.RoundTrip(req)
		}
		resp, err := next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		resp.Body = &body{
			ReadCloser: resp.Body, recorder: r, run: run, number: number,
			exchange: exchange{described, newResponse(resp)}, isText: isText(req, resp), length: resp.ContentLength,
		}
		return resp, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// newResponse returns the status of a response and the headers that clients evaluate.
func newResponse(resp *http.Response) response {
	r := response{Status: resp.StatusCode, Header: http.Header{}}
	for _, name := range []string{
		"Accept-Ranges", "Content-Disposition", "Content-Encoding", "Content-Length", "Content-Range", "Content-Type",
		"Etag", "Last-Modified", "Link", "Location", "Retry-After",
	} {
		if values := resp.Header.Values(name); len(values) > 0 {
			r.Header[name] = slices.Clone(values) // save masks them
		}
	}
	return r
}

// start returns the number of a new exchange and the directory of the run, which it creates for the first one.
func (r *Recorder) start() (number int, run string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.run == "" {
		if r.run, err = createRun(r.dir, r.command, r.now); err != nil {
			return 0, "", err
		}
	}
	number = r.next
	r.next++
	return number, r.run, nil
}

// createRun creates the directory of the next run. Several processes may do so at once.
func createRun(dir, command string, now time.Time) (string, error) {
	runs, err := readRuns(dir)
	if err != nil {
		return "", err
	}
	number := 1
	if len(runs) > 0 {
		number = runs[len(runs)-1].number + 1
	}
	for ; ; number++ {
		// The number alone is created first, so that no two runs can have the same one.
		reserved := filepath.Join(dir, fmt.Sprintf("%04d", number))
		err := os.Mkdir(reserved, 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		run := reserved + "-" + dirName(command)
		if exists, err := filepath.Glob(reserved + "-*"); err != nil || len(exists) > 0 {
			_ = os.Remove(reserved)
			continue
		}
		if err := writeRunInfo(reserved, runInfo{now}); err != nil {
			return "", errors.Join(err, os.Remove(reserved))
		}
		return run, os.Rename(reserved, run)
	}
}

// dirName returns the name of a command as a part of a file name.
func dirName(command string) string { return strings.ReplaceAll(command, ":", "-") }

// A body stores a response's body while it is read.
type body struct {
	io.ReadCloser
	recorder *Recorder
	run      string
	number   int
	exchange exchange
	isText   bool  // kept in memory, to mask secrets
	length   int64 // expected size in bytes; -1 if unknown

	mu     sync.Mutex
	ended  bool
	size   int64
	memory bytes.Buffer     // used if isText
	file   *atomicfile.File // used if not isText; nil before the first byte
	err    error            // first error of storing the body
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.store(p[:n])
	if err != nil {
		b.finish(!errors.Is(err, io.EOF))
	}
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.mu.Lock()
	b.finish(b.size != b.length)
	b.mu.Unlock()
	return b.ReadCloser.Close()
}

// store keeps a part of the body.
func (b *body) store(p []byte) {
	b.size += int64(len(p))
	switch {
	case b.ended || b.err != nil || len(p) == 0:
	case b.isText:
		b.memory.Write(p)
	default:
		if b.file == nil {
			if b.file, b.err = atomicfile.Create(b.path(".body"), atomicfile.Options{Mode: 0o600}); b.err != nil {
				return
			}
		}
		_, b.err = b.file.Write(p)
	}
}

// path returns the path of a file of the exchange.
func (b *body) path(extension string) string {
	return filepath.Join(b.run, fmt.Sprintf("%03d%s", b.number, extension))
}

// finish stores the exchange unless that was done.
func (b *body) finish(incomplete bool) {
	if b.ended {
		return
	}
	b.ended = true
	b.exchange.Response.Incomplete = incomplete
	if b.err == nil {
		b.err = b.save()
	}
	if b.err != nil {
		if b.file != nil {
			b.file.Discard()
		}
		b.recorder.warn(b.err)
	}
}

// save writes the files of the exchange.
func (b *body) save() error {
	r := &b.exchange.Response
	if b.size > 0 {
		r.Body = filepath.Base(b.path(".body"))
	}
	var err error
	switch {
	case b.file != nil:
		err = b.file.Commit()
	case b.size > 0:
		err = b.saveText()
	}
	if err != nil {
		return err
	}
	for _, values := range r.Header {
		for i, value := range values {
			values[i] = maskText(value, b.recorder.secrets)
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(b.exchange); err != nil {
		return err
	}
	return atomicfile.WriteFile(b.path(".json"), text.Bytes(), atomicfile.Options{Mode: 0o600})
}

// saveText writes the body in memory without compression and secrets.
func (b *body) saveText() error {
	r := &b.exchange.Response
	text := b.memory.Bytes()
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return err
		}
		if text, err = io.ReadAll(z); err != nil && !r.Incomplete {
			return err
		}
		r.Header.Del("Content-Encoding")
	}
	r.Header.Del("Content-Length") // differs if a secret was masked
	masked, err := maskJSON(text, b.recorder.secrets)
	if err != nil { // not JSON
		masked = []byte(maskText(string(text), b.recorder.secrets))
	}
	return atomicfile.WriteFile(b.path(".body"), masked, atomicfile.Options{Mode: 0o600})
}

// isText reports whether a response consists of text that may contain secrets. The rows of a job are kept byte for byte.
func isText(req *http.Request, resp *http.Response) bool {
	if strings.Contains(req.URL.Path, "/job/result/") && resp.StatusCode/100 == 2 {
		return false
	}
	kind := resp.Header.Get("Content-Type")
	return kind == "" || isJSON(kind) || strings.HasPrefix(kind, "text/")
}
