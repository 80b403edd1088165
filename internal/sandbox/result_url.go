package sandbox

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/state"
)

// A savedResult is a result URL under a name.
type savedResult struct {
	URL string `json:"url"`
}

func (s *Server) resultURLRoutes() []route {
	return []route{
		at("GET", "/v3/result/list", s.listResults),
		at("POST", "/v3/result/create/:name", s.createResult),
		at("POST", "/v3/result/delete/:name", s.deleteResult),
		at("GET", "/v3/connections/lookup", s.lookUpConnection),
	}
}

func (s *Server) listResults(c *call) (any, error) {
	all, err := s.results.All(c.Context())
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, o := range all {
		list = append(list, object{"name": o.Name, "url": maskSecrets(o.Value.URL)})
	}
	return object{"results": list}, nil
}

func (s *Server) createResult(c *call) (any, error) {
	name, target := c.path[0], c.get("url")
	switch {
	case len(name) < 3:
		return nil, refuse(http.StatusUnprocessableEntity, "Validation failed: Name is too short")
	case target == "":
		return nil, refuse(http.StatusUnprocessableEntity, "'url' parameter is required")
	}
	_, err := s.results.Add(c.Context(), name, savedResult{URL: target})
	if errors.Is(err, state.ErrExists) {
		return nil, refuse(http.StatusConflict, "Result must be unique")
	}
	if err != nil {
		return nil, err
	}
	return object{"name": name, "result": name}, nil
}

func (s *Server) deleteResult(c *call) (any, error) {
	_, err := s.results.Delete(c.Context(), c.path[0])
	if errors.Is(err, state.ErrNotFound) {
		return nil, refuse(http.StatusNotFound, "Couldn't find Result with name = %s", c.path[0])
	}
	if err != nil {
		return nil, err
	}
	return object{"name": c.path[0], "result": c.path[0]}, nil
}

// lookUpConnection finds the number of a saved result, which result_connection_id takes.
func (s *Server) lookUpConnection(c *call) (any, error) {
	o, err := s.results.Get(c.Context(), c.get("name"))
	if errors.Is(err, state.ErrNotFound) {
		return nil, refuse(http.StatusNotFound, "Couldn't find Connection with name = %s", c.get("name"))
	}
	if err != nil {
		return nil, err
	}
	return object{"id": o.ID, "name": o.Name}, nil
}

// resultTarget returns the URL that a request's result goes to: a URL, the URL of a
// saved name, or that of a connection's number; empty for none.
func (s *Server) resultTarget(c *call) (string, error) {
	if id := c.get("result_connection_id"); id != "" {
		all, err := s.results.All(c.Context())
		if err != nil {
			return "", err
		}
		for _, o := range all {
			if strconv.FormatInt(o.ID, 10) == id {
				return o.Value.URL, nil
			}
		}
		return "", refuse(http.StatusUnprocessableEntity, "Couldn't find Connection with id = %s", id)
	}
	return s.resultURL(c.Context(), c.get("result"))
}

func (s *Server) resultURL(ctx context.Context, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	o, err := s.results.Get(ctx, text)
	if errors.Is(err, state.ErrNotFound) {
		return text, nil
	}
	return o.Value.URL, err
}

var (
	urlSecret  = regexp.MustCompile(`(://[^:/@?\s]*):[^?\s]*@`)
	urlKey     = regexp.MustCompile(`://[^:@?\s]{20,}@`)
	jsonSecret = regexp.MustCompile(`("[a-z_]*(?:password|secret|token|key)[a-z_]*"\s*:\s*)"[^"]*"`)
)

// maskSecrets hides the passwords and keys of a result URL, or of its JSON form: rather too much than too little.
func maskSecrets(text string) string {
	text = urlSecret.ReplaceAllString(text, "$1:***@")
	text = urlKey.ReplaceAllString(text, "://***@")
	return jsonSecret.ReplaceAllString(text, `$1"***"`)
}
