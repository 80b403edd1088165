package cli

import (
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/jq"
)

// ListFormat is the -f flag of commands that print a list, and what goes with it.
type ListFormat struct {
	grid.Format
	Columns []string // which columns, and in which order; nil: all

	given   bool // whether -f was
	program *jq.Program
}

// TableList is the format of a list when none is asked for.
func TableList() ListFormat { return ListFormat{Format: grid.Table} }

// Set implements the command line's Value.
func (f *ListFormat) Set(s string) (err error) {
	f.Format, err = grid.ParseFormat(s)
	f.given = true
	return err
}

// SetJQ takes the jq program that the list goes through. A list of no other format is jsonl then.
func (f *ListFormat) SetJQ(program string) (err error) {
	if !f.given {
		f.Format = grid.JSONL
	}
	f.program, err = jq.Compile(program)
	return err
}

// String implements the command line's Value.
func (f *ListFormat) String() string { return string(f.Format) }

// Type names the value in help texts.
func (f *ListFormat) Type() string { return "FORMAT" }

// ListFormatUsage is the help text of -f on a list.
const ListFormatUsage = "`FORMAT` of the list: table, vertical, csv, tsv, json or jsonl"

// PrintList writes a list to Out. What cannot be done in its format is a UsageError. On a terminal a table that
// nobody asked for and that is wider than the screen becomes vertical, and a long list goes through the pager.
func (e *Env) PrintList(l grid.List, f ListFormat) (err error) {
	if f.Columns != nil {
		if l, err = l.Select(f.Columns, f.Format); err != nil {
			return UsageError{err}
		}
	}
	defer e.Page()()
	drawn := f.Format == grid.Table || f.Format == grid.Vertical
	switch {
	case f.program != nil:
		return e.filterList(l, f)
	case drawn && (e.OutTTY || e.OutColor):
		return l.Draw(e.Screen(), f.Format, e.look(f))
	}
	return l.Write(e.Out, f.Format)
}

// filterList writes what the jq program makes of a list.
func (e *Env) filterList(l grid.List, f ListFormat) error {
	filter := f.program.Lines
	switch f.Format {
	case grid.JSONL:
	case grid.JSON:
		filter = f.program.Whole
	default:
		return Usagef("--jq goes with json and jsonl, not with %s", f.Format)
	}
	w := filter(e.ctx, e.Out)
	if err := l.Write(w, f.Format); err != nil {
		return err
	}
	return w.Close()
}

// look is how a list looks on the terminal.
func (e *Env) look(f ListFormat) grid.Look {
	look := grid.Look{Right: e.OutTTY, Paint: func(column, text string) string {
		if column == "Status" {
			return e.Status(text)
		}
		return text
	}}
	if !f.given {
		look.Width = e.OutWidth()
	}
	return look
}
