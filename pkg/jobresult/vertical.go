package jobresult

import (
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// vertical writes a block a row and a line a value, under a line of stars with the row's number.
type vertical struct {
	columns int
	labels  []string // "  name: " of every column, right-aligned; without a schema as many as the longest row had
	stars   string
	null    string
	rows    int64
}

func newVertical(o Options) *vertical {
	e := &vertical{columns: len(o.Columns), null: o.Null}
	names := make([]string, len(o.Columns))
	for i, c := range o.Columns {
		names[i] = text.Sanitize(c.Name)
	}
	e.align(names)
	return e
}

// align makes the labels from the names.
func (e *vertical) align(names []string) {
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

// invent makes up labels for rows of n values that no schema names.
func (e *vertical) invent(n int) {
	names := make([]string, n)
	for i := range names {
		names[i] = defaultName(i)
	}
	e.align(names)
}

func (e *vertical) begin(o []byte) []byte { return o }

func (e *vertical) row(o, b []byte, p int) ([]byte, int, error) {
	start := p
	values, p, err := rowLen(b, p, e.columns)
	if err != nil {
		return o, p, err
	}
	if values > len(e.labels) {
		if end, err := skipRow(b, start); err != nil { // before its head is believed
			return o, end, err
		}
		e.invent(values)
	}
	o = e.star(o)
	for i := range max(values, e.columns) {
		o = append(o, e.labels[i]...)
		if i >= values {
			o = append(o, e.null...)
		} else if o, p, err = appendCell(o, b, p, e.null); err != nil {
			e.rows--
			return o, p, err
		}
		o = append(o, '\n')
	}
	return o, p, nil
}

// star begins the block of the next row.
func (e *vertical) star(o []byte) []byte {
	e.rows++
	o = append(o, e.stars...)
	o = append(o, ' ')
	o = strconv.AppendInt(o, e.rows, 10)
	o = append(o, ". row "...)
	o = append(o, e.stars...)
	return append(o, '\n')
}

func (e *vertical) end(o []byte, rows int64, whole bool) ([]byte, error) {
	if rows == 0 && whole {
		return appendTally(o, rows), nil
	}
	return o, nil
}
