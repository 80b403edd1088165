// Package query is the command that submits SQL: td query.
package query

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/rows"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

type options struct {
	rows.Flags
	rows.WaitFlags
	database, jobType, file           string
	resultURL, user                   string
	password                          bool
	priority, pool, domainKey, engine string
	retry                             int
	exclude                           bool
	sampling                          int
}

// New returns the command query.
func New(e *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "query [SQL | -]",
		Short: "Submit a query, and with -w wait for its rows",
		Long: `Submit a query, and with -w wait for its rows.

The SQL is the argument, standard input (-), or a file (-q). Without -w the job's
ID is printed as soon as the job is queued.`,
		Example: `  td query -d sample_datasets -w 'SELECT method, COUNT(1) FROM www_access GROUP BY method'
  td query -d sample_datasets -w -f csv -c -o access.csv -q access.sql`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), e, o, cmd.Flags().Changed("sampling"), args)
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.database, "database", "d", "", "run in database `DB`")
	fs.StringVarP(&o.jobType, "type", "T", "", "`TYPE` of the query: hive, trino or presto (default hive)")
	fs.StringVarP(&o.file, "query", "q", "", "read the SQL from `FILE` (- is standard input)")
	o.WaitFlags.Add(fs)
	o.Flags.Add(fs)
	fs.BoolVarP(&o.exclude, "exclude", "x", false, "do not print the rows")
	fs.StringVarP(&o.resultURL, "result", "r", "", "let the server write the result to `URL`")
	fs.StringVarP(&o.user, "user", "u", "", "`NAME` to put into the result URL")
	fs.BoolVarP(&o.password, "password", "p", false, "ask for the password to put into the result URL")
	fs.StringVarP(&o.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.IntVarP(&o.retry, "retry", "R", 0, "let the server retry a failed query `N` times")
	fs.StringVarP(&o.pool, "pool-name", "O", "", "run in the resource pool `NAME`")
	fs.StringVar(&o.domainKey, "domain-key", "", "submit under `KEY`: a second submit under it is refused")
	fs.StringVar(&o.engine, "engine-version", "", "run on this `VERSION` of the engine")
	fs.IntVar(&o.sampling, "sampling", 0, "obsolete")
	_ = fs.MarkHidden("sampling")
	return cmd
}

// types are the job types that take SQL.
func types() []string { return []string{"hive", "trino", "presto", "pig", "impala"} }

func run(ctx context.Context, e *cli.Env, o options, sampling bool, args []string) error {
	if sampling {
		e.Warn("--sampling has no effect any more")
	}
	plan, err := check(e, o)
	if err != nil {
		return err
	}
	request, err := newRequest(e, o, args)
	if err != nil {
		return err
	}
	if o.Wait.On {
		if err := plan.Writable(); err != nil {
			return err
		}
		plan.SayFormat(e)
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	id, err := client.IssueJob(ctx, request)
	if err != nil {
		return submitError(err, request.Database)
	}
	if !o.Wait.On {
		e.Print("Job %s is queued.", id)
		e.Say("Use 'td job:show %s' to show the status.", id)
		if o.Output != "" {
			e.Warn("no file will be written without -w/--wait")
		}
		return nil
	}
	e.Say("Job %s is queued.", id)
	return finish(ctx, e, client, id, o, plan)
}

// check refuses, before any request, flags that cannot be.
func check(e *cli.Env, o options) (rows.Plan, error) {
	if err := o.WaitFlags.Check(); err != nil {
		return rows.Plan{}, err
	}
	if o.retry < 0 {
		return rows.Plan{}, cli.Usagef("-R/--retry is 0 or more, not %d", o.retry)
	}
	if o.exclude && o.Output != "" {
		return rows.Plan{}, cli.Usagef("-x/--exclude and -o/--output exclude each other")
	}
	return o.Flags.Check(e, rows.Defaults{Stdout: jobresult.Table, File: jobresult.TSV})
}

// newRequest puts together what is submitted, with a domain key, so that a submit
// that is sent twice runs once.
func newRequest(e *cli.Env, o options, args []string) (api.IssueRequest, error) {
	settings, err := e.Config()
	if err != nil {
		return api.IssueRequest{}, err
	}
	r := api.IssueRequest{
		Database:      firstOf(o.database, settings.Database),
		Type:          firstOf(o.jobType, settings.Type, "hive"),
		PoolName:      o.pool,
		DomainKey:     firstOf(o.domainKey, "td-"+rand.Text()),
		EngineVersion: o.engine,
	}
	if r.Database == "" {
		return r, cli.Usagef("no database; name one with -d DB, or set 'database = DB' in %s", settings.Path)
	}
	if !slices.Contains(types(), r.Type) {
		return r, cli.Usagef("unknown type %q; it is hive, trino or presto", r.Type)
	}
	if o.retry > 0 {
		r.RetryLimit = &o.retry
	}
	if o.priority != "" {
		p, err := cli.ParsePriority(o.priority)
		if err != nil {
			return r, cli.UsageError{Err: err}
		}
		r.Priority = &p
	}
	if r.ResultURL, err = e.ResultURL(o.resultURL, o.user, o.password); err != nil {
		return r, err
	}
	r.Query, err = rows.ReadSQL(e, o.file, args)
	return r, err
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// submitError names the database, which may be what is missing.
func submitError(err error, database string) error {
	if errors.Is(err, api.ErrNotFound) {
		return cli.NoDatabase(database, err)
	}
	return fmt.Errorf("the query was not submitted to database '%s': %w", database, err)
}

// finish waits for the job and prints its rows.
func finish(ctx context.Context, e *cli.Env, client *api.Client, id string, o options, plan rows.Plan) error {
	job, err := rows.Follow(ctx, e, client, id, o.WaitFlags, e.Flags.Verbose)
	if err != nil {
		return err
	}
	if err := rows.Unfinished(ctx, client, job); err != nil {
		return err
	}
	if o.exclude {
		return nil
	}
	job, err = client.Job(ctx, id) // status does not tell the schema
	if err != nil {
		return err
	}
	return rows.Print(ctx, e, client, job, plan)
}
