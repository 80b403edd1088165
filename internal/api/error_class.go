package api

import "errors"

// IsTransient reports whether err is a failure of the network or the server that may disappear: the request may
// have been carried out or not, and may be repeated where that is idempotent.
func IsTransient(err error) bool {
	_, network := errors.AsType[*NetworkError](err)
	return network || errors.Is(err, ErrServer)
}
