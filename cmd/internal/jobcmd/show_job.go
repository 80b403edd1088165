package jobcmd

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// ShowFlags are the flags of job:show and sched:result.
type ShowFlags struct {
	RowFlags
	WaitFlags
	Verbose bool
	Exclude bool // omit the rows
}

// Add defines the flags.
func (f *ShowFlags) Add(fs *pflag.FlagSet) {
	fs.BoolVarP(&f.Verbose, "verbose", "v", false, "show the job's logs")
	f.WaitFlags.Add(fs)
	f.RowFlags.Add(fs)
	fs.BoolVarP(&f.Exclude, "exclude", "x", false, "do not print the rows")
}

// Plan checks the flags and determines the format of the rows.
func (f ShowFlags) Plan(env *cli.Env) (RowPlan, error) {
	plan, err := f.RowFlags.Plan(env, RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV})
	if err != nil {
		return plan, err
	}
	if f.dataOnly() && f.Exclude {
		return plan, cli.Usagef("-x/--exclude cannot be used together with -f/--format and -o/--output")
	}
	if err := f.WaitFlags.Check(); err != nil {
		return plan, err
	}
	plan.PrintFormatHint(env)
	return plan, nil
}

// dataOnly reports whether only the rows are written to standard output or the file.
func (f ShowFlags) dataOnly() bool { return f.Format != "" || f.Output != "" }

// ShowJob prints a job and its rows as planned.
func ShowJob(ctx context.Context, env *cli.Env, client *api.Client, id string, f ShowFlags, plan RowPlan) error {
	job, err := FetchEndedJob(ctx, env, client, id, f.WaitFlags, true)
	if err != nil {
		return err
	}
	defer env.Page()()
	withRows := IsQuery(job.Type) && !f.Exclude && job.Status == "success"
	switch {
	case !f.dataOnly():
		printJob(env, env.Out, job, f.Verbose)
		if withRows {
			fmt.Fprintln(env.Out, "Result      :")
		}
	case env.ErrTTY:
		printJob(env, env.Err, job, f.Verbose)
	}
	if f.dataOnly() || job.Finished() {
		if err := NotSucceededError(ctx, client, job); err != nil {
			return err
		}
	}
	if withRows || f.dataOnly() {
		if err := DeliverRows(ctx, env, client, job, plan); err != nil {
			return err
		}
	}
	if !f.Verbose && env.ErrTTY {
		env.Say("Use '-v' option to show detailed messages.")
	}
	return nil
}

// printJob prints the labelled block of job:show, in the form of the Ruby toolbelt.
func printJob(env *cli.Env, w io.Writer, j api.Job, verbose bool) {
	printLine := func(label, value string) { fmt.Fprintf(w, "%-12s: %s\n", label, value) }
	printLine("JobID", j.ID)
	fmt.Fprintf(w, "%-12s: ", "Status")
	env.PrintStatus(w, j.Status)
	fmt.Fprintln(w)
	printLine("Type", j.Type)
	printLine("Database", j.Database)
	printLine("Start At", text.UTC(j.StartAt.Time))
	printLine("End At", text.UTC(j.EndAt.Time))
	switch {
	case j.Type == "bulkload":
		printLine("Config", "")
		fmt.Fprint(w, formatConfig(j))
	case IsBulkImport(j.Type):
		printLine("Destination", j.Query)
	case IsQuery(j.Type):
		printQuery(printLine, j)
	}
	if !verbose {
		return
	}
	fmt.Fprint(w, "\nOutput:\n")
	printLog(w, j.Debug.Cmdout)
	fmt.Fprint(w, "\nDetails:\n")
	printLog(w, j.Debug.Stderr)
}

// printQuery prints the lines that only jobs with a query have.
func printQuery(printLine func(label, value string), j api.Job) {
	printLine("Priority", cli.PriorityName(j.Priority))
	printLine("Retry limit", strconv.Itoa(j.RetryLimit))
	printLine("Output", redact.Text(j.ResultURL))
	printLine("Query", j.Query)
	if j.Finished() && j.Type == "hive" && j.CPUTime.Valid {
		printLine("CPU time", text.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true))
	}
	if j.Finished() && j.ResultSize.Valid {
		printLine("Result size", text.FileSize(j.ResultSize.Value))
	}
}

func printLog(w io.Writer, log string) {
	for line := range strings.Lines(log) {
		printLogLine(w, strings.TrimRight(line, "\r\n"))
	}
}

// formatConfig returns the configuration of a bulk load as YAML without secrets.
func formatConfig(j api.Job) string {
	if len(j.QueryObject) > 0 {
		return connectorconfig.Show(j.QueryObject)
	}
	return connectorconfig.Show([]byte(j.Query))
}
