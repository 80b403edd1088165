package jobresult

import (
	"bytes"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/td-cli/td/internal/text"
)

// appendGrid draws the held rows with tablewriter.
func (e *table) appendGrid(buf []byte) ([]byte, error) {
	var grid bytes.Buffer
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
	}
	t := tablewriter.NewTable(&grid,
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleASCII)})),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off),
	)
	if len(e.header) > 0 {
		t.Header(e.header)
	}
	for i, cells := range e.held { // tablewriter omits rows without cells
		e.held[i] = append(cells, make([]string, len(e.widths)-len(cells))...)
	}
	if err := t.Bulk(e.held); err != nil {
		return buf, err
	}
	if err := t.Render(); err != nil {
		return buf, err
	}
	return append(buf, grid.Bytes()...), nil
}

// suitsTablewriter reports whether tablewriter draws the held rows correctly:
// without styles, alignment and minimum widths, in a grid that is not much larger than their
// text, and with cells whose width it measures like a terminal. Tablewriter adds
// up the widths of code points, but a terminal combines some of them into one
// character, such as a family emoji.
func (e *table) suitsTablewriter() bool {
	line := 0
	for i, width := range e.widths {
		line += width + len("|  ")
		if i < len(e.right) && e.right[i] {
			return false
		}
	}
	if e.style != nil || e.fixed || line*len(e.held) > 2*maxHeldText {
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
