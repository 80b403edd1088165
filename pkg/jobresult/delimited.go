package jobresult

import "strconv"

// delimited writes csv (https://www.rfc-editor.org/rfc/rfc4180, with LF line
// ends) or tsv.
type delimited struct {
	tabs    bool
	header  []Column
	unnamed bool // a header is due, with names that depend on the length of the first row
	columns int  // length of the schema, 0 without one
	null    string
	bom     bool
}

func newDelimited(o Options, _ drainFunc) encoder {
	e := &delimited{tabs: o.Format == TSV, columns: len(o.Columns), null: o.Null, bom: o.BOM}
	if o.Header {
		e.header = o.Columns
		e.unnamed = len(o.Columns) == 0
	}
	return e
}

func (e *delimited) comma() byte {
	if e.tabs {
		return '\t'
	}
	return ','
}

func (e *delimited) begin(buf []byte) []byte {
	if e.bom {
		buf = append(buf, "\ufeff"...)
	}
	return e.appendHeader(buf, e.header)
}

// appendHeader appends the line of column names, if there are any.
func (e *delimited) appendHeader(buf []byte, columns []Column) []byte {
	mark := len(buf)
	for i, c := range columns {
		if i > 0 {
			buf = append(buf, e.comma())
		}
		buf = e.appendText(buf, []byte(c.Name))
	}
	if len(columns) > 0 {
		buf = appendLineEnd(buf, mark, len(columns))
	}
	return buf
}

// unnamedColumns returns n columns called _col0, _col1 and so on.
func unnamedColumns(n int) []Column {
	columns := make([]Column, n)
	for i := range columns {
		columns[i].Name = "_col" + strconv.Itoa(i)
	}
	return columns
}

// appendLineEnd ends the line buf[mark:], which has a number of values. Readers skip
// empty lines, so it writes a single empty value as "".
func appendLineEnd(buf []byte, mark, values int) []byte {
	if len(buf) == mark && values == 1 {
		buf = append(buf, `""`...)
	}
	return append(buf, '\n')
}

// appendText appends a string, quoted or escaped.
func (e *delimited) appendText(buf, s []byte) []byte {
	if e.tabs {
		return appendTSV(buf, s)
	}
	return appendCSV(buf, s)
}

func (e *delimited) row(buf, b []byte, p int) ([]byte, int, error) {
	values, p, err := readRowHead(b, p, e.columns)
	if err != nil {
		return buf, p, err
	}
	if e.unnamed {
		buf = e.appendHeader(buf, unnamedColumns(values))
	}
	comma, mark := e.comma(), len(buf)
	var t token
	for i := range values {
		if i > 0 {
			buf = append(buf, comma)
		}
		if p < len(b) && b[p] < 0x80 { // a small integer, the most frequent value: avoid the call
			buf = strconv.AppendInt(buf, int64(b[p]), 10)
			p++
			continue
		}
		start := p
		if p, err = t.next(b, p); err != nil {
			return buf, p, err
		}
		switch t.kind {
		case kindStr, kindBin:
			buf = e.appendText(buf, t.data)
		case kindInt:
			buf = strconv.AppendInt(buf, t.int(), 10)
		case kindFloat:
			buf = appendFloat(buf, t.float())
		case kindArray, kindMap, kindExt:
			if buf, p, err = e.appendQuotedNested(buf, b, start); err != nil {
				return buf, p, err
			}
		default:
			buf = appendPlain(buf, &t, e.null)
		}
	}
	for i := values; i < e.columns; i++ {
		if i > 0 {
			buf = append(buf, comma)
		}
		buf = append(buf, e.null...)
	}
	e.unnamed = false
	return appendLineEnd(buf, mark, max(values, e.columns)), p, nil
}

// appendQuotedNested appends an array, a map or an extension as JSON, quoted or
// escaped.
func (e *delimited) appendQuotedNested(buf, b []byte, start int) ([]byte, int, error) {
	mark := len(buf)
	buf, p, err := appendNested(buf, b, start)
	switch {
	case err != nil:
	case e.tabs: // the backslash is the only byte of JSON that tsv escapes
		buf = doubleTail(buf, mark, '\\')
	case needsQuotes(buf[mark:]):
		buf = append(buf, 0)
		copy(buf[mark+1:], buf[mark:])
		buf = doubleTail(buf, mark+1, '"')
		buf[mark] = '"'
		buf = append(buf, '"')
	}
	return buf, p, err
}

// appendNested appends the array, map or extension at b[start:] as JSON, except that
// a timestamp has no quotes.
func appendNested(buf, b []byte, start int) ([]byte, int, error) {
	mark := len(buf)
	buf, p, err := appendValue(buf, b, start, 0)
	if err != nil {
		return buf, p, err
	}
	if p-start > maxCell {
		return buf, start, errBigCell
	}
	if buf[mark] == '"' { // a timestamp
		copy(buf[mark:], buf[mark+1:])
		buf = buf[:len(buf)-2]
	}
	return buf, p, nil
}

// appendPlain appends a nil, bool, int, uint or float without quotes.
func appendPlain(buf []byte, t *token, null string) []byte {
	switch t.kind {
	case kindNil:
		return append(buf, null...)
	case kindFloat:
		return appendFloat(buf, t.float())
	}
	return appendScalar(buf, t)
}

func (e *delimited) end(buf []byte, _ int64, _ bool) ([]byte, error) { return buf, nil }
