// Package httpapi provides what the sandbox's HTTP handlers share: routing,
// request parameters, JSON responses and errors.
package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// A Handler handles one endpoint. The value that it returns is sent as JSON,
// unless it is a [Stream].
type Handler func(r *Request) (any, error)

// A Route is one endpoint of the API.
type Route struct {
	Pattern string // method and path in the syntax of http.ServeMux
	Handle  Handler
	Access  Access
	Body    Body
}

// Access is the API key that a route requires.
type Access int

// Levels of access.
const (
	MasterKey Access = iota
	AnyKey           // includes write-only keys
	Public           // no key
)

// Body is the kind of request body that a route accepts.
type Body int

// Kinds of request bodies.
const (
	FormBody Body = iota // a form or a JSON object with parameters
	JSONBody             // only a JSON object with parameters
	RawBody              // the handler reads the body itself
)

// A User is the user whose API key authorizes a request.
type User struct {
	ID    int64
	Name  string
	Admin bool
}

// An Authorizer returns the user whose API key r carries, or an [Error] if the
// key does not grant the access.
type Authorizer func(r *http.Request, access Access) (User, error)

// A Router dispatches requests to routes. Unknown paths, wrong methods and
// rejected API keys are answered with JSON errors.
type Router struct {
	mux       *http.ServeMux
	authorize Authorizer
}

// NewRouter returns a router for the given routes.
func NewRouter(authorize Authorizer, routes []Route) *Router {
	rt := &Router{mux: http.NewServeMux(), authorize: authorize}
	for _, route := range routes {
		rt.mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) { rt.serve(w, r, route) })
	}
	return rt
}

// ServeHTTP implements http.Handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	normalized, err := normalizePath(r)
	if err == nil {
		err = rt.checkRoute(normalized)
	}
	if err != nil {
		WriteError(w, err)
		return
	}
	rt.mux.ServeHTTP(w, normalized)
}

// normalizePath returns a copy of r whose path the ServeMux does not redirect:
// without empty segments and with escaped "." and ".." segments. Clients send
// //v3/… if their configured endpoint ends in a slash.
func normalizePath(r *http.Request) (*http.Request, error) {
	var path, escaped strings.Builder
	for segment := range strings.SplitSeq(r.URL.EscapedPath(), "/") {
		if segment == "" {
			continue
		}
		text, err := url.PathUnescape(segment)
		if err != nil {
			return nil, Errorf(http.StatusBadRequest, "The path cannot be read: %v", err)
		}
		segment = url.PathEscape(text)
		if text == "." || text == ".." {
			segment = strings.ReplaceAll(text, ".", "%2E")
		}
		path.WriteString("/" + text)
		escaped.WriteString("/" + segment)
	}
	u := *r.URL
	u.Path, u.RawPath = "/", ""
	if path.Len() > 0 {
		u.Path, u.RawPath = path.String(), escaped.String()
	}
	normalized := *r
	normalized.URL = &u
	return &normalized, nil
}

// checkRoute returns an error with status 404 if no route has the path of r, and with
// status 405 if one has it for another method. The status for an invalid API key is
// 401, as for other requests.
func (rt *Router) checkRoute(r *http.Request) error {
	if _, pattern := rt.mux.Handler(r); pattern != "" {
		return nil
	}
	if _, err := rt.authorize(r, AnyKey); err != nil {
		return err
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := rt.mux.Handler(&other); pattern != "" {
			return Errorf(http.StatusMethodNotAllowed, "Method %s is not allowed here", r.Method)
		}
	}
	return Errorf(http.StatusNotFound, "Resource not found")
}

func (rt *Router) serve(w http.ResponseWriter, r *http.Request, route Route) {
	value, err := rt.handle(w, r, route)
	if err != nil {
		WriteError(w, err)
		return
	}
	if stream, ok := value.(Stream); ok {
		stream(w, r)
		return
	}
	WriteJSON(w, http.StatusOK, value)
}

func (rt *Router) handle(w http.ResponseWriter, r *http.Request, route Route) (any, error) {
	request := &Request{Request: r}
	if route.Access != Public {
		var err error
		if request.User, err = rt.authorize(r, route.Access); err != nil {
			return nil, err
		}
	}
	if route.Body == RawBody {
		request.Body = http.MaxBytesReader(w, r.Body, maxUpload)
		return route.Handle(request)
	}
	if err := request.parseParams(w, route.Body == JSONBody); err != nil {
		return nil, err
	}
	return route.Handle(request)
}
