package grid

import (
	"bufio"
	"fmt"
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/td-cli/td/internal/text"
)

// table draws the toolbelt's ASCII grid and the count of rows. An empty list is
// the count alone.
func (l List) table(w *bufio.Writer) error {
	if len(l.Rows) > 0 {
		if err := l.grid(w); err != nil {
			return err
		}
	}
	w.WriteString(Count(len(l.Rows)) + "\n")
	return nil
}

// Count is the line under a table: "2 rows in set".
func Count(rows int) string {
	if rows == 1 {
		return "1 row in set"
	}
	return fmt.Sprintf("%d rows in set", rows)
}

// grid leaves write errors to w, which keeps the first for its Flush: tablewriter drops them.
func (l List) grid(w io.Writer) error {
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
	}
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleASCII)})),
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}))
	t.Header(l.Columns)
	for _, r := range l.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = short(c)
		}
		if err := t.Append(cells); err != nil {
			return err
		}
	}
	return t.Render()
}

// vertical writes each row as a block of "name: value" lines.
func (l List) vertical(w *bufio.Writer) {
	unpainted := func(_, text string) string { return text }
	newDrawing(l, Look{Paint: unpainted}, whole).vertical(w)
}

// short is a cell of a table.
func short(cell any) string {
	if s, ok := cell.(Shown); ok {
		cell = s.Table
	}
	return visible(cell)
}

// whole is a cell where there is room for all of it.
func whole(cell any) string { return visible(plain(cell)) }

// visible returns the text of a cell as one line that is safe on a terminal.
func visible(cell any) string {
	if cell == nil {
		return ""
	}
	return text.Sanitize(fmt.Sprint(cell))
}
