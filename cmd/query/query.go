// Package query implements the commands query and rerun.
package query

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "query", New: New},
		{Name: "rerun", New: NewRerun},
	}
}

type options struct {
	jobcmd.RowFlags
	jobcmd.WaitFlags
	jobcmd.PrintID
	jobcmd.MaxTime
	jobcmd.Lint
	database, jobType                 string
	files, defines                    []string
	resultURL, user                   string
	password                          bool
	priority, pool, domainKey, engine string
	once, name                        string
	reuse                             time.Duration
	retry                             int
	exclude                           bool
	sampling                          bool // --sampling was given
	reuseGiven                        bool // --reuse was given
	check                             bool
	render                            bool
}

// New returns the query command.
func New(env *cli.Env) *cobra.Command {
	o := new(options)
	cmd := &cobra.Command{
		Use:   "query [SQL | -]",
		Short: "Submit a query, and with -w wait for its rows",
		Long: `Submit a query, and with -w wait for its rows. The SQL is the argument, standard input (-), or
files (-q), which with -w run one after the other; {} in -o stands for the name of the file. With
-D day=2026-01-02, :day in the SQL becomes '2026-01-02', and DATE '2026-01-02' with -D day:date=2026-01-02.
Comments at the start of a file can set flags and declare parameters: see 'td help sqlfiles'.`,
		Example: `  td query -d sample_datasets -w 'SELECT method, COUNT(1) FROM www_access GROUP BY method'
  td query -d web -w -f csv -c -q a.sql -q b.sql -o 'out/{}.csv' -D day:date=2026-01-02`,
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.sampling, o.reuseGiven = cmd.Flags().Changed("sampling"), cmd.Flags().Changed("reuse")
			return runQuery(cmd.Context(), env, cmd.Flags(), o, args)
		},
	}
	fs := cmd.Flags()
	o.addFlags(fs)
	fs.StringArrayVarP(&o.files, "query", "q", nil, "read the SQL from `FILE` (- is standard input)")
	fs.Int("sampling", 0, "obsolete")
	_ = fs.MarkHidden("sampling")
	fs.BoolVar(&o.render, "render", false, "print the SQL with the values of its parameters instead of running it")
	argv.MarkNew(fs, "render")
	complete.Flags(fs, complete.File, "query")
	return cmd
}

// addFlags defines the flags that query and rerun share.
func (o *options) addFlags(fs *pflag.FlagSet) {
	fs.StringVarP(&o.database, "database", "d", "", "run in database `DB`")
	fs.StringVarP(&o.jobType, "type", "T", "", "`TYPE` of the query: hive, trino or presto (default hive)")
	fs.StringArrayVarP(&o.defines, "define", "D", nil, "replace :NAME in the SQL with the value: `NAME[:TYPE]=VALUE`")
	o.WaitFlags.Add(fs)
	o.PrintID.Add(fs)
	o.MaxTime.Add(fs)
	o.Lint.Add(fs)
	o.RowFlags.Add(fs)
	fs.BoolVarP(&o.exclude, "exclude", "x", false, "do not print the rows")
	fs.StringVarP(&o.resultURL, "result", "r", "", "let the server write the result to `URL`")
	fs.StringVarP(&o.user, "user", "u", "", "user `NAME` for the result URL")
	fs.BoolVarP(&o.password, "password", "p", false, "prompt for the password for the result URL")
	fs.StringVarP(&o.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.IntVarP(&o.retry, "retry", "R", 0, "let the server retry a failed query `N` times")
	fs.StringVarP(&o.pool, "pool-name", "O", "", "run in the resource pool `NAME`")
	fs.StringVar(&o.domainKey, "domain-key", "", "submit under `KEY`, and fail if a job was already submitted under it")
	fs.StringVar(&o.once, "once", "", "submit under `KEY`, or continue with the job that was already submitted under it")
	fs.StringVar(&o.engine, "engine-version", "", "run on this `VERSION` of the engine")
	fs.StringVar(&o.name, "name", "", "give the job a `NAME` in the history: @NAME can then replace its ID")
	fs.BoolVar(&o.check, "check", false, "check the SQL with an EXPLAIN job instead of running it; status 3 if it is not valid")
	fs.DurationVar(&o.reuse, "reuse", 0, "return the result of the same query if it was submitted less than `TIME` ago, such as 1h; ignores later changes of tables")
	fs.Lookup("reuse").DefValue = "0s"
	argv.MarkNew(fs, "define", "once", "name", "reuse", "check")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.JobType, "type")
	complete.Flags(fs, complete.Any, "define", "user", "pool-name", "domain-key", "once", "engine-version", "name")
	complete.Flags(fs, complete.Result, "result")
	complete.Flags(fs, complete.Priority, "priority")
}

func runQuery(ctx context.Context, env *cli.Env, fs *pflag.FlagSet, o *options, args []string) error {
	if o.sampling {
		env.Warn("--sampling no longer has an effect")
	}
	tasks, err := readStatements(env, fs, o, args)
	if err != nil {
		return err
	}
	if o.render {
		return render(env, *o, tasks)
	}
	if err := prepare(env, *o, tasks); err != nil {
		return err
	}
	return runTasks(ctx, env, tasks)
}

// runTasks runs queries one after the other until one fails.
func runTasks(ctx context.Context, env *cli.Env, tasks []task) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	for i, t := range tasks {
		if err := api.IgnoreDryRun(runTask(ctx, env, client, t)); err != nil {
			switch left := len(tasks) - i - 1; left {
			case 0:
			case 1:
				env.PrintError("%s failed; 1 remaining query was not submitted", t.name)
			default:
				env.PrintError("%s failed; %d remaining queries were not submitted", t.name, left)
			}
			return err
		}
	}
	return nil
}

// plan checks the flags and determines the format of the rows, before any request.
func (o options) plan(env *cli.Env) (jobcmd.RowPlan, error) {
	if err := o.WaitFlags.Check(); err != nil {
		return jobcmd.RowPlan{}, err
	}
	if err := o.MaxTime.CheckWait(o.WaitFlags); err != nil && !o.check {
		return jobcmd.RowPlan{}, err
	}
	plan, err := o.RowFlags.Plan(env, jobcmd.RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV, StdoutLimit: true})
	switch {
	case err != nil:
		return plan, err
	case o.retry < 0:
		return plan, cli.Usagef("-R/--retry must be 0 or more, not %d", o.retry)
	case o.exclude && o.Output != "":
		return plan, cli.Usagef("-x/--exclude and -o/--output cannot be used together")
	case o.name != "" && jobcmd.CheckName(o.name) != nil:
		return plan, jobcmd.CheckName(o.name)
	case o.reuseGiven && o.checkReuse(env) != nil:
		return plan, o.checkReuse(env)
	case o.once != "" && o.domainKey != "":
		return plan, cli.Usagef("--once and --domain-key cannot be used together")
	case !o.Wait.On && plan.HasExpectations():
		return plan, cli.Usagef("--expect and --fail-if-empty require -w/--wait")
	case o.Wait.On && bool(o.PrintID) && plan.Path == "" && !o.exclude:
		return plan, cli.WithHint(cli.Usagef("--print-id and the rows cannot both be written to standard output"),
			"write the rows to a file with -o FILE, or omit them with -x")
	}
	return plan, nil
}

// runTask submits a query and, with -w, waits for its rows. With --check it only checks the query.
func runTask(ctx context.Context, env *cli.Env, client *api.Client, t task) error {
	o := t.options
	if o.check {
		return checkTask(ctx, env, client, o, t)
	}
	if o.reuseGiven {
		if done, err := reuse(ctx, env, client, o, t); done || err != nil {
			return err
		}
	}
	id, status, err := submitTask(ctx, env, client, t)
	if err != nil {
		return err
	}
	sentence := "Job %s is " + status + "."
	if (api.Job{Status: status}).Finished() {
		sentence = "Job %s has ended: " + status + "."
	}
	if o.Deadline, err = o.MaxTime.Start(env); err != nil {
		return err
	}
	if o.Wait.On {
		o.ReportSubmitted(env, id, status, env.Say, sentence)
		return waitAndDeliver(ctx, env, client, id, o, t.plan)
	}
	o.ReportSubmitted(env, id, status, env.Print, sentence)
	if !o.PrintID {
		env.Say("Use 'td job:show %s' to show the status.", id)
	}
	o.Deadline.ReportUnenforced(env, id)
	if o.Output != "" {
		env.Warn("no file will be written without -w/--wait")
	}
	return nil
}

// submitTask submits a query, or finds the job that was submitted under its domain key. It returns the ID and the status of
// the job.
func submitTask(ctx context.Context, env *cli.Env, client *api.Client, t task) (id, status string, err error) {
	o := t.options
	given := t.request.DomainKey != ""
	if !given { // every query has a key, so that a repeated request does not run it twice
		if t.request.DomainKey, err = jobcmd.DomainKey(ctx, env, client, t.historyJob("", o), t.request.Query); err != nil {
			return "", "", err
		}
	}
	if t.request.ScheduledTime, err = scheduledTime(env); err != nil {
		return "", "", err
	}
	id, existed, err := client.IssueJob(ctx, t.request)
	if err != nil {
		return "", "", submitError(err, t.request.Database)
	}
	if !existed || !given {
		env.RecordJob(ctx, t.historyJob(id, o), t.request.Query)
	}
	status = "queued"
	switch {
	case existed && !given:
		env.Say("Job %s of an earlier attempt is continued.", id)
		job, err := client.Job(ctx, id)
		if err != nil {
			return "", "", err
		}
		status = job.Status
	case existed && o.domainKey != "":
		err := cli.StateError{Err: fmt.Errorf("job %s was already submitted under the domain key %q", id, t.request.DomainKey)}
		return "", "", cli.WithHint(cli.JobContextError{Err: err, ID: id}, "'--once %s' continues with that job", o.domainKey)
	case existed:
		if status, err = checkExisting(ctx, env, client, id, t.request); err != nil {
			return "", "", err
		}
	}
	return id, status, nil
}

// scheduledTime returns the time for which this run of an unattended command is scheduled, or "".
func scheduledTime(env *cli.Env) (string, error) {
	record, err := env.RunRecord()
	if record == nil || err != nil || record.Scheduled().IsZero() {
		return "", err
	}
	return strconv.FormatInt(record.Scheduled().Unix(), 10), nil
}

// checkExisting reports that a job was submitted earlier under the key of --once, and warns if its query differs. It
// returns the status of the job.
func checkExisting(ctx context.Context, env *cli.Env, client *api.Client, id string, r api.IssueRequest) (status string, err error) {
	job, err := client.Job(ctx, id)
	if err != nil {
		return "", err
	}
	env.Say("Job %s was already submitted under this key.", id)
	if strings.TrimSpace(job.Query) != strings.TrimSpace(r.Query) || job.Database != r.Database {
		env.Warn("the query or the database of job %s differs from this one", id)
	}
	if job.Status == "error" || job.Status == "killed" {
		env.Say("Use a different key to submit the query again.")
	}
	return job.Status, nil
}

// submitError names the database in the error of a submit.
func submitError(err error, database string) error {
	if errors.Is(err, api.ErrNotFound) {
		return tablecmd.DatabaseNotFound(database, err)
	}
	return fmt.Errorf("the query was not submitted to database '%s': %w", database, err)
}

// waitAndDeliver waits for a job and writes its rows.
func waitAndDeliver(ctx context.Context, env *cli.Env, client *api.Client, id string, o options, plan jobcmd.RowPlan) error {
	job, err := jobcmd.WaitEnded(ctx, env, client, id, o.WaitFlags, jobcmd.WantsLog(env, env.Flags.Verbose))
	if err != nil {
		return err
	}
	jobcmd.PrintFinalStatus(env, job)
	if err := jobcmd.NotSucceededError(ctx, client, job); err != nil {
		return err
	}
	if job, err = jobcmd.FetchJob(ctx, env, client, id); err != nil { // job/status returns no schema
		return err
	}
	if o.exclude {
		return plan.CheckCount(job)
	}
	return jobcmd.DeliverRows(ctx, env, client, job, plan)
}
