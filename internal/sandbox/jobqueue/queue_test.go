package jobqueue_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/state"
)

// A fixture is a queue with one worker on a new state.
type fixture struct {
	*testing.T
	*jobqueue.Queue
	state    *state.DB
	reported []error
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, state: db}
	f.Queue = jobqueue.New(t.Context(), jobqueue.Options{State: db, Owner: "me", Workers: 1, Report: func(err error) {
		if err != nil {
			f.reported = append(f.reported, err)
		}
	}})
	t.Cleanup(func() {
		f.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// submit submits a job and returns its ID.
func (f *fixture) submit(j state.Job) int64 {
	f.Helper()
	if err := f.Submit(f.Context(), &j); err != nil {
		f.Fatal(err)
	}
	return j.ID
}

// job waits for the end of all jobs and returns one of them.
func (f *fixture) job(id int64) *state.Job {
	f.Helper()
	if err := f.Wait(f.Context()); err != nil {
		f.Fatal(err)
	}
	j, err := f.state.Job(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	return j
}

func TestOutcomes(t *testing.T) {
	output := state.Output{Records: 2, Size: 3, RawSize: 4, ETag: "e", Columns: "[]"}
	tests := []struct {
		name    string
		run     func(try int) error
		retries int
		status  string
		stderr  string
		tries   int
	}{
		{"success", func(int) error { return nil }, 3, state.Success, "", 1},
		{"error", func(int) error { return errors.New("disk full") }, 0, state.Error, "disk full\n", 1},
		{"retry", func(try int) error {
			if try < 3 {
				return errors.New("busy")
			}
			return nil
		}, 5, state.Success, "Attempt 1 failed: busy\nAttempt 2 failed: busy\n", 3},
		{"retry limit", func(int) error { return errors.New("busy") }, 1, state.Error, "Attempt 1 failed: busy\nbusy\n", 2},
		{"failure", func(int) error { return jobqueue.Failf("no table %q", "t") }, 5, state.Error, "no table \"t\"\n", 1},
		{"panic", func(int) error { panic("oops") }, 5, state.Error, "internal error: oops\n", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t)
			tries := 0
			f.Register("test", func(_ context.Context, _ *state.Job, log *jobqueue.Log) (state.Output, error) {
				tries++
				log.Cmdout("try %d of job %d", tries, log.Job())
				return output, test.run(tries)
			})
			j := f.job(f.submit(state.Job{Type: "test", RetryLimit: test.retries}))
			if j.Status != test.status || j.Stderr != test.stderr || tries != test.tries {
				t.Errorf("%s after %d tries: %q; want %s after %d: %q", j.Status, tries, j.Stderr, test.status, test.tries, test.stderr)
			}
			if want := strings.Count(j.Cmdout, "\n"); want != tries || !strings.HasPrefix(j.Cmdout, "try 1 of job 1\n") {
				t.Errorf("cmdout %q; want a line for each of %d tries", j.Cmdout, tries)
			}
			if test.status == state.Success && j.Output != output {
				t.Errorf("output %+v; want %+v", j.Output, output)
			}
			if j.StartAt.IsZero() || j.EndAt.IsZero() || j.Owner != "me" {
				t.Errorf("start %v, end %v, owner %q", j.StartAt, j.EndAt, j.Owner)
			}
			if (test.name == "panic") != (len(f.reported) == 1) {
				t.Errorf("reported: %v", f.reported)
			}
		})
	}
}

func TestUnknownType(t *testing.T) {
	f := newFixture(t)
	j := f.job(f.submit(state.Job{Type: "pig", RetryLimit: 3}))
	if want := "job type \"pig\" is not available in the sandbox\n"; j.Status != state.Error || j.Stderr != want {
		t.Errorf("%s, %q; want %q", j.Status, j.Stderr, want)
	}
}

// block registers a type of job that runs until it is killed, and returns a
// channel that receives the ID of each started job.
func (f *fixture) block() <-chan int64 {
	started := make(chan int64, 10)
	f.Register("block", func(ctx context.Context, j *state.Job, _ *jobqueue.Log) (state.Output, error) {
		started <- j.ID
		<-ctx.Done()
		return state.NoOutput(), ctx.Err()
	})
	return started
}

func TestKill(t *testing.T) {
	f := newFixture(t)
	started := f.block()
	running, queued := f.submit(state.Job{Type: "block"}), f.submit(state.Job{Type: "block"})
	<-started
	for _, step := range []struct {
		id   int64
		want string
	}{{queued, state.Queued}, {running, state.Running}} {
		if former, err := f.Kill(t.Context(), step.id); former != step.want || err != nil {
			t.Errorf("Kill(%d) = %q, %v; want %q", step.id, former, err, step.want)
		}
	}
	if j := f.job(running); j.Status != state.Killed || j.Stderr != "Killed: the job was killed\n" {
		t.Errorf("running job: %s, %q", j.Status, j.Stderr)
	}
	if j := f.job(queued); j.Status != state.Killed || !j.StartAt.IsZero() {
		t.Errorf("queued job: %s, started %v", j.Status, j.StartAt)
	}
	if former, err := f.Kill(t.Context(), running); former != state.Killed || err != nil {
		t.Errorf("second Kill = %q, %v; want %q", former, err, state.Killed)
	}
	if _, err := f.Kill(t.Context(), 99); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("Kill of an unknown job = %v; want ErrNotFound", err)
	}
}

// TestWatchKills kills a job through the state, as another process does.
func TestWatchKills(t *testing.T) {
	f := newFixture(t)
	started := f.block()
	id := f.submit(state.Job{Type: "block"})
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { f.WatchKills(ctx); close(done) }()
	other := jobqueue.New(t.Context(), jobqueue.Options{State: f.state, Owner: "other", Workers: 1, Report: func(error) {}})
	if former, err := other.Kill(t.Context(), id); former != state.Running || err != nil {
		t.Errorf("Kill = %q, %v", former, err)
	}
	if j := f.job(id); j.Status != state.Killed {
		t.Errorf("status %s; want killed", j.Status)
	}
	cancel()
	<-done
}

func TestKillAll(t *testing.T) {
	f := newFixture(t)
	started := f.block()
	ids := []int64{f.submit(state.Job{Type: "block"}), f.submit(state.Job{Type: "block"}), f.submit(state.Job{Type: "block"})}
	<-started
	if f.Busy() != 3 {
		t.Errorf("Busy = %d; want 3", f.Busy())
	}
	f.KillAll()
	for _, id := range ids {
		if j := f.job(id); j.Status != state.Killed {
			t.Errorf("job %d is %s; want killed", id, j.Status)
		}
	}
	if f.Busy() != 0 {
		t.Errorf("Busy = %d; want 0", f.Busy())
	}
}

// TestKilledBeforeStart covers a job that is killed in the state, but not in the
// queue, before a worker takes it.
func TestKilledBeforeStart(t *testing.T) {
	f := newFixture(t)
	ran := false
	f.Register("test", func(context.Context, *state.Job, *jobqueue.Log) (state.Output, error) {
		ran = true
		return state.NoOutput(), nil
	})
	j := &state.Job{Type: "test"}
	if err := f.Store(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Kill(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if err := f.Start(j); err != nil {
		t.Fatal(err)
	}
	if got := f.job(j.ID); got.Status != state.Killed || ran {
		t.Errorf("status %s, ran %v; want killed without a run", got.Status, ran)
	}
}

func TestClosedQueue(t *testing.T) {
	f := newFixture(t)
	started := f.block()
	running, queued := f.submit(state.Job{Type: "block"}), f.submit(state.Job{Type: "block"})
	<-started
	f.Close()
	if j := f.job(running); j.Status != state.Killed || j.Stderr != "Killed: the sandbox was closed\n" {
		t.Errorf("running job: %s, %q", j.Status, j.Stderr)
	}
	if j := f.job(queued); j.Status != state.Queued {
		t.Errorf("queued job: %s; want queued", j.Status)
	}
	err := f.Submit(t.Context(), &state.Job{Type: "block"})
	if e := httpapi.AsError(err); err == nil || e.Status != 503 {
		t.Errorf("Submit to a closed queue = %v; want status 503", err)
	}
}

func TestDomainKeys(t *testing.T) {
	f := newFixture(t)
	f.Register("test", func(context.Context, *state.Job, *jobqueue.Log) (state.Output, error) { return state.NoOutput(), nil })
	first := f.submit(state.Job{Type: "test", DomainKey: "k"})
	err := f.Submit(t.Context(), &state.Job{Type: "test", DomainKey: "k"})
	conflict, ok := errors.AsType[*state.ConflictError](err)
	if diff := cmp.Diff(&state.ConflictError{Key: "k", JobID: first}, conflict); !ok || diff != "" {
		t.Errorf("Submit = %v; (-want +got):\n%s", err, diff)
	}
}

// TestFullDisk makes all changes of jobs fail for a while.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(dir, "state.db")
		db, err := state.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		raw, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(30000)") // the queue writes at the same time
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		exec := func(statement string) {
			if _, err := raw.ExecContext(t.Context(), statement); err != nil {
				t.Error(err)
			}
		}
		var reported atomic.Int64
		q := jobqueue.New(t.Context(), jobqueue.Options{State: db, Owner: "me", Workers: 1, Report: func(err error) {
			if err != nil {
				reported.Add(1)
			}
		}})
		defer q.Close()
		q.Register("fill", func(context.Context, *state.Job, *jobqueue.Log) (state.Output, error) {
			exec("CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'disk full'); END")
			return state.NoOutput(), nil
		})
		first, second := &state.Job{Type: "fill"}, &state.Job{Type: "unknown"}
		for _, j := range []*state.Job{first, second} {
			if err := q.Submit(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute + 300*time.Millisecond) // not at the time of a retry
		if j, err := db.Job(t.Context(), first.ID); err != nil || j.Status != state.Running || reported.Load() < 50 {
			t.Errorf("while the disk is full: %s, %v, %d errors reported", j.Status, err, reported.Load())
		}
		exec("DROP TRIGGER full")
		if t.Failed() {
			return // the queue would never become idle
		}
		if err := q.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		for j, want := range map[*state.Job]string{first: state.Success, second: state.Error} {
			if got, err := db.Job(t.Context(), j.ID); err != nil || got.Status != want {
				t.Errorf("job %d: %s, %v; want %s", j.ID, got.Status, err, want)
			}
		}
	})
}
