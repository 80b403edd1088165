package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// An Error is an error response of the API.
type Error struct {
	Status        int
	Message       string
	ConflictsWith string // ID of the job that holds the domain key
	RetryAfter    int    // seconds after which the request can be repeated; 0: unknown
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf returns an [Error] with the given status and message.
func Errorf(status int, format string, args ...any) error {
	return &Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// Invalidf returns an [Error] for a request with an invalid parameter.
func Invalidf(format string, args ...any) error {
	return Errorf(http.StatusUnprocessableEntity, format, args...)
}

// AsError converts any error to an error response. The status is 500 if the
// request is not the cause.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*state.ConflictError](err); ok {
		return &Error{
			Status:        http.StatusConflict,
			Message:       fmt.Sprintf("Domain key '%s' is already taken", e.Key),
			ConflictsWith: strconv.FormatInt(e.JobID, 10),
		}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Error{Status: http.StatusRequestEntityTooLarge, Message: "The request body is too large"}
	}
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{Status: http.StatusRequestTimeout, Message: "The request body was not received in time"}
	case errors.Is(err, engine.ErrNotFound), errors.Is(err, state.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, engine.ErrExists), errors.Is(err, state.ErrExists), errors.Is(err, engine.ErrUnknownOutcome):
		status = http.StatusConflict
	case errors.Is(err, engine.ErrUnavailable):
		const pause = 5
		return &Error{Status: http.StatusServiceUnavailable, Message: err.Error(), RetryAfter: pause}
	case errors.Is(err, msgpackfile.ErrRecordTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, engine.ErrInvalid), errors.Is(err, errors.ErrUnsupported), errors.Is(err, msgpackfile.ErrMalformed),
		errors.Is(err, engine.ErrRefused): // not 401 or 403, which concern the client's own key
		status = http.StatusUnprocessableEntity
	}
	return &Error{Status: status, Message: err.Error()}
}

// WriteError sends err as an error response.
func WriteError(w http.ResponseWriter, err error) {
	e := AsError(err)
	body := Object{
		"error":       e.Message,
		"message":     e.Message,
		"text":        e.Message,
		"severity":    "error",
		"status_code": e.Status,
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	if e.ConflictsWith != "" {
		body["details"] = Object{"conflicts_with": e.ConflictsWith}
	}
	WriteJSON(w, e.Status, body)
}
