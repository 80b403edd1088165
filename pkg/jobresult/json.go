package jobresult

import (
	"encoding/base64"
	"slices"
	"strconv"
	"time"
)

// appendValue appends the value at b[p:] as compact JSON and returns the
// position of its end. The parameter depth is the number of values that contain it.
func appendValue(buf, b []byte, p, depth int) ([]byte, int, error) {
	if depth > maxDepth {
		return buf, p, errDeep
	}
	var t token
	p, err := t.next(b, p)
	if err != nil {
		return buf, p, err
	}
	switch t.kind {
	case kindArray:
		return appendArray(buf, b, p, t.bits, depth)
	case kindMap:
		return appendMap(buf, b, p, t.bits, depth)
	}
	return appendScalar(buf, &t), p, nil
}

// appendScalar appends a token that is neither an array nor a map as JSON. NaN and
// infinities, which JSON does not have, become strings.
func appendScalar(buf []byte, t *token) []byte {
	switch t.kind {
	case kindNil:
		return append(buf, "null"...)
	case kindBool:
		return strconv.AppendBool(buf, t.bool())
	case kindInt:
		return appendInt(buf, t.int())
	case kindUint:
		return appendUint(buf, t.bits)
	case kindStr, kindBin:
		return appendJSONString(buf, t.data)
	case kindFloat:
		if f := t.float(); finite(f) {
			return appendFloat(buf, f)
		}
		buf = append(buf, '"')
		buf = appendFloat(buf, t.float())
		return append(buf, '"')
	}
	if at, ok := t.time(); ok {
		buf = append(buf, '"')
		buf = at.AppendFormat(buf, time.RFC3339Nano)
		return append(buf, '"')
	}
	return appendExt(buf, t)
}

// appendExt appends an extension whose type is unknown.
func appendExt(buf []byte, t *token) []byte {
	buf = append(buf, `{"type":`...)
	buf = strconv.AppendInt(buf, int64(t.ext), 10)
	buf = append(buf, `,"data":"`...)
	buf = base64.StdEncoding.AppendEncode(buf, t.data)
	return append(buf, `"}`...)
}

func appendArray(buf, b []byte, p int, n uint64, depth int) ([]byte, int, error) {
	var err error
	buf = append(buf, '[')
	for i := range n {
		if i > 0 {
			buf = append(buf, ',')
		}
		if buf, p, err = appendValue(buf, b, p, depth+1); err != nil {
			return buf, p, err
		}
	}
	return append(buf, ']'), p, nil
}

// appendMap appends a map in the order of the stream, repeated keys included.
func appendMap(buf, b []byte, p int, n uint64, depth int) ([]byte, int, error) {
	var err error
	buf = append(buf, '{')
	for i := range n {
		if i > 0 {
			buf = append(buf, ',')
		}
		if buf, p, err = appendKey(buf, b, p, depth+1); err != nil {
			return buf, p, err
		}
		buf = append(buf, ':')
		if buf, p, err = appendValue(buf, b, p, depth+1); err != nil {
			return buf, p, err
		}
	}
	return append(buf, '}'), p, nil
}

// appendKey appends the value at b[p:] as a key: a string unchanged, any other
// value as its JSON in a string.
func appendKey(buf, b []byte, p, depth int) ([]byte, int, error) {
	mark := len(buf)
	buf, p, err := appendValue(buf, b, p, depth)
	if err != nil {
		return buf, p, err
	}
	switch buf[mark] {
	case '"':
		return buf, p, nil
	case '[', '{':
		text := slices.Clone(buf[mark:])
		return appendJSONString(buf[:mark], text), p, nil
	}
	buf = slices.Insert(buf, mark, '"')
	return append(buf, '"'), p, nil
}

// jsonRows writes rows as objects if it has keys and as arrays otherwise: as one
// array of rows, or one row per line (https://jsonlines.org).
type jsonRows struct {
	keys    [][]byte // `"name":` of each column, encoded; nil for arrays
	columns int      // length of the schema, 0 without one
	lines   bool
	started bool // a row has been written
}

func newJSONRows(o Options, _ drainFunc) encoder {
	e := &jsonRows{columns: len(o.Columns), lines: o.Format == JSONL}
	if e.columns > 0 && (o.Header || e.lines) {
		names, _ := UniqueNames(o.Columns)
		for _, name := range names {
			e.keys = append(e.keys, append(appendJSONString(nil, []byte(name)), ':'))
		}
	}
	return e
}

func (e *jsonRows) begin(buf []byte) []byte {
	if e.lines {
		return buf
	}
	return append(buf, '[')
}

func (e *jsonRows) row(buf, b []byte, p int) ([]byte, int, error) {
	values, p, err := readRowHead(b, p, e.columns)
	if err != nil {
		return buf, p, err
	}
	if e.started && !e.lines {
		buf = append(buf, ",\n"...)
	}
	if e.keys != nil {
		buf = append(buf, '{')
	} else {
		buf = append(buf, '[')
	}
	var t token
	for i := range max(values, e.columns) {
		if i > 0 {
			buf = append(buf, ',')
		}
		if e.keys != nil {
			buf = append(buf, e.keys[i]...)
		}
		if i >= values {
			buf = append(buf, "null"...)
			continue
		}
		start := p
		if p, err = t.next(b, p); err != nil {
			return buf, p, err
		}
		if t.kind < kindArray { // avoid another call
			buf = appendScalar(buf, &t)
			continue
		}
		if buf, p, err = appendValue(buf, b, start, 0); err != nil {
			return buf, p, err
		}
		if p-start > maxCell {
			return buf, start, errBigCell
		}
	}
	if e.keys != nil {
		buf = append(buf, '}')
	} else {
		buf = append(buf, ']')
	}
	if e.lines {
		buf = append(buf, '\n')
	}
	e.started = true
	return buf, p, nil
}

func (e *jsonRows) end(buf []byte, _ int64, complete bool) ([]byte, error) {
	if e.lines || !complete {
		return buf, nil
	}
	return append(buf, "]\n"...), nil
}

// jsonValues writes values of any type, one per line.
type jsonValues struct{}

func (jsonValues) begin(buf []byte) []byte { return buf }

func (jsonValues) row(buf, b []byte, p int) ([]byte, int, error) {
	buf, p, err := appendValue(buf, b, p, -1)
	if err != nil {
		return buf, p, err
	}
	return append(buf, '\n'), p, nil
}

func (jsonValues) end(buf []byte, _ int64, _ bool) ([]byte, error) { return buf, nil }
