// Package grid writes lists of databases, tables, jobs and other objects in the
// formats of package jobresult. The rows of job results do not pass through it.
package grid

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// A List is a table with titles.
type List struct {
	Columns  []string // titles, in the order of a table
	Keys     []string // titles in the order of a JSON object; nil: as Columns
	Optional []string // titles that Fit may omit, the least important first
	Rows     []Row
}

// A Row is a row of a List.
type Row struct {
	Cells []any // one per column: nil, string, bool, an integer, or Shown
	Raw   any   // object that jsonl writes, with the names and types of the API
}

// Shown is a cell that a table shows differently from other formats: padded,
// truncated or with commas.
type Shown struct {
	Table string
	Plain any
}

// Options control how a table is drawn.
type Options struct {
	AlignNumbers bool                                 // align columns of numbers to the right
	BOM          bool                                 // csv, tsv: write a byte order mark first
	Style        func(column int, cell string) string // adds escape sequences to a cell; may be nil
}

// Write writes the list to w in a text format. Errors of w are returned
// unchanged.
func (l List) Write(w io.Writer, f jobresult.Format, o Options) error {
	switch f {
	case jobresult.JSON:
		return l.writeJSON(w)
	case jobresult.JSONL:
		return l.writeJSONL(w)
	}
	return l.writeRows(w, f, o)
}

// writeRows writes the list in a format without types.
func (l List) writeRows(w io.Writer, f jobresult.Format, o Options) error {
	format := plainCell
	if f == jobresult.Table {
		format = tableCell
	}
	columns := make([]jobresult.Column, len(l.Columns))
	for i, title := range l.Columns {
		columns[i].Name = title
	}
	for _, i := range l.numberColumns() {
		columns[i].Type = "bigint"
	}
	rows, err := jobresult.NewWriter(w, jobresult.Options{
		Format: f, Columns: columns, Header: true, BOM: o.BOM, AlignNumbers: o.AlignNumbers, Style: o.Style, MinWidths: l.widths(),
	})
	if err != nil {
		return err
	}
	for _, r := range l.Rows {
		values := make([]any, len(r.Cells))
		for i, c := range r.Cells {
			if c = format(c); c != nil {
				values[i] = fmt.Sprint(c)
			}
		}
		if err := rows.Write(values); err != nil {
			return writerError(err)
		}
	}
	return writerError(rows.Close())
}

// writerError returns the error of the destination without the context that
// package jobresult adds.
func writerError(err error) error {
	if failed, ok := errors.AsType[*jobresult.WriteError](err); ok {
		return failed.Err
	}
	return err
}

// Width returns the width of the table in terminal cells.
func (l List) Width() int { return tableWidth(l.widths()) }

// widths returns the widths of the columns in a table.
func (l List) widths() []int {
	widths := make([]int, len(l.Columns))
	for i, title := range l.Columns {
		widths[i] = text.Width(text.Sanitize(title))
	}
	for _, r := range l.Rows {
		for i, c := range r.Cells {
			widths[i] = max(widths[i], text.Width(tableText(c)))
		}
	}
	return widths
}

// numberColumns returns the indexes of the columns that contain only numbers, or
// amounts such as "4.05 MB".
func (l List) numberColumns() []int {
	amount := regexp.MustCompile(`^[\d,.]+ ([kMGT]?B)$`)
	var numbers []int
	for i := range l.Columns {
		found, other := false, false
		for _, r := range l.Rows {
			switch c := plainCell(r.Cells[i]).(type) {
			case nil:
			case string:
				found = found || c != ""
				other = other || c != "" && !amount.MatchString(c)
			case bool:
				other = true
			default:
				found = true
			}
		}
		if found && !other {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// writeJSON writes one array of objects with the toolbelt's keys, on one line.
func (l List) writeJSON(w io.Writer) error {
	buf := bufio.NewWriter(w) // keeps the first error for Flush
	keys := l.Keys
	if keys == nil {
		keys = l.Columns
	}
	buf.WriteByte('[')
	for i, r := range l.Rows {
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.WriteByte('{')
		for j, key := range keys {
			if j > 0 {
				buf.WriteByte(',')
			}
			if err := writeMember(buf, key, plainCell(r.Cells[slices.Index(l.Columns, key)])); err != nil {
				return err
			}
		}
		buf.WriteByte('}')
	}
	buf.WriteString("]\n")
	return buf.Flush()
}

func writeMember(w *bufio.Writer, key string, value any) error {
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

// writeJSONL writes the raw objects, one per line.
func (l List) writeJSONL(w io.Writer) error {
	buf := bufio.NewWriter(w) // keeps the first error for Flush
	for _, r := range l.Rows {
		b, err := Marshal(r.Raw)
		if err != nil {
			return err
		}
		buf.Write(b)
		buf.WriteByte('\n')
	}
	return buf.Flush()
}

// Marshal is json.Marshal without escapes for <, > and &.
func Marshal(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

// tableCell returns the value of a cell in a table.
func tableCell(cell any) any {
	if s, ok := cell.(Shown); ok {
		return s.Table
	}
	return cell
}

// plainCell returns the value of a cell in other formats.
func plainCell(cell any) any {
	if s, ok := cell.(Shown); ok {
		return s.Plain
	}
	return cell
}

// tableText returns the text of a cell in a table.
func tableText(cell any) string {
	if cell = tableCell(cell); cell == nil {
		return ""
	}
	return text.Sanitize(fmt.Sprint(cell))
}
