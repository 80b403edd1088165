package jobresult

import (
	"errors"
	"fmt"
	"io"
)

// feed joins the chunks of a source so that a row is always in one piece.
type feed struct {
	src  *source
	buf  []byte // buf[pos:] is what was not read yet
	pos  int
	base int64  // where buf begins in the stream
	cur  *chunk // that buf lies in, or nil
	big  []byte // that buf lies in while a row is larger than the headroom
	err  error  // what ended the stream
}

// offset returns where p, a position in buf, is in the stream.
func (f *feed) offset(p int) int64 { return f.base + int64(p) }

// more adds to buf and moves what was not read to its front. It returns the error that ended the stream when there is nothing to add.
// A row is read again from its beginning, so the longer the row that did not fit, the more is added.
func (f *feed) more() error {
	if f.err != nil {
		return f.err
	}
	rest := f.buf[f.pos:]
	f.base += int64(f.pos)
	f.pos = 0
	if len(rest) > headroom {
		return f.double(rest)
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

// double collects a row that is longer than the headroom, twice as much of it each time.
func (f *feed) double(rest []byte) error {
	had := len(rest)
	f.big = append(f.big[:0], rest...)
	f.drop()
	for len(f.big) < 2*had && f.err == nil {
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
	if len(f.big) == had {
		return f.err
	}
	return nil
}

// drop gives the current chunk back.
func (f *feed) drop() {
	if f.cur != nil {
		f.src.release(f.cur)
		f.cur = nil
	}
}

// fault returns the error that a reader of rows is to see: err is what more returned after that many whole rows.
func (f *feed) fault(rows int64, err error) error {
	end := f.offset(len(f.buf))
	if broken, ok := errors.AsType[readError](err); ok {
		return broken.error
	}
	switch {
	case errors.Is(err, io.EOF) && f.pos == len(f.buf):
		return nil
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("the data ends within the row: %w", io.ErrUnexpectedEOF)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the compressed data is cut off: %w", err)
	}
	return &CorruptError{Row: rows + 1, Offset: end, Err: err}
}
