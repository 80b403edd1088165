package jobresult

import (
	"slices"
	"strconv"

	"github.com/td-cli/td/internal/text"
)

// A table determines the column widths from its first rows: at most maxHeldRows
// rows with at most maxHeldText bytes of text.
const (
	maxHeldRows = 1000
	maxHeldText = 4 << 20
)

// table writes an ASCII grid. A result that ends within the held rows is drawn by
// tablewriter. The rows of a longer one are drawn one at a time, with the
// same bytes as long as the cells fit; a wider cell widens only its own line.
type table struct {
	columns   int // length of the schema, 0 without one
	null      string
	header    []string // escaped names; empty without a schema
	right     []bool   // columns that are aligned to the right
	style     func(column int, cell string) string
	held      [][]string
	heldBytes int
	widths    []int  // column widths in terminal cells
	fixed     bool   // widths started with minimum widths
	streaming bool   // the held rows have been drawn
	cells     []byte // text of the current row while rows are held
	ends      []int  // ends of the cells in the field cells
	drain     drainFunc
}

func newTable(o Options, drain drainFunc) encoder {
	e := &table{columns: len(o.Columns), null: o.Null, drain: drain, style: o.Style, widths: slices.Clone(o.MinWidths), fixed: o.MinWidths != nil}
	for _, c := range o.Columns {
		e.header = append(e.header, text.Sanitize(c.Name))
		e.right = append(e.right, o.AlignNumbers && c.isNumber())
	}
	e.widen(e.header)
	return e
}

// widen widens the columns so that the cells fit.
func (e *table) widen(cells []string) {
	for i, cell := range cells {
		if i == len(e.widths) {
			e.widths = append(e.widths, 0)
		}
		e.widths[i] = max(e.widths[i], text.Width(cell))
	}
}

func (e *table) begin(buf []byte) []byte { return buf }

func (e *table) row(buf, b []byte, p int) ([]byte, int, error) {
	if e.streaming {
		return e.appendRow(buf, b, p)
	}
	p, err := e.hold(b, p)
	if err == nil && (len(e.held) > maxHeldRows || e.heldBytes > maxHeldText) {
		buf, err = e.appendHeld(buf)
	}
	return buf, p, err
}

// hold keeps the row at b[p:] until the widths are known.
func (e *table) hold(b []byte, p int) (int, error) {
	values, p, err := readRowHead(b, p, e.columns)
	if err != nil {
		return p, err
	}
	e.cells, e.ends = e.cells[:0], e.ends[:0]
	for range values {
		if e.cells, p, err = appendCell(e.cells, b, p, e.null); err != nil {
			return p, err
		}
		e.ends = append(e.ends, len(e.cells))
	}
	for i := values; i < e.columns; i++ {
		e.cells = append(e.cells, e.null...)
		e.ends = append(e.ends, len(e.cells))
	}
	all := string(e.cells)
	cells := make([]string, len(e.ends))
	start := 0
	for i, end := range e.ends {
		cells[i] = all[start:end]
		start = end
	}
	e.widen(cells)
	e.held = append(e.held, cells)
	e.heldBytes += len(all)
	return p, nil
}

// appendHeld draws the head of the grid and the held rows. One wide cell makes
// all held lines as wide, so it drains the buffer after each line.
func (e *table) appendHeld(buf []byte) ([]byte, error) {
	var err error
	buf = e.appendBorder(buf)
	if len(e.header) > 0 {
		buf = e.appendBorder(e.appendLine(buf, e.header, nil))
	}
	for _, cells := range e.held {
		if buf, err = e.drain(e.appendLine(buf, cells, e.style)); err != nil {
			return buf, err
		}
	}
	e.held, e.cells, e.ends, e.streaming = nil, nil, nil, true
	return buf, nil
}

// appendBorder draws +---+---+.
func (e *table) appendBorder(buf []byte) []byte {
	for _, n := range e.widths {
		buf = append(buf, '+')
		for range n + 2 {
			buf = append(buf, '-')
		}
	}
	return append(buf, "+\n"...)
}

func (e *table) appendLine(buf []byte, cells []string, style func(int, string) string) []byte {
	for i, width := range e.widths {
		buf = append(buf, "| "...)
		mark := len(buf)
		if i < len(cells) {
			buf = append(buf, cells[i]...)
		}
		buf = e.appendPadding(buf, mark, i, width, style)
	}
	return append(buf, "|\n"...)
}

// appendRow draws the row at b[p:].
func (e *table) appendRow(buf, b []byte, p int) ([]byte, int, error) {
	values, p, err := readRowHead(b, p, e.columns)
	if err != nil {
		return buf, p, err
	}
	for i := range max(values, len(e.widths)) {
		buf = append(buf, "| "...)
		mark := len(buf)
		switch {
		case i < values:
			if buf, p, err = appendCell(buf, b, p, e.null); err != nil {
				return buf, p, err
			}
		case i < e.columns:
			buf = append(buf, e.null...)
		}
		width := 0
		if i < len(e.widths) {
			width = e.widths[i]
		}
		buf = e.appendPadding(buf, mark, i, width, e.style)
	}
	return append(buf, "|\n"...), p, nil
}

// appendPadding pads the cell buf[mark:] of column i to a width, and adds a
// space.
func (e *table) appendPadding(buf []byte, mark, i, width int, style func(int, string) string) []byte {
	blank := max(0, width-text.WidthBytes(buf[mark:]))
	if style != nil {
		buf = append(buf[:mark], style(i, string(buf[mark:]))...)
	}
	if blank > 0 && i < len(e.right) && e.right[i] {
		n := len(buf) - mark
		buf = appendBlanks(buf, blank)
		copy(buf[mark+blank:], buf[mark:mark+n])
		for j := range blank {
			buf[mark+j] = ' '
		}
		blank = 0
	}
	return appendBlanks(buf, blank+1)
}

func (e *table) end(buf []byte, rows int64, complete bool) ([]byte, error) {
	var err error
	switch {
	case rows == 0 && complete:
		return appendRowCount(buf, rows), nil
	case rows == 0:
		return buf, nil
	case complete && !e.streaming && e.suitsTablewriter():
		buf, err = e.appendGrid(buf)
		return appendRowCount(buf, rows), err
	case !e.streaming:
		if buf, err = e.appendHeld(buf); err != nil {
			return buf, err
		}
	}
	if complete {
		buf = appendRowCount(e.appendBorder(buf), rows)
	}
	return buf, nil
}

// appendRowCount appends the last line of a table.
func appendRowCount(buf []byte, rows int64) []byte {
	buf = strconv.AppendInt(buf, rows, 10)
	if rows == 1 {
		return append(buf, " row in set\n"...)
	}
	return append(buf, " rows in set\n"...)
}

// appendCell appends the value at b[p:] as one line of text that is safe on a
// terminal.
func appendCell(buf, b []byte, p int, null string) ([]byte, int, error) {
	var t token
	start := p
	p, err := t.next(b, p)
	if err != nil {
		return buf, p, err
	}
	switch t.kind {
	case kindStr, kindBin:
		return text.AppendSanitized(buf, t.data), p, nil
	case kindArray, kindMap, kindExt:
		mark := len(buf)
		buf, p, err = appendNested(buf, b, start)
		if err == nil && !text.IsPrintable(buf[mark:]) {
			buf = text.AppendSanitized(buf[:mark], []byte(string(buf[mark:])))
		}
		return buf, p, err
	}
	return appendPlain(buf, &t, null), p, nil
}

// appendBlanks appends n spaces.
func appendBlanks(buf []byte, n int) []byte {
	const blanks = "                                                                "
	for ; n > len(blanks); n -= len(blanks) {
		buf = append(buf, blanks...)
	}
	return append(buf, blanks[:n]...)
}
