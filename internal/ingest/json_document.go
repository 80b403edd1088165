package ingest

import (
	"bytes"
	"errors"
)

// documents knows where the values of JSON are that does not hold one a line: an array of objects, or objects over several lines.
type documents struct {
	open bool // within the outermost array
}

// asDocuments returns how to read JSON that begins with b, nil for an object a line. A line may be an array where it holds a row.
func asDocuments(b []byte, rows bool) *documents {
	p := space(b, 0)
	if p == len(b) {
		return nil
	}
	line, _, more := bytes.Cut(b[p:], []byte("\n"))
	if b[p] == '[' && !rows || more && b[p] == '{' && len(trim(line)) == 1 {
		return &documents{}
	}
	return nil
}

// cut returns the place behind the last whole value of b, 0 if there is none.
func (d *documents) cut(b []byte) int {
	last, open := 0, d.open
	for p := 0; ; {
		p, open = separators(b, p, open)
		if p == len(b) {
			return last
		}
		var whole bool
		if p, whole = skipJSON(b, p); !whole || p == len(b) {
			return last
		}
		last, d.open = p, open
	}
}

// separators passes over what may stand between values, and tells whether the outermost array is open then.
func separators(b []byte, p int, open bool) (int, bool) {
	for ; p < len(b); p++ {
		switch c := b[p]; {
		case c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t':
		case c == '[' && !open:
			open = true
		case c == ']' && open:
			open = false
		default:
			return p, open
		}
	}
	return p, open
}

// skipJSON returns where the value ends that begins at b[p], going by brackets and quotes alone, and whether it does end.
func skipJSON(b []byte, p int) (int, bool) {
	depth := 0
	for ; p < len(b); p++ {
		switch b[p] {
		case '"':
			p++
			for p < len(b) && b[p] != '"' {
				if b[p] == '\\' {
					p++
				}
				if p++; p < len(b) && b[p] >= 0x20 {
					p, _ = plain(b, p)
				}
			}
			if p >= len(b) {
				return len(b), false
			}
			if depth == 0 {
				return p + 1, true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return p + 1, true
			}
		case ' ', '\t', '\r', '\n', ',':
			if depth == 0 {
				return p, true
			}
		}
	}
	return len(b), depth == 0
}

var errOpenArray = errors.New("the array is not closed: the file may be cut off")

// documentsChunk appends the records of a chunk of values.
func (e *encoder) documentsChunk(c *chunk) {
	b, line, open := c.data, c.line, c.open
	for p := 0; ; {
		from := p
		p, open = separators(b, p, open)
		line += lineEnds(b[from:p])
		if p == len(b) {
			break
		}
		mark, t := len(e.out), e.tally
		end, err := e.jsonRecord(b, p)
		if err != nil {
			e.rollback(mark, t)
			end, _ = skipJSON(b, p)
			if j, ok := errors.AsType[*jsonError](err); ok {
				err = j.within(c, p, line)
			}
			e.bad(line, err, b[p:end])
		}
		line += lineEnds(b[p:end])
		p = end
		e.spill()
	}
	if open && c.last {
		e.bad(c.line+c.lines-1, errOpenArray, nil)
	}
}
