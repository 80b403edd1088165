// Package query is the command that submits SQL: td query.
package query

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

type options struct {
	jobcmd.Flags
	jobcmd.WaitFlags
	jobcmd.PrintID
	database, jobType                 string
	files, defines                    []string
	resultURL, user                   string
	password                          bool
	priority, pool, domainKey, engine string
	once                              string
	retry                             int
	exclude                           bool
	sampling                          int
}

// Commands returns the command query.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{New(env)}
}

// New returns the command query.
func New(e *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "query [SQL | -]",
		Short: "Submit a query, and with -w wait for its rows",
		Long: `Submit a query, and with -w wait for its rows. The SQL is the argument, standard input (-),
or files (-q), which with -w run one after the other; {} in -o stands for a file's name.`,
		Example: `  td query -d sample_datasets -w 'SELECT method, COUNT(1) FROM www_access GROUP BY method'
  td query -d web -w -f csv -c -q a.sql -q b.sql -o 'out/{}.csv' -D day:date=2026-01-02`,
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), e, o, cmd.Flags().Changed("sampling"), args)
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.database, "database", "d", "", "run in database `DB`")
	fs.StringVarP(&o.jobType, "type", "T", "", "`TYPE` of the query: hive, trino or presto (default hive)")
	fs.StringArrayVarP(&o.files, "query", "q", nil, "read the SQL from `FILE` (- is standard input)")
	fs.StringArrayVarP(&o.defines, "define", "D", nil, "where the SQL says :NAME, write the value: `NAME[:TYPE]=VALUE`")
	o.WaitFlags.Add(fs)
	o.PrintID.Add(fs)
	o.Flags.Add(fs)
	fs.BoolVarP(&o.exclude, "exclude", "x", false, "do not print the rows")
	fs.StringVarP(&o.resultURL, "result", "r", "", "let the server write the result to `URL`")
	fs.StringVarP(&o.user, "user", "u", "", "`NAME` to put into the result URL")
	fs.BoolVarP(&o.password, "password", "p", false, "ask for the password to put into the result URL")
	fs.StringVarP(&o.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.IntVarP(&o.retry, "retry", "R", 0, "let the server retry a failed query `N` times")
	fs.StringVarP(&o.pool, "pool-name", "O", "", "run in the resource pool `NAME`")
	jobcmd.Filled(fs, &o.domainKey, "domain-key", "", "submit under `KEY`: a second submit under it is refused")
	jobcmd.Filled(fs, &o.once, "once", "", "submit under `KEY`: a second submit goes on with the first one's job")
	fs.StringVar(&o.engine, "engine-version", "", "run on this `VERSION` of the engine")
	fs.IntVar(&o.sampling, "sampling", 0, "obsolete")
	_ = fs.MarkHidden("sampling")
	argv.MarkNew(fs, "define", "once")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.JobType, "type")
	complete.Flags(fs, complete.File, "query")
	complete.Flags(fs, complete.Any, "define", "user", "pool-name", "domain-key", "once", "engine-version")
	complete.Flags(fs, complete.Result, "result")
	complete.Flags(fs, complete.Priority, "priority")
	return cmd
}

func run(ctx context.Context, e *cli.Env, o options, sampling bool, args []string) error {
	if sampling {
		e.Warn("--sampling has no effect any more")
	}
	plan, err := check(e, o)
	if err != nil {
		return err
	}
	tasks, err := newTasks(e, o, plan, args)
	if err != nil {
		return err
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	for i, t := range tasks {
		if err := submit(ctx, e, client, o, t); err != nil {
			if left := len(tasks) - i - 1; left > 0 {
				e.PrintError("%s failed; of the queries behind it, %d were not submitted", t.name, left)
			}
			return err
		}
	}
	return nil
}

// check refuses, before any request, flags that cannot be.
func check(e *cli.Env, o options) (jobcmd.Plan, error) {
	if err := o.WaitFlags.Check(); err != nil {
		return jobcmd.Plan{}, err
	}
	plan, err := o.Flags.Check(e, jobcmd.Defaults{Stdout: jobresult.Table, File: jobresult.TSV})
	switch {
	case err != nil:
		return plan, err
	case o.retry < 0:
		return plan, cli.Usagef("-R/--retry is 0 or more, not %d", o.retry)
	case o.exclude && o.Output != "":
		return plan, cli.Usagef("-x/--exclude and -o/--output exclude each other")
	case o.once != "" && o.domainKey != "":
		return plan, cli.Usagef("--once and --domain-key exclude each other")
	case !o.Wait.On && plan.Expects():
		return plan, cli.Usagef("--expect and --fail-if-empty need -w/--wait")
	case o.Wait.On && bool(o.PrintID) && plan.Path == "" && !o.exclude:
		return plan, cli.WithHint(cli.Usagef("--print-id and the rows would both go to standard output"), "-o FILE writes the rows to a file, -x leaves them out")
	}
	return plan, nil
}

// submit submits a query and, if that is asked for, waits for its rows.
func submit(ctx context.Context, e *cli.Env, client *api.Client, o options, t task) error {
	id, existed, err := client.IssueJob(ctx, t.request)
	if err != nil {
		return submitError(err, t.request.Database)
	}
	status := "queued"
	switch {
	case existed && o.domainKey != "":
		err := cli.StateError{Err: fmt.Errorf("job %s was submitted under the domain key %q already", id, t.request.DomainKey)}
		return cli.WithHint(cli.JobContextError{Err: err, ID: id}, "'--once %s' goes on with that job", o.domainKey)
	case existed:
		if status, err = attach(ctx, e, client, id, t.request); err != nil {
			return err
		}
	}
	sentence := "Job %s is " + status + "."
	if (api.Job{Status: status}).Finished() {
		sentence = "Job %s has ended: " + status + "."
	}
	if o.Wait.On {
		o.PrintID.Submitted(e, id, status, e.Say, sentence)
		return finish(ctx, e, client, id, o, t.plan)
	}
	o.PrintID.Submitted(e, id, status, e.Print, sentence)
	if !o.PrintID {
		e.Say("Use 'td job:show %s' to show the status.", id)
	}
	if o.Output != "" {
		e.Warn("no file will be written without -w/--wait")
	}
	return nil
}

// attach says that there is a job already, and whether it runs something else. It returns the job's status.
func attach(ctx context.Context, e *cli.Env, client *api.Client, id string, r api.IssueRequest) (status string, err error) {
	job, err := client.Job(ctx, id)
	if err != nil {
		return "", err
	}
	e.Say("The key leads to job %s, which was submitted before.", id)
	if strings.TrimSpace(job.Query) != strings.TrimSpace(r.Query) || job.Database != r.Database {
		e.Warn("job %s runs another query, or in another database, than this one", id)
	}
	if job.Status == "error" || job.Status == "killed" {
		e.Say("Under another key the query is submitted anew.")
	}
	return job.Status, nil
}

// submitError names the database, which may be what is missing.
func submitError(err error, database string) error {
	if errors.Is(err, api.ErrNotFound) {
		return tablecmd.DatabaseNotFound(database, err)
	}
	return fmt.Errorf("the query was not submitted to database '%s': %w", database, err)
}

// finish waits for the job and prints its rows.
func finish(ctx context.Context, e *cli.Env, client *api.Client, id string, o options, plan jobcmd.Plan) error {
	job, err := jobcmd.Follow(ctx, e, client, id, o.WaitFlags, e.Flags.Verbose)
	if err != nil {
		return err
	}
	if err := jobcmd.Unfinished(ctx, client, job); err != nil {
		return err
	}
	if job, err = jobcmd.Shown(ctx, e, client, id); err != nil { // status does not tell the schema
		return err
	}
	if o.exclude {
		return plan.Unmet(job)
	}
	return jobcmd.Print(ctx, e, client, job, plan)
}
