package cli

import "github.com/td-cli/td/internal/grid"

// ListFormat is the -f flag of commands that print a list.
type ListFormat struct{ grid.Format }

// TableList is the format of a list when none is asked for.
func TableList() ListFormat { return ListFormat{grid.Table} }

// Set implements the command line's Value.
func (f *ListFormat) Set(s string) (err error) {
	f.Format, err = grid.ParseFormat(s)
	return err
}

// String implements the command line's Value.
func (f *ListFormat) String() string { return string(f.Format) }

// Type names the value in help texts.
func (f *ListFormat) Type() string { return "FORMAT" }

// ListFormatUsage is the help text of -f on a list.
const ListFormatUsage = "`FORMAT` of the list: table, vertical, csv, tsv, json or jsonl"

// PrintList writes a list to Out.
func (e *Env) PrintList(l grid.List, f ListFormat) error { return l.Write(e.Out, f.Format) }
