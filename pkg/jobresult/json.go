package jobresult

import (
	"encoding/base64"
	"slices"
	"strconv"
	"time"
)

// appendValue appends the value at b[p:] as compact JSON and returns where it ends. Depth is how many values it is nested in.
func appendValue(o, b []byte, p, depth int) ([]byte, int, error) {
	if depth > maxDepth {
		return o, p, errDeep
	}
	var t token
	p, err := t.next(b, p)
	if err != nil {
		return o, p, err
	}
	switch t.kind {
	case kindArray:
		return appendArray(o, b, p, t.bits, depth)
	case kindMap:
		return appendMap(o, b, p, t.bits, depth)
	}
	return appendScalar(o, &t), p, nil
}

// appendScalar appends a token that is neither an array nor a map as JSON.
func appendScalar(o []byte, t *token) []byte {
	switch t.kind {
	case kindNil:
		return append(o, "null"...)
	case kindBool:
		return strconv.AppendBool(o, t.bool())
	case kindInt:
		return strconv.AppendInt(o, t.int(), 10)
	case kindUint:
		return strconv.AppendUint(o, t.bits, 10)
	case kindStr, kindBin:
		return appendJSONString(o, t.data)
	case kindFloat:
		if f := t.float(); finite(f) {
			return appendFloat(o, f)
		}
		o = append(o, '"')
		o = appendFloat(o, t.float())
		return append(o, '"')
	}
	if at, ok := extTime(t); ok {
		o = append(o, '"')
		o = at.AppendFormat(o, time.RFC3339Nano)
		return append(o, '"')
	}
	return appendExt(o, t)
}

func extTime(t *token) (time.Time, bool) {
	if t.ext != timestampExt {
		return time.Time{}, false
	}
	return timestamp(t.data)
}

// appendExt appends an extension that means nothing to us.
func appendExt(o []byte, t *token) []byte {
	o = append(o, `{"type":`...)
	o = strconv.AppendInt(o, int64(t.ext), 10)
	o = append(o, `,"data":"`...)
	o = base64.StdEncoding.AppendEncode(o, t.data)
	return append(o, `"}`...)
}

func appendArray(o, b []byte, p int, n uint64, depth int) ([]byte, int, error) {
	var err error
	o = append(o, '[')
	for i := range n {
		if i > 0 {
			o = append(o, ',')
		}
		if o, p, err = appendValue(o, b, p, depth+1); err != nil {
			return o, p, err
		}
	}
	return append(o, ']'), p, nil
}

// appendMap appends a map in the order of the stream; a key that comes twice is written twice.
func appendMap(o, b []byte, p int, n uint64, depth int) ([]byte, int, error) {
	var err error
	o = append(o, '{')
	for i := range n {
		if i > 0 {
			o = append(o, ',')
		}
		if o, p, err = appendKey(o, b, p, depth+1); err != nil {
			return o, p, err
		}
		o = append(o, ':')
		if o, p, err = appendValue(o, b, p, depth+1); err != nil {
			return o, p, err
		}
	}
	return append(o, '}'), p, nil
}

// appendKey appends the value at b[p:] as a key: text as it is, anything else as the JSON text of it.
func appendKey(o, b []byte, p, depth int) ([]byte, int, error) {
	mark := len(o)
	o, p, err := appendValue(o, b, p, depth)
	if err != nil {
		return o, p, err
	}
	switch o[mark] {
	case '"':
		return o, p, nil
	case '[', '{':
		text := slices.Clone(o[mark:])
		return appendJSONString(o[:mark], text), p, nil
	}
	o = slices.Insert(o, mark, '"')
	return append(o, '"'), p, nil
}

// jsonRows writes rows as objects when it has keys, as arrays otherwise; one array of rows, or one row a line.
type jsonRows struct {
	keys    [][]byte // `"name":` of every column, encoded; nil for arrays
	columns int      // length of the schema, 0 when there is none
	lines   bool
	some    bool // a row was written
}

func newJSONRows(o Options) *jsonRows {
	e := &jsonRows{columns: len(o.Columns), lines: o.Format == JSONL}
	if e.columns > 0 && (o.Header || e.lines) {
		names, _ := UniqueNames(o.Columns)
		for _, name := range names {
			e.keys = append(e.keys, append(appendJSONString(nil, []byte(name)), ':'))
		}
	}
	return e
}

func (e *jsonRows) begin(o []byte) []byte {
	if e.lines {
		return o
	}
	return append(o, '[')
}

func (e *jsonRows) row(o, b []byte, p int) ([]byte, int, error) {
	values, p, err := rowLen(b, p, e.columns)
	if err != nil {
		return o, p, err
	}
	if e.some && !e.lines {
		o = append(o, ",\n"...)
	}
	if e.keys != nil {
		o = append(o, '{')
	} else {
		o = append(o, '[')
	}
	var t token
	for i := range max(values, e.columns) {
		if i > 0 {
			o = append(o, ',')
		}
		if e.keys != nil {
			o = append(o, e.keys[i]...)
		}
		if i >= values {
			o = append(o, "null"...)
			continue
		}
		start := p
		if p, err = t.next(b, p); err != nil {
			return o, p, err
		}
		if t.kind < kindArray { // without another call for the commonest
			o = appendScalar(o, &t)
			continue
		}
		if o, p, err = appendValue(o, b, start, 0); err != nil {
			return o, p, err
		}
		if p-start > maxCell {
			return o, start, errBigCell
		}
	}
	if e.keys != nil {
		o = append(o, '}')
	} else {
		o = append(o, ']')
	}
	if e.lines {
		o = append(o, '\n')
	}
	e.some = true
	return o, p, nil
}

func (e *jsonRows) end(o []byte, _ int64, whole bool) ([]byte, error) {
	if e.lines || !whole {
		return o, nil
	}
	return append(o, "]\n"...), nil
}
