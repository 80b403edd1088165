package httpapi

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

// Limits of a request body in bytes.
const (
	maxForm   = 16 << 20
	maxUpload = 512 << 20 // a compressed import
)

// A Request is an authorized HTTP request with its parameters. Values from the
// path are available through PathValue.
type Request struct {
	*http.Request
	User   User
	params map[string]string // query and body
}

// Param returns the value of a parameter of the query or the body. Clients send
// "priority=" for an absent priority, so an empty value means an absent one.
func (r *Request) Param(name string) string { return r.params[name] }

// HasParam reports whether a parameter was sent, even if it is empty.
func (r *Request) HasParam(name string) bool {
	_, ok := r.params[name]
	return ok
}

// IDValue returns an ID in the path. It returns false if the value is not a number without a sign.
func (r *Request) IDValue(name string) (int64, bool) {
	id, err := strconv.ParseUint(r.PathValue(name), 10, 63)
	return int64(id), err == nil
}

// IntParam returns an integer parameter from lowest to highest, or fallback if it
// is absent.
func (r *Request) IntParam(name string, fallback, lowest, highest int) (int, error) {
	text := r.Param(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < lowest || n > highest {
		return 0, Invalidf("'%s' parameter must be an integer from %d to %d: %s", name, lowest, highest, text)
	}
	return n, nil
}

// BoolParam returns a parameter that is true or false in any case, or nil if it
// is absent.
func (r *Request) BoolParam(name string) (*bool, error) {
	text := r.Param(name)
	if text == "" {
		return nil, nil
	}
	b, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return nil, Invalidf("'%s' parameter must be true or false: %s", name, text)
	}
	return &b, nil
}

// TimeParam returns a parameter that is in seconds since 1970 or in ISO 8601, or
// the zero time if it is absent.
func (r *Request) TimeParam(name string) (time.Time, error) {
	text := r.Param(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, ok := parseTime(text)
	if !ok {
		return t, Invalidf("'%s' parameter is not a time: %s", name, text)
	}
	return t, nil
}

// maxSeconds is the end of the year 9999 in seconds since 1970. Later times cannot be written.
const maxSeconds = 253402300799

// TimeValue returns a time in the path, in seconds since 1970.
func (r *Request) TimeValue(name string) (time.Time, error) {
	seconds, ok := r.IDValue(name)
	if !ok || seconds > maxSeconds {
		return time.Time{}, Invalidf("'%s' parameter must be a number of seconds from 0 to %d: %s", name, int64(maxSeconds), r.PathValue(name))
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func parseTime(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC(), -maxSeconds <= seconds && seconds <= maxSeconds
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseParams reads the parameters from the query and from the body: a URL-encoded
// form, a multipart form or a JSON object. Strings of the object are taken
// literally, other values as JSON text.
func (r *Request) parseParams(w http.ResponseWriter, onlyJSON bool) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Errorf(http.StatusBadRequest, "The query string cannot be read: %v", err)
	}
	r.params = map[string]string{}
	r.addForm(query)
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Body == nil {
		return nil
	}
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return Errorf(http.StatusBadRequest, "The body is not gzip: %v", err)
		}
		r.Body = io.NopCloser(z)
	default:
		return Errorf(http.StatusUnsupportedMediaType, "Unsupported Content-Encoding: %s", encoding)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil || len(data) == 0 {
		return err
	}
	return r.parseBody(data, onlyJSON)
}

func (r *Request) parseBody(data []byte, onlyJSON bool) error {
	contentType, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || contentType == "" {
		contentType = "application/x-www-form-urlencoded"
	}
	switch {
	case contentType == "application/json":
		return r.addJSON(data)
	case onlyJSON:
		return Errorf(http.StatusUnsupportedMediaType, "Unsupported Content-Type: %s", contentType)
	case contentType == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(data))
		if err != nil {
			return Errorf(http.StatusBadRequest, "The form cannot be read: %v", err)
		}
		r.addForm(values)
		return nil
	case contentType == "multipart/form-data":
		r.Body = io.NopCloser(bytes.NewReader(data))
		r.Header.Set("Content-Type", mime.FormatMediaType(contentType, options))
		if err := r.ParseMultipartForm(maxForm); err != nil {
			return Errorf(http.StatusBadRequest, "The form cannot be read: %v", err)
		}
		r.addForm(r.MultipartForm.Value)
		return nil
	default:
		return Errorf(http.StatusUnsupportedMediaType, "Unsupported Content-Type: %s", contentType)
	}
}

func (r *Request) addForm(values url.Values) {
	for name, list := range values {
		r.params[name] = list[len(list)-1]
	}
}

func (r *Request) addJSON(data []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return Errorf(http.StatusBadRequest, "The body is not a JSON object: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var text string
		switch raw := string(values[name]); {
		case raw == "null":
			continue
		case json.Unmarshal(values[name], &text) != nil:
			text = raw
		}
		r.params[name] = text
	}
	return nil
}
