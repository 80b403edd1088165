package jobresult

import (
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// vertical writes one block per row: a line of stars with the row's number,
// then one line per value. The number of rows follows the last block.
type vertical struct {
	columns int
	labels  []string // "  name: " of each column; without a schema as many as the longest row needed
	stars   string
	null    string
	style   func(column int, cell string) string
	rows    int64
}

func newVertical(o Options, _ drainFunc) encoder {
	e := &vertical{columns: len(o.Columns), null: o.Null, style: o.Style}
	names := make([]string, len(o.Columns))
	for i, c := range o.Columns {
		names[i] = text.Sanitize(c.Name)
	}
	e.setLabels(names)
	return e
}

// setLabels sets the labels to the names, aligned to the right.
func (e *vertical) setLabels(names []string) {
	longest := 0
	for _, name := range names {
		longest = max(longest, text.Width(name))
	}
	e.labels = make([]string, len(names))
	for i, name := range names {
		e.labels[i] = strings.Repeat(" ", longest-text.Width(name)) + name + ": "
	}
	e.stars = strings.Repeat("*", max(3, longest+longest/2))
}

// setDefaultLabels sets labels for rows of n values without a schema.
func (e *vertical) setDefaultLabels(n int) {
	names := make([]string, n)
	for i := range names {
		names[i] = defaultName(i)
	}
	e.setLabels(names)
}

func (e *vertical) begin(buf []byte) []byte { return buf }

func (e *vertical) row(buf, b []byte, p int) ([]byte, int, error) {
	start := p
	values, p, err := readRowHead(b, p, e.columns)
	if err != nil {
		return buf, p, err
	}
	if values > len(e.labels) {
		if end, err := skipRow(b, start); err != nil { // the number of values may be false
			return buf, end, err
		}
		e.setDefaultLabels(values)
	}
	buf = e.appendStars(buf)
	for i := range max(values, e.columns) {
		buf = append(buf, e.labels[i]...)
		mark := len(buf)
		if i >= values {
			buf = append(buf, e.null...)
		} else if buf, p, err = appendCell(buf, b, p, e.null); err != nil {
			e.rows--
			return buf, p, err
		}
		if e.style != nil {
			buf = append(buf[:mark], e.style(i, string(buf[mark:]))...)
		}
		buf = append(buf, '\n')
	}
	return buf, p, nil
}

// appendStars appends the first line of the next block.
func (e *vertical) appendStars(buf []byte) []byte {
	e.rows++
	buf = append(buf, e.stars...)
	buf = append(buf, ' ')
	buf = strconv.AppendInt(buf, e.rows, 10)
	buf = append(buf, ". row "...)
	buf = append(buf, e.stars...)
	return append(buf, '\n')
}

func (e *vertical) end(buf []byte, rows int64, complete bool) ([]byte, error) {
	if complete {
		buf = appendRowCount(buf, rows)
	}
	return buf, nil
}
