package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// An Object is a JSON object of a response.
type Object map[string]any

// A Stream writes a response that is not JSON.
type Stream func(w http.ResponseWriter, r *http.Request)

// Marshal returns v as JSON and leaves <, > and & unescaped, as in map<string,long>. It
// returns a json.RawMessage as it is.
func Marshal(v any) ([]byte, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// WriteJSON sends a response with a JSON body.
func WriteJSON(w http.ResponseWriter, status int, body any) {
	data, err := Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"message":"the response cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// FormatTime returns a time as jobs, databases and tables show it. The zero time
// is "".
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// FormatISOTime returns a time as schedules and users show it, or nil for the zero
// time.
func FormatISOTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// NullIfZero returns nil if v is the zero value, otherwise v.
func NullIfZero[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}
