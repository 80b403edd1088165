// Package grid writes lists (of databases, tables, jobs …) in the formats that
// the toolbelt knows. The rows of a job's result are not its business.
package grid

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Format is how a list is written.
type Format string

// The formats of a list.
const (
	Table    Format = "table"
	Vertical Format = "vertical"
	CSV      Format = "csv"
	TSV      Format = "tsv"
	JSON     Format = "json"
	JSONL    Format = "jsonl"
)

// Formats lists them in the order in which help shows them.
func Formats() []Format { return []Format{Table, Vertical, CSV, TSV, JSON, JSONL} }

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("unknown format %q; it is one of table, vertical, csv, tsv, json, jsonl", name)
}

// A List is rows under titles.
type List struct {
	Columns []string // titles, in the order of the table
	Keys    []string // the same titles in the order of a JSON object; nil: as Columns
	Rows    []Row
}

// A Row is one line of a list.
type Row struct {
	Cells []any // one a column: nil, string, bool, an integer, or Shown
	Raw   any   // the object that jsonl writes, with the API's names and types
}

// Shown is a cell that the table has otherwise than the rest: padded, cut or with
// commas.
type Shown struct {
	Table string
	Plain any
}

// Write writes the list in the format and flushes. Its error is the writer's.
func (l List) Write(w io.Writer, f Format) error {
	buf := bufio.NewWriter(w)
	var err error
	switch f {
	case Table:
		err = l.table(buf)
	case Vertical:
		l.vertical(buf)
	case CSV:
		l.separated(buf, ",", quoteCSV)
	case TSV:
		l.separated(buf, "\t", escapeTSV)
	case JSON:
		err = l.json(buf)
	case JSONL:
		err = l.jsonl(buf)
	default:
		err = fmt.Errorf("unknown format %q", f)
	}
	if err != nil {
		return err
	}
	return buf.Flush()
}

func (l List) separated(w *bufio.Writer, sep string, quote func(string) string) {
	line := func(cells []string) {
		w.WriteString(strings.Join(cells, sep))
		w.WriteByte('\n')
	}
	titles := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		titles[i] = quote(c)
	}
	line(titles)
	for _, r := range l.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			if c = plain(c); c != nil {
				cells[i] = quote(fmt.Sprint(c))
			}
		}
		line(cells)
	}
}

// quoteCSV quotes as RFC 4180 where it must, and the empty text, so that it
// differs from a missing value.
func quoteCSV(s string) string {
	if s != "" && !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

func escapeTSV(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`).Replace(s)
}

// json writes one array of objects, on one line, with the toolbelt's keys.
func (l List) json(w *bufio.Writer) error {
	keys := l.Keys
	if keys == nil {
		keys = l.Columns
	}
	w.WriteByte('[')
	for i, r := range l.Rows {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('{')
		for j, key := range keys {
			if j > 0 {
				w.WriteByte(',')
			}
			if err := member(w, key, plain(r.Cells[slices.Index(l.Columns, key)])); err != nil {
				return err
			}
		}
		w.WriteByte('}')
	}
	w.WriteString("]\n")
	return nil
}

func member(w *bufio.Writer, key string, value any) error {
	k, err := Marshal(key)
	if err != nil {
		return err
	}
	v, err := Marshal(value)
	if err != nil {
		return err
	}
	w.Write(k)
	w.WriteByte(':')
	w.Write(v)
	return nil
}

func (l List) jsonl(w *bufio.Writer) error {
	for _, r := range l.Rows {
		b, err := Marshal(r.Raw)
		if err != nil {
			return err
		}
		w.Write(b)
		w.WriteByte('\n')
	}
	return nil
}

// Marshal is json.Marshal that leaves <, > and & as they are.
func Marshal(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

func plain(cell any) any {
	if s, ok := cell.(Shown); ok {
		return s.Plain
	}
	return cell
}
