package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrTooLong is the error of a record larger than MaxRecord.
var ErrTooLong = fmt.Errorf("record of more than %d MiB", MaxRecord>>20)

// lineEnds returns the number of line ends in b.
func lineEnds(b []byte) int64 { return int64(bytes.Count(b, []byte("\n"))) }

// blockSize is the size of a chunk. It is smaller, but at least minBlockSize, if parts are
// smaller.
const blockSize, minBlockSize = 512 << 10, 4 << 10

// A chunk is a block of complete records of a file, and the result of its conversion.
type chunk struct {
	buf    []byte // backing array of data
	data   []byte // complete records
	line   int64  // number of the first line
	lines  int64  // number of lines
	column int    // bytes of the first line before data
	open   bool   // data starts inside an array of documents
	docs   bool   // data consists of documents
	last   bool   // data is the end of the file

	badRecords []BadRecord
	counts     counts
	packed     bytes.Buffer // compressed records without a final block
	raw        int64        // size of the records
	crc        uint32       // checksum of the records
	sum        [32]byte     // SHA-256 of the records
	done       chan error   // receives the result of the conversion
}

// A splitter splits a file into chunks. The boundaries depend only on the file and the options.
type splitter struct {
	*config
	r       io.Reader
	pending []byte // bytes that were read but not returned yet
	line    int64  // number of the first pending line
	column  int    // bytes of that line before pending
	eof     bool
	read    int64

	values  int64 // number of msgpack values in the last cut
	started bool
	docs    *jsonDocuments // nil unless JSON values may span lines
}

// next fills c. It returns io.EOF at the end of the file.
func (s *splitter) next(c *chunk) error {
	buf := append(c.buf[:0], s.pending...)
	for size := s.block; ; size = min(2*size, s.maxRecord) {
		var err error
		if buf, err = s.fill(buf, size); err != nil {
			return err
		}
		if !s.started && s.Format == JSON {
			s.docs = detectDocuments(buf, len(s.columns) > 0 || s.Header)
		}
		s.started = true
		c.docs = s.docs != nil
		c.open = c.docs && s.docs.open
		end, err := s.cut(buf)
		if err != nil {
			return err
		}
		if end > 0 {
			s.setData(c, buf, end)
			return s.readHeader(c)
		}
		if s.eof {
			return io.EOF
		}
		if len(buf) >= s.maxRecord {
			return s.skipLongRecord(c, buf)
		}
	}
}

// fill reads until buf has the given size or the file ends.
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
			return buf, fmt.Errorf("after %s: %w", s.position(buf), err)
		}
	}
	return buf, nil
}

// position describes the end of buf, which starts at s.pending, for messages.
func (s *splitter) position(buf []byte) string {
	if s.Format == MsgPack {
		return fmt.Sprintf("record %d", s.line-1)
	}
	return fmt.Sprintf("line %d", s.line-1+lineEnds(buf))
}

// setData sets the data of c to buf[:end] and keeps the rest.
func (s *splitter) setData(c *chunk, buf []byte, end int) {
	s.pending = append(s.pending[:0], buf[end:]...)
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

// cut returns the end of the last complete record in b, or 0.
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

// cutRows returns the offset after the last line end in b that is not quoted.
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
			i = q + 1 // a quote inside a value is text
			continue
		}
		if i = s.closingQuote(b, q+1); i >= len(b)-1 {
			return last // may be the first quote of an escaped pair
		}
		i++
	}
}

// closingQuote returns the offset of the quote that closes the value at b[i:], or len(b).
func (p *config) closingQuote(b []byte, i int) int {
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

// skipLongRecord rejects the record at the start of buf and skips the rest of its last line.
func (s *splitter) skipLongRecord(c *chunk, buf []byte) error {
	switch {
	case s.Format == MsgPack:
		return fmt.Errorf("record %d: %w", s.line, ErrTooLong)
	case s.docs != nil:
		return fmt.Errorf("line %d: %w", s.line, ErrTooLong)
	}
	c.badRecords = append(c.badRecords, BadRecord{Line: s.line, Err: ErrTooLong, Text: excerpt(buf)})
	line := s.line
	for {
		end := bytes.IndexByte(buf, '\n')
		if s.quote != 0 { // all these lines are part of the unclosed quoted value
			end = bytes.LastIndexByte(buf, '\n')
		}
		s.line += lineEnds(buf[:end+1])
		if s.pending = s.pending[:0]; end >= 0 {
			s.pending = append(s.pending, buf[end+1:]...)
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

// readHeader reads the column names from the first record of the file.
func (s *splitter) readHeader(c *chunk) error {
	if !s.Header {
		return nil
	}
	names, n, err := s.headerNames(c.data)
	if err == nil && len(names) > 0 && len(s.Columns) == 0 {
		err = s.setColumns(names)
	}
	if err != nil {
		return fmt.Errorf("line %d: header: %w", c.line, err)
	}
	if len(names) == 0 {
		return nil // only blank lines so far
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

// headerNames returns the values of the first record of b and its end.
func (s *splitter) headerNames(b []byte) (names []string, n int, err error) {
	switch s.Format {
	case CSV, TSV:
		var r rowReader
		for len(r.cells) == 0 && n < len(b) {
			size, err := r.readRow(s.config, b[n:])
			if err != nil {
				return nil, 0, err
			}
			n += size
		}
		for _, cell := range r.cells {
			names = append(names, string(trimSpace(cell)))
		}
	case JSON:
		n = skipSpace(b, 0)
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
			return nil, 0, errors.New("not an array")
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
