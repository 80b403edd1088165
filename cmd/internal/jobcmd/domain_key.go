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

// A recording is what the record of an unattended run has for a job that is to be submitted.
type recording struct {
	record   *runrecord.Record // nil if the run has none
	job      runrecord.Job     // the job, without a key
	old      runrecord.Job     // the job that the run or an earlier one submitted in the same place
	isSame   bool              // the run continues with old
	abandons runrecord.Abandonment
}

// findRecording compares a job with the record of the run. If a retry would submit a different job while the first one may
// still run, it returns a [cli.StateError].
func findRecording(ctx context.Context, env *cli.Env, client *api.Client, j history.Job, submitted string) (r recording, err error) {
	if r.record, err = env.RunRecord(); err != nil || r.record == nil {
		return r, err
	}
	if r.job, err = env.RunJob(j, submitted); err != nil {
		return r, err
	}
	var found bool
	if r.old, found = r.record.Next(); found {
		r.abandons, err = compareJobs(ctx, client, r.record, r.old, r.job)
		r.isSame = err == nil && r.abandons.Reason == ""
	}
	return r, err
}

// DomainKey returns the domain key under which a job is to be submitted, so that a repeated request creates one job.
//
// In an unattended run it is the key of the equal job that the run or an earlier one submitted in the same place, and the
// server then continues with that job. If a retry would submit a different job while the first one may still run, DomainKey
// returns a [cli.StateError]. submitted is the final SQL, or another text that identifies what the job does.
func DomainKey(ctx context.Context, env *cli.Env, client *api.Client, j history.Job, submitted string) (string, error) {
	r, err := findRecording(ctx, env, client, j, submitted)
	switch {
	case err != nil:
		return "", err
	case r.record == nil:
		return env.NewDomainKey(), nil
	case r.isSame:
		return r.old.Key, r.record.Continue()
	}
	r.job.Key = env.NewDomainKey()
	return r.job.Key, r.record.Replace(r.job, r.abandons)
}

// SubmitOnce calls submit for a job for which the API has no domain key, and returns the job's ID.
//
// In an unattended run it returns the ID of the equal job that the run or an earlier one submitted in the same place, if
// any. It returns a [cli.StateError] like DomainKey, and also if the server may have a job of a previous attempt whose ID is
// unknown.
func SubmitOnce(ctx context.Context, env *cli.Env, client *api.Client, j history.Job, submitted string, submit func() (id string, err error)) (string, error) {
	r, err := findRecording(ctx, env, client, j, submitted)
	switch {
	case err != nil:
		return "", err
	case r.record == nil:
		return submit()
	case r.isSame:
		return r.old.ID, r.record.Continue()
	}
	r.job.Key, r.job.LocalKey = env.NewDomainKey(), true
	if err := r.record.Replace(r.job, r.abandons); err != nil {
		return "", err
	}
	id, err := submit()
	if err != nil {
		return "", errors.Join(err, r.record.Withdraw(r.job.Key))
	}
	r.job.ID = id
	return id, r.record.Submitted(r.job)
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
