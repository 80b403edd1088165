package msgpackfile

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// A Format is a text form of rows: one line a row, lines end with LF.
//
//   - csv: quoted where RFC 4180 asks for it; NULL is an empty field, an empty text is "".
//   - tsv: NULL is an empty field; a tab, LF or CR within a value is written \t, \n, \r.
//   - json: one array a line; NaN and the infinities are bare words.
//   - jsonl: one object a line with the header's names as keys.
type Format string

// The text forms.
const (
	CSV   Format = "csv"
	TSV   Format = "tsv"
	JSON  Format = "json"
	JSONL Format = "jsonl"
)

// TextOptions changes a text form.
type TextOptions struct {
	Header         []string // the first line, when not nil; the keys of jsonl
	NullifySpecial bool     // NaN and the infinities are NULL
}

// WriteText writes rows in a text form.
func WriteText(w io.Writer, f Format, o TextOptions, rows iter.Seq2[[]any, error]) error {
	b := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	if o.Header != nil && f != JSONL {
		names := make([]any, len(o.Header))
		for i, name := range o.Header {
			names[i] = name
		}
		b.Write(appendRow(nil, f, names, o))
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		line = appendRow(line[:0], f, row, o)
		if _, err := b.Write(line); err != nil {
			return err
		}
	}
	return b.Flush()
}

func appendRow(line []byte, f Format, row []any, o TextOptions) []byte {
	switch f {
	case JSON:
		return append(appendJSON(line, row, o.NullifySpecial), '\n')
	case JSONL:
		return append(appendObject(line, o.Header, row), '\n')
	}
	for i, v := range row {
		if i > 0 && f == CSV {
			line = append(line, ',')
		} else if i > 0 {
			line = append(line, '\t')
		}
		if x, ok := v.(float64); ok && o.NullifySpecial && special(x) {
			v = nil
		}
		if v == nil {
			continue
		}
		cell := Text(v)
		if f == CSV {
			line = appendCSV(line, cell)
		} else {
			line = appendTSV(line, cell)
		}
	}
	return append(line, '\n')
}

// appendObject writes a row as an object that every JSON reader takes: NaN and the infinities are null.
func appendObject(b []byte, keys []string, row []any) []byte {
	b = append(b, '{')
	for i, v := range row[:min(len(row), len(keys))] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, keys[i]), ':')
		b = appendJSON(b, v, true)
	}
	return append(b, '}')
}

func appendTSV(line []byte, cell string) []byte {
	if strings.ContainsAny(cell, "\t\n\r") {
		cell = strings.NewReplacer("\t", `\t`, "\n", `\n`, "\r", `\r`).Replace(cell)
	}
	return append(line, cell...)
}

func appendCSV(line []byte, cell string) []byte {
	if cell != "" && !strings.ContainsAny(cell, ",\"\r\n") {
		return append(line, cell...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(line, '"')
}

// Text gives a value as a cell: text as it is, everything else as JSON.
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	default:
		return string(appendJSON(nil, v, false))
	}
}

func appendJSON(b []byte, value any, nullify bool) []byte {
	switch v := value.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return appendFloat(b, v, nullify)
	case string:
		return appendString(b, v)
	case []byte:
		if utf8.Valid(v) {
			return appendString(b, string(v))
		}
		return appendString(b, base64.StdEncoding.EncodeToString(v))
	case []any:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, element, nullify)
		}
		return append(b, ']')
	case engine.Map:
		b = append(b, '{')
		for i, entry := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, Text(entry.Key)), ':')
			b = appendJSON(b, entry.Value, nullify)
		}
		return append(b, '}')
	default:
		return append(b, "null"...)
	}
}

func special(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

func appendFloat(b []byte, x float64, nullify bool) []byte {
	switch {
	case special(x) && nullify:
		return append(b, "null"...)
	case math.IsNaN(x):
		return append(b, "NaN"...)
	case math.IsInf(x, 1):
		return append(b, "Infinity"...)
	case math.IsInf(x, -1):
		return append(b, "-Infinity"...)
	}
	start := len(b)
	format := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e16) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, x, format, -1, 64)
	if format == 'f' && !strings.Contains(string(b[start:]), ".") {
		b = append(b, ".0"...)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.Encode(s) //nolint:errcheck // a string is always JSON, and a Builder takes it
	return append(b, strings.TrimSuffix(text.String(), "\n")...)
}

// RecordJSON gives a record as a JSON object; NaN and the infinities are null.
func RecordJSON(r engine.Record) []byte {
	b := []byte{'{'}
	for i, field := range r {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, field.Key), ':')
		b = appendJSON(b, field.Value, true)
	}
	return append(b, '}')
}

// WriteDocument writes rows as one JSON array of objects.
func WriteDocument(w io.Writer, keys []string, rows iter.Seq2[[]any, error]) error {
	b := bufio.NewWriterSize(w, 64<<10)
	line := []byte{'['}
	for row, err := range rows {
		if err != nil {
			return err
		}
		line = appendObject(line, keys, row)
		if _, err := b.Write(line); err != nil {
			return err
		}
		line = append(line[:0], ',', '\n')
	}
	if line[0] == ',' {
		line = line[:0]
	}
	b.Write(append(line, ']', '\n'))
	return b.Flush()
}

// RowJSON gives a row as a JSON array; NaN and the infinities are null.
func RowJSON(row []any) []byte { return appendJSON(nil, row, true) }
