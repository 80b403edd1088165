// Package sandbox implements a local server for the Treasure Data REST API v3 with
// persistent tables and a SQL engine. It is meant for learning and testing.
// Several processes may open the same data directory.
//
// This package opens the data directory and routes requests. The endpoints are
// implemented by the packages jobs, tables, bulkimport, schedules, connectors,
// results and users. For the API, see https://api-docs.treasuredata.com/.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/td-cli/td/internal/sandbox/bulkimport"
	"github.com/td-cli/td/internal/sandbox/connectors"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/files"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/jobs"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/schedules"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
	"github.com/td-cli/td/internal/sandbox/users"
)

// Options configures a [Server].
type Options struct {
	// Dir is the data directory. It is created if it is missing.
	Dir string
	// APIKey is the only valid API key, apart from those of the sandbox's users. If
	// it is empty, all keys are valid.
	APIKey string
	// Files is the directory of the files that clients can read and write. If it is
	// empty, they have access to all files of the user.
	Files string
	// CheckHost rejects requests whose Host is neither a loopback address nor one of
	// Hosts. It protects a server from web pages that resolve their own name to
	// the address of the server.
	CheckHost bool
	Hosts     []string
	// Log receives a line for each request and for internal errors, if not nil.
	Log io.Writer
	// Latency delays all responses.
	Latency time.Duration
	// FailRate is the probability, from 0 to 1, that a request fails on purpose.
	// Seed determines which requests fail and how.
	FailRate float64
	Seed     int64
	// ScheduledTime is the time on which TD_SCHEDULED_TIME is based in jobs that
	// have no scheduled time. If it is zero, the start of the job is used.
	ScheduledTime time.Time
	// Pools are names of resource pools that jobs may use, in addition to "default".
	Pools []string
	// MaxMemory limits the memory of a statement in bytes; 0 means 1 GiB.
	MaxMemory int64
	// MaxRecord limits the size of an imported record in bytes; 0 means 64 MiB.
	MaxRecord int
	// Workers is the number of jobs that run concurrently; 0 means 4.
	Workers int
	// Engine is the storage of the tables. If its Address is empty, they are stored in Dir.
	Engine EngineOptions
	// HiveAsTrino runs the text of Hive jobs as Trino statements.
	HiveAsTrino bool
	// Passive disables schedules. It is used by servers that are opened only briefly.
	Passive bool
}

// EngineOptions selects a SQL engine other than SQLite.
type EngineOptions struct {
	// Address identifies the stored tables. A data directory belongs to the address with which it was created.
	Address string
	// Open opens the engine, which can store its own files in dir.
	Open func(ctx context.Context, dir string) (engine.Engine, error)
}

const defaultWorkers = 4

// A Server implements the API and runs the jobs that are submitted to it.
type Server struct {
	options Options
	log     *requestLog
	faults  *faults
	pipe    *pipe
	router  *httpapi.Router

	engine  engine.Engine
	state   *state.DB
	spool   *msgpackfile.Spool
	process *process
	queue   *jobqueue.Queue

	jobs        *jobs.Handlers
	bulkImports *bulkimport.Handlers
	connectors  *connectors.Handlers
	schedules   *schedules.Handlers
	users       *users.Handlers

	ctx  context.Context // ends when the server is closed
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// Open opens a data directory. A new directory gets sample tables. Unfinished jobs of
// dead processes get the status error.
func Open(ctx context.Context, o Options) (*Server, error) {
	if o.Dir == "" {
		return nil, errors.New("the sandbox needs a data directory")
	}
	if o.FailRate < 0 || o.FailRate > 1 {
		return nil, fmt.Errorf("the fail rate must be from 0 to 1, not %v", o.FailRate)
	}
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	s := newServer(ctx, o)
	if err := s.open(ctx); err != nil {
		s.stop()
		if state.IsDiskFull(err) {
			err = syscall.ENOSPC
		}
		return nil, errors.Join(fmt.Errorf("cannot open the sandbox in %s: %w", o.Dir, err), s.closeData())
	}
	s.wg.Go(func() { s.queue.WatchKills(s.ctx) })
	s.wg.Go(s.runJanitor)
	if !o.Passive {
		s.wg.Go(s.runSchedules)
	}
	return s, nil
}

func newServer(ctx context.Context, o Options) *Server {
	s := &Server{options: o, log: &requestLog{w: o.Log}, faults: newFaults(o)}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.pipe = newPipe(s)
	return s
}

// open opens the data directory, creates the handlers and cleans up after dead
// servers.
func (s *Server) open(ctx context.Context) (err error) {
	dir := s.options.Dir
	if err := prepareDir(dir); err != nil {
		return err
	}
	if s.process, err = newProcess(ctx, filepath.Join(dir, ownersDir)); err != nil {
		return err
	}
	if s.state, err = state.Open(ctx, filepath.Join(dir, stateFile)); err != nil {
		return err
	}
	if s.spool, err = msgpackfile.OpenSpool(filepath.Join(dir, resultsDir), jobs.MaxResult); err != nil {
		return err
	}
	if err := s.openEngine(ctx); err != nil {
		return err
	}
	s.queue = jobqueue.New(s.ctx, jobqueue.Options{State: s.state, Owner: s.process.id, Workers: s.options.Workers, Report: s.report})
	routes := s.routes()
	s.router = httpapi.NewRouter(s.users.Authorize, routes)
	if err := s.reap(ctx); err != nil {
		return err
	}
	return s.seed(ctx)
}

// openEngine opens the SQL engine, unless the tables of the directory are stored elsewhere.
func (s *Server) openEngine(ctx context.Context) error {
	stored, err := engineAddress(ctx, s.state)
	isNew := errors.Is(err, state.ErrNotFound)
	if isNew {
		stored, err = s.options.Engine.Address, nil
	}
	if err != nil {
		return err
	}
	dir := filepath.Join(s.options.Dir, tablesDir)
	switch {
	case stored != s.options.Engine.Address && stored == "":
		return fmt.Errorf("%w: its tables are stored in the directory itself; use another directory", ErrOtherEngine)
	case stored != s.options.Engine.Address:
		return fmt.Errorf("%w: its tables are stored by %s", ErrOtherEngine, stored)
	case stored != "":
		s.engine, err = s.options.Engine.Open(ctx, dir)
	default:
		s.engine, err = sqlite.Open(dir, sqlite.Options{Translate: translate.Translate, MaxMemory: s.options.MaxMemory})
	}
	if err != nil {
		s.engine = nil // not an interface with a nil pointer
		return err
	}
	if isNew { // an address that cannot be opened is not stored
		return storeEngineAddress(ctx, s.state, stored)
	}
	return nil
}

// routes creates the handlers and returns their endpoints.
func (s *Server) routes() []httpapi.Route {
	uploads := tables.NewUploads(filepath.Join(s.options.Dir, uploadsDir), s.options.MaxRecord)
	savedResults := results.New(s.state)
	var clientFiles files.Dir
	if s.options.Files != "" {
		clientFiles = files.In(s.options.Files)
	}
	s.jobs = jobs.New(jobs.Options{
		State: s.state, Queue: s.queue, Engine: s.engine, Spool: s.spool, Results: savedResults, Files: clientFiles, Pools: s.options.Pools, ScheduledTime: s.options.ScheduledTime,
		HiveAsTrino: s.options.HiveAsTrino, Cluster: s.options.Engine.Address != "",
	})
	s.users = users.New(s.state, users.Options{APIKey: s.options.APIKey, Workers: s.options.Workers, Engine: s.engine})
	s.schedules = schedules.New(s.state, s.queue, tables.NewCatalog(s.engine), savedResults, s.options.Pools)
	s.connectors = connectors.New(s.state, s.queue, s.jobs, s.engine, clientFiles)
	s.bulkImports = bulkimport.New(s.state, bulkimport.Options{
		Dir: filepath.Join(s.options.Dir, partsDir), Owner: s.process.id, IsAlive: s.process.isAlive,
		Queue: s.queue, Engine: s.engine, Uploads: uploads, Pools: s.options.Pools,
	})
	serverStatus := httpapi.Route{
		Pattern: "GET /v3/system/server_status",
		Handle:  func(*httpapi.Request) (any, error) { return httpapi.Object{"status": "ok"}, nil },
		Access:  httpapi.Public,
	}
	return slices.Concat(
		[]httpapi.Route{serverStatus},
		s.jobs.Routes(), tables.New(s.engine, s.state, uploads).Routes(), s.bulkImports.Routes(), s.connectors.Routes(),
		savedResults.Routes(), s.schedules.Routes(), s.users.Routes(),
	)
}

// runSchedules submits the jobs of schedules and connectors when they are due,
// until the server is closed. Runs that became due while no server was open are
// skipped.
func (s *Server) runSchedules() {
	opened := time.Now()
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		s.report(s.schedules.RunDue(s.ctx, opened, now))
		s.report(s.connectors.RunDue(s.ctx, opened, now))
	}
}

// report logs an error that occurred outside of requests. It ignores nil, and all
// errors after the server was closed.
func (s *Server) report(err error) {
	if err != nil && s.ctx.Err() == nil {
		s.log.addError(err)
	}
}

// Close kills the running jobs and closes the data directory. No requests may be in
// progress, except for those through Dial and Transport.
func (s *Server) Close() error {
	s.queue.Close()
	s.stop()
	err := s.pipe.close()
	s.wg.Wait()
	err = errors.Join(err, s.state.Abandon(context.Background(), s.process.id, state.Killed, "Killed: the sandbox was closed", time.Now()))
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
	if s.process != nil {
		errs = append(errs, s.process.lock.Remove())
	}
	return errors.Join(errs...)
}

// Busy returns the number of jobs of this process that have not ended.
func (s *Server) Busy() int { return s.queue.Busy() }

// Wait blocks until all jobs of this process have ended or ctx is done.
func (s *Server) Wait(ctx context.Context) error { return s.queue.Wait(ctx) }

// KillAll kills all jobs of this process.
func (s *Server) KillAll() { s.queue.KillAll() }
