package cli

import (
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/jq"
)

// ListFormat is the -f flag of the commands that print a list, and the related options.
type ListFormat struct {
	grid.Format
	Columns []string // the columns to print, in this order; nil means all

	given   bool // -f was given
	program *jq.Program
}

// TableList is the default format of a list.
func TableList() ListFormat { return ListFormat{Format: grid.Table} }

// Set implements pflag.Value.
func (f *ListFormat) Set(s string) (err error) {
	f.Format, err = grid.ParseFormat(s)
	f.given = true
	return err
}

// SetJQ compiles the jq program through which the list is filtered, and changes the default format to jsonl.
func (f *ListFormat) SetJQ(program string) (err error) {
	if !f.given {
		f.Format = grid.JSONL
	}
	f.program, err = jq.Compile(program)
	return err
}

// String implements pflag.Value.
func (f *ListFormat) String() string { return string(f.Format) }

// Type implements pflag.Value; help texts show it.
func (f *ListFormat) Type() string { return "FORMAT" }

// ListFormatUsage is the help text of -f on a list.
const ListFormatUsage = "`FORMAT` of the list: table, vertical, csv, tsv, json or jsonl"

// PrintList writes a list to Out. It returns a UsageError if the format does not support what was asked. On a
// terminal, a table in the default format that is wider than the screen becomes vertical, and a long list goes
// through the pager.
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

// filterList writes the output of the jq program for a list.
func (e *Env) filterList(l grid.List, f ListFormat) error {
	filter := f.program.Lines
	switch f.Format {
	case grid.JSONL:
	case grid.JSON:
		filter = f.program.Whole
	default:
		return Usagef("--jq requires -f json or -f jsonl, not %s", f.Format)
	}
	w := filter(e.ctx, e.Out)
	if err := l.Write(w, f.Format); err != nil {
		return err
	}
	return w.Close()
}

// look returns how a list is drawn on the terminal.
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
