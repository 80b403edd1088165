package jobcmd

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
	"github.com/td-cli/td/internal/grid"
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
	Info    bool // print the job as a list of one row
	Schema  bool // print the result's columns as a list
}

// Add defines the flags.
func (f *ShowFlags) Add(fs *pflag.FlagSet) {
	fs.BoolVarP(&f.Verbose, "verbose", "v", false, "show the job's logs")
	f.WaitFlags.Add(fs)
	f.RowFlags.Add(fs)
	fs.BoolVarP(&f.Exclude, "exclude", "x", false, "do not print the rows")
	fs.BoolVar(&f.Info, "info", false, "print the job itself as one row in the format of -f")
	fs.BoolVar(&f.Schema, "schema", false, "print the names and types of the result's columns in the format of -f")
	argv.MarkNew(fs, "info", "schema")
}

// Plan checks the flags and determines the format of the rows.
func (f ShowFlags) Plan(env *cli.Env) (RowPlan, error) {
	plan, err := f.RowFlags.Plan(env, RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV})
	if err != nil {
		return plan, err
	}
	switch {
	case f.Exclude && f.Output != "":
		return plan, cli.Usagef("-x/--exclude and -o/--output cannot be used together")
	case f.Info && f.Schema:
		return plan, cli.Usagef("--info and --schema cannot be used together")
	case f.list() && f.Output != "":
		return plan, cli.Usagef("--info and --schema cannot be used together with -o/--output")
	case f.list() && f.expects():
		return plan, cli.Usagef("--info and --schema cannot be used together with --expect and --fail-if-empty, which count rows")
	case f.list() && plan.Format.IsBinary():
		return plan, cli.Usagef("--info and --schema cannot be used together with -f %s", plan.Format)
	case f.list():
		return plan, f.WaitFlags.Check()
	}
	if err := f.WaitFlags.Check(); err != nil {
		return plan, err
	}
	plan.PrintHints(env)
	return plan, nil
}

// dataOnly reports whether only the rows are written to standard output or the file. With -x there are no rows.
func (f ShowFlags) dataOnly() bool { return (f.Format != "" || f.Output != "") && !f.Exclude }

// list reports whether a list is printed instead of the block and the rows.
func (f ShowFlags) list() bool { return f.Info || f.Schema }

// ShowJob prints a job and its rows as planned.
func ShowJob(ctx context.Context, env *cli.Env, client *api.Client, id string, f ShowFlags, plan RowPlan) error {
	job, err := FetchEndedJob(ctx, env, client, id, f.WaitFlags, true)
	if err != nil {
		return err
	}
	if f.Wait.On && job.Finished() {
		PrintFinalStatus(env, job)
	}
	if f.list() {
		return printJobList(env, job, f, plan)
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
	if f.Exclude && f.Format != "" {
		env.Say("hint: 'td job:show %s --info -f %s' prints the job in this format", id, f.Format)
	}
	if !f.Verbose && env.ErrTTY {
		env.Say("Use '-v' option to show detailed messages.")
	}
	return nil
}

// printJobList prints the job, or the columns of its result, as a list.
func printJobList(env *cli.Env, job api.Job, f ShowFlags, plan RowPlan) error {
	list := listcmd.Grid(JobColumns(), JobKeys(), RawJob, []api.Job{job})
	if f.Schema {
		columns, err := jobresult.ParseSchema(job.Schema)
		if err != nil {
			return fmt.Errorf("job %s has an invalid schema: %w", job.ID, err)
		}
		list = schemaList(columns)
	}
	format := cli.TableList()
	if f.Format != "" || f.Vertical {
		if err := format.Set(string(plan.Format)); err != nil {
			return cli.UsageError{Err: err}
		}
	}
	if f.Info {
		if err := listcmd.CheckZone(JobColumns(), format); err != nil {
			return err
		}
	}
	if f.JQ != "" {
		if err := format.SetJQ(f.JQ); err != nil {
			return cli.UsageError{Err: err}
		}
	}
	format.Columns, format.BOM = f.Columns, f.BOM
	return env.PrintList(list, format)
}

// schemaList returns a list of the columns of a result.
func schemaList(columns []jobresult.Column) grid.List {
	type rawColumn struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	l := grid.List{Columns: []string{"Column", "Type"}}
	for _, c := range columns {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{c.Name, c.Type}, Raw: rawColumn{c.Name, c.Type}})
	}
	return l
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
		fmt.Fprintln(w, "Config      :")
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
	PrintLog(w, "  ", j.Debug.Cmdout)
	fmt.Fprint(w, "\nDetails:\n")
	PrintLog(w, "  ", j.Debug.Stderr)
}

// printQuery prints the lines that only jobs with a query have.
func printQuery(printLine func(label, value string), j api.Job) {
	printLine("Priority", cli.PriorityName(j.Priority))
	printLine("Retry limit", strconv.Itoa(j.RetryLimit))
	printLine("Output", redact.Text(j.ResultURL))
	printLine("Query", redact.Text(j.Query))
	if j.Finished() && j.Type == "hive" && j.CPUTime.Valid {
		printLine("CPU time", text.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true))
	}
	if j.Finished() && j.ResultSize.Valid {
		printLine("Result size", text.FileSize(j.ResultSize.Value))
	}
}

// formatConfig returns the configuration of a bulk load as YAML without secrets.
func formatConfig(j api.Job) string {
	if len(j.QueryObject) > 0 {
		return connectorconfig.ShowDocument(j.QueryObject)
	}
	return connectorconfig.ShowDocument([]byte(j.Query))
}
