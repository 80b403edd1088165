// Package results implements result URLs: saved ones, the result/* endpoints, and
// the export of rows to them.
package results

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// saved is a result URL with a name.
type saved struct {
	URL string `json:"url"`
}

// Handlers implements the endpoints of saved result URLs.
type Handlers struct{ saved state.Collection[saved] }

// New returns handlers for the result URLs in db.
func New(db *state.DB) *Handlers {
	return &Handlers{state.Objects[saved](db, "result")}
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "GET /v3/result/list", Handle: h.list},
		{Pattern: "POST /v3/result/create/{name}", Handle: h.create},
		{Pattern: "POST /v3/result/delete/{name}", Handle: h.remove},
		{Pattern: "GET /v3/connections/lookup", Handle: h.lookUpConnection},
	}
}

func (h *Handlers) list(r *httpapi.Request) (any, error) {
	all, err := h.saved.All(r.Context())
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, o := range all {
		list = append(list, httpapi.Object{"name": o.Name, "url": MaskSecrets(o.Value.URL), "organization": nil})
	}
	return httpapi.Object{"results": list}, nil
}

func (h *Handlers) create(r *httpapi.Request) (any, error) {
	name, target := r.PathValue("name"), r.Param("url")
	switch {
	case len(name) < 3:
		return nil, httpapi.Invalidf("Validation failed: Name is too short")
	case target == "":
		return nil, httpapi.Invalidf("'url' parameter is required")
	}
	_, err := h.saved.Add(r.Context(), name, saved{URL: target})
	if errors.Is(err, state.ErrExists) {
		return nil, httpapi.Errorf(http.StatusConflict, "Result must be unique")
	}
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"name": name, "result": name}, nil
}

func (h *Handlers) remove(r *httpapi.Request) (any, error) {
	name := r.PathValue("name")
	_, err := h.saved.Delete(r.Context(), name)
	if errors.Is(err, state.ErrNotFound) {
		return nil, httpapi.Errorf(http.StatusNotFound, "Couldn't find Result with name = %s", name)
	}
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"name": name, "result": name}, nil
}

// lookUpConnection returns the ID of a saved result for use as result_connection_id.
func (h *Handlers) lookUpConnection(r *httpapi.Request) (any, error) {
	o, err := h.saved.Get(r.Context(), r.Param("name"))
	if errors.Is(err, state.ErrNotFound) {
		return nil, httpapi.Errorf(http.StatusNotFound, "Couldn't find Connection with name = %s", r.Param("name"))
	}
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"id": o.ID, "name": o.Name}, nil
}

// Target returns the result URL of a request, or "" if it has none. The parameter
// result is a URL or the name of a saved one; result_connection_id is the ID of a
// saved one.
func (h *Handlers) Target(r *httpapi.Request) (string, error) {
	if id := r.Param("result_connection_id"); id != "" {
		all, err := h.saved.All(r.Context())
		if err != nil {
			return "", err
		}
		for _, o := range all {
			if strconv.FormatInt(o.ID, 10) == id {
				return o.Value.URL, nil
			}
		}
		return "", httpapi.Invalidf("Couldn't find Connection with id = %s", id)
	}
	return h.resolve(r.Context(), r.Param("result"))
}

func (h *Handlers) resolve(ctx context.Context, target string) (string, error) {
	if target == "" {
		return "", nil
	}
	o, err := h.saved.Get(ctx, target)
	if errors.Is(err, state.ErrNotFound) {
		return target, nil
	}
	return o.Value.URL, err
}

var (
	urlPassword = lazyregexp.New(`(://[^:/@?\s]*):[^?\s]*@`)
	urlKey      = lazyregexp.New(`://[^:@?\s]{20,}@`)
	jsonSecret  = lazyregexp.New(`("[a-z_]*(?:password|secret|token|key)[a-z_]*"\s*:\s*)"(?:[^"\\]|\\.)*"`)
)

// MaskSecrets replaces the passwords and keys in a result URL, or in its JSON
// form, by asterisks. If in doubt, it masks more than necessary.
func MaskSecrets(text string) string {
	text = urlPassword().ReplaceAllString(text, "$1:***@")
	text = urlKey().ReplaceAllString(text, "://***@")
	return jsonSecret().ReplaceAllString(text, `$1"***"`)
}
