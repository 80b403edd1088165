package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	rec := &recorder{ResponseWriter: w}
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler && rec.status == 0 {
			s.report(fmt.Errorf("%s %s: %v\n%s", r.Method, r.URL.Path, p, debug.Stack()))
			writeError(rec, errors.New("internal error"))
			p = nil
		}
		s.logRequest(r, rec, time.Since(began))
		if p != nil {
			panic(http.ErrAbortHandler) // the connection ends; the server says nothing more
		}
	}()
	s.mischief.wait(r.Context())
	if s.mischief.disturb(rec, func(w http.ResponseWriter) { s.answer(w, r) }) {
		return
	}
	s.answer(rec, r)
}

// answer finds the route, checks the key, and lets the handler answer.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	value, err := s.dispatch(w, r)
	if err != nil {
		writeError(w, err)
		return
	}
	if write, ok := value.(stream); ok {
		write(w, r)
		return
	}
	writeJSON(w, http.StatusOK, value)
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) (any, error) {
	found, path, err := s.find(r)
	if err != nil {
		return nil, err
	}
	c := &call{Request: r, path: path}
	if found.access != noKey {
		if c.user, err = s.authorize(r, found.access); err != nil {
			return nil, err
		}
	}
	if found.body == rawBody {
		c.Body = http.MaxBytesReader(w, r.Body, maxUpload)
		return found.handle(c)
	}
	if err := c.parseForm(w, found.body == jsonBody); err != nil {
		return nil, err
	}
	return found.handle(c)
}

// A recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// logRequest writes a line without keys: they are in headers and bodies only.
func (s *Server) logRequest(r *http.Request, rec *recorder, took time.Duration) {
	if s.options.Log == nil {
		return
	}
	s.logging.Lock()
	defer s.logging.Unlock()
	fmt.Fprintf(s.options.Log, "%s %s %s %d %d %s\n", time.Now().UTC().Format(time.RFC3339),
		r.Method, r.URL.EscapedPath(), rec.status, rec.bytes, took.Round(time.Microsecond))
}

// report notes what went wrong apart from a request.
func (s *Server) report(err error) {
	if err == nil || s.options.Log == nil || s.ctx.Err() != nil {
		return
	}
	s.logging.Lock()
	defer s.logging.Unlock()
	fmt.Fprintf(s.options.Log, "%s error: %v\n", time.Now().UTC().Format(time.RFC3339), err)
}
