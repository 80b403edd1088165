package jobcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// DeliverRows downloads the rows of a successful job and writes them as planned. It returns a [cli.TooLargeError] if the
// result exceeds a limit.
func DeliverRows(ctx context.Context, env *cli.Env, client *api.Client, job api.Job, plan RowPlan) error {
	limits, err := plan.flags.LimitFlags.resolve(env, job.ID)
	if err != nil {
		return err
	}
	if err := limits.check(job, plan.flags.Limit); err != nil {
		return err
	}
	columns, err := jobresult.ParseSchema(job.Schema)
	if err != nil {
		env.Warn("job %s has an invalid schema; its columns have no names", job.ID)
		columns = nil
	}
	if columns == nil && plan.Format.IsTyped() && job.NumRecords.Valid && job.NumRecords.Value == 0 {
		columns = []jobresult.Column{} // nothing needs a type
	}
	if plan.usesKeys() {
		warnRenamed(env, columns)
	}
	if plan.flags.Header && len(columns) == 0 {
		env.Warn("the server returned no column names for job %s; the columns of csv and tsv are called _col0, _col1, …", job.ID)
	}
	indexes, err := plan.selection.indexes(job.ID, columns)
	if err != nil {
		return err
	}
	onTerminal := plan.onTerminal(env)
	o := download.Options{
		Out: plan.out(env), Path: plan.filePath(), SplitRows: max(plan.flags.Split, 0), Threads: plan.flags.Threads, Copy: plan.flags.Copy,
		Rows: jobresult.Options{
			Format: plan.Format, Columns: columns, Select: indexes, Header: plan.flags.Header, Null: plan.flags.Null, BOM: plan.flags.BOM,
			Limit: plan.flags.Limit, FlushRows: onTerminal, Gunzip: plan.gunzip, AlignNumbers: onTerminal,
			Compression: jobresult.Compression(plan.flags.Compression),
		},
	}
	var kept string
	o.Kept = func(received, total int64) {
		kept = fmt.Sprintf("kept %d of %d bytes; run '%s' to resume", received, total, plan.resumeCommand(job.ID))
	}
	plan.selection.apply(ctx, &o, job.ID)
	limits.apply(&o)
	stop := showProgress(env, plan, &o)
	stats, err := fetchRows(ctx, env, client, job, o, onTerminal)
	stop()
	if kept != "" {
		env.Say("td: %s", kept)
	}
	if err != nil {
		return withTypedHint(noResultError(err, job))
	}
	reportRows(env, job, plan, stats)
	return nil
}

// CopyRows writes rows of a successful job to w as tsv without a header: the columns at the indexes, with null for NULL.
func CopyRows(ctx context.Context, env *cli.Env, client *api.Client, job api.Job, indexes []int, null string, w io.Writer) error {
	columns, err := jobresult.ParseSchema(job.Schema)
	if err != nil {
		return fmt.Errorf("job %s has an invalid schema: %w", job.ID, err)
	}
	return receiveRows(ctx, env, client, job, download.Options{
		Out:  w,
		Rows: jobresult.Options{Format: jobresult.TSV, Columns: columns, Select: indexes, Null: null, Limit: -1},
	})
}

// ReadRows returns at most limit rows of a successful job, as package json decodes them: numbers are json.Number. The copy
// may be nil.
func ReadRows(ctx context.Context, env *cli.Env, client *api.Client, job api.Job, limit int64, kept *download.Copy) ([][]any, error) {
	var rows rowReader
	err := receiveRows(ctx, env, client, job, download.Options{
		Out: &rows, Rows: jobresult.Options{Format: jobresult.JSONL, Limit: limit}, Copy: kept,
	})
	return rows.rows, err
}

// receiveRows downloads the rows of a job for another use than to print them, with a spinner.
func receiveRows(ctx context.Context, env *cli.Env, client *api.Client, job api.Job, o download.Options) error {
	spin := env.SpinWith(func() string { return "receiving the rows of job " + job.ID })
	defer spin.Stop()
	o.Notify = func(line string) { spin.Break(func() { env.Say("td: %s", line) }) }
	_, err := download.Fetch(ctx, client, job, o)
	return noResultError(err, job)
}

// A rowReader decodes rows that are JSON arrays on lines.
type rowReader struct {
	rows [][]any
	rest []byte // incomplete line
}

// Write implements io.Writer.
func (r *rowReader) Write(p []byte) (int, error) {
	r.rest = append(r.rest, p...)
	for {
		line, rest, ok := bytes.Cut(r.rest, []byte("\n"))
		if !ok {
			r.rest = bytes.Clone(line)
			return len(p), nil
		}
		r.rest = rest
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		var row []any
		if err := d.Decode(&row); err != nil {
			return 0, err
		}
		r.rows = append(r.rows, row)
	}
}

// withTypedHint adds the way out to an error of a format with typed columns.
func withTypedHint(err error) error {
	_, unfit := errors.AsType[*jobresult.ValueError](err)
	_, untyped := errors.AsType[*jobresult.SchemaError](err)
	if !unfit && !untyped {
		return err
	}
	return cli.WithHint(err, "use a format without types, such as -f csv or -f jsonl")
}

// resumeCommand returns the command that continues an interrupted download of the rows.
func (p RowPlan) resumeCommand(jobID string) string {
	args := []string{"td job:result", jobID}
	if named, _ := jobresult.FormatOf(p.Path); named != p.Format {
		args = append(args, "-f", string(p.Format))
	}
	if p.flags.Header {
		args = append(args, "-c")
	}
	if p.flags.Null != jobresult.DefaultNull {
		args = append(args, "--null", cli.QuoteArgument(p.flags.Null))
	}
	if p.flags.BOM {
		args = append(args, "--bom")
	}
	if p.flags.Split > 0 {
		args = append(args, "--split-rows", strconv.FormatInt(p.flags.Split, 10))
	}
	if p.flags.Compression != "" {
		args = append(args, "--compression", p.flags.Compression)
	}
	if len(p.flags.Columns) > 0 {
		args = append(args, "--columns", cli.QuoteArgument(strings.Join(p.flags.Columns, ",")))
	}
	if p.flags.JQ != "" {
		args = append(args, "--jq", cli.QuoteArgument(p.flags.JQ))
	}
	return strings.Join(append(args, "-o", cli.QuoteArgument(p.Path)), " ")
}

// usesKeys reports whether the names of columns must be unique.
func (p RowPlan) usesKeys() bool {
	return p.Format.IsTyped() || p.Format == jobresult.JSONL || p.Format == jobresult.JSON && p.flags.Header
}

// warnRenamed warns about duplicate column names, which become different keys.
func warnRenamed(env *cli.Env, columns []jobresult.Column) {
	names, renamed := jobresult.UniqueNames(columns)
	if !renamed {
		return
	}
	count := map[string]int{}
	for i, name := range names {
		original := columns[i].Name
		count[original]++
		if name != original {
			env.Warn("duplicate column name %q: the %s is written as %q", original, ordinal(count[original]), name)
		}
	}
}

// ordinal returns the ordinal number of n, which is 2 or more.
func ordinal(n int) string {
	switch n {
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return fmt.Sprintf("%dth", n)
}

// showProgress reports the progress of a download until the returned function is called. Only a download to a file
// has a bar: a program that reads a pipe may draw on the same terminal.
func showProgress(env *cli.Env, plan RowPlan, o *download.Options) (stop func()) {
	o.Notify = func(line string) { env.Say("td: %s", line) }
	if !plan.flags.Progress && plan.Path == "" {
		return func() {}
	}
	bar := env.Progress(plan.flags.Progress)
	o.Progress = bar.Update
	o.Notify = func(line string) { bar.Break(func() { env.Say("td: %s", line) }) }
	return bar.Stop
}

// out returns the destination of rows that are not written to a file.
func (p RowPlan) out(env *cli.Env) io.Writer {
	if p.flags.To != nil {
		return p.flags.To
	}
	return env.Out
}

// toStandardOutput reports whether the path of a file names standard output. Opening it again would give a second offset
// in a regular file, to which other programs may write, too.
func (p RowPlan) toStandardOutput() bool {
	return slices.Contains([]string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}, p.Path)
}

// filePath returns the path of the file to open for the rows, or "".
func (p RowPlan) filePath() string {
	if p.toStandardOutput() {
		return ""
	}
	return p.Path
}

// fetchRows downloads rows, through the pager if they go to a terminal.
func fetchRows(ctx context.Context, env *cli.Env, client *api.Client, job api.Job, o download.Options, onTerminal bool) (jobresult.Stats, error) {
	if !onTerminal {
		return download.Fetch(ctx, client, job, o)
	}
	defer env.Page()()
	stats, err := download.Fetch(ctx, client, job, o)
	if err != nil && ctx.Err() != nil && env.Paging() {
		env.Say("td: interrupted; these are not all rows")
	}
	return stats, err
}

// reportRows prints the remarks that follow a complete download.
func reportRows(env *cli.Env, job api.Job, plan RowPlan, stats jobresult.Stats) {
	if stats.Trailing {
		env.Warn("trailing bytes after the result were ignored")
	}
	if stats.Limited && job.NumRecords.Valid {
		env.Say("%d of %d rows shown (-l)", stats.Rows, job.NumRecords.Value)
	} else if stats.Limited {
		env.Say("the first %d rows shown (-l)", stats.Rows)
	}
	if plan.toStandardOutput() && env.Flush() != nil {
		return // which Run of package cmd reports
	}
	if plan.Path != "" {
		files := plan.files(stats.Rows)
		parts := int64(len(files))
		if plan.flags.Split < 1 {
			parts = 0
		}
		env.StatusFile.SetOutput(plan.Path, parts)
		env.Say("%s", describeFiles(files, stats.Rows))
	}
}

// files returns the paths of the files that have a number of rows.
func (p RowPlan) files(rows int64) []string {
	pattern, err := download.ParsePattern(p.Path)
	if p.flags.Split < 1 || err != nil {
		return []string{p.Path}
	}
	files := []string{pattern.Name(1)}
	for i := int64(1); i <= (rows-1)/p.flags.Split; i++ {
		files = append(files, pattern.Name(i+1))
	}
	return files
}

// describeFiles reports the size of written files: "wrote 1,000 rows (52.1 kB) to out.csv", or "to 3 files, part-1.csv
// to part-3.csv". A device or an open file such as /dev/stdout has no size.
func describeFiles(files []string, rows int64) string {
	line := "wrote " + text.Commas(rows) + " rows"
	if rows == 1 {
		line = "wrote 1 row"
	}
	size := int64(-1)
	for _, path := range files {
		if t, err := atomicfile.Locate(path); err == nil && !t.Special {
			if info, err := os.Stat(path); err == nil {
				size = max(size, 0) + info.Size()
			}
		}
	}
	if size >= 0 {
		line += " (" + text.TransferSize(float64(size)) + ")"
	}
	if n := len(files); n > 1 {
		return fmt.Sprintf("%s to %s files, %s to %s", line, text.Commas(int64(n)), files[0], files[n-1])
	}
	return line + " to " + files[0]
}

// noResultError explains a missing result.
func noResultError(err error, job api.Job) error {
	if !errors.Is(err, api.ErrNotFound) {
		return err
	}
	if IsBulkImport(job.Type) {
		return noRowsError{job.ID, err}
	}
	return cli.WithHint(fmt.Errorf("job %s has no result: %w", job.ID, err), "results are kept for 90 days")
}

// A noRowsError reports that the rows of a bulk import's job were requested. It wraps the server's response.
type noRowsError struct {
	jobID string
	err   error
}

func (e noRowsError) Error() string {
	return fmt.Sprintf("job %s is a bulk import and has no rows", e.jobID)
}
func (e noRowsError) Unwrap() error { return e.err }
