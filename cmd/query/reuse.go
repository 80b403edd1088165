package query

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/sqlsyntax"
	"github.com/td-cli/td/internal/text"
)

// checkReuse checks the flags that concern --reuse.
func (o options) checkReuse(env *cli.Env) error {
	switch {
	case o.reuse <= 0:
		return cli.Usagef("--reuse must be greater than 0, not %s", o.reuse)
	case o.resultURL != "":
		return cli.Usagef("--reuse and -r/--result cannot be used together")
	case o.once != "" || o.domainKey != "":
		return cli.Usagef("--reuse cannot be used together with --once and --domain-key")
	}
	_, err := env.History()
	return err
}

// checkReusable returns a usage error for SQL that does more than return rows.
func checkReusable(t task) error {
	if returnsRows(t.request.Query, t.request.Type) {
		return nil
	}
	return cli.Usagef("--reuse requires a query that starts with SELECT, WITH or VALUES and only returns rows")
}

// returnsRows reports whether SQL is a SELECT, WITH or VALUES. In Hive, WITH can lead to an INSERT, and another statement
// can follow, so these are parsed.
func returnsRows(sql, jobType string) bool {
	first := strings.ToUpper(jobcmd.FirstWord(sql))
	if !slices.Contains([]string{"SELECT", "WITH", "VALUES"}, first) {
		return false
	}
	switch jobType {
	case "trino", "presto":
		return true
	case "hive":
		if first != "WITH" && !strings.Contains(strings.TrimRight(sql, "; \t\r\n"), ";") {
			return true
		}
		s, err := sqlsyntax.Parse(sql, sqlsyntax.Hive)
		return err == nil && s.Kind == sqlsyntax.QueryStatement
	}
	return false
}

// reuse delivers the result of a job of the history instead of submitting the query, if there is a suitable one.
func reuse(ctx context.Context, env *cli.Env, client *api.Client, o options, t task) (done bool, err error) {
	job, submitted, err := findReusable(ctx, env, client, o, t)
	if err != nil || job.ID == "" {
		return false, err
	}
	env.Say("Job %s was submitted %s ago and is used again; later changes of the tables are not in its result.",
		job.ID, text.Elapsed(env.Now().Sub(submitted.Time), false))
	if o.name != "" && o.name != submitted.Name {
		submitted.Name = o.name
		env.RecordJob(ctx, submitted, t.request.Query)
		env.RecordEnd(ctx, job)
	}
	if !o.Wait.On {
		o.ReportSubmitted(env, job.ID, job.Status, env.Print, "Job %s has ended: "+job.Status+".")
		return true, nil
	}
	o.ReportSubmitted(env, job.ID, job.Status, func(string, ...any) {}, "")
	jobcmd.PrintFinalStatus(env, job)
	if o.exclude {
		return true, t.plan.CheckCount(job)
	}
	return true, jobcmd.DeliverRows(ctx, env, client, job, t.plan)
}

// findReusable returns the newest successful job of the history with the same query, as the server and the history
// describe it. The ID is empty if there is none.
func findReusable(ctx context.Context, env *cli.Env, client *api.Client, o options, t task) (api.Job, history.Job, error) {
	r := t.request
	ledger, err := env.History()
	if err != nil {
		return api.Job{}, history.Job{}, err
	}
	hash, oldest := ledger.Hash(r.Query), env.Now().Add(-o.reuse)
	for submitted, err := range ledger.Jobs() {
		if err != nil {
			return api.Job{}, history.Job{}, err
		}
		same := submitted.Hash == hash && submitted.Database == r.Database && submitted.Type == r.Type &&
			submitted.EngineVersion == r.EngineVersion && ledger.Owns(submitted)
		if !same || submitted.Time.Before(oldest) || submitted.Outcome == nil || submitted.Outcome.Status != "success" {
			continue
		}
		job, err := client.Job(ctx, submitted.ID)
		switch {
		case errors.Is(err, api.ErrNotFound):
			continue
		case err != nil:
			return api.Job{}, history.Job{}, err
		}
		// A sandbox that was reset assigns the same IDs again.
		if job.Status == "success" && job.Database == r.Database && strings.TrimSpace(job.Query) == strings.TrimSpace(r.Query) {
			return job, submitted, nil
		}
	}
	return api.Job{}, history.Job{}, nil
}
