package jobresult

import "strconv"

// delimited writes csv or tsv.
type delimited struct {
	tabs    bool
	header  []Column
	columns int
	null    string
}

func newDelimited(o Options) *delimited {
	e := &delimited{tabs: o.Format == TSV, columns: len(o.Columns), null: o.Null}
	if o.Header {
		e.header = o.Columns
	}
	return e
}

func (e *delimited) comma() byte {
	if e.tabs {
		return '\t'
	}
	return ','
}

func (e *delimited) begin(o []byte) []byte {
	for i, c := range e.header {
		if i > 0 {
			o = append(o, e.comma())
		}
		o = e.text(o, []byte(c.Name))
	}
	if len(e.header) > 0 {
		o = append(o, '\n')
	}
	return o
}

// text appends a string.
func (e *delimited) text(o, s []byte) []byte {
	if e.tabs {
		return appendTSV(o, s)
	}
	return appendCSV(o, s)
}

func (e *delimited) row(o, b []byte, p int) ([]byte, int, error) {
	values, p, err := rowLen(b, p, e.columns)
	if err != nil {
		return o, p, err
	}
	comma := e.comma()
	var t token
	for i := range values {
		if i > 0 {
			o = append(o, comma)
		}
		if p < len(b) && b[p] < 0x80 { // the commonest value, without a call
			o = strconv.AppendInt(o, int64(b[p]), 10)
			p++
			continue
		}
		start := p
		if p, err = t.next(b, p); err != nil {
			return o, p, err
		}
		switch t.kind {
		case kindStr, kindBin:
			o = e.text(o, t.data)
		case kindInt:
			o = strconv.AppendInt(o, t.int(), 10)
		case kindFloat:
			o = appendFloat(o, t.float())
		case kindArray, kindMap, kindExt:
			if o, p, err = e.nested(o, b, start); err != nil {
				return o, p, err
			}
		default:
			o = appendPlain(o, &t, e.null)
		}
	}
	for i := values; i < e.columns; i++ {
		if i > 0 {
			o = append(o, comma)
		}
		o = append(o, e.null...)
	}
	return append(o, '\n'), p, nil
}

// nested appends an array, a map or an extension as JSON text.
func (e *delimited) nested(o, b []byte, start int) ([]byte, int, error) {
	mark := len(o)
	o, p, err := appendNested(o, b, start)
	switch {
	case err != nil:
	case e.tabs: // JSON text has no other byte that tsv escapes
		o = doubleTail(o, mark, '\\')
	case needsQuotes(o[mark:]):
		o = append(o, 0)
		copy(o[mark+1:], o[mark:])
		o = doubleTail(o, mark+1, '"')
		o[mark] = '"'
		o = append(o, '"')
	}
	return o, p, err
}

// appendNested appends the array, map or extension at b[start:] as text: a point in time bare, everything else as JSON.
func appendNested(o, b []byte, start int) ([]byte, int, error) {
	mark := len(o)
	o, p, err := appendValue(o, b, start, 0)
	if err != nil {
		return o, p, err
	}
	if p-start > maxCell {
		return o, start, errBigCell
	}
	if o[mark] == '"' { // a point in time
		copy(o[mark:], o[mark+1:])
		o = o[:len(o)-2]
	}
	return o, p, nil
}

// appendPlain appends a nil, bool, int, uint or float as bare text.
func appendPlain(o []byte, t *token, null string) []byte {
	switch t.kind {
	case kindNil:
		return append(o, null...)
	case kindFloat:
		return appendFloat(o, t.float())
	}
	return appendScalar(o, t)
}

func (e *delimited) end(o []byte, _ int64, _ bool) ([]byte, error) { return o, nil }
