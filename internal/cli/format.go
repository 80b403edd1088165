package cli

import (
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/grid"
)

// ListFormat is the -f flag of commands that print a list.
type ListFormat struct {
	grid.Format
	given bool
}

// TableList is the format of a list when none is asked for.
func TableList() ListFormat { return ListFormat{Format: grid.Table} }

// Set implements the command line's Value.
func (f *ListFormat) Set(s string) (err error) {
	f.Format, err = grid.ParseFormat(s)
	f.given = true
	return err
}

// String implements the command line's Value.
func (f *ListFormat) String() string { return string(f.Format) }

// Type names the value in help texts.
func (f *ListFormat) Type() string { return "FORMAT" }

// ListFormatUsage is the help text of -f on a list.
const ListFormatUsage = "`FORMAT` of the list: table, vertical, csv, tsv, json or jsonl"

// PrintList writes a list to Out. On a terminal a table that nobody asked for and that is wider than
// the screen becomes vertical, and a long list goes through the pager.
func (e *Env) PrintList(l grid.List, f ListFormat) error {
	defer e.Page()()
	drawn := f.Format == grid.Table || f.Format == grid.Vertical
	if !drawn || !e.OutTTY && !e.OutColor {
		return l.Write(e.Out, f.Format)
	}
	look := grid.Look{Right: e.OutTTY, Paint: func(column, text string) string {
		if column == "Status" {
			return e.Status(text)
		}
		return text
	}}
	if e.OutTTY {
		look.Clean = console.Harmless
	}
	if !f.given {
		look.Width = e.OutWidth()
	}
	return l.Draw(e.Screen(), f.Format, look)
}
