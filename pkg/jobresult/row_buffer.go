package jobresult

import (
	"errors"
	"fmt"
	"io"
)

// A rowBuffer joins the chunks of a source so that every row is contiguous.
type rowBuffer struct {
	src  *source
	buf  []byte // buf[pos:] has not been consumed
	pos  int
	base int64  // position of buf in the stream
	cur  *chunk // chunk that contains buf, or nil
	big  []byte // contains buf instead of cur if a row is longer than headroom
	err  error  // error that ended the stream
}

// offset returns the position in the stream of buf[p].
func (f *rowBuffer) offset(p int) int64 { return f.base + int64(p) }

// fill moves the unconsumed bytes to the front of buf and adds to them. If
// there is nothing to add it returns the error that ended the stream. The caller
// parses an incomplete row again from its start, so fill adds more the longer
// the row already is.
func (f *rowBuffer) fill() error {
	if f.err != nil {
		return f.err
	}
	rest := f.buf[f.pos:]
	f.base += int64(f.pos)
	f.pos = 0
	if len(rest) > headroom {
		return f.fillBig(rest)
	}
	c := f.src.next()
	start := headroom - len(rest)
	copy(c.buf[start:], rest)
	f.drop()
	f.big, f.cur = nil, c
	f.buf = c.buf[start : headroom+c.n]
	f.err = c.err
	if c.n == 0 {
		return f.err
	}
	return nil
}

// fillBig collects a row that is longer than headroom in a buffer that doubles with
// each call.
func (f *rowBuffer) fillBig(rest []byte) error {
	size := len(rest)
	f.big = append(f.big[:0], rest...)
	f.drop()
	for len(f.big) < 2*size && f.err == nil {
		if int64(len(f.big)) > maxRow {
			f.err = errBigRow
			break
		}
		c := f.src.next()
		f.big = append(f.big, c.data()...)
		f.err = c.err
		f.src.release(c)
	}
	f.buf = f.big
	if len(f.big) == size {
		return f.err
	}
	return nil
}

// drop returns the current chunk to the source.
func (f *rowBuffer) drop() {
	if f.cur != nil {
		f.src.release(f.cur)
		f.cur = nil
	}
}

// streamError converts err, which fill has returned after a number of complete
// rows, to the error for the user. It returns nil at the regular end of the
// stream.
func (f *rowBuffer) streamError(rows int64, err error) error {
	end := f.offset(len(f.buf))
	if failed, ok := errors.AsType[readError](err); ok {
		return failed.error
	}
	switch {
	case errors.Is(err, io.EOF) && f.pos == len(f.buf):
		return nil
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("the data ends inside the row: %w", io.ErrUnexpectedEOF)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the compressed data is truncated: %w", err)
	}
	return &CorruptError{Row: rows + 1, Offset: end, Err: err}
}
