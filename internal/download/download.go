// Package download fetches the result of a job. It resumes interrupted downloads,
// verifies the number of rows and writes files as a whole.
package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/pkg/jobresult"
)

// An IncompleteError says that a result did not arrive whole, or is not what the
// job says it is.
type IncompleteError struct {
	ID  string // of the job
	Err error
}

// Error names the job and what is wrong.
func (e *IncompleteError) Error() string {
	return fmt.Sprintf("the result of job %s is incomplete: %v", e.ID, e.Err)
}

// Unwrap returns what is wrong.
func (e *IncompleteError) Unwrap() error { return e.Err }

// Options say where a result goes and how it is written.
type Options struct {
	Rows jobresult.Options
	Out  io.Writer // the rows' way when Path is empty

	// Path is a file to write whole or not at all; "" writes to Out. A name that ends in .gz or .zst
	// is compressed. What is no regular file, as a pipe, is written to directly, like Out.
	Path string

	// Threads is how many connections download a large result to a regular file, at most
	// MaxThreads. 0 stands for one below 32 MiB, and up to four.
	Threads int

	// Filter returns what the rows are written through on their way to w; nil: nothing. It is closed behind the
	// last row. Check looks at a delivery before it is final: before a file gets its name. What either says is a
	// RefusedError, and leaves the old file alone.
	Filter func(w io.Writer) io.WriteCloser
	Check  func(jobresult.Stats) error

	Progress func(done, total int64) // told now and then of the bytes that arrived; total may be -1; may be nil
	Notify   func(line string)       // told when a download is resumed, begun anew or kept for later; may be nil
}

// Fetch downloads the result of a job that succeeded and writes its rows. An
// answer of 404 is no rows when the job had none, and else the API's error.
// GET /v3/job/result/:job_id
//
// A download that breaks is resumed, and begun anew if it cannot be and nothing was written
// that cannot be taken back. When that is of no use either, the error is an [IncompleteError] if
// rows were written to Out, or if the server is at odds with itself; if the network is to blame and
// nothing was written it is the API's error. What cannot be written is a [FileError], or for
// Out a [jobresult.WriteError]. When ctx ends it is the cause of that.
//
// Of a large result, what was downloaded to a file is kept beside it when the network fails or ctx
// ends, and even when the process is killed. The next Fetch of this job to that file goes on there.
func Fetch(ctx context.Context, c *api.Client, job api.Job, o Options) (jobresult.Stats, error) {
	return deliver(ctx, c, job, o, tuning{large: 32 << 20, piece: 1 << 20, stretch: 32 << 20, pause: pause})
}

// tuning is what tests want smaller.
type tuning struct {
	large   int64                     // bytes from which a result is spooled
	piece   int64                     // bytes of which a spool keeps account
	stretch int64                     // bytes that are asked for at once, at most, when there are several connections
	pause   func(n int) time.Duration // before the nth attempt that brings nothing
}

// A delivery is one call of Fetch.
type delivery struct {
	remote
	tune  tuning
	job   api.Job
	o     Options
	out   *outlet
	meter *meter
	spool *spool // of the last attempt, if it had one
}

func deliver(ctx context.Context, c *api.Client, job api.Job, o Options, t tuning) (jobresult.Stats, error) {
	m := &meter{tell: o.Progress}
	d := &delivery{
		remote: remote{c: c, id: job.ID, pause: t.pause, notify: oneByOne(o.Notify), count: m.add},
		tune:   t, job: job, o: o, meter: m,
	}
	if o.Path == "" {
		d.out = &outlet{w: o.Out}
		return d.run(ctx)
	}
	to, err := atomicfile.Locate(o.Path)
	switch {
	case err != nil:
		return jobresult.Stats{}, &FileError{o.Path, err}
	case to.Special:
		return d.toDevice(ctx, to)
	}
	return d.toFile(ctx, to)
}

// oneByOne returns a function that may be called by several goroutines.
func oneByOne(notify func(string)) func(string) {
	if notify == nil {
		return func(string) {}
	}
	var mu sync.Mutex
	return func(line string) {
		mu.Lock()
		defer mu.Unlock()
		notify(line)
	}
}

func (d *delivery) toDevice(ctx context.Context, to atomicfile.Target) (jobresult.Stats, error) {
	f, err := openDevice(ctx, to)
	if err != nil {
		return jobresult.Stats{}, err
	}
	d.out = &outlet{w: f}
	stats, err := d.run(ctx)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = &FileError{d.o.Path, cerr}
	}
	return stats, err
}

func (d *delivery) toFile(ctx context.Context, to atomicfile.Target) (jobresult.Stats, error) {
	part, err := to.Create(atomicfile.Options{Part: true, Sync: true})
	if err != nil {
		return jobresult.Stats{}, &FileError{d.o.Path, err}
	}
	defer part.Discard()
	d.out = &outlet{w: part, part: part}
	stats, err := d.run(ctx)
	if err == nil {
		err = fileError(d.o.Path, part.Sync())
	}
	d.settle(ctx, part.TempName(), err)
	if err == nil {
		err = fileError(d.o.Path, part.Commit())
	}
	return stats, err
}

// settle removes what the spool left, unless it helps to download the rest another time.
// The file is locked still, so that it is nobody else's.
func (d *delivery) settle(ctx context.Context, part string, err error) {
	_, network := errors.AsType[*api.NetworkError](err)
	_, refusal := errors.AsType[*api.Error](err)
	later := ctx.Err() != nil || network || refusal && !errors.Is(err, api.ErrNotFound)
	if err == nil || !later || d.spool != nil && d.spool.arrived() == 0 {
		removeStore(part)
		return
	}
	if d.spool != nil {
		d.notify(fmt.Sprintf("%d of %d bytes are kept beside %q; to fetch job %s into it again goes on from there",
			d.spool.arrived(), d.spool.Total, d.o.Path, d.id))
	}
}

// maxRestarts is how often a download begins anew.
const maxRestarts = 3

// run downloads and writes the rows, from the beginning again where that helps.
func (d *delivery) run(ctx context.Context) (jobresult.Stats, error) {
	for restarts := 0; ; restarts++ {
		stats, err := d.attempt(ctx)
		if d.out.err != nil {
			err = &jobresult.WriteError{Err: d.out.err}
		}
		if !startsOver(err) || restarts == maxRestarts || d.out.final() {
			return stats, d.verdict(ctx, err)
		}
		if err := d.out.rewind(); err != nil {
			return stats, &FileError{d.o.Path, err}
		}
		d.notify(fmt.Sprintf("%v; it begins anew", err))
		if err := sleep(ctx, d.tune.pause(restarts+1)); err != nil {
			return stats, err
		}
	}
}

// startsOver reports whether a failed download may succeed from the beginning.
func startsOver(err error) bool {
	_, changed := errors.AsType[*changedError](err)
	_, unresumable := errors.AsType[*unresumableError](err)
	return changed || unresumable
}

// attempt downloads and writes the rows once.
func (d *delivery) attempt(ctx context.Context) (jobresult.Stats, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d.out.stop = stop
	src, err := d.source(ctx)
	if err != nil {
		return jobresult.Stats{}, err
	}
	defer src.Close()
	dst, err := pack(d.out, d.o.Path, d.o.Rows.Format)
	if err != nil {
		return jobresult.Stats{}, err
	}
	through := filtered(dst, d.o.Filter)
	stats, err := jobresult.Copy(ctx, through, d.out.watch(src), d.o.Rows)
	if err == nil {
		err = d.verify(stats)
	}
	if err == nil {
		err = through.Close()
	}
	if err == nil && d.o.Check != nil {
		err = refused(d.o.Check(stats))
	}
	if err == nil {
		err = dst.Close()
	}
	if err == nil {
		d.meter.finish()
	}
	return stats, err
}

// verify compares what arrived with what the job says.
func (d *delivery) verify(stats jobresult.Stats) error {
	if n := d.job.NumRecords; n.Valid && !stats.Limited && stats.Rows != n.Value {
		return &IncompleteError{d.id, fmt.Errorf("the server has %d rows, %d arrived", n.Value, stats.Rows)}
	}
	return nil
}

// verdict turns what ended a delivery into what its caller is told.
func (d *delivery) verdict(ctx context.Context, err error) error {
	_, incomplete := errors.AsType[*IncompleteError](err)
	refusal, refused := errors.AsType[*RefusedError](err)
	_, corrupt := errors.AsType[*jobresult.CorruptError](err)
	_, changed := errors.AsType[*changedError](err)
	write, unwritten := errors.AsType[*jobresult.WriteError](err)
	disk, full := errors.AsType[*diskError](err)
	switch {
	case err == nil, incomplete:
		return err
	case refused:
		return refusal
	case unwritten && d.o.Path != "":
		return &FileError{d.o.Path, write.Err}
	case unwritten:
		return err
	case full:
		return &FileError{d.o.Path, disk.err}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case corrupt, changed, d.out.final():
		return &IncompleteError{d.id, err}
	}
	return err
}
