// Package jobqueue runs the jobs of a sandbox. Jobs are stored before they are
// queued, so that they survive a crash of the process.
package jobqueue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sleep"
)

// Causes for the end of a job's context. They appear in the job's log.
var (
	errKilled = errors.New("the job was killed")
	errClosed = errors.New("the sandbox was closed")
)

// A Func does the work of one type of job. It writes messages to log and returns
// the figures of the job's result. A [Failure] is final; after any other error
// the job is repeated up to its retry limit.
type Func func(ctx context.Context, j *state.Job, log *Log) (state.Output, error)

// A CommittedFunc reports whether the work of a job was committed before its server died, and returns
// the figures of its result. The job has succeeded then, and must not be repeated.
type CommittedFunc func(ctx context.Context, j *state.Job, log *Log) (out state.Output, ok bool, err error)

// A Failure is an error that ends a job without a retry. Its message is added to
// the job's log.
type Failure struct{ Message string }

// Error returns the message.
func (e *Failure) Error() string { return e.Message }

// Failf returns a [Failure].
func Failf(format string, args ...any) error { return &Failure{fmt.Sprintf(format, args...)} }

// Options configures a [Queue].
type Options struct {
	State   *state.DB
	Owner   string      // ID of the server that runs the jobs
	Workers int         // number of jobs that run concurrently
	Report  func(error) // is called with errors that no request returns, and with nil
}

// A Queue stores jobs and runs them by priority.
type Queue struct {
	o       Options
	ctx     context.Context // is never canceled
	closing context.Context // ends when the queue is closed
	close   context.CancelFunc
	funcs   map[string]Func
	commits map[string]CommittedFunc
	pool    *pool
}

// New returns an empty queue. ctx is the parent of the contexts of all jobs.
func New(ctx context.Context, o Options) *Queue {
	q := &Queue{o: o, ctx: context.WithoutCancel(ctx), funcs: map[string]Func{}, commits: map[string]CommittedFunc{}, pool: newPool(ctx, o.Workers)}
	q.closing, q.close = context.WithCancel(ctx)
	return q
}

// Register sets the function for jobs of the given type. It must not be called
// after the first job was submitted.
func (q *Queue) Register(jobType string, f Func) { q.funcs[jobType] = f }

// RegisterCommitted sets the function that looks up interrupted jobs of the given type. Types without one
// can be repeated without harm. It must not be called after the first job was submitted.
func (q *Queue) RegisterCommitted(jobType string, f CommittedFunc) { q.commits[jobType] = f }

// Recover ends a job of a dead server with success if its work was committed. Otherwise it returns false.
func (q *Queue) Recover(ctx context.Context, j *state.Job) (bool, error) {
	committed, ok := q.commits[j.Type]
	if !ok {
		return false, nil
	}
	log := &Log{queue: q, job: j.ID}
	out, ok, err := committed(ctx, j, log)
	if !ok || err != nil {
		return false, err
	}
	log.Stderr("the sandbox was interrupted after the work of the job was committed")
	now := time.Now()
	return q.o.State.FinishJob(ctx, j.ID, state.Success, out, now.Sub(j.StartAt), now)
}

// Submit stores a job and queues it. The job is durable if the error is nil.
func (q *Queue) Submit(ctx context.Context, j *state.Job) error {
	if err := q.Store(ctx, j); err != nil {
		return err
	}
	return q.Start(j)
}

// Store stores a job without queueing it and sets its ID.
func (q *Queue) Store(ctx context.Context, j *state.Job) error {
	j.Owner = q.o.Owner
	return q.o.State.AddJob(ctx, j, time.Now())
}

// Start queues a stored job.
func (q *Queue) Start(j *state.Job) error {
	if !q.pool.add(task{id: j.ID, priority: j.Priority, run: func(ctx context.Context) { q.run(ctx, j) }}) {
		return httpapi.Errorf(http.StatusServiceUnavailable, "The sandbox is closing")
	}
	return nil
}

// Kill requests the end of a job, in whichever process it runs, and returns its
// former status. It has no effect on a finished job.
func (q *Queue) Kill(ctx context.Context, id int64) (former string, err error) {
	if former, err = q.o.State.Kill(ctx, id, time.Now()); err != nil {
		return "", err
	}
	q.pool.kill(id, errKilled)
	return former, nil
}

// KillAll requests the end of all jobs of this queue.
func (q *Queue) KillAll() {
	for _, id := range q.pool.killAll(errKilled) {
		_, err := q.o.State.Kill(q.ctx, id, time.Now())
		q.o.Report(err)
	}
}

// WatchKills kills jobs of this queue whose end another process has requested. It
// returns when ctx is done.
func (q *Queue) WatchKills(ctx context.Context) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if q.pool.busy() == 0 {
			continue
		}
		ids, err := q.o.State.KillRequests(ctx, q.o.Owner)
		q.o.Report(err)
		for _, id := range ids {
			q.pool.kill(id, errKilled)
		}
	}
}

// Busy returns the number of jobs that have not ended.
func (q *Queue) Busy() int { return q.pool.busy() }

// Wait blocks until all jobs have ended or ctx is done.
func (q *Queue) Wait(ctx context.Context) error { return q.pool.wait(ctx) }

// Close kills all jobs, waits for the running ones and rejects new ones. Jobs that
// were still waiting remain queued in the state.
func (q *Queue) Close() {
	q.close()
	q.pool.close(errClosed)
}

// run runs a job and records its end. It does nothing if the job was killed while
// it was queued.
func (q *Queue) run(ctx context.Context, j *state.Job) {
	started := false
	err := q.persist(ctx, func() (err error) {
		j.StartAt = time.Now()
		started, err = q.o.State.StartJob(q.ctx, j.ID, j.StartAt)
		return err
	})
	if err != nil || !started {
		return
	}
	log := &Log{queue: q, job: j.ID}
	out, err := q.runWithRetries(ctx, j, log)
	status := state.Success
	switch {
	case err == nil:
	case context.Cause(ctx) != nil:
		status = state.Killed
		log.Stderr("Killed: %v", context.Cause(ctx))
	default:
		status = state.Error
		log.Stderr("%v", err)
	}
	now := time.Now()
	_ = q.persist(q.closing, func() error {
		_, err := q.o.State.FinishJob(q.ctx, j.ID, status, out, now.Sub(j.StartAt), now)
		if err != nil {
			return fmt.Errorf("cannot record the end of job %d: %w", j.ID, err)
		}
		return nil
	})
}

// persist calls write until it succeeds or ctx is done. The state cannot be written
// while the disk is full.
func (q *Queue) persist(ctx context.Context, write func() error) error {
	for {
		err := write()
		if err == nil {
			return nil
		}
		q.o.Report(err)
		if sleep.For(ctx, time.Second) != nil {
			return err
		}
	}
}

func (q *Queue) runWithRetries(ctx context.Context, j *state.Job, log *Log) (out state.Output, err error) {
	for try := 0; ; try++ {
		j.Attempt = try
		out, err = q.runOnce(ctx, j, log)
		if _, final := errors.AsType[*Failure](err); err == nil || final || ctx.Err() != nil || try >= j.RetryLimit {
			return out, err
		}
		log.Stderr("Attempt %d failed: %v", try+1, err)
	}
}

// runOnce calls the function for the type of the job. It converts a panic to a
// Failure.
func (q *Queue) runOnce(ctx context.Context, j *state.Job, log *Log) (out state.Output, err error) {
	defer func() {
		if p := recover(); p != nil {
			q.o.Report(fmt.Errorf("job %d: %v\n%s", j.ID, p, debug.Stack()))
			err = Failf("internal error: %v", p)
		}
	}()
	f, ok := q.funcs[j.Type]
	if !ok {
		return state.NoOutput(), Failf("job type %q is not available in the sandbox", j.Type)
	}
	return f(ctx, j, log)
}

// A Log adds lines to the two logs of a job. Errors of the state are reported, but
// do not end the job.
type Log struct {
	queue *Queue
	job   int64
}

// Job returns the ID of the job.
func (l *Log) Job() int64 { return l.job }

// Cmdout adds a line to the log of the job's progress.
func (l *Log) Cmdout(format string, args ...any) { l.add(fmt.Sprintf(format, args...)+"\n", "") }

// Stderr adds a line to the log of the job's errors.
func (l *Log) Stderr(format string, args ...any) { l.add("", fmt.Sprintf(format, args...)+"\n") }

func (l *Log) add(cmdout, stderr string) {
	l.queue.o.Report(l.queue.o.State.Log(l.queue.ctx, l.job, cmdout, stderr))
}
