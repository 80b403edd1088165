package ingest

import (
	"bytes"
	"fmt"
)

// maxDepth is how deep arrays and maps may be nested.
const maxDepth = 1000

// A jsonError is a mistake in JSON at b[at:].
type jsonError struct {
	at   int
	what string
}

func (e *jsonError) Error() string { return fmt.Sprintf("%s at column %d", e.what, e.at+1) }

// within returns the error of a value that begins at data[p] of c, on the given line, as one with the line and the column of its own.
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

// space returns the first place from b[p:] on that is not white space.
func space(b []byte, p int) int {
	for p < len(b) && (b[p] == ' ' || b[p] == '\t' || b[p] == '\n' || b[p] == '\r') {
		p++
	}
	return p
}

// jsonLine appends the objects of a line, usually one. A blank line holds none.
func (e *encoder) jsonLine(b []byte) error {
	for p := space(b, 0); p < len(b); p = space(b, p) {
		var err error
		if p, err = e.jsonRecord(b, p); err != nil {
			return err
		}
	}
	return nil
}

// jsonRecord appends the record at b[p:], an object or, where columns are known, an array of their values, and returns where it ends.
// An error that is not a *jsonError comes with the place, too.
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

// jsonRow appends the values of an array as those of the columns. Its bracket is b[p-1].
func (e *encoder) jsonRow(b []byte, p int) (int, error) {
	for i := 0; ; i++ {
		p = space(b, p)
		if i == 0 && p < len(b) && b[p] == ']' {
			return p + 1, columnCount(0, len(e.columns))
		}
		if i < len(e.columns) {
			c := &e.columns[i]
			e.openKey(c.head, c.sum, len(c.name))
		}
		var err error
		if p, err = e.jsonValue(b, p, 1); err != nil {
			return p, err
		}
		p = space(b, p)
		switch {
		case p < len(b) && b[p] == ',':
			p++
		case p < len(b) && b[p] == ']':
			return p + 1, columnCount(i+1, len(e.columns))
		default:
			return p, unexpected(b, p, "a comma or ]")
		}
	}
}

// jsonEntries appends the entries of an object whose brace is b[p-1], and returns where it ends.
func (e *encoder) jsonEntries(b []byte, p, depth int) (int, error) {
	p = space(b, p)
	if p < len(b) && b[p] == '}' {
		return p + 1, nil
	}
	for {
		p = space(b, p)
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
		e.keys = append(e.keys, key{sum: keySum(e.out[end-n:]), start: start, name: end - n, value: end})
		if p = space(b, p); p >= len(b) || b[p] != ':' {
			return p, unexpected(b, p, "a colon")
		}
		if p, err = e.jsonValue(b, space(b, p+1), depth+1); err != nil {
			return p, err
		}
		p = space(b, p)
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

// jsonValue appends the value at b[p:] and returns where it ends.
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
	case c == 't' && word(b, p, "true"):
		e.out = append(e.out, packedTrue)
		return p + 4, nil
	case c == 'f' && word(b, p, "false"):
		e.out = append(e.out, packedFalse)
		return p + 5, nil
	case c == 'n' && word(b, p, "null"):
		e.out = append(e.out, packedNil)
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

func word(b []byte, p int, w string) bool {
	return len(b)-p >= len(w) && string(b[p:p+len(w)]) == w
}

// jsonArray appends the array whose bracket is b[p-1].
func (e *encoder) jsonArray(b []byte, p, depth int) (int, error) {
	mark := len(e.out)
	e.out = append(e.out, arrayHead)
	if p = space(b, p); p < len(b) && b[p] == ']' {
		return p + 1, nil
	}
	for n := 1; ; n++ {
		var err error
		if p, err = e.jsonValue(b, space(b, p), depth+1); err != nil {
			return p, err
		}
		p = space(b, p)
		switch {
		case p < len(b) && b[p] == ',':
			p++
		case p < len(b) && b[p] == ']':
			e.out = closeHead(e.out, mark, n, arrayHead, arrayHead16)
			return p + 1, nil
		default:
			return p, unexpected(b, p, "a comma or ]")
		}
	}
}
