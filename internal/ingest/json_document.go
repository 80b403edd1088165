package ingest

import (
	"bytes"
	"errors"
)

// jsonDocuments locates the values of a JSON file that does not have one object per line: an array of
// objects, or objects that span several lines.
type jsonDocuments struct {
	open bool // inside the outermost array
}

// detectDocuments inspects the start of a file. It returns nil if the file has one object per
// line, or one array per line if rows is set.
func detectDocuments(b []byte, rows bool) *jsonDocuments {
	p := skipSpace(b, 0)
	if p == len(b) {
		return nil
	}
	line, _, more := bytes.Cut(b[p:], []byte("\n"))
	if b[p] == '[' && !rows || more && b[p] == '{' && len(trimSpace(line)) == 1 {
		return &jsonDocuments{}
	}
	return nil
}

// cut returns the end of the last complete value in b, or 0.
func (d *jsonDocuments) cut(b []byte) int {
	last, open := 0, d.open
	for p := 0; ; {
		p, open = skipSeparators(b, p, open)
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

// skipSeparators skips white space, commas and the brackets of the outermost array. It returns the
// new state of open.
func skipSeparators(b []byte, p int, open bool) (int, bool) {
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

// skipJSON returns the end of the value at b[p:], based on brackets and quotes only, and whether
// the value is complete.
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
					p, _ = scanPlain(b, p)
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

var errOpenArray = errors.New("the array is not closed, the file may be truncated")

// documentsChunk encodes the records of a chunk of documents.
func (e *encoder) documentsChunk(c *chunk) {
	b, line, open := c.data, c.line, c.open
	for p := 0; ; {
		from := p
		p, open = skipSeparators(b, p, open)
		line += lineEnds(b[from:p])
		if p == len(b) {
			break
		}
		mark, t := len(e.out), e.counts
		end, err := e.jsonRecord(b, p)
		if err != nil {
			e.rollback(mark, t)
			end, _ = skipJSON(b, p)
			if j, ok := errors.AsType[*jsonError](err); ok {
				err = j.within(c, p, line)
			}
			e.reject(line, err, b[p:end])
		}
		line += lineEnds(b[p:end])
		p = end
		e.flushIfLarge()
	}
	if open && c.last {
		e.reject(c.line+c.lines-1, errOpenArray, nil)
	}
}
