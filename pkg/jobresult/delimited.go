package jobresult

import (
	"slices"
	"strconv"
)

// delimited writes csv (https://www.rfc-editor.org/rfc/rfc4180, with LF line
// ends) or tsv.
type delimited struct {
	tabs    bool
	comma   byte
	header  []Column
	unnamed bool // a header is due, with names that depend on the length of the first row
	columns int  // length of the schema, 0 without one
	null    string
	bom     bool

	first, second uint64 // eight copies of the characters, other than controls, that need quotes or an escape

	single  [256]shortText // values of a single byte; 0 for others
	numbers [256]shortText // 0 to 255
}

func newDelimited(o Options, _ drainFunc) encoder {
	e := &delimited{tabs: o.Format == TSV, columns: len(o.Columns), null: o.Null, bom: o.BOM}
	e.comma, e.first, e.second = ',', ones*',', ones*'"'
	if e.tabs {
		e.comma, e.first, e.second = '\t', ones*'\\', ones*'\\'
	}
	if o.Header {
		e.header = o.Columns
		e.unnamed = len(o.Columns) == 0
	}
	e.setShortTexts()
	return e
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
	for _, c := range columns {
		buf = e.appendText(buf, []byte(c.Name))
		buf = append(buf, e.comma)
	}
	if len(columns) > 0 {
		buf = endLine(buf, mark)
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

// endLine replaces the separator after the last value of the line buf[mark:] by a line end. Readers
// skip empty lines, so it writes a single empty value as "".
func endLine(buf []byte, mark int) []byte {
	switch len(buf) - mark {
	case 0:
		return append(buf, '\n')
	case 1:
		return append(buf[:mark], "\"\"\n"...)
	}
	buf[len(buf)-1] = '\n'
	return buf
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
	mark := len(buf)
	for left := values; left > 0; left-- {
		buf = slices.Grow(buf, rowRoom)
		w := len(buf)
		w, p, left = e.putCommon(buf[:cap(buf)], w, b, p, left)
		buf = buf[:w]
		if left == 0 {
			break
		}
		if buf, p, err = e.appendCell(buf, b, p); err != nil {
			return buf, p, err
		}
		buf = append(buf, e.comma)
	}
	for i := values; i < e.columns; i++ {
		buf = append(buf, e.null...)
		buf = append(buf, e.comma)
	}
	e.unnamed = false
	return endLine(buf, mark), p, nil
}

// appendCell appends the value at b[p:] and returns the position of its end.
func (e *delimited) appendCell(buf, b []byte, p int) ([]byte, int, error) {
	var t token
	end, err := t.next(b, p)
	if err != nil {
		return buf, end, err
	}
	switch t.kind {
	case kindStr, kindBin:
		buf = e.appendText(buf, t.data)
	case kindArray, kindMap, kindExt:
		return e.appendQuotedNested(buf, b, p)
	default:
		buf = appendPlain(buf, &t, e.null)
	}
	return buf, end, nil
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
