package jobresult

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
)

// A Map is a MessagePack map in the order of the stream. Keys may repeat.
type Map []Entry

// An Entry is one key of a Map with its value.
type Entry struct {
	Key, Value any
}

// An Ext is a MessagePack extension other than a timestamp.
type Ext struct {
	Type int8
	Data []byte
}

// A Reader decodes a stream of MessagePack values: the rows of a result, which
// are arrays, or the records of a bulk import, which are maps.
type Reader struct {
	src    io.Reader
	in     rowBuffer
	values int64
	err    error
}

// NewReader returns a Reader for src, which is MessagePack or gzip of
// MessagePack. It reads nothing before the first call of Read.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src}
}

// Read returns the next value, or io.EOF after the last one. A value is nil, a
// bool, an int64, a uint64 (above the range of int64), a float64, a string, a
// []byte, a time.Time, an Ext, an []any or a Map. Damaged data is a
// *CorruptError; errors of src are returned unchanged.
func (r *Reader) Read() (any, error) {
	if r.err != nil {
		return nil, r.err
	}
	value, err := r.read()
	r.err = err
	return value, err
}

// All returns an iterator over the remaining values. It ends after the first
// error.
func (r *Reader) All() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for {
			value, err := r.Read()
			if err == io.EOF || !yield(value, err) || err != nil { // compared directly: an error of src may wrap io.EOF
				return
			}
		}
	}
}

func (r *Reader) read() (any, error) {
	if r.in.src == nil {
		src, err := newSource(context.Background(), r.src, GunzipDefault)
		if err != nil {
			return nil, err
		}
		r.in.src = src
	}
	for {
		if r.in.pos < len(r.in.buf) {
			value, end, err := readValue(r.in.buf, r.in.pos, -1)
			if err == nil {
				r.in.pos = end
				r.values++
				return value, nil
			}
			if !errors.Is(err, errShort) {
				return nil, &CorruptError{Row: r.values + 1, Offset: r.in.offset(end), Err: err}
			}
		}
		if err := r.in.fill(); err != nil {
			if err := r.in.streamError(r.values, err); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
	}
}

// maxPrealloc is the maximum number of elements to allocate for an array or a
// map before its elements have been read: the length may be false.
const maxPrealloc = 256

// readValue returns the value at b[p:], which shares no memory with b, and its
// end. Depth is -1 for a row or record and 0 for its cells.
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
		if depth < 0 && t.bits >= maxRow {
			return nil, start, errBigRow
		}
		values := make([]any, 0, min(t.bits, maxPrealloc))
		for range t.bits {
			var v any
			if v, p, err = readValue(b, p, depth+1); err != nil {
				return nil, p, err
			}
			values = append(values, v)
		}
		return values, p, checkCellSize(p-start, depth)
	case kindMap:
		entries := make(Map, 0, min(t.bits, maxPrealloc))
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
		return entries, p, checkCellSize(p-start, depth)
	}
	return scalarValue(&t), p, nil
}

// checkCellSize returns an error for a cell, a value at depth 0, that is too
// large.
func checkCellSize(size, depth int) error {
	if depth == 0 && size > maxCell {
		return errBigCell
	}
	return nil
}

// scalarValue returns the Go value of a token that is neither an array nor a
// map.
func scalarValue(t *token) any {
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
		if at, ok := t.time(); ok {
			return at
		}
		return Ext{Type: t.ext, Data: slices.Clone(t.data)}
	}
	return nil
}
