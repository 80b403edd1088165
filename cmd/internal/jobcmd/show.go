package jobcmd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// ShowFlags say how a job and its rows are shown.
type ShowFlags struct {
	Flags
	WaitFlags
	Verbose bool
	Exclude bool // leave the rows out
}

// Add defines the flags.
func (f *ShowFlags) Add(fs *pflag.FlagSet) {
	fs.BoolVarP(&f.Verbose, "verbose", "v", false, "show the job's logs")
	f.WaitFlags.Add(fs)
	f.Flags.Add(fs)
	fs.BoolVarP(&f.Exclude, "exclude", "x", false, "do not print the rows")
}

// CheckShow refuses flags that contradict each other and settles the rows' format.
func (f ShowFlags) CheckShow(e *cli.Env) (Plan, error) {
	plan, err := f.Flags.Check(e, Defaults{Stdout: jobresult.Table, File: jobresult.TSV})
	if err != nil {
		return plan, err
	}
	if f.dataOnly() && f.Exclude {
		return plan, cli.Usagef("-x/--exclude leaves no rows for -f/--format and -o/--output")
	}
	if err := f.WaitFlags.Check(); err != nil {
		return plan, err
	}
	plan.SayFormat(e)
	return plan, nil
}

func (f ShowFlags) dataOnly() bool { return f.Format != "" || f.Output != "" }

// Show prints a job and its rows as planned.
func Show(ctx context.Context, e *cli.Env, client *api.Client, id string, f ShowFlags, plan Plan) error {
	job, err := Ended(ctx, e, client, id, f.WaitFlags, true)
	if err != nil {
		return err
	}
	defer e.Page()()
	withRows := isQuery(job.Type) && !f.Exclude && job.Status == "success"
	switch {
	case !f.dataOnly():
		describe(e, e.Out, job, f.Verbose)
		if withRows {
			fmt.Fprintln(e.Out, "Result      :")
		}
	case e.ErrTTY:
		describe(e, e.Err, job, f.Verbose)
	}
	if f.dataOnly() || job.Finished() {
		if err := Unfinished(ctx, client, job); err != nil {
			return err
		}
	}
	if withRows || f.dataOnly() {
		if err := Print(ctx, e, client, job, plan); err != nil {
			return err
		}
	}
	if !f.Verbose && e.ErrTTY {
		e.Say("Use '-v' option to show detailed messages.")
	}
	return nil
}

// NoJob names the job that an error is about; nil stays nil.
func NoJob(id string, err error) error {
	return cli.NotFound("job", id, "job:list", err)
}

// Ended returns the job as job/show tells of it, after its end when that is to be waited for.
func Ended(ctx context.Context, e *cli.Env, client *api.Client, id string, f WaitFlags, logs bool) (api.Job, error) {
	job, err := Shown(ctx, e, client, id)
	if err != nil || job.Finished() || !f.Wait.On {
		return job, NoJob(id, err)
	}
	e.Say("the job %s is still %s...", id, job.Status)
	if _, err := Follow(ctx, e, client, id, f, logs); err != nil {
		return job, err
	}
	return Shown(ctx, e, client, id)
}

// Shown returns the job as job/show tells of it, and lets the status file know.
func Shown(ctx context.Context, e *cli.Env, client *api.Client, id string) (api.Job, error) {
	job, err := client.Job(ctx, id)
	if err != nil {
		return job, err
	}
	e.StatusFile.SetJob(id, job.Status)
	if job.NumRecords.Valid {
		e.StatusFile.SetRecords(job.NumRecords.Value)
	}
	if job.ResultSize.Valid {
		e.StatusFile.SetSize(job.ResultSize.Value)
	}
	return job, nil
}

// isQuery reports whether jobs of a type have rows.
func isQuery(jobType string) bool {
	switch jobType {
	case "hive", "pig", "impala", "presto", "trino":
		return true
	}
	return false
}

// describe prints the toolbelt's labelled block.
func describe(e *cli.Env, w io.Writer, j api.Job, verbose bool) {
	line := func(label, value string) { fmt.Fprintf(w, "%-12s: %s\n", label, value) }
	line("JobID", j.ID)
	fmt.Fprintf(w, "%-12s: ", "Status")
	e.PrintStatus(w, j.Status)
	fmt.Fprintln(w)
	line("Type", j.Type)
	line("Database", j.Database)
	line("Start At", text.UTC(j.StartAt.Time))
	line("End At", text.UTC(j.EndAt.Time))
	switch {
	case j.Type == "bulkload":
		line("Config", "")
		fmt.Fprint(w, configText(j))
	case strings.HasPrefix(j.Type, "bulk_import"):
		line("Destination", j.Query)
	case isQuery(j.Type):
		describeQuery(line, j)
	}
	if !verbose {
		return
	}
	fmt.Fprint(w, "\nOutput:\n")
	indent(w, j.Debug.Cmdout)
	fmt.Fprint(w, "\nDetails:\n")
	indent(w, j.Debug.Stderr)
}

func describeQuery(line func(label, value string), j api.Job) {
	line("Priority", cli.PriorityName(j.Priority))
	line("Retry limit", fmt.Sprint(j.RetryLimit))
	line("Output", api.RedactURL(j.ResultURL))
	line("Query", j.Query)
	if j.Finished() && j.Type == "hive" && j.CPUTime.Valid {
		line("CPU time", text.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true))
	}
	if j.Finished() && j.ResultSize.Valid {
		line("Result size", text.FileSize(j.ResultSize.Value))
	}
}

func indent(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		Log(w)(strings.TrimRight(line, "\r\n"))
	}
}

// configText is a connector job's configuration, which may come as an object or as text.
func configText(j api.Job) string {
	if len(j.QueryObject) > 0 {
		return connectorconfig.Show(j.QueryObject)
	}
	return connectorconfig.Show([]byte(j.Query))
}
