package msgpackfile

import (
	"bufio"
	"encoding/base64"
	"io"
	"iter"
	"strings"
)

// A Format is a text format with one row per line. Lines end with LF.
//
//   - csv: quoted as in https://www.rfc-editor.org/rfc/rfc4180; NULL is an empty field, an empty string is "".
//   - tsv: NULL is an empty field; tabs, LF and CR in values are written as \t, \n and \r.
//   - json: one array per line; NaN and infinities are bare words.
//   - jsonl: one object per line, whose keys are the header.
type Format string

// The text formats.
const (
	CSV   Format = "csv"
	TSV   Format = "tsv"
	JSON  Format = "json"
	JSONL Format = "jsonl"
)

// TextOptions are options of WriteText.
type TextOptions struct {
	Header         []string // column names for the first line or the keys of jsonl; no header if nil
	NullifySpecial bool     // write NaN and infinities as NULL
}

// WriteText writes rows in a text format.
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
		if x, ok := v.(float64); ok && o.NullifySpecial && isSpecial(x) {
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

// Text returns a value as text. Values other than strings are formatted as JSON.
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	default:
		return string(appendJSON(nil, v, false))
	}
}
