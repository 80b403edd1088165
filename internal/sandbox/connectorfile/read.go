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
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
)

// A SkippedError is the error of an invalid record. Later records can still be read.
type SkippedError struct {
	File   string
	Record int // number of the record in the file, from 1
	Err    error
}

// Error implements error.
func (e *SkippedError) Error() string {
	return fmt.Sprintf("%s: record %d: %v", e.File, e.Record, e.Err)
}

// Unwrap returns the reason.
func (e *SkippedError) Unwrap() error { return e.Err }

// field is an element of an engine.Record.
type field = struct {
	Key   string
	Value any
}

// Records returns the records of all files in dir. An invalid record is yielded as a
// [*SkippedError], and reading continues unless the parser's StopOnError is set. Any
// other error ends the sequence.
func (c *Config) Records(dir files.Dir) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		if c.In.Parser == nil {
			yield(nil, invalid("the input has no parser: use connector:guess to add one"))
			return
		}
		paths, err := c.In.Files(dir)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, path := range paths {
			if !c.readFile(dir, path, yield) {
				return
			}
		}
	}
}

// readFile yields the records of one file. It returns false if reading must end.
func (c *Config) readFile(dir files.Dir, path string, yield func(engine.Record, error) bool) bool {
	file, err := dir.Open(path)
	if err != nil {
		yield(nil, invalid("%v", err))
		return false
	}
	defer func() { _ = file.Close() }()
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
		skip := errors.Is(err, errRecord)
		if skip {
			err = &SkippedError{File: path, Record: n, Err: err}
		} else if err != nil {
			err = fmt.Errorf("cannot read %q: %w", path, err)
		}
		if !yield(r, err) || err != nil && (!skip || c.In.Parser.StopOnError) {
			return false
		}
	}
	return true
}

// decompress decompresses gzip data and skips a byte order mark. Other data is
// returned unchanged.
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
		_, _ = b.Discard(len(mark))
	}
	return b, nil
}

// errRecord is wrapped by errors that concern a single record.
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
			if _, malformed := errors.AsType[*csv.ParseError](err); malformed {
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
		return nil, fmt.Errorf("%w: %d fields for %d columns", errRecord, len(row), len(p.Columns))
	case len(row) < len(p.Columns) && !p.AllowFewer:
		return nil, fmt.Errorf("%w: %d fields for %d columns", errRecord, len(row), len(p.Columns))
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
		return nil, fmt.Errorf("%w: column %q: %q is not a %s", errRecord, c.Name, text, c.Type)
	}
	return value, nil
}
