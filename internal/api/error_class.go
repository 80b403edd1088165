package api

import (
	"errors"
	"net/http"
)

// IsTransient reports whether err is a failure of the network or the server that may disappear: the request may
// have been carried out or not, and may be repeated where that is idempotent.
func IsTransient(err error) bool {
	_, network := errors.AsType[*NetworkError](err)
	return network || errors.Is(err, ErrServer)
}

// IsUnsupported reports whether the server seems not to implement a call. An object that does not exist looks the same.
func IsUnsupported(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed)
}
