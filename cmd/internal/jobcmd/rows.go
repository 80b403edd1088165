// Package jobcmd is what the commands that print a job's rows share: their flags, and
// the way from a job's ID to its rows. It is no command itself.
package jobcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/jobwait"
	"github.com/td-cli/td/pkg/jobresult"
)

// Flags say how a job's rows are shown and where they go.
type Flags struct {
	Format   string
	Vertical bool
	Output   string
	Limit    int64
	Header   bool
	Null     string
	Threads  int
	Progress bool
	ShapeFlags
}

// Add defines the flags.
func (f *Flags) Add(fs *pflag.FlagSet) {
	fs.StringVarP(&f.Format, "format", "f", "", "`FORMAT` of the rows: table, vertical, csv, tsv, json, jsonl, msgpack or msgpack.gz")
	fs.BoolVarP(&f.Vertical, "vertical", "G", false, "print each row as a block of lines")
	Filled(fs, &f.Output, "output", "o", "write the rows to `FILE`, whole or not at all (- is standard output)")
	fs.Int64VarP(&f.Limit, "limit", "l", unlimited, "print at most `ROWS` rows")
	fs.Lookup("limit").DefValue = ""
	fs.BoolVarP(&f.Header, "column-header", "c", false, "name the columns, in csv, tsv and json")
	fs.StringVar(&f.Null, "null", jobresult.DefaultNull, "print `TEXT` for NULL in csv, tsv and tables")
	f.ShapeFlags.add(fs)
	fs.IntVar(&f.Threads, "threads", 0, "download a large result to a file over `N` connections (default 1 to 4, by its size)")
	fs.BoolVar(&f.Progress, "progress", false, "say every few seconds how far the download is, on a terminal instead of a bar")
	argv.MarkNew(fs, "threads", "progress")
	complete.Flags(fs, complete.RowFormat, "format")
	complete.Flags(fs, complete.File, "output")
	complete.Flags(fs, complete.Any, "null", "threads")
}

// unlimited is the limit when none is given.
const unlimited = math.MinInt64

// Plan is Flags, checked.
type Plan struct {
	Format jobresult.Format
	Path   string           // "": standard output
	byName jobresult.Format // that the file's name says, when no format was asked for
	flags  Flags
	shape  shape
	gunzip jobresult.Gunzip
}

// Defaults are the formats when none is asked for.
type Defaults struct {
	Stdout jobresult.Format // on standard output
	File   jobresult.Format // with -o
	ByName bool             // with -o, the file's name decides first
}

// Check refuses flags that contradict each other and settles the format.
func (f Flags) Check(e *cli.Env, d Defaults) (Plan, error) {
	p := Plan{Path: f.Output, flags: f, Format: d.Stdout, gunzip: jobresult.Gunzip(e.Getenv("TD_GUNZIP"))}
	if f.Output == "-" || e.OutTTY && f.Output == "/dev/stdout" { // on a terminal, what is printed is to be harmless
		p.Path = ""
	}
	switch {
	case f.Vertical && f.Format != "" && f.Format != string(jobresult.Vertical):
		return p, cli.Usagef("-G/--vertical and -f/--format %s exclude each other", f.Format)
	case f.Vertical:
		p.Format = jobresult.Vertical
	case f.Format != "":
		format, err := jobresult.ParseFormat(f.Format)
		if err != nil {
			return p, cli.UsageError{Err: err}
		}
		p.Format = format
	case f.Output != "":
		p.Format = d.File
		p.byName, _ = jobresult.FormatOf(p.Path)
		if d.ByName && p.byName != "" {
			p.Format = p.byName
		}
	}
	if f.JQ != "" && f.Format == "" && !f.Vertical {
		p.Format = jobresult.JSONL
	}
	if err := f.contradictions(e, p); err != nil {
		return p, err
	}
	var err error
	p.shape, err = f.shape(p.Format)
	return p, err
}

// SayFormat tells, of a file that is about to be written, that its name promises another
// format than it gets.
func (p Plan) SayFormat(e *cli.Env) {
	if p.byName != "" && p.byName != p.Format {
		e.Say("td: %s is written as %s; '-f %s' writes it as its name says", p.Path, p.Format, p.byName)
	}
}

func (f Flags) contradictions(e *cli.Env, p Plan) error {
	binary := p.Format == jobresult.MsgPack || p.Format == jobresult.MsgPackGz
	switch {
	case p.gunzip != jobresult.GunzipDefault && p.gunzip != jobresult.GunzipOwn && p.gunzip != jobresult.GunzipKlauspost:
		return cli.Usagef("TD_GUNZIP is own or klauspost, not %q", p.gunzip)
	case f.Header && p.Format != jobresult.CSV && p.Format != jobresult.TSV && p.Format != jobresult.JSON:
		return cli.Usagef("-c/--column-header is only supported with json, tsv and csv formats")
	case f.Limit < 0 && f.Limit != unlimited:
		return cli.Usagef("-l/--limit is 0 or more, not %d", f.Limit)
	case f.Limit >= 0 && p.Path != "":
		return cli.Usagef("-l/--limit and -o/--output exclude each other; LIMIT in the SQL cuts the result itself")
	case f.Limit >= 0 && f.expects():
		return cli.Usagef("-l/--limit hides how many rows there are; --expect and --fail-if-empty do not go with it")
	case f.Limit >= 0 && binary:
		return cli.Usagef("-l/--limit does not go with %s, which is the server's own bytes", p.Format)
	case f.Threads < 0 || f.Threads > download.MaxThreads:
		return cli.Usagef("--threads is 1 to %d, not %d", download.MaxThreads, f.Threads)
	case f.Threads > 0 && p.Path == "":
		return cli.Usagef("--threads is for a file; name one with -o FILE")
	case binary && p.Path == "" && e.OutTTY:
		return cli.Usagef("%s is not for a terminal; write it to a file with -o", p.Format)
	}
	return nil
}

// Writable reports, before there is a job, why its rows could not be written to the file
// that was planned.
func (p Plan) Writable() error {
	if p.Path == "" {
		return nil
	}
	return download.CheckPath(p.Path)
}

// Print downloads a successful job's rows and writes them as planned.
func Print(ctx context.Context, e *cli.Env, c *api.Client, job api.Job, p Plan) error {
	columns, err := jobresult.ParseSchema(job.Schema)
	if err != nil {
		e.Warn("job %s has a schema that cannot be read; its columns have no names", job.ID)
		columns = nil
	}
	if names, renamed := jobresult.UniqueNames(columns); renamed && usesKeys(p) {
		e.Warn("columns of one name are told apart as %q", names)
	}
	chosen, err := p.shape.choose(job.ID, columns)
	if err != nil {
		return err
	}
	o := download.Options{
		Out: e.Out, Path: p.Path, Threads: p.flags.Threads,
		Rows: jobresult.Options{
			Format: p.Format, Columns: columns, Select: chosen, Header: p.flags.Header, Null: p.flags.Null,
			Limit: p.flags.Limit, FlushRows: p.Path == "" && e.OutTTY, Gunzip: p.gunzip, Terminal: p.terminal(e),
		},
	}
	var kept string
	o.Kept = func(received, total int64) {
		kept = fmt.Sprintf("kept %d of %d bytes; run 'td job:result %s -o %s' to resume", received, total, job.ID, p.Path)
	}
	p.shape.apply(ctx, &o, job.ID)
	stop := show(e, p, &o)
	stats, err := deliver(ctx, e, c, job, o)
	stop()
	if kept != "" {
		e.Say("td: %s", kept)
	}
	if err != nil {
		return explain(err, job)
	}
	if stats.Trailing {
		e.Warn("bytes behind the end of the result were ignored")
	}
	if stats.Limited {
		e.Say("%s", limited(stats.Rows, job))
	}
	if p.Path != "" {
		e.StatusFile.SetOutput(p.Path)
		e.Say("written to %s in %s format", p.Path, p.Format)
	}
	return nil
}

// show lets the person know what becomes of a download, until the function that it returns
// is called. A bar is for files: what reads a pipe may draw on the same terminal.
func show(e *cli.Env, p Plan, o *download.Options) (stop func()) {
	o.Notify = func(line string) { e.Say("td: %s", line) }
	if !p.flags.Progress && p.Path == "" {
		return func() {}
	}
	bar := e.Progress(p.flags.Progress)
	o.Progress = bar.Update
	o.Notify = func(line string) { bar.Break(func() { e.Say("td: %s", line) }) }
	return bar.Stop
}

// usesKeys reports whether the rows are written as objects.
func usesKeys(p Plan) bool {
	return p.Format == jobresult.JSONL || p.Format == jobresult.JSON && p.flags.Header
}

func limited(rows int64, job api.Job) string {
	if job.NumRecords.Valid {
		return fmt.Sprintf("%d of %d rows shown (-l)", rows, job.NumRecords.Value)
	}
	return fmt.Sprintf("the first %d rows shown (-l)", rows)
}

// explain says of a missing result what may have become of it.
func explain(err error, job api.Job) error {
	if errors.Is(err, api.ErrNotFound) {
		return cli.WithHint(fmt.Errorf("job %s has no result: %w", job.ID, err), "results are kept for 90 days")
	}
	return err
}

// Unfinished is the error for rows that are asked for and are not there, because the
// job has not succeeded; nil when it has.
func Unfinished(ctx context.Context, c *api.Client, job api.Job) error {
	if job.Status == "success" {
		return nil
	}
	err := cli.JobError{ID: job.ID, Status: job.Status}
	if job.Status != "error" {
		return err
	}
	full, ferr := c.Job(ctx, job.ID)
	if ferr != nil {
		return err // the job's failure matters more than that its log cannot be had
	}
	err.Message = api.RedactURL(jobwait.FailureMessage(full))
	if isQuery(full.Type) { // else it is a configuration, which may hold secrets
		err.Detail = jobwait.MarkPosition(full.Query, err.Message)
	}
	return err
}

// Log returns how a line of a job's log is shown to the person: without passwords in URLs, which
// what writes to the job's result may name.
func Log(w io.Writer) func(string) {
	return func(line string) { fmt.Fprintln(w, "  "+api.RedactURL(line)) }
}
