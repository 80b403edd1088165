package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrTooLong says that a record is larger than MaxRecord.
var ErrTooLong = fmt.Errorf("record of more than %d MiB", MaxRecord>>20)

// lineEnds returns how many lines end in b.
func lineEnds(b []byte) int64 { return int64(bytes.Count(b, []byte("\n"))) }

// blockSize is how much of a file a chunk holds, unless parts are smaller: then it is their size, but minBlockSize at least.
const blockSize, minBlockSize = 512 << 10, 4 << 10

// A chunk is a stretch of a file, of whole records, and then what became of it.
type chunk struct {
	buf    []byte // holds data
	data   []byte // whole records
	line   int64  // the number of the first line of data
	lines  int64  // how many lines there are
	column int    // bytes of that line before data
	open   bool   // data begins within an array of documents
	docs   bool   // data is documents
	last   bool   // data is the end of the file

	bads   []Bad
	tally  tally
	packed bytes.Buffer // the records, deflated, without an end
	raw    int64        // the size of the records
	crc    uint32       // of the records
	sum    [32]byte     // of the records
	done   chan error   // has one when the chunk is converted
}

// A splitter cuts a file into chunks, at places that depend on nothing but the file and the options.
type splitter struct {
	*plan
	r      io.Reader
	rest   []byte // what was read and not yet handed out
	line   int64  // the number of its first line
	column int    // bytes of that line before rest
	eof    bool
	read   int64

	values int64 // how many were cut off last, of msgpack
	begun  bool
	docs   *documents // when JSON comes in values over several lines
}

// next fills c. It returns io.EOF when there is nothing left.
func (s *splitter) next(c *chunk) error {
	buf := append(c.buf[:0], s.rest...)
	for size := s.block; ; size = min(2*size, s.longest) {
		var err error
		if buf, err = s.fill(buf, size); err != nil {
			return err
		}
		if !s.begun && s.Format == JSON {
			s.docs = asDocuments(buf, len(s.columns) > 0 || s.Header)
		}
		s.begun = true
		c.docs = s.docs != nil
		c.open = c.docs && s.docs.open
		end, err := s.cut(buf)
		if err != nil {
			return err
		}
		if end > 0 {
			s.take(c, buf, end)
			return s.takeHeader(c)
		}
		if s.eof {
			return io.EOF
		}
		if len(buf) >= s.longest {
			return s.refuse(c, buf)
		}
	}
}

// fill reads until buf is size long or the file ends.
func (s *splitter) fill(buf []byte, size int) ([]byte, error) {
	for !s.eof && len(buf) < size {
		if cap(buf) < size {
			buf = append(make([]byte, 0, size), buf...)
		}
		n, err := s.r.Read(buf[len(buf):size])
		buf, s.read = buf[:len(buf)+n], s.read+int64(n)
		switch {
		case err == io.EOF:
			s.eof = true
		case err != nil:
			return buf, fmt.Errorf("after %s: %w", s.place(buf), err)
		}
	}
	return buf, nil
}

// place tells where in the file buf ends, which begins where rest did.
func (s *splitter) place(buf []byte) string {
	if s.Format == MsgPack {
		return fmt.Sprintf("record %d", s.line-1)
	}
	return fmt.Sprintf("line %d", s.line-1+lineEnds(buf))
}

// take makes buf[:end] the chunk's data and keeps what is behind it.
func (s *splitter) take(c *chunk, buf []byte, end int) {
	s.rest = append(s.rest[:0], buf[end:]...)
	c.buf, c.data, c.line, c.column = buf, buf[:end], s.line, s.column
	c.last = s.eof && end == len(buf)
	if s.Format == MsgPack {
		c.lines = s.values
		s.line += c.lines
		return
	}
	c.lines = lineEnds(c.data)
	s.line += c.lines
	if i := bytes.LastIndexByte(c.data, '\n'); i >= 0 {
		s.column = end - 1 - i
	} else {
		s.column += end
	}
	if c.data[end-1] != '\n' {
		c.lines++
	}
}

// cut returns the place behind the last whole record of b, 0 if there is none.
func (s *splitter) cut(b []byte) (int, error) {
	switch {
	case s.Format == MsgPack:
		return s.cutValues(b)
	case s.eof:
		return len(b), nil
	case s.docs != nil:
		return s.docs.cut(b), nil
	case s.quote != 0:
		return s.cutRows(b), nil
	}
	return bytes.LastIndexByte(b, '\n') + 1, nil
}

func (s *splitter) cutValues(b []byte) (int, error) {
	end := 0
	s.values = 0
	for ; end < len(b); s.values++ {
		size, err := skipValue(b[end:])
		if errors.Is(err, errShort) && !s.eof {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("record %d: %w", s.line+s.values, err)
		}
		end += size
	}
	return end, nil
}

// cutRows returns the place behind the last line's end of b that is not in quotes.
func (s *splitter) cutRows(b []byte) int {
	last, i := 0, 0
	for {
		q := bytes.IndexByte(b[i:], s.quote)
		more := q >= 0
		if q += i; !more {
			q = len(b)
		}
		if n := bytes.LastIndexByte(b[i:q], '\n'); n >= 0 {
			last = i + n + 1
		}
		if !more {
			return last
		}
		if q != last && !bytes.HasSuffix(b[last:q], s.delimiter) {
			i = q + 1 // a quote within a value is text
			continue
		}
		if i = s.closing(b, q+1); i >= len(b)-1 {
			return last // it may be the first of two quotes that stand for one
		}
		i++
	}
}

// closing returns the place of the quote that closes the value at b[i:], len(b) when there is none.
func (p *plan) closing(b []byte, i int) int {
	for {
		q := bytes.IndexByte(b[i:], p.quote)
		if q < 0 {
			return len(b)
		}
		if i += q; i+1 == len(b) || b[i+1] != p.quote {
			return i
		}
		i += 2
	}
}

// refuse makes c tell of the record that buf begins with, and passes over the rest of its last line.
func (s *splitter) refuse(c *chunk, buf []byte) error {
	switch {
	case s.Format == MsgPack:
		return fmt.Errorf("record %d: %w", s.line, ErrTooLong)
	case s.docs != nil:
		return fmt.Errorf("line %d: %w", s.line, ErrTooLong)
	}
	c.bads = append(c.bads, Bad{Line: s.line, Err: ErrTooLong, Text: excerpt(buf)})
	line := s.line
	for {
		end := bytes.IndexByte(buf, '\n')
		if s.quote != 0 { // the quote that is never closed has taken in all these lines
			end = bytes.LastIndexByte(buf, '\n')
		}
		s.line += lineEnds(buf[:end+1])
		if s.rest = s.rest[:0]; end >= 0 {
			s.rest = append(s.rest, buf[end+1:]...)
			break
		}
		if s.eof {
			break
		}
		var err error
		if buf, err = s.fill(buf[:0], blockSize); err != nil {
			return err
		}
	}
	c.buf, c.data, c.line, c.lines = nil, nil, line, max(s.line-line, 1)
	return nil
}

// takeHeader reads the columns' names off the file's first record.
func (s *splitter) takeHeader(c *chunk) error {
	if !s.Header {
		return nil
	}
	names, n, err := s.header(c.data)
	if err == nil && len(names) > 0 && len(s.Columns) == 0 {
		err = s.setColumns(names)
	}
	if err != nil {
		return fmt.Errorf("line %d: header: %w", c.line, err)
	}
	if len(names) == 0 {
		return nil // blank lines only
	}
	s.Header = false
	if s.Format == MsgPack {
		c.line++
	} else {
		c.line += lineEnds(c.data[:n])
	}
	c.data = c.data[n:]
	return nil
}

// header returns the values of the first record of b and where it ends.
func (s *splitter) header(b []byte) (names []string, n int, err error) {
	switch s.Format {
	case CSV, TSV:
		var r rows
		for len(r.cells) == 0 && n < len(b) {
			size, err := r.next(s.plan, b[n:])
			if err != nil {
				return nil, 0, err
			}
			n += size
		}
		for _, cell := range r.cells {
			names = append(names, string(trim(cell)))
		}
	case JSON:
		n = space(b, 0)
		end := bytes.IndexByte(b[n:], '\n') + n + 1
		if end == n {
			end = len(b)
		}
		if n == len(b) {
			return nil, n, nil
		}
		err = json.Unmarshal(b[n:end], &names)
		return names, end, err
	case MsgPack:
		t := readToken(b)
		if t.kind != kindArray {
			return nil, 0, errors.New("it is not an array")
		}
		n = t.size
		for range t.bits {
			k := readToken(b[n:])
			if k.kind != kindText {
				return nil, 0, errors.New("a name is not a string")
			}
			names = append(names, string(b[n+k.head:n+k.size]))
			n += k.size
		}
	}
	return names, n, nil
}
