package connectorfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// A SkippedError says which record was left out, and why.
type SkippedError struct {
	File   string
	Record int // from 1
	Err    error
}

// Error implements error.
func (e *SkippedError) Error() string {
	return fmt.Sprintf("%s: record %d: %v", e.File, e.Record, e.Err)
}

// Unwrap returns why.
func (e *SkippedError) Unwrap() error { return e.Err }

// field is one field of a record.
type field = struct {
	Key   string
	Value any
}

// Records yields the records of all files. A record that does not fit its columns
// comes as a *SkippedError, and the next one follows; any other error ends them.
func (c *Config) Records() iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		if c.In.Parser == nil {
			yield(nil, invalid("the input has no parser: let one be guessed"))
			return
		}
		files, err := c.In.Files()
		if err != nil {
			yield(nil, err)
			return
		}
		for _, path := range files {
			if !c.readFile(path, yield) {
				return
			}
		}
	}
}

// readFile yields the records of one file, and tells whether to go on.
func (c *Config) readFile(path string, yield func(engine.Record, error) bool) bool {
	file, err := os.Open(path)
	if err != nil {
		yield(nil, invalid("%v", err))
		return false
	}
	defer file.Close() //nolint:errcheck // it was only read
	plain, err := decompress(file)
	if err != nil {
		yield(nil, fmt.Errorf("cannot read %q: %w", path, err))
		return false
	}
	records := jsonRecords(plain)
	if c.In.Parser.Type == "csv" {
		records = c.In.Parser.csvRecords(plain)
	}
	n := 0
	for r, err := range records {
		n++
		bad := errors.Is(err, errRecord)
		if bad {
			err = &SkippedError{File: path, Record: n, Err: err}
		} else if err != nil {
			err = fmt.Errorf("cannot read %q: %w", path, err)
		}
		if !yield(r, err) || err != nil && (!bad || c.In.Parser.StopOnError) {
			return false
		}
	}
	return true
}

// decompress takes off gzip, which shows itself, and a byte-order mark.
func decompress(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		b.Discard(3) //nolint:errcheck // it was there
	}
	return b, nil
}

// errRecord says that one record is wrong, and the next may be right.
var errRecord = errors.New("invalid record")

func (p *Parser) csvReader(r io.Reader) *csv.Reader {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = -1
	reader.LazyQuotes = p.Quote != nil && *p.Quote == ""
	switch p.Delimiter {
	case "", ",":
	case `\t`:
		reader.Comma = '\t'
	default:
		reader.Comma = []rune(p.Delimiter)[0]
	}
	return reader
}

func (p *Parser) csvRecords(r *bufio.Reader) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		skip := p.SkipLines
		if p.HeaderLine {
			skip++
		}
		for range skip {
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
		}
		reader := p.csvReader(r)
		for {
			row, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var record engine.Record
			if _, bad := errors.AsType[*csv.ParseError](err); bad {
				err = fmt.Errorf("%w: %w", errRecord, err)
			} else if err == nil {
				record, err = p.record(row)
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

func (p *Parser) record(row []string) (engine.Record, error) {
	switch {
	case len(row) > len(p.Columns) && !p.AllowExtra:
		return nil, fmt.Errorf("%w: it has %d fields, more than %d columns", errRecord, len(row), len(p.Columns))
	case len(row) < len(p.Columns) && !p.AllowFewer:
		return nil, fmt.Errorf("%w: it has %d fields, fewer than %d columns", errRecord, len(row), len(p.Columns))
	}
	r := make(engine.Record, 0, len(row))
	for i, text := range row[:min(len(row), len(p.Columns))] {
		value, err := p.value(p.Columns[i], text)
		if err != nil {
			return nil, err
		}
		r = append(r, field{p.Columns[i].Name, value})
	}
	return r, nil
}

func (p *Parser) value(c Column, text string) (any, error) {
	if p.NullString != nil && text == *p.NullString || text == "" && c.Type != "string" {
		return nil, nil
	}
	var value any
	var err error
	switch c.Type {
	case "long":
		value, err = strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	case "double":
		value, err = strconv.ParseFloat(strings.TrimSpace(text), 64)
	case "boolean":
		value, err = strconv.ParseBool(strings.ToLower(strings.TrimSpace(text)))
	case "timestamp":
		value, err = parseTimestamp(c.Format, strings.TrimSpace(text))
	default:
		value = text
	}
	if err != nil {
		return nil, fmt.Errorf("%w: column %q: %q is no %s", errRecord, c.Name, text, c.Type)
	}
	return value, nil
}
