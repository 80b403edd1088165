package jobresult

import (
	"bytes"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/td-cli/td/internal/text"
)

// grid draws the held rows whole, through tablewriter.
func (e *table) grid() ([]byte, error) {
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

// simple says that tablewriter may draw the held rows: the grid is not much larger than their text, and it measures every cell as a
// terminal does. It sums up the widths of code points, where a terminal joins some of them to one character, as in a family emoji.
func (e *table) simple() bool {
	line := 0
	for _, width := range e.widths {
		line += width + len("|  ")
	}
	if line*len(e.held) > 2*heldText {
		return false
	}
	for _, cells := range append(e.held, e.header) {
		for _, cell := range cells {
			if !text.IsPrintable([]byte(cell)) && twwidth.WidthWithOptions(cell, twwidth.Options{}) != text.Width(cell) {
				return false
			}
		}
	}
	return true
}
