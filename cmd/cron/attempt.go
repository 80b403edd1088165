package cron

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/td-cli/td/internal/childproc"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/runrecord"
	"github.com/td-cli/td/internal/sleep"
)

// grace is how long a command may take to end, and to kill its job, when it is asked to.
const grace = 20 * time.Second

// A reason is why a run ended.
type reason int

// Reasons.
const (
	ended reason = iota // by itself
	timedOutDetach
	timedOutKill
	interrupted
)

// An end is how a run ended.
type end struct {
	reason   reason
	status   int // of the last attempt
	attempts int
}

// attempts runs the command until an attempt succeeds or must not be repeated.
func (r *runner) attempts(ctx context.Context) (end, error) {
	closeCopy, err := r.prepareStdin()
	if err != nil {
		return end{}, err
	}
	defer closeCopy()
	limit := ctx
	if r.timeout > 0 {
		var cancel context.CancelFunc
		limit, cancel = context.WithTimeout(ctx, r.timeout)
		defer cancel()
	}
	for n := 1; ; n++ {
		e, err := r.attempt(ctx, limit)
		e.attempts = n
		if err != nil || e.reason != ended || !r.mayRetry(e) {
			return e, err
		}
		pause := r.pause(n)
		r.log.printf("attempt %d of %d ended with status %d; trying again in %s", n, r.retries+1, e.status, pause)
		if sleep.For(limit, pause) != nil {
			e.reason = r.stopReason(ctx)
			return e, nil
		}
	}
}

// mayRetry reports whether the command may be run again: the failure may be temporary, and a repetition cannot submit a job that
// an attempt has already submitted.
func (r *runner) mayRetry(e end) bool {
	if e.status != cli.ExitJobRunning && e.status != cli.ExitNetwork || e.attempts > r.retries {
		return false
	}
	report, err := r.record.Report()
	if err != nil {
		r.log.printf("not trying again: %v", err)
		return false
	}
	if report.Unsure != "" {
		r.log.printf("not trying again: the server may have carried out %s, and a repetition may do it twice", report.Unsure)
		return false
	}
	if j, ok := report.Unkeyed(); ok {
		r.log.printf("not trying again: %s has submitted job %s and would submit another one; 'td job:wait %s' waits for it", j.Command, j.ID, j.ID)
		return false
	}
	return true
}

// attempt runs the command once. It ends the command when limit is done, which is due to the time limit unless ctx is done.
func (r *runner) attempt(ctx, limit context.Context) (end, error) {
	exe, err := os.Executable()
	if err != nil {
		return end{}, err
	}
	if r.stdin != nil && r.retries > 0 {
		_, _ = r.stdin.Seek(0, io.SeekStart) // a pipe has no start
	}
	variables := []string{runrecord.Variable + "=" + r.record.Path()}
	if key := r.env.Flags.APIKey; key != "" { // other users see the arguments of a process
		variables = append(variables, "TREASURE_DATA_API_KEY="+key)
	}
	child, err := childproc.Start(exe, r.args, variables, r.stdin, r.log.file)
	if err != nil {
		return end{}, fmt.Errorf("cannot start %s: %w", r.name, err)
	}
	defer child.Close()
	e := end{reason: ended}
	select {
	case <-child.Done():
	case <-limit.Done():
		e.reason = r.stopReason(ctx)
		request := childproc.End
		if e.reason == timedOutKill {
			request = childproc.EndAndKillJobs
		}
		if child.Terminate(request, grace) {
			r.log.printf("%s did not end within %s and was killed", r.name, grace)
		}
	}
	if e.status, err = child.Status(); err != nil {
		return end{}, err
	}
	if e.reason != ended && e.status == cli.ExitOK { // it ended in this moment
		e.reason = ended
	}
	return e, nil
}

// stopReason returns why the command was asked to end.
func (r *runner) stopReason(ctx context.Context) reason {
	switch {
	case ctx.Err() != nil:
		return interrupted
	case r.onTimeout == kill:
		return timedOutKill
	}
	return timedOutDetach
}
