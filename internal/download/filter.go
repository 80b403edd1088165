package download

import "io"

// A RejectedError is an error of Options.Filter or Options.Check. The download
// itself succeeded.
type RejectedError struct{ Err error }

// Error returns the message of e.Err.
func (e *RejectedError) Error() string { return e.Err.Error() }

// Unwrap returns e.Err.
func (e *RejectedError) Unwrap() error { return e.Err }

// rejected wraps an error that is not nil in a RejectedError.
func rejected(err error) error {
	if err == nil {
		return nil
	}
	return &RejectedError{err}
}

// newFilter returns a writer that passes its data through filter to w. A nil filter
// changes nothing.
func newFilter(w io.Writer, filter func(io.Writer) io.WriteCloser) io.WriteCloser {
	if filter == nil {
		return nopCloser{w}
	}
	return filterWriter{filter(w)}
}

// A filterWriter marks the errors of a filter.
type filterWriter struct{ w io.WriteCloser }

func (f filterWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	return n, rejected(err)
}

func (f filterWriter) Close() error { return rejected(f.w.Close()) }
