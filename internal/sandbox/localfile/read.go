package localfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

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

// jsonRecords yields JSON objects that follow each other, or fill arrays.
func jsonRecords(r io.Reader) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		d := json.NewDecoder(r)
		d.UseNumber()
		for {
			v, err := decodeJSON(d)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for _, element := range list {
				r, err := jsonRecord(element)
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

func jsonRecord(v any) (engine.Record, error) {
	m, ok := v.(engine.Map)
	if !ok {
		return nil, fmt.Errorf("%w: it is no object", errRecord)
	}
	r := make(engine.Record, len(m))
	for i, entry := range m {
		r[i] = field{entry.Key.(string), entry.Value}
	}
	return r, nil
}

// decodeJSON reads one value; objects keep the order of their keys.
func decodeJSON(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Number:
		return number(t), nil
	case json.Delim:
		if t == '[' {
			list := []any{}
			for d.More() {
				v, err := decodeInner(d)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err := d.Token()
			return list, err
		}
		m := engine.Map{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeInner(d)
			if err != nil {
				return nil, err
			}
			m = append(m, struct{ Key, Value any }{key, v})
		}
		_, err := d.Token()
		return m, err
	default:
		return token, nil
	}
}

// decodeInner reads a value that must be there.
func decodeInner(d *json.Decoder) (any, error) {
	v, err := decodeJSON(d)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return v, err
}

// number is an integer where one fits, text where an integer is too large, else a float.
func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if !strings.ContainsAny(string(n), ".eE") {
		return string(n)
	}
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) {
		return string(n)
	}
	return f
}

func parseTimestamp(format, text string) (time.Time, error) {
	if format != "" {
		l, err := layout(format)
		if err != nil {
			return time.Time{}, err
		}
		return time.Parse(l, text)
	}
	for _, l := range []string{ // what needs no format
		time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05.999999999",
		"2006/01/02 15:04:05", "02/Jan/2006:15:04:05 -0700", time.DateOnly, "2006/01/02",
	} {
		if t, err := time.Parse(l, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no timestamp", text)
}

// layout writes a strftime format as Go does.
func layout(format string) (string, error) {
	directives := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday",
		'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM", 'z': "-0700", 'Z': "MST", 'j': "002", 'T': "15:04:05", 'F': "2006-01-02",
		'L': "000", 'N': "000000000", '%': "%",
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) {
			return "", invalid("the timestamp format %q ends in %%", format)
		}
		text, ok := directives[format[i]]
		if !ok {
			return "", invalid("the timestamp format %q has the unknown directive %%%c", format, format[i])
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
