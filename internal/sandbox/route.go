package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A handler answers a call: with a value that becomes JSON, or a stream.
type handler func(c *call) (any, error)

// A route is one endpoint.
type route struct {
	method   string
	segments []string // of the path; one that begins with ':' takes any value
	handle   handler
	access   access
	body     body
}

// access says which keys a route asks for.
type access int

const (
	masterKey access = iota
	anyKey           // a write-only key too
	noKey
)

// body says what a route's request body is.
type body int

const (
	formBody body = iota
	jsonBody      // and nothing else
	rawBody       // the handler reads it
)

func at(method, path string, handle handler) route {
	return route{method: method, segments: strings.Split(strings.Trim(path, "/"), "/"), handle: handle}
}

func (r route) open() route   { r.access = noKey; return r }
func (r route) upload() route { r.access, r.body = anyKey, rawBody; return r }
func (r route) json() route   { r.body = jsonBody; return r }

// routes lists all endpoints.
func (s *Server) routes() []route {
	return slices.Concat(
		[]route{at("GET", "/v3/system/server_status", s.serverStatus).open()},
		s.jobRoutes(), s.databaseRoutes(), s.tableRoutes(), s.importRoutes(), s.exportRoutes(), s.bulkImportRoutes(),
		s.connectorRoutes(), s.resultURLRoutes(), s.scheduleRoutes(), s.userRoutes(),
	)
}

func (s *Server) serverStatus(*call) (any, error) { return object{"status": "ok"}, nil }

// find returns the route of a request and the values of its placeholders, or a
// refusal: 404 when no route has the path, 405 when one has it for another method.
func (s *Server) find(r *http.Request) (route, []string, error) {
	segments, err := split(r.URL.EscapedPath())
	if err != nil {
		return route{}, nil, err
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	known := false
	for _, candidate := range s.table {
		values, ok := candidate.match(segments)
		if !ok {
			continue
		}
		if candidate.method == method {
			return candidate, values, nil
		}
		known = true
	}
	if known {
		return route{}, nil, refuse(http.StatusMethodNotAllowed, "Method %s is not allowed here", r.Method)
	}
	return route{}, nil, refuse(http.StatusNotFound, "Resource not found")
}

// split takes a path apart. Empty segments go: an endpoint that ends in a slash
// makes clients ask for //v3/….
func split(path string) ([]string, error) {
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" {
			continue
		}
		text, err := url.PathUnescape(segment)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "The path cannot be read: %v", err)
		}
		segments = append(segments, text)
	}
	return segments, nil
}

func (r route) match(segments []string) (values []string, ok bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	for i, segment := range r.segments {
		switch {
		case strings.HasPrefix(segment, ":"):
			values = append(values, segments[i])
		case segment != segments[i]:
			return nil, false
		}
	}
	return values, true
}
