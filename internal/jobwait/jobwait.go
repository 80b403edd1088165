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

// maxOutage is the time after which waiting gives up if the server cannot be
// reached, in addition to the client's own retries.
const maxOutage = time.Hour

// Options for waiting. The functions may be nil.
type Options struct {
	Timeout  time.Duration     // no limit if 0
	Embedded bool              // the server runs in this process and is polled more often
	OnStatus func(api.Job)     // called with each response
	OnLog    func(line string) // called with each new line of the job's log, which is not fetched if nil
	OnOutage func(err error)   // called when the server cannot be reached and waiting continues
}

// One waits until a job has ended and returns it as reported by job/status or, if
// o.OnLog is set, by job/show. After the timeout it returns the unfinished job and
// [ErrTimeout].
func One(ctx context.Context, c *api.Client, id string, o Options) (api.Job, error) {
	w := waiter{c: c, id: id, o: o}
	start := time.Now()
	answered := start
	var last api.Job
	for attempt := 0; ; attempt++ {
		job, err := w.ask(ctx)
		switch {
		case err == nil:
			last, answered = job, time.Now()
			if o.OnStatus != nil {
				o.OnStatus(job)
			}
			if job.Finished() {
				return job, nil
			}
		case !isOutage(err) || time.Since(answered) > maxOutage:
			return last, err
		case o.OnOutage != nil:
			o.OnOutage(err)
		}
		pause := w.pause(attempt)
		if o.Timeout > 0 {
			left := o.Timeout - time.Since(start)
			if left <= 0 {
				return last, ErrTimeout
			}
			pause = min(pause, left)
		}
		if err := sleep(ctx, pause); err != nil {
			return last, err
		}
	}
}

// isOutage reports whether err is temporary: an error of the network or the server.
func isOutage(err error) bool {
	_, network := errors.AsType[*api.NetworkError](err)
	return network || errors.Is(err, api.ErrServer)
}

type waiter struct {
	c              *api.Client
	id             string
	o              Options
	cmdout, stderr int // bytes of the logs that were passed to OnLog
}

func (w *waiter) ask(ctx context.Context) (api.Job, error) {
	if w.o.OnLog == nil {
		return w.c.JobStatus(ctx, w.id)
	}
	job, err := w.c.Job(ctx, w.id)
	if err == nil {
		w.cmdout = w.logLines(job.Debug.Cmdout, w.cmdout, job.Finished())
		w.stderr = w.logLines(job.Debug.Stderr, w.stderr, job.Finished())
	}
	return job, err
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
		w.o.OnLog(strings.TrimSuffix(line, "\r"))
		offset = min(offset+len(line)+1, len(text))
	}
}

// pause returns the time before the next request. It grows from half a second to ten.
func (w *waiter) pause(attempt int) time.Duration {
	if w.o.Embedded {
		return min(10*time.Millisecond<<min(attempt, 6), 500*time.Millisecond)
	}
	steps := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second}
	if attempt < len(steps) {
		return steps[attempt]
	}
	return 10 * time.Second
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
