package jobresult

import (
	"io"
	"time"
)

const (
	blockSize = 256 << 10 // bytes per write

	// For a terminal, rows are written after maxEagerRows of them or after
	// eagerPause, whichever comes first.
	maxEagerRows = 64
	eagerPause   = 50 * time.Millisecond
)

// A countingWriter counts the bytes written to dst and wraps its errors in a
// *WriteError.
type countingWriter struct {
	dst io.Writer
	n   int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.dst.Write(p)
	w.n += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, &WriteError{Err: err}
	}
	return n, nil
}

// An output encodes rows into a buffer and writes the buffer to dst.
type output struct {
	dst      io.Writer
	enc      encoder
	buf      []byte // complete rows only
	eager    bool
	buffered int       // rows in buf; only counted in eager mode
	flushed  time.Time // time of the last flush in eager mode
	err      error     // first error of dst; nothing is written after it
}

func (w *output) begin() { w.buf = w.enc.begin(w.buf) }

// row encodes the row at b[p:] and returns the position of its end.
func (w *output) row(b []byte, p int) (int, error) {
	mark := len(w.buf)
	buf, end, err := w.enc.row(w.buf, b, p)
	if err != nil {
		buf = buf[:min(mark, len(buf))]
	}
	w.buf = buf
	return end, err
}

// drain implements drainFunc.
func (w *output) drain(buf []byte) ([]byte, error) {
	w.buf = buf
	if len(buf) < blockSize {
		return buf, nil
	}
	err := w.flush()
	return w.buf, err
}

// due reports whether it is time to flush. It is called once per row.
func (w *output) due() bool {
	if !w.eager {
		return len(w.buf) >= blockSize
	}
	w.buffered++
	return w.buffered >= maxEagerRows || time.Since(w.flushed) >= eagerPause
}

func (w *output) flush() error {
	if w.eager {
		w.buffered, w.flushed = 0, time.Now()
	}
	if w.err != nil || len(w.buf) == 0 {
		return w.err
	}
	_, w.err = w.dst.Write(w.buf)
	if cap(w.buf) > 4*blockSize {
		w.buf = nil // release the memory of an unusually large row
	}
	w.buf = w.buf[:0]
	return w.err
}

// end writes the rest of the output after a number of rows. It returns err, the
// error that ended the rows, or else its own.
func (w *output) end(rows int64, err error) error {
	buf, encErr := w.enc.end(w.buf, rows, err == nil)
	w.buf = buf
	writeErr := w.flush()
	switch {
	case err != nil:
		return err
	case encErr != nil:
		return encErr
	}
	return writeErr
}
