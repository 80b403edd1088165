package jobcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/jobwait"
	"github.com/td-cli/td/internal/redact"
)

// WaitEnded waits until a job, which must exist, has ended and returns it. It shows a spinner and, if logs is set,
// prints the job's log on standard error. If the time limit is reached, it returns a [cli.JobError]; after the deadline it
// kills the job. If ctx is canceled, WaitEnded kills the job or reports that it keeps running.
func WaitEnded(ctx context.Context, env *cli.Env, client *api.Client, id string, f WaitFlags, logs bool) (api.Job, error) {
	var show func(line string)
	switch {
	case logs && !env.Quiet:
		show = func(line string) { fmt.Fprintln(env.Err, "  "+line) }
	case env.ErrTTY:
		show = func(string) {} // only job/show returns the log, from which the wait line takes the progress
	}
	return waitEnded(ctx, env, client, id, f, show)
}

// FollowLog prints the log of a job, which must exist, on standard output until the job has ended. It returns a
// [cli.JobError] if the job did not succeed.
func FollowLog(ctx context.Context, env *cli.Env, client *api.Client, id string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var stdoutErr error
	job, err := waitEnded(ctx, env, client, id, WaitFlags{}, func(line string) {
		fmt.Fprintln(env.Out, line)
		if stdoutErr = env.Flush(); stdoutErr != nil { // a reader may act on each line
			cancel(stdoutErr)
		}
	})
	switch {
	case stdoutErr != nil:
		return nil // reported when the process ends
	case err != nil:
		return err
	}
	return NotSucceededError(ctx, client, job)
}

// waitEnded is WaitEnded. It passes the lines of the log without secrets to show, which may be nil.
func waitEnded(ctx context.Context, env *cli.Env, client *api.Client, id string, f WaitFlags, show func(line string)) (api.Job, error) {
	line := newWaitLine(id)
	spin := env.SpinWith(line.text)
	defer spin.Stop()
	timeout, kills := f.Deadline.timeout(f.Wait.Limit)
	o := jobwait.Options{
		Timeout:  timeout,
		Embedded: env.Embedded() || env.Replaying(),
		Exists:   true,
		OnStatus: func(job api.Job) {
			env.StatusFile.SetJob(id, job.Status)
			env.RecordEnd(ctx, job)
			line.update(job)
		},
		OnOutage: func(err error) {
			spin.Break(func() { env.Say("td: still waiting: %v", err) })
		},
	}
	if show != nil {
		o.OnLog = func(line string) { spin.Break(func() { show(redact.Text(line)) }) }
	}
	job, err := jobwait.One(ctx, client, id, o)
	spin.Stop()
	switch {
	case errors.Is(err, jobwait.ErrTimeout) && kills:
		return killOverdue(ctx, env, client, id, cmp.Or(job.Status, "running"), f.Deadline)
	case errors.Is(err, jobwait.ErrTimeout):
		f.Deadline.ReportUnenforced(env, id)
		return job, handleTimeout(ctx, env, client, id, cmp.Or(job.Status, "running"))
	case ctx.Err() != nil:
		return job, handleInterrupt(ctx, env, client, id, cmp.Or(job.Status, "running"), f)
	case err != nil: // the failed request did not end the job
		env.Say("Job %s may still be running. 'td job:show -w %s' waits for it, 'td job:kill %s' ends it.", id, id, id)
		f.Deadline.ReportUnenforced(env, id)
	}
	return job, NotFound(id, err)
}

// WantsLog reports whether a command that waits for a job prints its log: with -v, and if standard error is not a
// terminal. Scripts for the Ruby toolbelt parse the log.
func WantsLog(env *cli.Env, verbose bool) bool { return verbose || !env.ErrTTY }

// PrintFinalStatus prints the status of a job on standard error in the form of the Ruby toolbelt, unless that is a
// terminal: scripts parse this line too.
func PrintFinalStatus(env *cli.Env, job api.Job) {
	if !env.ErrTTY {
		env.Say("%-12s: %s", "Status", job.Status)
	}
}

// handleTimeout returns the error for a wait that reached its limit. A job of the embedded server would not run on
// without this process, so handleTimeout kills it.
func handleTimeout(ctx context.Context, env *cli.Env, client *api.Client, id, status string) error {
	failure := cli.JobError{ID: id, Status: status}
	if !env.Embedded() {
		return failure
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if _, err := client.KillJob(ctx, id); err != nil {
		env.PrintError("job %s could not be killed: %v", id, err)
		return failure
	}
	env.StatusFile.SetJob(id, "killed")
	return cli.JobContextError{Err: cli.TimeoutError{ID: id}, ID: id, Status: "killed"}
}

// handleInterrupt kills the job of an interrupted wait if --on-interrupt or the interrupt asks for it or if the server ends
// with this process, and otherwise reports that the job keeps running. It returns the interrupt as an error.
func handleInterrupt(ctx context.Context, env *cli.Env, client *api.Client, id, status string, f WaitFlags) error {
	cause := cli.JobContextError{Err: context.Cause(ctx), ID: id, Status: status}
	if f.OnInterrupt == ReportInterrupt {
		return cause
	}
	_, kill := errors.AsType[cli.KillJobsError](cause)
	if !kill && f.OnInterrupt != "kill" && !env.Embedded() {
		env.Say("Job %s keeps running. 'td job:show -w %s' waits for it, 'td job:kill %s' ends it.", id, id, id)
		f.Deadline.ReportUnenforced(env, id)
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if _, err := client.KillJob(ctx, id); err != nil {
		env.PrintError("job %s could not be killed: %v", id, err)
		return cause
	}
	env.StatusFile.SetJob(id, "killed")
	env.RecordRunEnd(id, "killed")
	env.Say("Job %s is killed.", id)
	cause.Status = "killed"
	return cause
}

// FetchJob returns a job with its details from job/show, and writes them to the status file.
func FetchJob(ctx context.Context, env *cli.Env, client *api.Client, id string) (api.Job, error) {
	job, err := client.Job(ctx, id)
	if err != nil {
		return job, NotFound(id, err)
	}
	env.StatusFile.SetJob(id, job.Status)
	env.RecordEnd(ctx, job)
	if job.NumRecords.Valid {
		env.StatusFile.SetRecords(job.NumRecords.Value)
	}
	if job.ResultSize.Valid {
		env.StatusFile.SetSize(job.ResultSize.Value)
	}
	return job, nil
}

// FetchEndedJob returns a job like FetchJob. With -w it first waits until the job has ended.
func FetchEndedJob(ctx context.Context, env *cli.Env, client *api.Client, id string, f WaitFlags, logs bool) (api.Job, error) {
	job, err := FetchJob(ctx, env, client, id)
	if err != nil || job.Finished() || !f.Wait.On {
		return job, err
	}
	env.Say("the job %s is still %s...", id, job.Status)
	if _, err := WaitEnded(ctx, env, client, id, f, logs); err != nil {
		return job, err
	}
	return FetchJob(ctx, env, client, id)
}

// NotSucceededError returns a [cli.JobError] unless the job has succeeded. For a failed job it fetches the log, which
// contains the message.
func NotSucceededError(ctx context.Context, client *api.Client, job api.Job) error {
	if job.Status == "success" {
		return nil
	}
	failure := cli.JobError{ID: job.ID, Status: job.Status}
	if job.Status != "error" {
		return failure
	}
	full, err := client.Job(ctx, job.ID)
	if err != nil {
		return failure // more important than the missing log
	}
	failure.Message = redact.Text(jobwait.FailureMessage(full))
	if IsQuery(full.Type) { // the query of other types is a configuration, which may contain secrets
		failure.Detail = jobwait.MarkPosition(full.Query, failure.Message)
	}
	return failure
}

// PrintLog prints the lines of a job's log with an indent and without secrets, such as the passwords of result URLs.
func PrintLog(w io.Writer, indent, log string) {
	for line := range strings.Lines(log) {
		fmt.Fprintln(w, indent+redact.Text(strings.TrimRight(line, "\r\n")))
	}
}
