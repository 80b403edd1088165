// Package sandbox is an embedded Treasure Data: a server that speaks the REST API
// v3 over a real SQL engine with real, persistent tables. It is for learning and
// testing; several processes may serve one data directory at once. It knows
// nothing of the programs that call it.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/state"
)

// Options says where a server keeps its data and how it behaves.
type Options struct {
	// Dir is the data directory. It is made when it is missing.
	Dir string
	// APIKey is the key to ask for, besides those of the sandbox's users. Empty: every key that is not empty.
	APIKey string
	// Log takes one line a request; nil: none.
	Log io.Writer
	// Latency delays every answer.
	Latency time.Duration
	// FailRate is the share of requests, 0 to 1, that fail on purpose; Seed decides which and how.
	FailRate float64
	Seed     int64
	// ScheduledTime is what TD_SCHEDULED_TIME counts from in jobs that were given none; zero: the job's start.
	ScheduledTime time.Time
	// Workers is how many jobs run at once; 0: four.
	Workers int
	// Passive leaves schedules that fall due to other servers: for one that only has a look.
	Passive bool
}

// Limits of what a sandbox keeps.
const (
	keepJobs      = 90 * 24 * time.Hour
	maxResult     = 1 << 30 // bytes of one result, compressed
	maxResults    = 8 << 30 // bytes of all results in all forms
	defaultWorker = 4
)

// A Server answers API requests and runs the jobs that they submit.
type Server struct {
	options Options
	engine  engine.Engine
	state   *state.DB
	spool   *msgpackfile.Spool
	owner   *owner
	collections

	table    []route
	mischief *mischief
	pipe     *pipe
	logging  sync.Mutex // one line at a time

	ctx  context.Context // of everything that outlives a request
	stop context.CancelCauseFunc
	wg   sync.WaitGroup
	pool *pool
}

// Open opens the data directory, or makes it with the sample tables in it. Jobs
// that a process left unfinished when it died end as errors.
func Open(ctx context.Context, o Options) (*Server, error) {
	if o.Dir == "" {
		return nil, errors.New("the sandbox needs a data directory")
	}
	if o.FailRate < 0 || o.FailRate > 1 {
		return nil, fmt.Errorf("the fail rate must be from 0 to 1, not %v", o.FailRate)
	}
	if o.Workers <= 0 {
		o.Workers = defaultWorker
	}
	s := &Server{options: o, mischief: newMischief(o)}
	s.ctx, s.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	s.pool, s.pipe = newPool(s.ctx, o.Workers), newPipe(s)
	s.table = s.routes()
	if err := s.open(ctx); err != nil {
		s.stop(err)
		return nil, errors.Join(fmt.Errorf("cannot open the sandbox in %q: %w", o.Dir, err), s.closeData())
	}
	s.wg.Go(s.watchKills)
	s.wg.Go(s.keepHouse)
	if !o.Passive {
		s.wg.Go(s.fireSchedules)
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) (err error) {
	dir := s.options.Dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if s.owner, err = newOwner(ctx, filepath.Join(dir, ownersDir)); err != nil {
		return err
	}
	if s.state, err = state.Open(ctx, filepath.Join(dir, stateFile)); err != nil {
		return err
	}
	s.collections = newCollections(s.state)
	if s.spool, err = msgpackfile.OpenSpool(filepath.Join(dir, resultsDir), maxResult); err != nil {
		return err
	}
	tables, err := sqlite.Open(filepath.Join(dir, tablesDir), sqlite.Options{Translate: translate.Translate})
	if err != nil {
		return err
	}
	s.engine = tables
	if err := s.reap(ctx); err != nil {
		return err
	}
	return s.prepare(ctx)
}

// Close kills the jobs that still run, records them as killed, and closes the
// data. Nothing may be served any more when it is called.
func (s *Server) Close() error {
	s.pool.close(errClosed)
	s.stop(errClosed)
	err := s.pipe.close()
	s.wg.Wait()
	err = errors.Join(err, s.state.Abandon(context.Background(), s.owner.id, state.Killed, "Killed: the sandbox was closed", time.Now()))
	return errors.Join(err, s.closeData())
}

func (s *Server) closeData() error {
	var errs []error
	if s.engine != nil {
		errs = append(errs, s.engine.Close())
	}
	if s.state != nil {
		errs = append(errs, s.state.Close())
	}
	if s.owner != nil {
		errs = append(errs, s.owner.lock.Remove())
	}
	return errors.Join(errs...)
}

// Busy is how many jobs of this process have not ended.
func (s *Server) Busy() int { return s.pool.busy() }

// Wait waits until no job of this process is unfinished, or ctx ends.
func (s *Server) Wait(ctx context.Context) error { return s.pool.wait(ctx) }

// KillAll ends all jobs of this process.
func (s *Server) KillAll() {
	for _, id := range s.pool.killAll(errKilled) {
		_, err := s.state.Kill(s.ctx, id, time.Now())
		s.report(err)
	}
}
