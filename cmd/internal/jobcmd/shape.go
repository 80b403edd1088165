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

// ShapeFlags say which columns are written, what jq makes of the rows, and what is expected of them.
type ShapeFlags struct {
	Columns     []string
	JQ          string
	Expect      []string
	FailIfEmpty bool
}

func (f *ShapeFlags) add(fs *pflag.FlagSet) {
	fs.StringSliceVar(&f.Columns, "columns", nil, "write these columns alone, in this order: `NAMES` with commas")
	Filled(fs, &f.JQ, "jq", "", "write what the jq program `EXPR` makes of each row (jsonl) or of all (json)")
	fs.StringArrayVar(&f.Expect, "expect", nil, "end with status 13, and write no file, unless `'rows>0'` or the like holds")
	fs.BoolVar(&f.FailIfEmpty, "fail-if-empty", false, "the same as --expect 'rows>0'")
	argv.MarkNew(fs, "columns", "jq", "expect", "fail-if-empty")
	complete.Flags(fs, complete.Any, "columns", "jq")
	complete.Flags(fs, complete.OneOf("rows>0"), "expect")
}

func (f ShapeFlags) expects() bool { return f.FailIfEmpty || len(f.Expect) > 0 }

// shape is ShapeFlags, checked.
type shape struct {
	columns      []string
	program      *jq.Program
	whole        bool // the program gets all the rows at once
	expectations []expectation
}

// shape refuses what makes no sense for the format.
func (f ShapeFlags) shape(format jobresult.Format) (shape, error) {
	s := shape{columns: f.Columns, whole: format == jobresult.JSON}
	if f.JQ != "" {
		if format != jobresult.JSON && format != jobresult.JSONL {
			return s, cli.Usagef("--jq goes with json and jsonl, not with %s", format)
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
		x, err := parseExpect(text)
		if err != nil {
			return s, err
		}
		s.expectations = append(s.expectations, x)
	}
	return s, nil
}

// choose returns the numbers of the columns to write, nil for all. Columns of one name get the names that
// tell them apart.
func (s shape) choose(jobID string, columns []jobresult.Column) ([]int, error) {
	if len(s.columns) == 0 {
		return nil, nil
	}
	names, _ := jobresult.UniqueNames(columns)
	var chosen []int
	for _, name := range s.columns {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, cli.WithHint(cli.Usagef("the result of job %s has no column %q; it has %s", jobID, name, strings.Join(names, ", ")),
				"the rows are kept: 'td job:result %s --columns …' writes them", jobID)
		}
		columns[i].Name = name
		chosen = append(chosen, i)
	}
	return chosen, nil
}

// apply has a delivery filtered and checked.
func (s shape) apply(ctx context.Context, o *download.Options, jobID string) {
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

// check returns the first expectation that is not met.
func (s shape) check(jobID string, rows, columns int64) error {
	for _, x := range s.expectations {
		if err := x.check(jobID, rows, columns); err != nil {
			return err
		}
	}
	return nil
}

// Expects reports whether anything is expected of the rows.
func (p Plan) Expects() bool { return len(p.shape.expectations) > 0 }

// Unmet is the error for a job whose rows are not fetched and are not what is expected of them.
func (p Plan) Unmet(job api.Job) error {
	if !p.Expects() {
		return nil
	}
	columns, err := jobresult.ParseSchema(job.Schema)
	if err != nil || !job.NumRecords.Valid {
		return fmt.Errorf("the server does not tell how many rows job %s has; without -x/--exclude they are counted", job.ID)
	}
	return p.shape.check(job.ID, job.NumRecords.Value, int64(len(columns)))
}
