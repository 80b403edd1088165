package jobresult

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
)

// A Map is a MessagePack map in the order of the stream. A key may come twice.
type Map []Entry

// An Entry is a key of a Map and its value.
type Entry struct {
	Key, Value any
}

// An Ext is a MessagePack extension other than a point in time.
type Ext struct {
	Type int8
	Data []byte
}

// A Reader reads rows as Go values.
type Reader struct {
	src  io.Reader
	in   feed
	rows int64
	err  error
}

// NewReader returns a Reader of src, which is MessagePack or gzip of MessagePack. Nothing is read until the first row is asked for.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src}
}

// Read returns the next row, or io.EOF behind the last one. A value is nil, a bool, an int64, a uint64 (above the range of int64), a float64,
// a string, a []byte, a time.Time, an Ext, an []any or a Map. Errors are those of Copy.
func (r *Reader) Read() ([]any, error) {
	if r.err != nil {
		return nil, r.err
	}
	row, err := r.read()
	r.err = err
	return row, err
}

// All returns the rows that are left. After an error, which comes with a nil row, there are no more.
func (r *Reader) All() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for {
			row, err := r.Read()
			if err == io.EOF || !yield(row, err) || err != nil { // an error of src that wraps io.EOF is not the end
				return
			}
		}
	}
}

func (r *Reader) read() ([]any, error) {
	if r.in.src == nil {
		src, err := newSource(context.Background(), r.src, GunzipDefault)
		if err != nil {
			return nil, err
		}
		r.in.src = src
	}
	for {
		if r.in.pos < len(r.in.buf) {
			row, end, err := rowValues(r.in.buf, r.in.pos)
			if err == nil {
				r.in.pos = end
				r.rows++
				return row, nil
			}
			if !errors.Is(err, errShort) {
				return nil, &CorruptError{Row: r.rows + 1, Offset: r.in.offset(end), Err: err}
			}
		}
		if err := r.in.more(); err != nil {
			if err := r.in.fault(r.rows, err); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
	}
}

func rowValues(b []byte, p int) ([]any, int, error) {
	if _, at, err := rowLen(b, p, 0); err != nil {
		return nil, at, err
	}
	row, p, err := readValue(b, p, -1)
	if err != nil {
		return nil, p, err
	}
	return row.([]any), p, nil
}

// trusted is how many values make room for on the word of an array's head.
const trusted = 256

// readValue returns the value at b[p:], which shares no memory with b, and where it ends.
func readValue(b []byte, p, depth int) (any, int, error) {
	if depth > maxDepth {
		return nil, p, errDeep
	}
	var t token
	start := p
	p, err := t.next(b, p)
	if err != nil {
		return nil, p, err
	}
	switch t.kind {
	case kindArray:
		values := make([]any, 0, min(t.bits, trusted))
		for range t.bits {
			var v any
			if v, p, err = readValue(b, p, depth+1); err != nil {
				return nil, p, err
			}
			values = append(values, v)
		}
		return values, p, tooBig(p-start, depth)
	case kindMap:
		entries := make(Map, 0, min(t.bits, trusted))
		for range t.bits {
			var e Entry
			if e.Key, p, err = readValue(b, p, depth+1); err != nil {
				return nil, p, err
			}
			if e.Value, p, err = readValue(b, p, depth+1); err != nil {
				return nil, p, err
			}
			entries = append(entries, e)
		}
		return entries, p, tooBig(p-start, depth)
	}
	return scalar(&t), p, nil
}

// tooBig reports a cell, which is a value at depth 0, that is larger than a cell may be.
func tooBig(size, depth int) error {
	if depth == 0 && size > maxCell {
		return errBigCell
	}
	return nil
}

func scalar(t *token) any {
	switch t.kind {
	case kindBool:
		return t.bool()
	case kindInt:
		return t.int()
	case kindUint:
		return t.bits
	case kindFloat:
		return t.float()
	case kindStr:
		return string(t.data)
	case kindBin:
		return slices.Clone(t.data)
	case kindExt:
		if at, ok := extTime(t); ok {
			return at
		}
		return Ext{Type: t.ext, Data: slices.Clone(t.data)}
	}
	return nil
}
