package jobcmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/jq"
	"github.com/td-cli/td/pkg/jobresult"
)

// SelectFlags select columns, filter the rows with jq, and set expectations.
type SelectFlags struct {
	Columns     []string
	JQ          string
	Expect      []string
	FailIfEmpty bool
}

func (f *SelectFlags) add(fs *pflag.FlagSet) {
	fs.StringSliceVar(&f.Columns, "columns", nil, "write only these columns, in this order: comma-separated `NAMES`")
	fs.StringVar(&f.JQ, "jq", "", "write the output of the jq program `EXPR` for each row (jsonl) or for all (json)")
	fs.StringArrayVar(&f.Expect, "expect", nil, "end with status 13 and write no file unless the `CONDITION` holds, such as 'rows>0'")
	fs.BoolVar(&f.FailIfEmpty, "fail-if-empty", false, "the same as --expect 'rows>0'")
	argv.MarkNew(fs, "columns", "jq", "expect", "fail-if-empty")
	complete.Flags(fs, complete.Any, "columns", "jq")
	complete.Flags(fs, complete.OneOf("rows>0"), "expect")
}

func (f SelectFlags) expects() bool { return f.FailIfEmpty || len(f.Expect) > 0 }

// A selection is the parsed form of SelectFlags.
type selection struct {
	columns      []string
	program      *jq.Program
	whole        bool // the program is applied to all rows together
	expectations []expectation
}

// parse checks the flags for a format.
func (f SelectFlags) parse(format jobresult.Format) (selection, error) {
	s := selection{columns: f.Columns, whole: format == jobresult.JSON}
	if f.JQ != "" {
		if format != jobresult.JSON && format != jobresult.JSONL {
			return s, cli.Usagef("--jq requires -f json or -f jsonl, not %s", format)
		}
		var err error
		if s.program, err = jq.Compile(f.JQ); err != nil {
			return s, cli.Usagef("--jq %w", err)
		}
	}
	texts := f.Expect
	if f.FailIfEmpty {
		texts = append(slices.Clip(texts), "rows>0")
	}
	for _, text := range texts {
		x, err := parseExpectation(text)
		if err != nil {
			return s, err
		}
		s.expectations = append(s.expectations, x)
	}
	return s, nil
}

// indexes returns the indexes of the selected columns, nil for all. It gives a selected column with a duplicate name
// the unique name under which it was selected.
func (s selection) indexes(jobID string, columns []jobresult.Column) ([]int, error) {
	if len(s.columns) == 0 {
		return nil, nil
	}
	names, _ := jobresult.UniqueNames(columns)
	var indexes []int
	for _, name := range s.columns {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, cli.WithHint(cli.Usagef("no column %q in the result of job %s (columns: %s)", name, jobID, strings.Join(names, ", ")),
				"'td job:result %s --columns …' writes the rows without another query", jobID)
		}
		columns[i].Name = name
		indexes = append(indexes, i)
	}
	return indexes, nil
}

// apply sets the filter and the check of a download.
func (s selection) apply(ctx context.Context, o *download.Options, jobID string) {
	if s.program != nil {
		o.Filter = func(w io.Writer) io.WriteCloser {
			if s.whole {
				return s.program.Whole(ctx, w)
			}
			return s.program.Lines(ctx, w)
		}
	}
	if len(s.expectations) > 0 {
		columns := int64(len(o.Rows.Columns))
		o.Check = func(stats jobresult.Stats) error { return s.check(jobID, stats.Rows, columns) }
	}
}

// check returns the error of the first expectation that is not met.
func (s selection) check(jobID string, rows, columns int64) error {
	for _, x := range s.expectations {
		if err := x.check(jobID, rows, columns); err != nil {
			return err
		}
	}
	return nil
}

// HasExpectations reports whether --expect or --fail-if-empty is set.
func (p RowPlan) HasExpectations() bool { return len(p.selection.expectations) > 0 }

// CheckCount checks the expectations against the number of rows that the job reports, for a command that does not
// download the rows.
func (p RowPlan) CheckCount(job api.Job) error {
	if !p.HasExpectations() {
		return nil
	}
	columns, err := jobresult.ParseSchema(job.Schema)
	if err != nil || !job.NumRecords.Valid {
		return fmt.Errorf("the server does not report the number of rows of job %s; they are counted without -x/--exclude", job.ID)
	}
	return p.selection.check(job.ID, job.NumRecords.Value, int64(len(columns)))
}
