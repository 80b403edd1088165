package jobresult

import (
	"bytes"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// grid draws the held rows whole, through tablewriter. That sums up the widths of code points, where a terminal joins some of them to one
// character, as in a family emoji; a table which holds such a cell is drawn here.
func (e *table) grid() ([]byte, error) {
	if !e.agreed() {
		return e.border(e.open(nil)), nil
	}
	var buf bytes.Buffer
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
	}
	t := tablewriter.NewTable(&buf,
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleASCII)})),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off),
	)
	if len(e.header) > 0 {
		t.Header(e.header)
	}
	for i, cells := range e.held { // a row without cells would be left out
		e.held[i] = append(cells, make([]string, len(e.widths)-len(cells))...)
	}
	if err := t.Bulk(e.held); err != nil {
		return nil, err
	}
	if err := t.Render(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// agreed says that tablewriter measures every cell as a terminal does.
func (e *table) agreed() bool {
	for _, cells := range append(e.held, e.header) {
		for _, cell := range cells {
			if !printable([]byte(cell)) && twwidth.WidthWithOptions(cell, twwidth.Options{}) != cellWidth([]byte(cell)) {
				return false
			}
		}
	}
	return true
}
