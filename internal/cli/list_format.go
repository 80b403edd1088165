package cli

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/jq"
	"github.com/td-cli/td/pkg/jobresult"
)

// A ListFormat is the value of the flag -f of commands that print a list, with
// the other flags that control its output.
type ListFormat struct {
	jobresult.Format
	Columns []string // columns to print, in this order; nil for all
	BOM     bool     // start csv and tsv with a byte order mark
	Wide    bool     // print a table with all columns and whole cells

	// KeepText makes a table that does not fit on the terminal vertical instead of
	// shortening it, unless -f is given.
	KeepText bool

	given   bool // -f was given
	program *jq.Program
}

// TableList returns the default format of a list.
func TableList() ListFormat { return ListFormat{Format: jobresult.Table} }

// Set implements pflag.Value.
func (f *ListFormat) Set(s string) (err error) {
	f.Format, err = jobresult.ParseFormat(s, jobresult.TextFormats()...)
	f.given = true
	return err
}

// SetJQ sets the jq program that filters the list. It changes the default format to
// jsonl.
func (f *ListFormat) SetJQ(program string) (err error) {
	if !f.given {
		f.Format = jobresult.JSONL
	}
	f.program, err = jq.Compile(program)
	return err
}

// String implements pflag.Value.
func (f *ListFormat) String() string { return string(f.Format) }

// Type implements pflag.Value.
func (f *ListFormat) Type() string { return "FORMAT" }

// ListFormatUsage is the help text of -f, to which package cmd adds the names of
// the formats.
const ListFormatUsage = "`FORMAT` of the list"

// PrintList writes a list to Out, through the pager if it is longer than the
// terminal. Columns and filters that do not exist in its format are a
// UsageError. On a terminal it shortens a table to fit unless f.Wide is set.
func (e *Env) PrintList(l grid.List, f ListFormat) (err error) {
	if f.BOM && f.Format != jobresult.CSV && f.Format != jobresult.TSV {
		return Usagef("--bom requires -f csv or -f tsv, not %s", f.Format)
	}
	if f.Columns != nil {
		if l, err = l.Select(f.Columns, f.Format); err != nil {
			return UsageError{err}
		}
	}
	if f.program != nil {
		defer e.Page()()
		return e.filterList(l, f)
	}
	var omitted []string
	switch width := e.OutWidth(); {
	case f.Format != jobresult.Table:
	case f.Wide:
		l = l.Whole()
	case f.KeepText:
		if !f.given && width > 0 && l.Width() > width {
			f.Format = jobresult.Vertical
		}
	case width > 0:
		l, omitted = l.Fit(width)
	}
	status := slices.Index(l.Columns, "Status")
	o := grid.Options{AlignNumbers: e.OutTTY, BOM: f.BOM}
	if e.OutColor && (f.Format == jobresult.Table || f.Format == jobresult.Vertical) {
		o.Style = func(column int, cell string) string {
			if column == status {
				return e.Status(cell)
			}
			return cell
		}
	}
	defer func() {
		if err == nil && omitted != nil {
			e.Say("td: not shown: %s (--wide shows all columns)", strings.Join(omitted, ", "))
		}
	}()
	defer e.Page()()
	if o.Style != nil {
		return l.Write(e.Screen(), f.Format, o)
	}
	return l.Write(e.Out, f.Format, o)
}

// filterList writes the output of the jq program for a list.
func (e *Env) filterList(l grid.List, f ListFormat) error {
	filter := f.program.Lines
	switch f.Format {
	case jobresult.JSONL:
	case jobresult.JSON:
		filter = f.program.Whole
	default:
		return Usagef("--jq requires -f json or -f jsonl, not %s", f.Format)
	}
	w := filter(e.ctx, e.Out)
	if err := l.Write(w, f.Format, grid.Options{}); err != nil {
		return err
	}
	return w.Close()
}
