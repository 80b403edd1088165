// Package jobwait waits for jobs and reads their logs.
package jobwait

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/td-cli/td/internal/api"
)

// ErrTimeout is returned if a job has not ended after Options.Timeout.
var ErrTimeout = errors.New("the job has not ended in time")

const (
	// maxOutage is the time after which waiting gives up if the server cannot be
	// reached, in addition to the client's own retries.
	maxOutage = time.Hour

	// maxDoubtful is the number of unreadable or rejected responses in a row, for a
	// job, after which waiting gives up. They may come from a proxy.
	maxDoubtful = 5

	// lastRequestTime is how long a request may take after Options.Timeout. It lets
	// the last request, at the end of that time, succeed.
	lastRequestTime = time.Second
)

// Options for waiting. The functions may be nil.
type Options struct {
	Timeout  time.Duration     // no limit if 0
	Embedded bool              // the responses come from this process: poll more often
	Exists   bool              // the jobs are known to exist, so that a response to the contrary is doubtful
	OnStatus func(api.Job)     // called with each response
	OnLog    func(line string) // called with each new line of the job's log, which is not fetched if nil
	OnOutage func(err error)   // called when a request fails and waiting continues
}

// One waits until a job has ended and returns it as reported by job/status or, if
// o.OnLog is set, by job/show. After the timeout it returns the unfinished job and
// [ErrTimeout], whether or not the server responds.
//
// Waiting survives network errors and errors of the server for an hour, a few responses that
// are unreadable or seem to come from a proxy, and a few rejections if the job is
// known to exist.
func One(ctx context.Context, c *api.Client, id string, o Options) (api.Job, error) {
	w := newWaiter(c, o)
	var last api.Job
	for attempt := 0; ; attempt++ {
		job, err := w.request(ctx, id)
		if err == nil {
			last = job
			if job.Finished() {
				return job, nil
			}
		} else if !w.survives(id, err) {
			return last, err
		}
		if err := w.sleep(ctx, attempt); err != nil {
			return last, err
		}
	}
}

// A waiter polls the status of jobs.
type waiter struct {
	client   *api.Client
	options  Options
	deadline time.Time // zero if there is no timeout
	answered time.Time // time of the last successful request
	jobs     map[string]*jobState
}

// A jobState is the history of the requests for a job.
type jobState struct {
	exists         bool // known from Options.Exists or a successful request
	doubtful       int  // unreadable or rejected responses in a row
	cmdout, stderr int  // bytes of the logs that were passed to OnLog
}

func newWaiter(c *api.Client, o Options) *waiter {
	w := &waiter{client: c, options: o, answered: time.Now(), jobs: map[string]*jobState{}}
	if o.Timeout > 0 {
		w.deadline = time.Now().Add(o.Timeout)
	}
	return w
}

func (w *waiter) state(id string) *jobState {
	if w.jobs[id] == nil {
		w.jobs[id] = &jobState{exists: w.options.Exists}
	}
	return w.jobs[id]
}

// request requests the status of a job. It returns ErrTimeout shortly after the
// deadline.
func (w *waiter) request(ctx context.Context, id string) (api.Job, error) {
	limited := ctx
	if !w.deadline.IsZero() {
		var cancel context.CancelFunc
		limited, cancel = context.WithDeadline(ctx, w.deadline.Add(lastRequestTime))
		defer cancel()
	}
	get := w.client.JobStatus
	if w.options.OnLog != nil {
		get = w.client.Job
	}
	job, err := get(limited, id)
	switch {
	case ctx.Err() != nil && err != nil:
		return job, context.Cause(ctx)
	case limited.Err() != nil && err != nil:
		return job, ErrTimeout
	case err != nil:
		return job, err
	}
	w.answered = time.Now()
	s := w.state(id)
	s.exists, s.doubtful = true, 0
	if w.options.OnLog != nil {
		s.cmdout = w.logLines(job.Debug.Cmdout, s.cmdout, job.Finished())
		s.stderr = w.logLines(job.Debug.Stderr, s.stderr, job.Finished())
	}
	if w.options.OnStatus != nil {
		w.options.OnStatus(job)
	}
	return job, nil
}

// survives reports whether waiting continues after a failed request for a job.
func (w *waiter) survives(id string, err error) bool {
	s := w.state(id)
	_, network := errors.AsType[*api.NetworkError](err)
	rejection, rejected := errors.AsType[*api.Error](err)
	switch {
	case network, errors.Is(err, api.ErrServer):
		if time.Since(w.answered) > maxOutage {
			return false
		}
	case errors.Is(err, api.ErrAnswer), rejected && (s.exists || rejection.Temporary()):
		if s.doubtful++; s.doubtful > maxDoubtful {
			return false
		}
	default:
		return false
	}
	if w.options.OnOutage != nil {
		w.options.OnOutage(err)
	}
	return true
}

// logLines passes the lines of text after the first offset bytes to OnLog and returns
// the new offset. An incomplete last line is held back unless the text is final.
func (w *waiter) logLines(text string, offset int, final bool) int {
	if offset > len(text) { // the server restarted the log
		offset = 0
	}
	for {
		line, _, complete := strings.Cut(text[offset:], "\n")
		if !complete && (line == "" || !final) {
			return offset
		}
		w.options.OnLog(strings.TrimSuffix(line, "\r"))
		offset = min(offset+len(line)+1, len(text))
	}
}

// sleep pauses after an attempt. It returns ErrTimeout after the deadline.
func (w *waiter) sleep(ctx context.Context, attempt int) error {
	pause := w.pause(attempt)
	if !w.deadline.IsZero() {
		left := time.Until(w.deadline)
		if left <= 0 {
			return ErrTimeout
		}
		pause = min(pause, left)
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// pause returns the time before the next request. It grows from half a second to ten.
func (w *waiter) pause(attempt int) time.Duration {
	if w.options.Embedded {
		return min(10*time.Millisecond<<min(attempt, 6), 500*time.Millisecond)
	}
	steps := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second}
	if attempt < len(steps) {
		return steps[attempt]
	}
	return 10 * time.Second
}
