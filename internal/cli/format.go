package cli

import (
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/jq"
)

// ListFormat is the -f flag of commands that print a list, and what goes with it.
type ListFormat struct {
	grid.Format
	Columns []string // which columns, and in which order; nil: all

	asked   bool // whether -f was given
	program *jq.Program
}

// TableList is the format of a list when none is asked for.
func TableList() ListFormat { return ListFormat{Format: grid.Table} }

// Set implements the command line's Value.
func (f *ListFormat) Set(s string) (err error) {
	f.Format, err = grid.ParseFormat(s)
	f.asked = true
	return err
}

// SetJQ takes the jq program that the list goes through. A list of no other format is jsonl then.
func (f *ListFormat) SetJQ(program string) (err error) {
	if !f.asked {
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

// PrintList writes a list to Out. What cannot be done in its format is a UsageError.
func (e *Env) PrintList(l grid.List, f ListFormat) (err error) {
	if f.Columns != nil {
		if l, err = l.Select(f.Columns, f.Format); err != nil {
			return UsageError{err}
		}
	}
	if f.program == nil {
		return l.Write(e.Out, f.Format)
	}
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
