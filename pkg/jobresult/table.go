package jobresult

import (
	"strconv"

	"github.com/td-cli/td/internal/text"
)

// A table holds its first rows back, to learn how wide the columns are: up to heldRows rows and heldText bytes of cells.
const (
	heldRows = 1000
	heldText = 4 << 20
)

// table writes an ASCII grid. A result that ends among the held rows is drawn by tablewriter. A longer one is drawn line by line, byte for
// byte as tablewriter would as long as the cells fit; a cell that is wider than its column widens only its own line.
type table struct {
	columns int
	null    string
	header  []string // shown names; empty without a schema
	held    [][]string
	text    int    // bytes in held
	widths  []int  // of the columns, in terminal cells
	drawing bool   // the held rows have been drawn, lines follow as they come
	cells   []byte // the row in hand, while rows are held
	ends    []int  // where its cells end
	// drain writes what was appended if it is much, and returns what is left. One wide cell makes all the held lines as wide.
	drain func(o []byte) ([]byte, error)

	terminal Terminal
	right    []bool    // the columns of numbers, on a terminal
	blocks   *vertical // that are written instead, when the grid is wider than the terminal
}

func newTable(o Options, drain func([]byte) ([]byte, error)) *table {
	e := &table{columns: len(o.Columns), null: o.Null, drain: drain, terminal: o.Terminal}
	for _, c := range o.Columns {
		e.header = append(e.header, text.Sanitize(c.Name))
		e.right = append(e.right, o.Terminal.On && c.isNumber())
	}
	e.measure(e.header)
	return e
}

// measure widens the columns until the cells fit.
func (e *table) measure(cells []string) {
	for i, cell := range cells {
		if i == len(e.widths) {
			e.widths = append(e.widths, 0)
		}
		e.widths[i] = max(e.widths[i], text.Width(cell))
	}
}

func (e *table) begin(o []byte) []byte { return o }

func (e *table) row(o, b []byte, p int) ([]byte, int, error) {
	switch {
	case e.blocks != nil:
		return e.blocks.row(o, b, p)
	case e.drawing:
		return e.line(o, b, p)
	}
	p, err := e.hold(b, p)
	if err == nil && (len(e.held) > heldRows || e.text > heldText) {
		o, err = e.open(o)
	}
	return o, p, err
}

// hold keeps the row at b[p:].
func (e *table) hold(b []byte, p int) (int, error) {
	values, p, err := rowLen(b, p, e.columns)
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
	line := string(e.cells)
	cells := make([]string, len(e.ends))
	start := 0
	for i, end := range e.ends {
		cells[i] = line[start:end]
		start = end
	}
	e.measure(cells)
	e.held = append(e.held, cells)
	e.text += len(line)
	return p, nil
}

// open draws the head of the grid and the held rows, which are let go of.
func (e *table) open(o []byte) ([]byte, error) {
	if e.tooWide() {
		return e.upright(o)
	}
	var err error
	o = e.border(o)
	if len(e.header) > 0 {
		o = e.border(e.heldLine(o, e.header))
	}
	for _, cells := range e.held {
		if o, err = e.drain(e.heldLine(o, cells)); err != nil {
			return o, err
		}
	}
	e.held, e.cells, e.ends, e.drawing = nil, nil, nil, true
	return o, nil
}

// border draws +---+---+.
func (e *table) border(o []byte) []byte {
	for _, n := range e.widths {
		o = append(o, '+')
		for range n + 2 {
			o = append(o, '-')
		}
	}
	return append(o, "+\n"...)
}

func (e *table) heldLine(o []byte, cells []string) []byte {
	for i, width := range e.widths {
		o = append(o, "| "...)
		mark := len(o)
		if i < len(cells) {
			o = append(o, cells[i]...)
		}
		o = e.pad(o, mark, i, width)
	}
	return append(o, "|\n"...)
}

// line draws the row at b[p:] at once.
func (e *table) line(o, b []byte, p int) ([]byte, int, error) {
	values, p, err := rowLen(b, p, e.columns)
	if err != nil {
		return o, p, err
	}
	for i := range max(values, len(e.widths)) {
		o = append(o, "| "...)
		mark := len(o)
		switch {
		case i < values:
			if o, p, err = appendCell(o, b, p, e.null); err != nil {
				return o, p, err
			}
		case i < e.columns:
			o = append(o, e.null...)
		}
		width := 0
		if i < len(e.widths) {
			width = e.widths[i]
		}
		o = e.pad(o, mark, i, width)
	}
	return append(o, "|\n"...), p, nil
}

// pad fills the cell at o[mark:] of column i up to its width.
func (e *table) pad(o []byte, mark, i, width int) []byte {
	blank := max(0, width-text.WidthBytes(o[mark:]))
	if blank > 0 && i < len(e.right) && e.right[i] {
		n := len(o) - mark
		o = appendBlanks(o, blank)
		copy(o[mark+blank:], o[mark:mark+n])
		for j := range blank {
			o[mark+j] = ' '
		}
		blank = 0
	}
	return appendBlanks(o, blank+1)
}

func (e *table) end(o []byte, rows int64, whole bool) ([]byte, error) {
	switch {
	case rows == 0 && whole:
		return appendTally(o, rows), nil
	case rows == 0:
		return o, nil
	case whole && !e.drawing && !e.terminal.On && e.simple():
		grid, err := e.grid()
		return appendTally(append(o, grid...), rows), err
	}
	if !e.drawing {
		var err error
		if o, err = e.open(o); err != nil {
			return o, err
		}
	}
	if whole && e.blocks == nil {
		o = appendTally(e.border(o), rows)
	}
	return o, nil
}

// appendTally appends the line that ends every table.
func appendTally(o []byte, rows int64) []byte {
	o = strconv.AppendInt(o, rows, 10)
	if rows == 1 {
		return append(o, " row in set\n"...)
	}
	return append(o, " rows in set\n"...)
}

// appendCell appends the value at b[p:] as text for a terminal.
func appendCell(o, b []byte, p int, null string) ([]byte, int, error) {
	var t token
	start := p
	p, err := t.next(b, p)
	if err != nil {
		return o, p, err
	}
	switch t.kind {
	case kindStr, kindBin:
		return text.AppendSanitized(o, t.data), p, nil
	case kindArray, kindMap, kindExt:
		mark := len(o)
		o, p, err = appendNested(o, b, start)
		if err == nil && !text.IsPrintable(o[mark:]) {
			o = text.AppendSanitized(o[:mark], []byte(string(o[mark:])))
		}
		return o, p, err
	}
	return appendPlain(o, &t, null), p, nil
}

// appendBlanks appends n spaces.
func appendBlanks(o []byte, n int) []byte {
	for ; n > len(blanks); n -= len(blanks) {
		o = append(o, blanks...)
	}
	return append(o, blanks[:n]...)
}

const blanks = "                                                                "
