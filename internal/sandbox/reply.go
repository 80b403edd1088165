package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// object is a JSON object of an answer.
type object map[string]any

// stream is an answer that is not JSON: it writes itself.
type stream func(w http.ResponseWriter, r *http.Request)

// A refusal is an answer that is an error: a status and the service's message.
type refusal struct {
	status    int
	message   string
	conflicts string // the job that holds the domain key
}

func (e *refusal) Error() string { return e.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

// refusalOf gives every error a status. What is not the caller's doing is 500.
func refusalOf(err error) *refusal {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e
	}
	if e, ok := errors.AsType[*state.ConflictError](err); ok {
		return &refusal{
			status:    http.StatusConflict,
			message:   fmt.Sprintf("Domain key '%s' is already taken", e.Key),
			conflicts: strconv.FormatInt(e.JobID, 10),
		}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &refusal{status: http.StatusRequestEntityTooLarge, message: "The request body is too large"}
	}
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, engine.ErrNotFound), errors.Is(err, state.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, engine.ErrExists), errors.Is(err, state.ErrExists):
		status = http.StatusConflict
	case errors.Is(err, engine.ErrInvalid), errors.Is(err, msgpackfile.ErrMalformed):
		status = http.StatusUnprocessableEntity
	}
	return &refusal{status: status, message: err.Error()}
}

// writeError answers with an error's status and body.
func writeError(w http.ResponseWriter, err error) {
	e := refusalOf(err)
	body := object{
		"error":       e.message,
		"message":     e.message,
		"text":        e.message,
		"severity":    "error",
		"status_code": e.status,
	}
	if e.conflicts != "" {
		body["details"] = object{"conflicts_with": e.conflicts}
	}
	writeJSON(w, e.status, body)
}

// marshal writes JSON that leaves <, > and & as they are: map<string,long>.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// writeJSON answers with a JSON body.
func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"message":"the answer is not JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	w.Write(data) //nolint:errcheck // the client has gone
}
