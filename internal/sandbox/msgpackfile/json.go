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

// RecordJSON returns a record as a JSON object. NaN and infinities become null.
func RecordJSON(r engine.Record) []byte {
	b := []byte{'{'}
	for i, field := range r {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, field.Key), ':')
		if text, ok := field.Value.([]byte); ok && utf8.Valid(text) { // some clients send strings as bin
			b = appendString(b, string(text))
			continue
		}
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

// RowJSON returns a row as a JSON array. NaN and infinities become null.
func RowJSON(row []any) []byte { return appendJSON(nil, row, true) }

// appendObject appends a row as a JSON object. NaN and infinities become null, because standard JSON
// does not support them.
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

// appendJSON appends a value as JSON. NaN and infinities become null if nullify is set, otherwise bare words.
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

// isSpecial reports whether x is NaN or an infinity.
func isSpecial(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

// appendFloat appends a float with at least one decimal, like Ruby.
func appendFloat(b []byte, x float64, nullify bool) []byte {
	switch {
	case isSpecial(x) && nullify:
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
	_ = e.Encode(s) // a string can always be encoded
	return append(b, strings.TrimSuffix(text.String(), "\n")...)
}
