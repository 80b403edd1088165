package sandbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/td-cli/td/internal/sandbox/state"
)

// A joblog takes the two texts that a job leaves. What it cannot keep is not worth ending the job.
type joblog struct {
	server *Server
	id     int64
}

func (l joblog) cmdout(format string, args ...any) {
	l.server.report(l.server.state.Log(l.server.ctx, l.id, fmt.Sprintf(format, args...)+"\n", ""))
}

func (l joblog) stderr(format string, args ...any) {
	l.server.report(l.server.state.Log(context.WithoutCancel(l.server.ctx), l.id, "", fmt.Sprintf(format, args...)+"\n"))
}

// A jobError is a failure with the words that go into the job's log.
type jobError struct{ message string }

func (e *jobError) Error() string { return e.message }

func failJob(format string, args ...any) error { return &jobError{fmt.Sprintf(format, args...)} }

// runJob takes a queued job to its end. Only a job that is still queued begins: it
// may have been killed while it waited.
func (s *Server) runJob(ctx context.Context, j *state.Job) {
	j.StartAt = time.Now()
	started, err := s.state.StartJob(context.WithoutCancel(ctx), j.ID, j.StartAt)
	if err != nil || !started {
		s.report(err)
		return
	}
	log := joblog{s, j.ID}
	out, err := s.attempt(ctx, j, log)
	status := state.Success
	switch {
	case err == nil:
	case context.Cause(ctx) != nil:
		status = state.Killed
		log.stderr("Killed: %v", context.Cause(ctx))
	default:
		status = state.Error
		log.stderr("%v", err)
	}
	now := time.Now()
	if _, err := s.state.FinishJob(context.WithoutCancel(ctx), j.ID, status, out, now.Sub(j.StartAt), now); err != nil {
		s.report(fmt.Errorf("cannot record the end of job %d: %w", j.ID, err))
	}
}

// attempt works on a job, again when it fails for no fault of its own and may be retried.
func (s *Server) attempt(ctx context.Context, j *state.Job, log joblog) (out state.Output, err error) {
	for try := 0; ; try++ {
		out, err = s.work(ctx, j, log)
		if _, own := errors.AsType[*jobError](err); err == nil || own || ctx.Err() != nil || try >= j.RetryLimit {
			return out, err
		}
		log.stderr("Attempt %d failed: %v", try+1, err)
	}
}

// work does what the type of the job asks for. A panic is an error of the job, not the end of all.
func (s *Server) work(ctx context.Context, j *state.Job, log joblog) (out state.Output, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.report(fmt.Errorf("job %d: %v\n%s", j.ID, p, debug.Stack()))
			err = failJob("internal error: %v", p)
		}
	}()
	switch j.Type {
	case "hive", "presto", "trino":
		return s.runQuery(ctx, j, log)
	case "bulkload":
		return s.runBulkload(ctx, j, log)
	case "bulk_import_perform":
		return state.NoOutput(), s.runPerform(ctx, j, log)
	case "export":
		return state.NoOutput(), s.runTableExport(ctx, j, log)
	case "result_export":
		return state.NoOutput(), s.runResultExport(ctx, j, log)
	default:
		return state.NoOutput(), failJob("job type %q is not available here", j.Type)
	}
}

// watchKills ends the jobs of this server that another process wants ended.
func (s *Server) watchKills() {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		if s.pool.busy() == 0 {
			continue
		}
		ids, err := s.state.KillRequests(s.ctx, s.owner.id)
		s.report(err)
		for _, id := range ids {
			s.pool.kill(id, errKilled)
		}
	}
}
