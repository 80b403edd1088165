package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"sync"
)

// A Server answers requests from all runs of a recording, in the order in which they were recorded. It accepts any API
// key, and ends with its process: the next one starts from the beginning. It is safe for concurrent use.
type Server struct {
	dir string

	mu        sync.Mutex
	exchanges []recordedExchange
}

// NewServer returns a Server for the recording in dir.
func NewServer(dir string) (*Server, error) {
	if _, err := readMarker(dir); err != nil {
		return nil, err
	}
	runs, err := readRuns(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir}
	for _, r := range runs {
		if err := r.load(); err != nil {
			return nil, err
		}
		s.exchanges = append(s.exchanges, r.exchanges...)
	}
	if len(s.exchanges) == 0 {
		return nil, &fs.PathError{Op: "read", Path: dir, Err: errors.New("the recording is empty")}
	}
	return s, nil
}

// Len returns the number of recorded exchanges.
func (s *Server) Len() int { return len(s.exchanges) }

// ServeHTTP implements http.Handler. A request that was not recorded gets the status 400, which clients do not retry.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	resp, err := s.answer(req)
	if err != nil {
		status := http.StatusInternalServerError
		if _, ok := errors.AsType[*NotRecordedError](err); ok {
			status = http.StatusBadRequest
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error(), "message": err.Error()})
		return
	}
	defer resp.Body.Close()
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	if _, err := io.Copy(w, resp.Body); err != nil {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // closes the connection before the body is complete
	}
}

func (s *Server) answer(req *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(b))
	described, err := newRequest(req, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := find(s.exchanges, described.key())
	if x == nil {
		return nil, notRecorded(s.dir, []*run{{exchanges: s.exchanges}}, described)
	}
	return x.play(req)
}
