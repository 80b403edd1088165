package jobresult

import (
	"strings"
)

// A Terminal says how a table looks where a person reads it: numbers stand at the right of their columns, and what turns the direction of
// text around is escaped as control characters are.
type Terminal struct {
	On    bool
	Width int // in cells; a table whose first rows are wider is written as Vertical. 0: it stays a table
}

// isNumber says that the values of a column are numbers.
func (c Column) isNumber() bool {
	name, _, _ := strings.Cut(strings.ToLower(c.Type), "(")
	switch strings.TrimSpace(name) {
	case "tinyint", "smallint", "int", "integer", "bigint", "long", "float", "real", "double", "double precision", "decimal", "numeric":
		return true
	}
	return false
}

// lineWidth is how wide the grid is.
func (e *table) lineWidth() int {
	n := 1
	for _, width := range e.widths {
		n += width + len("|  ")
	}
	return n
}

// tooWide says that the grid does not fit on the terminal.
func (e *table) tooWide() bool {
	return e.terminal.On && e.terminal.Width > 0 && e.lineWidth() > e.terminal.Width
}

// upright writes the held rows as blocks, as which the others will follow.
func (e *table) upright(o []byte) ([]byte, error) {
	e.blocks = &vertical{columns: e.columns, null: e.null}
	e.blocks.align(e.header)
	if len(e.header) < len(e.widths) {
		e.blocks.invent(len(e.widths))
	}
	var err error
	for _, cells := range e.held {
		o = e.blocks.star(o)
		for i, cell := range cells {
			o = append(o, e.blocks.labels[i]...)
			o = append(o, cell...)
			o = append(o, '\n')
		}
		if o, err = e.drain(o); err != nil {
			return o, err
		}
	}
	e.held, e.cells, e.ends, e.drawing = nil, nil, nil, true
	return o, nil
}
