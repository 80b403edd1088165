package ingest

import (
	"bytes"
	"errors"
)

var errUnclosed = errors.New("quoted value is not closed")

// A rowReader reads the rows of csv and tsv files.
type rowReader struct {
	cells [][]byte // the last row; empty for a blank line
}

// readRow reads the row at the start of b and returns its length including the line end.
func (r *rowReader) readRow(p *config, b []byte) (int, error) {
	r.cells = r.cells[:0]
	line, size := b, len(b)
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		line, size = b[:i], i+1
	}
	if p.quote != 0 && bytes.IndexByte(line, p.quote) >= 0 {
		return r.readQuotedRow(p, b)
	}
	line = trimCR(line)
	switch {
	case len(line) == 0:
	case p.splitter != nil:
		from := 0
		for _, m := range p.splitter.FindAllIndex(line, -1) {
			r.cells = append(r.cells, line[from:m[0]])
			from = m[1]
		}
		r.cells = append(r.cells, line[from:])
	case len(p.delimiter) == 1:
		for d := p.delimiter[0]; ; {
			i := bytes.IndexByte(line, d)
			if i < 0 {
				break
			}
			r.cells = append(r.cells, line[:i])
			line = line[i+1:]
		}
		r.cells = append(r.cells, line)
	default:
		for more := true; more; {
			var cell []byte
			cell, line, more = bytes.Cut(line, p.delimiter)
			r.cells = append(r.cells, cell)
		}
	}
	return size, nil
}

func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// readQuotedRow reads a row that contains quotes.
func (r *rowReader) readQuotedRow(p *config, b []byte) (int, error) {
	for i := 0; ; {
		var cell []byte
		if i < len(b) && b[i] == p.quote {
			end := p.closingQuote(b, i+1)
			if end == len(b) {
				return len(b), errUnclosed
			}
			cell = b[i+1 : end]
			if bytes.IndexByte(cell, p.quote) >= 0 {
				cell = bytes.ReplaceAll(cell, []byte{p.quote, p.quote}, []byte{p.quote})
			}
			i = end + 1
		}
		// Text after the closing quote belongs to the value, like text without quotes.
		end := len(b)
		if n := bytes.IndexByte(b[i:], '\n'); n >= 0 {
			end = i + n
		}
		d := bytes.Index(b[i:end], p.delimiter)
		if d >= 0 {
			end = i + d
		}
		text := b[i:end]
		if d < 0 {
			text = trimCR(text)
		}
		switch {
		case cell == nil:
			cell = text
		case len(text) > 0:
			cell = append(bytes.Clone(cell), text...)
		}
		r.cells = append(r.cells, cell)
		if d < 0 {
			return min(end+1, len(b)), nil
		}
		i = end + len(p.delimiter)
	}
}

// rowsChunk encodes the rows of a chunk.
func (e *encoder) rowsChunk(c *chunk) {
	line := c.line
	for b := c.data; len(b) > 0; {
		n, err := e.rows.readRow(e.config, b)
		mark, t := len(e.out), e.counts
		if err == nil && len(e.rows.cells) > 0 {
			err = e.appendRow(e.rows.cells)
		}
		if err != nil {
			e.rollback(mark, t)
			e.reject(line, err, b[:n])
		}
		line += lineEnds(b[:n])
		b = b[n:]
		e.flushIfLarge()
	}
}
