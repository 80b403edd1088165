package jobcmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/runrecord"
)

// DomainKey returns the domain key under which a job is to be submitted, so that a repeated request creates one job.
//
// In an unattended run it is the key of the equal job that the run or an earlier one submitted in the same place, and the
// server then continues with that job. If a retry would submit a different job while the first one may still run, DomainKey
// returns a [cli.StateError]. submitted is the final SQL, or another text that identifies what the job does.
func DomainKey(ctx context.Context, env *cli.Env, client *api.Client, j history.Job, submitted string) (string, error) {
	record, err := env.RunRecord()
	if err != nil {
		return "", err
	}
	key := env.NewDomainKey()
	if record == nil {
		return key, nil
	}
	job, err := env.RunJob(j, submitted)
	if err != nil {
		return "", err
	}
	var end runrecord.Abandonment
	if old, found := record.Next(); found {
		if end, err = compareJobs(ctx, client, record, old, job); err != nil {
			return "", err
		}
		if end.Reason == "" {
			return old.Key, record.Continue()
		}
	}
	job.Key = key
	return key, record.Replace(job, end)
}

// SubmitOnce calls submit for a job for which the API has no domain key, and returns the job's ID.
//
// In an unattended run it returns the ID of the equal job that the run or an earlier one submitted in the same place, if
// any. It returns a [cli.StateError] like DomainKey, and also if the server may have a job of a previous attempt whose ID is
// unknown.
func SubmitOnce(ctx context.Context, env *cli.Env, client *api.Client, j history.Job, submitted string, submit func() (id string, err error)) (id string, err error) {
	record, err := env.RunRecord()
	if err != nil {
		return "", err
	}
	if record == nil {
		return submit()
	}
	job, err := env.RunJob(j, submitted)
	if err != nil {
		return "", err
	}
	var end runrecord.Abandonment
	if old, found := record.Next(); found {
		if end, err = compareJobs(ctx, client, record, old, job); err != nil {
			return "", err
		}
		if end.Reason == "" {
			return old.ID, record.Continue()
		}
	}
	job.Key, job.LocalKey = env.NewDomainKey(), true
	if err := record.Replace(job, end); err != nil {
		return "", err
	}
	if id, err = submit(); err != nil {
		return "", errors.Join(err, record.Withdraw(job.Key))
	}
	job.ID = id
	return id, record.Submitted(job)
}

// compareJobs returns why a run does not continue with the recorded job old. The reason is empty if it does.
func compareJobs(ctx context.Context, client *api.Client, record *runrecord.Record, old, job runrecord.Job) (a runrecord.Abandonment, err error) {
	difference := old.Difference(job)
	if old.LocalKey && old.ID == "" {
		if record.IsRetry(old) {
			return a, cli.WithHint(cli.StateError{Err: errors.New("the server may have a job of the previous attempt, whose ID is unknown")},
				"'td job:list' lists the jobs")
		}
		a.Reason = "its ID is unknown"
		return a, nil
	}
	if difference == "" && record.IsRetry(old) {
		return a, nil
	}
	status, err := findStatus(ctx, client, old)
	if err != nil && difference != "account" { // the other account may not see the job
		return a, fmt.Errorf("the job of an earlier attempt may still run: %w", err)
	}
	finished := (api.Job{Status: status}).Finished()
	if finished {
		a.Status = status
	}
	switch {
	case difference != "" && record.IsRetry(old) && !finished && (status != "" || err != nil):
		return a, cli.WithHint(cli.StateError{Err: fmt.Errorf("job %s of the previous attempt may still run, and its %s differs", old.ID, difference)},
			"'td job:wait %s' waits for it, 'td job:kill %s' ends it", old.ID, old.ID)
	case difference != "":
		a.Reason = "its " + difference + " differs"
	case status == "" && old.LocalKey:
		a.Reason = "the server does not have it"
	case finished && status != "success":
		a.Reason = "it did not succeed"
	case finished && record.NeedsRunning(old):
		a.Reason = "it ended, and it was submitted more than an hour ago by a run without --schedule"
	}
	return a, nil
}

// findStatus returns the status of a recorded job, or "" if the server does not have it.
func findStatus(ctx context.Context, client *api.Client, old runrecord.Job) (string, error) {
	get := func() (api.Job, error) { return client.JobStatus(ctx, old.ID) }
	if old.ID == "" {
		get = func() (api.Job, error) { return client.JobStatusByDomainKey(ctx, old.Key) }
	}
	job, err := get()
	if errors.Is(err, api.ErrNotFound) {
		return "", nil
	}
	return job.Status, err
}
