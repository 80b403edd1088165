package jobresult

import (
	"io"
	"time"
)

const (
	blockSize  = 256 << 10 // bytes that are written at once
	eagerRows  = 64        // for a terminal: rows that are written at once,
	eagerPause = 50 * time.Millisecond
)

// sink writes to dst, counts, and marks errors as those of writing.
type sink struct {
	dst io.Writer
	n   int64
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.dst.Write(p)
	s.n += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, &WriteError{Err: err}
	}
	return n, nil
}

// output encodes rows into a buffer and writes whole rows from it.
type output struct {
	dst     io.Writer
	enc     encoder
	buf     []byte
	eager   bool
	rows    int       // in buf, if eager
	flushed time.Time // if eager
	err     error     // of dst; nothing is written after it
}

func (w *output) begin() { w.buf = w.enc.begin(w.buf) }

// row encodes the row at b[p:] and returns where it ends.
func (w *output) row(b []byte, p int) (int, error) {
	mark := len(w.buf)
	buf, end, err := w.enc.row(w.buf, b, p)
	if err != nil {
		buf = buf[:min(mark, len(buf))]
	}
	w.buf = buf
	return end, err
}

// drain writes o, whole rows that an encoder has appended, if it is much. It returns what is left.
func (w *output) drain(o []byte) ([]byte, error) {
	w.buf = o
	if len(o) < blockSize {
		return o, nil
	}
	err := w.flush()
	return w.buf, err
}

// due says that it is time to flush.
func (w *output) due() bool {
	if !w.eager {
		return len(w.buf) >= blockSize
	}
	w.rows++
	return w.rows >= eagerRows || time.Since(w.flushed) >= eagerPause
}

func (w *output) flush() error {
	if w.eager {
		w.rows, w.flushed = 0, time.Now()
	}
	if w.err != nil || len(w.buf) == 0 {
		return w.err
	}
	_, w.err = w.dst.Write(w.buf)
	if cap(w.buf) > 4*blockSize {
		w.buf = nil // one large row does not keep its memory for ever
	}
	w.buf = w.buf[:0]
	return w.err
}

// end writes what is left after that many rows. It returns err, with which they ended, or else its own.
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
