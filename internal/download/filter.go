package download

import "io"

// A RefusedError is what the caller's own Filter or Check said of the rows. Nothing is wrong with their delivery.
type RefusedError struct{ Err error }

// Error is what they said.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns what they said.
func (e *RefusedError) Unwrap() error { return e.Err }

// filtered returns what writes to dst through the caller's filter, if there is one.
func filtered(dst io.Writer, filter func(io.Writer) io.WriteCloser) io.WriteCloser {
	if filter == nil {
		return unpacked{dst}
	}
	return refusing{filter(dst)}
}

// refusing marks the errors of a filter as such.
type refusing struct{ w io.WriteCloser }

func (r refusing) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	return n, refused(err)
}

func (r refusing) Close() error { return refused(r.w.Close()) }

func refused(err error) error {
	if err == nil {
		return nil
	}
	return &RefusedError{err}
}
