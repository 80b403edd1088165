package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serveWith(w, r, s.router) }

// serveWith logs a request, injects faults and converts panics of h to errors.
func (s *Server) serveWith(w http.ResponseWriter, r *http.Request, h http.Handler) {
	start := time.Now()
	rec := &responseRecorder{ResponseWriter: w}
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler && rec.status == 0 {
			s.report(fmt.Errorf("%s %s: %v\n%s", r.Method, r.URL.Path, p, debug.Stack()))
			httpapi.WriteError(rec, errors.New("internal error"))
			p = nil
		}
		s.log.addRequest(r, rec, time.Since(start))
		if p != nil {
			panic(http.ErrAbortHandler) // closes the connection without a message in the server's log
		}
	}()
	if err := s.checkHost(r); err != nil {
		httpapi.WriteError(rec, err)
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		r = r.WithContext(r.Context()) // a copy
		r.Body = &pausingBody{r.Body, http.NewResponseController(rec)}
	}
	s.faults.serve(rec, r, h)
}

// A responseRecorder records the status and the size of a response.
type responseRecorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (r *responseRecorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *responseRecorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController access to the connection.
func (r *responseRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// A requestLog writes lines about requests and errors.
type requestLog struct {
	mu sync.Mutex
	w  io.Writer // may be nil
}

// addRequest adds a line for a request. It contains no API keys because these are
// only in headers and bodies.
func (l *requestLog) addRequest(r *http.Request, rec *responseRecorder, elapsed time.Duration) {
	l.add("%s %s %d %d %s", r.Method, r.URL.EscapedPath(), rec.status, rec.bytes, elapsed.Round(time.Microsecond))
}

func (l *requestLog) addError(err error) { l.add("error: %v", err) }

func (l *requestLog) add(format string, args ...any) {
	if l.w == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.w, "%s %s\n", time.Now().UTC().Format(time.RFC3339), fmt.Sprintf(format, args...))
}
