package sandbox

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of a request's body.
const (
	maxForm   = 16 << 20  // parameters
	maxUpload = 512 << 20 // an import, compressed
)

// A call is one request with its parameters taken apart: path holds the values of
// the route's placeholders in order, form the query and the body together.
type call struct {
	*http.Request
	path []string
	form map[string]string
	user account
}

// get returns a parameter. An empty one is none: clients send "priority=" for no priority.
func (c *call) get(name string) string { return c.form[name] }

// has tells whether a parameter was given, also when it is empty.
func (c *call) has(name string) bool {
	_, ok := c.form[name]
	return ok
}

// integer returns a whole number within bounds, or fallback when there is none.
func (c *call) integer(name string, fallback, least, most int) (int, error) {
	text := c.get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, refuse(http.StatusUnprocessableEntity, "'%s' parameter must be an integer from %d to %d: %s", name, least, most, text)
	}
	return n, nil
}

// boolean returns a parameter that is true or false in any case; nil when there is none.
func (c *call) boolean(name string) (*bool, error) {
	text := c.get(name)
	if text == "" {
		return nil, nil
	}
	b, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return nil, refuse(http.StatusUnprocessableEntity, "'%s' parameter must be true or false: %s", name, text)
	}
	return &b, nil
}

// instant returns a time given as seconds since 1970 or in ISO 8601; zero when there is none.
func (c *call) instant(name string) (time.Time, error) {
	text := c.get(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, ok := parseTime(text)
	if !ok {
		return t, refuse(http.StatusUnprocessableEntity, "'%s' parameter is not a time: %s", name, text)
	}
	return t, nil
}

func parseTime(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC(), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseForm reads the query and, unless the body is an upload, the body: a URL-encoded or multipart
// form, or a JSON object, whose strings are taken as they are and whose other values as JSON text.
func (c *call) parseForm(w http.ResponseWriter, onlyJSON bool) error {
	query, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return refuse(http.StatusBadRequest, "The query string cannot be read: %v", err)
	}
	c.form = map[string]string{}
	c.add(query)
	if c.Method == http.MethodGet || c.Method == http.MethodHead || c.Body == nil {
		return nil
	}
	switch encoding := c.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(c.Body)
		if err != nil {
			return refuse(http.StatusBadRequest, "The body is not gzip: %v", err)
		}
		c.Body = io.NopCloser(z)
	default:
		return refuse(http.StatusUnsupportedMediaType, "Unsupported Content-Encoding: %s", encoding)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, c.Body, maxForm))
	if err != nil || len(data) == 0 {
		return err
	}
	return c.parseBody(data, onlyJSON)
}

func (c *call) parseBody(data []byte, onlyJSON bool) error {
	kind, options, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind == "" {
		kind = "application/x-www-form-urlencoded"
	}
	switch {
	case kind == "application/json":
		return c.addJSON(data)
	case onlyJSON:
		return refuse(http.StatusUnsupportedMediaType, "Unsupported Content-Type: %s", kind)
	case kind == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(data))
		if err != nil {
			return refuse(http.StatusBadRequest, "The form cannot be read: %v", err)
		}
		c.add(values)
		return nil
	case kind == "multipart/form-data":
		c.Body = io.NopCloser(bytes.NewReader(data))
		c.Header.Set("Content-Type", mime.FormatMediaType(kind, options))
		if err := c.ParseMultipartForm(maxForm); err != nil {
			return refuse(http.StatusBadRequest, "The form cannot be read: %v", err)
		}
		c.add(c.MultipartForm.Value)
		return nil
	default:
		return refuse(http.StatusUnsupportedMediaType, "Unsupported Content-Type: %s", kind)
	}
}

func (c *call) add(values url.Values) {
	for name, list := range values {
		c.form[name] = list[len(list)-1]
	}
}

func (c *call) addJSON(data []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return refuse(http.StatusBadRequest, "The body is not a JSON object: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var text string
		switch raw := string(values[name]); {
		case raw == "null":
			continue
		case json.Unmarshal(values[name], &text) != nil:
			text = raw
		}
		c.form[name] = text
	}
	return nil
}
