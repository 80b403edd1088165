package jobcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/jobwait"
)

// A Deadline is the time at which td kills a job that has not ended. The zero Deadline is none.
type Deadline struct {
	at     time.Time
	limit  time.Duration // time from the submission to the deadline
	source string        // the flag or the setting that has the limit
}

// timeout returns how long to wait for a job, and whether it is killed then. limit is how long td waits otherwise, or 0.
func (d Deadline) timeout(limit time.Duration) (timeout time.Duration, kills bool) {
	if d.at.IsZero() {
		return limit, false
	}
	left := max(time.Until(d.at), 1) // 0 is no limit
	if limit > 0 && limit < left {
		return limit, false
	}
	return left, true
}

// describe describes the limit: "the 1h30m of --max-time".
func (d Deadline) describe() string {
	limit := d.limit.String()
	if d.limit >= time.Minute && d.limit%time.Minute == 0 {
		limit = strings.TrimSuffix(limit, "0s")
	}
	if d.limit >= time.Hour && d.limit%time.Hour == 0 {
		limit = strings.TrimSuffix(limit, "0m")
	}
	return "the " + limit + " of " + d.source
}

// ReportUnenforced reports that nothing kills a job at the deadline, if it has one.
func (d Deadline) ReportUnenforced(env *cli.Env, id string) {
	if !d.at.IsZero() && !env.Embedded() { // the sandbox ends with this process
		env.Warn("job %s is not killed after %s, because td does not wait for it", id, d.describe())
	}
}

// killOverdue kills a job that has not ended by its deadline. It returns a [cli.JobError], or the job if that ended
// without the kill.
func killOverdue(ctx context.Context, env *cli.Env, client *api.Client, id, status string, d Deadline) (api.Job, error) {
	const timeToEnd = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*timeToEnd)
	defer cancel()
	if _, err := client.KillJob(ctx, id); err != nil {
		err = fmt.Errorf("job %s has not ended within %s and could not be killed: %w", id, d.describe(), err)
		return api.Job{ID: id, Status: status}, cli.JobContextError{Err: err, ID: id, Status: status}
	}
	reason := "it had not ended within " + d.describe()
	ended, err := jobwait.One(ctx, client, id, jobwait.Options{Timeout: timeToEnd, Embedded: env.Embedded(), Exists: true})
	switch {
	case errors.Is(err, jobwait.ErrTimeout):
		reason += "; the server has not confirmed its end"
	case err != nil:
		reason += "; its end is not confirmed: " + err.Error()
	default:
		env.RecordEnd(ctx, ended)
		env.StatusFile.SetJob(id, ended.Status)
		if ended.Status != "killed" {
			return ended, nil
		}
	}
	ended.ID, ended.Status = id, "killed"
	env.StatusFile.SetJob(id, ended.Status)
	return ended, cli.JobError{ID: id, Status: ended.Status, Reason: reason}
}
