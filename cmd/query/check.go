package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/jobwait"
)

// checkCommand is the command of the jobs of --check in the history. They cannot be run again.
const checkCommand = "query --check"

// forCheck returns the options of --check: it waits for a job that has no result. The flags that concern the result and
// the repetition of the query have no effect.
func (o options) forCheck() options {
	o.Wait.On = true
	o.Output, o.Split = "", jobcmd.NewRowFlags().Split
	o.resultURL, o.user, o.password = "", "", false
	o.once, o.domainKey, o.name, o.retry = "", "", "", 0
	o.reuseGiven = false
	return o
}

// checkTask checks a query with an EXPLAIN job. The error of SQL that is not valid is a [cli.JobError] with its
// position in the SQL without EXPLAIN.
func checkTask(ctx context.Context, env *cli.Env, client *api.Client, o options, t task) error {
	e, r := t.explained, t.request
	r.Query, r.DomainKey = e.sql, env.NewDomainKey()
	id, _, err := client.IssueJob(ctx, r)
	if err != nil {
		return submitError(err, r.Database)
	}
	env.RecordJob(ctx, history.Job{
		ID: id, Command: checkCommand, Database: r.Database, Type: r.Type, SQL: e.sql, EngineVersion: r.EngineVersion, PoolName: r.PoolName, Priority: r.Priority,
	}, e.sql)
	o.ReportSubmitted(env, id, "queued", env.Say, "Job %s runs EXPLAIN; the query does not run.")
	if o.Deadline, err = o.MaxTime.Start(env); err != nil {
		return err
	}
	job, err := jobcmd.WaitEnded(ctx, env, client, id, o.WaitFlags, env.Flags.Verbose)
	if err != nil {
		return err
	}
	if err := jobcmd.NotSucceededError(ctx, client, job); err != nil {
		return e.restoreError(err, t)
	}
	env.Say("Job %s ran EXPLAIN: %s is valid.", id, t.describe())
	return nil
}

// describe names the SQL of a task for a message.
func (t task) describe() string {
	if t.name == "" || t.name == "-" {
		return "the SQL"
	}
	return t.name
}

// restoreError changes the positions in the error of an EXPLAIN job to those in the SQL without EXPLAIN.
func (e explained) restoreError(err error, t task) error {
	failure, ok := errors.AsType[cli.JobError](err)
	if !ok || failure.Status != "error" {
		return err
	}
	failure.Message = e.restorePositions(failure.Message)
	failure.Detail = jobwait.MarkPosition(t.request.Query, failure.Message)
	return fmt.Errorf("%s is not valid: %w", t.describe(), failure)
}
