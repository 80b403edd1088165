package ingest

import (
	"bytes"
	"fmt"
)

// maxDepth limits the nesting of arrays and maps.
const maxDepth = 1000

// A jsonError is a syntax error at b[at:].
type jsonError struct {
	at   int
	what string
}

func (e *jsonError) Error() string { return fmt.Sprintf("%s at column %d", e.what, e.at+1) }

// within converts an error of the value at data[p] of c, which starts on the given line, to one with
// a line and a column of the file.
func (e *jsonError) within(c *chunk, p int, line int64) error {
	before := c.data[:min(e.at, len(c.data))]
	line += lineEnds(before[p:])
	newline := bytes.LastIndexByte(before, '\n')
	column := len(before) - newline
	if newline < 0 {
		column += c.column
	}
	return fmt.Errorf("%s at line %d, column %d", e.what, line, column)
}

func unexpected(b []byte, p int, want string) error {
	if p >= len(b) {
		return &jsonError{p, "unexpected end instead of " + want}
	}
	return &jsonError{p, fmt.Sprintf("unexpected %q instead of %s", rune(b[p]), want)}
}

// skipSpace returns the offset of the first byte of b[p:] that is not white space.
func skipSpace(b []byte, p int) int {
	for p < len(b) && (b[p] == ' ' || b[p] == '\t' || b[p] == '\n' || b[p] == '\r') {
		p++
	}
	return p
}

// jsonLine encodes the objects on a line, usually one.
func (e *encoder) jsonLine(b []byte) error {
	for p := skipSpace(b, 0); p < len(b); p = skipSpace(b, p) {
		var err error
		if p, err = e.jsonRecord(b, p); err != nil {
			return err
		}
	}
	return nil
}

// jsonRecord encodes the record at b[p:] and returns its end. A record is an object or, if there
// are columns, an array of their values. The end is also valid with an error that is not a
// *jsonError.
func (e *encoder) jsonRecord(b []byte, p int) (int, error) {
	mark := e.openRecord()
	var err error
	switch {
	case b[p] == '{':
		p, err = e.jsonEntries(b, p+1, 0)
		if err != nil {
			return p, err
		}
	case b[p] == '[' && len(e.columns) > 0:
		p, err = e.jsonRow(b, p+1)
		if err != nil {
			return p, err
		}
	default:
		return p, unexpected(b, p, "an object")
	}
	return p, e.closeRecord(mark)
}

// jsonRow encodes an array of column values, whose bracket is b[p-1].
func (e *encoder) jsonRow(b []byte, p int) (int, error) {
	for i := 0; ; i++ {
		p = skipSpace(b, p)
		if i == 0 && p < len(b) && b[p] == ']' {
			e.fillRow(0)
			return p + 1, nil
		}
		if i < len(e.columns) {
			c := &e.columns[i]
			e.openKey(c.packedName, c.sum, len(c.name))
		}
		mark := len(e.out)
		var err error
		if p, err = e.jsonValue(b, p, 1); err != nil {
			return p, err
		}
		if i >= len(e.columns) {
			e.out = e.out[:mark]
		}
		p = skipSpace(b, p)
		switch {
		case p < len(b) && b[p] == ',':
			p++
		case p < len(b) && b[p] == ']':
			e.fillRow(i + 1)
			return p + 1, nil
		default:
			return p, unexpected(b, p, "a comma or ]")
		}
	}
}

// fillRow ends a row of n values. The remaining columns are null.
func (e *encoder) fillRow(n int) {
	e.countValues(n)
	for i := n; i < len(e.columns); i++ {
		e.appendNull(&e.columns[i])
	}
}

// jsonEntries encodes the entries of an object, whose brace is b[p-1], and returns the end of the
// object.
func (e *encoder) jsonEntries(b []byte, p, depth int) (int, error) {
	p = skipSpace(b, p)
	if p < len(b) && b[p] == '}' {
		return p + 1, nil
	}
	for {
		p = skipSpace(b, p)
		if p >= len(b) || b[p] != '"' {
			return p, unexpected(b, p, "a key")
		}
		start := len(e.out)
		var n int
		var err error
		if p, n, err = e.jsonString(b, p+1); err != nil {
			return p, err
		}
		end := len(e.out)
		e.keys = append(e.keys, mapKey{sum: hashName(e.out[end-n:]), start: start, name: end - n, value: end})
		if p = skipSpace(b, p); p >= len(b) || b[p] != ':' {
			return p, unexpected(b, p, "a colon")
		}
		if p, err = e.jsonValue(b, skipSpace(b, p+1), depth+1); err != nil {
			return p, err
		}
		p = skipSpace(b, p)
		switch {
		case p < len(b) && b[p] == ',':
			p++
		case p < len(b) && b[p] == '}':
			return p + 1, nil
		default:
			return p, unexpected(b, p, "a comma or }")
		}
	}
}

// jsonValue encodes the value at b[p:] and returns its end.
func (e *encoder) jsonValue(b []byte, p, depth int) (int, error) {
	if p >= len(b) {
		return p, unexpected(b, p, "a value")
	}
	switch c := b[p]; {
	case c == '"':
		p, _, err := e.jsonString(b, p+1)
		return p, err
	case c == '-' || c >= '0' && c <= '9':
		return e.jsonNumber(b, p)
	case c == 't' && hasWord(b, p, "true"):
		e.out = append(e.out, msgpackTrue)
		return p + 4, nil
	case c == 'f' && hasWord(b, p, "false"):
		e.out = append(e.out, msgpackFalse)
		return p + 5, nil
	case c == 'n' && hasWord(b, p, "null"):
		e.out = append(e.out, msgpackNil)
		return p + 4, nil
	case (c == '{' || c == '[') && depth > maxDepth:
		return p, &jsonError{p, "too deeply nested value"}
	case c == '{':
		mark, first := len(e.out), len(e.keys)
		e.out = append(e.out, mapHead)
		p, err := e.jsonEntries(b, p+1, depth)
		if err != nil {
			return p, err
		}
		e.closeMap(mark, first)
		return p, nil
	case c == '[':
		return e.jsonArray(b, p+1, depth)
	}
	return p, unexpected(b, p, "a value")
}

func hasWord(b []byte, p int, w string) bool {
	return len(b)-p >= len(w) && string(b[p:p+len(w)]) == w
}

// jsonArray encodes an array, whose bracket is b[p-1].
func (e *encoder) jsonArray(b []byte, p, depth int) (int, error) {
	mark := len(e.out)
	e.out = append(e.out, arrayHead)
	if p = skipSpace(b, p); p < len(b) && b[p] == ']' {
		return p + 1, nil
	}
	for n := 1; ; n++ {
		var err error
		if p, err = e.jsonValue(b, skipSpace(b, p), depth+1); err != nil {
			return p, err
		}
		p = skipSpace(b, p)
		switch {
		case p < len(b) && b[p] == ',':
			p++
		case p < len(b) && b[p] == ']':
			e.out = closeContainer(e.out, mark, n, arrayHead, arrayHead16)
			return p + 1, nil
		default:
			return p, unexpected(b, p, "a comma or ]")
		}
	}
}
