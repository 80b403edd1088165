// Package download fetches the result of a job. It resumes interrupted downloads,
// verifies the result and writes files atomically.
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
	"github.com/td-cli/td/internal/sleep"
	"github.com/td-cli/td/pkg/jobresult"
)

// An IncompleteError means that a result was not received completely, or does not
// match what the job reports.
type IncompleteError struct {
	JobID string
	Err   error
}

// Error implements error.
func (e *IncompleteError) Error() string {
	return fmt.Sprintf("the result of job %s is incomplete: %v", e.JobID, e.Err)
}

// Unwrap returns e.Err.
func (e *IncompleteError) Unwrap() error { return e.Err }

// Options for a download. The functions may be nil.
type Options struct {
	Rows jobresult.Options
	Out  io.Writer // destination if Path is empty

	// Path names a file that is written atomically. If it ends in .gz or .zst the rows
	// are compressed. Devices and pipes are written in place, like Out.
	Path string

	// SplitRows, unless it is 0, is the number of rows after which a new file starts. Path
	// is a [Pattern] then. A result without rows has one file. The files must not exist, and
	// all of them appear together.
	SplitRows int64

	// Threads is the number of connections for a large result to a regular file, at
	// most MaxThreads. 0 means 1 below 32 MiB and up to 4 above.
	Threads int

	// Filter returns a writer through which the rows are written to w. It is closed
	// after the last row. Check is called before the file is replaced. Their errors
	// become a RejectedError, and an existing file is kept.
	Filter func(w io.Writer) io.WriteCloser
	Check  func(jobresult.Stats) error

	// Copy keeps the result, which must be complete. If it has the result of the job already, nothing is requested.
	Copy *Copy

	// Progress is called from time to time with the number of bytes received and the
	// total, -1 if unknown.
	Progress func(done, total int64)

	// Notify is called when a download is resumed or restarted.
	Notify func(line string)

	// Kept is called when an incomplete download is kept next to Path. Another Fetch of
	// the same job to the same file resumes it.
	Kept func(received, total int64)
}

// Fetch downloads the result of a successful job and writes its rows. A job with no
// rows may have no result; otherwise a missing result is the API's error, which
// wraps [api.ErrNotFound].
//
// A broken download is resumed. If that is not possible it is restarted, unless rows
// were already written to Out. Fetch returns an [IncompleteError] if rows were
// written or the server contradicts itself, a [FileError] if the file at Path cannot
// be written, a [jobresult.WriteError] if Out cannot be written, the cause of the end of
// ctx, or the API's error.
//
// When a result of at least MinResumable bytes is downloaded to a file and the network
// fails, ctx ends or the process is killed, the received part is kept for the next call.
//
// A result is complete only if its size and its number of rows are those that the job and
// the response report, as far as they are known.
//
// API: GET /v3/job/result/:job_id
func Fetch(ctx context.Context, c *api.Client, job api.Job, o Options) (jobresult.Stats, error) {
	return fetch(ctx, c, job, o, limits{
		segmented: MinResumable, parallel: 32 << 20, piece: MinResumable / 2, request: 32 << 20, pause: retryPause,
	})
}

// MinResumable is the minimum size in bytes of a result whose download to a file can be
// resumed by another process. Smaller ones are faster to download again.
const MinResumable = 512 << 10

// limits are sizes in bytes, and pauses. Tests use smaller ones.
type limits struct {
	segmented int64                     // minimum size of a result that is downloaded in segments
	parallel  int64                     // minimum size for more than one connection
	piece     int64                     // unit of the resume files
	request   int64                     // maximum size of a request if there are several connections
	pause     func(n int) time.Duration // see retryPause
}

// A transfer is the state of one call of Fetch.
type transfer struct {
	remoteResult
	limits   limits
	job      api.Job
	options  Options
	out      *resultWriter
	progress *progressMeter
	segments *segmentedDownload // the last attempt; nil for a stream

	sizeKnown   bool // the last response had a size
	unsegmented bool // do not use segments, because the server reports wrong sizes
	marked      bool // there is a journal without pieces, see markPart
}

func fetch(ctx context.Context, c *api.Client, job api.Job, o Options, l limits) (jobresult.Stats, error) {
	meter := &progressMeter{report: o.Progress}
	d := &transfer{
		remoteResult: remoteResult{client: c, jobID: job.ID, pause: l.pause, notify: serialize(o.Notify), count: meter.add},
		limits:       l, job: job, options: o, progress: meter,
	}
	if o.Path == "" {
		d.out = &resultWriter{w: o.Out}
		return d.run(ctx)
	}
	if o.SplitRows > 0 {
		return d.writeParts(ctx)
	}
	target, err := atomicfile.Locate(o.Path)
	switch {
	case err != nil:
		return jobresult.Stats{}, &FileError{o.Path, err}
	case target.Special:
		return d.writeDevice(ctx, target)
	}
	return d.writeFile(ctx, target)
}

// serialize returns a function that is safe for concurrent use.
func serialize(notify func(string)) func(string) {
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

func (d *transfer) writeDevice(ctx context.Context, target atomicfile.Target) (jobresult.Stats, error) {
	f, err := openDevice(ctx, target)
	if err != nil {
		return jobresult.Stats{}, err
	}
	d.out = &resultWriter{w: f}
	stats, err := d.run(ctx)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = &FileError{d.options.Path, cerr}
	}
	return stats, err
}

func (d *transfer) writeFile(ctx context.Context, target atomicfile.Target) (jobresult.Stats, error) {
	part, err := target.Create(atomicfile.Options{Part: true, IsLeftover: isLeftover, Sync: true})
	if err != nil {
		return jobresult.Stats{}, &FileError{d.options.Path, err}
	}
	defer part.Discard()
	d.options.Rows.ArrowFile = true
	d.out = &resultWriter{w: part, file: part}
	stats, err := d.run(ctx)
	if err == nil {
		err = fileError(d.options.Path, part.Sync())
	}
	d.cleanUp(ctx, part.TempName(), err)
	if err == nil {
		err = fileError(d.options.Path, part.Commit())
	}
	return stats, err
}

// cleanUp removes the resume files unless a later call can use them. The caller
// still holds the lock of part.
func (d *transfer) cleanUp(ctx context.Context, part string, err error) {
	_, network := errors.AsType[*api.NetworkError](err)
	_, refused := errors.AsType[*api.Error](err)
	temporary := ctx.Err() != nil || network || refused && !errors.Is(err, api.ErrNotFound)
	if err == nil || !temporary || d.marked || d.segments != nil && d.segments.received() == 0 {
		removeResumeFiles(part)
		return
	}
	if d.segments != nil && d.options.Kept != nil {
		d.options.Kept(d.segments.received(), d.segments.Total)
	}
}

// maxRestarts limits how often a download is restarted.
const maxRestarts = 3

// run downloads and writes the rows. It restarts the download where that may help.
func (d *transfer) run(ctx context.Context) (jobresult.Stats, error) {
	for restarts := 0; ; restarts++ {
		stats, err := d.attempt(ctx)
		if d.out.err != nil {
			err = &jobresult.WriteError{Err: d.out.err}
		}
		if !d.isRestartable(err) || restarts == maxRestarts || d.out.committed() {
			return stats, d.finalError(ctx, err)
		}
		if err := d.out.reset(); err != nil {
			return stats, &FileError{d.options.Path, err}
		}
		d.notify(fmt.Sprintf("%v; restarting the download", err))
		if err := sleep.For(ctx, d.limits.pause(restarts+1)); err != nil {
			return stats, err
		}
	}
}

// isRestartable reports whether a failed download may succeed from the start. This
// includes a truncated one if the response did not report its size.
func (d *transfer) isRestartable(err error) bool {
	_, mismatch := errors.AsType[*mismatchError](err)
	_, noResume := errors.AsType[*noResumeError](err)
	_, corrupt := errors.AsType[*jobresult.CorruptError](err)
	if mismatch && d.segments != nil {
		d.unsegmented = true
	}
	return mismatch || noResume || corrupt && !d.sizeKnown && errors.Is(err, io.ErrUnexpectedEOF)
}

// attempt downloads and writes the rows once.
func (d *transfer) attempt(ctx context.Context) (jobresult.Stats, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d.out.cancel = cancel
	src, err := d.openSource(ctx)
	if err != nil {
		return jobresult.Stats{}, err
	}
	defer src.Close()
	verified, keep := d.options.Copy.tee(&verifyingReader{src: src, check: d.checkSize}, d.jobID)
	complete := false
	defer func() { keep(complete) }()
	var out io.WriteCloser = nopCloser{}
	var stats jobresult.Stats
	if d.out.parts != nil {
		stats, err = jobresult.CopyParts(ctx, d.openPart, d.out.watch(verified), d.options.SplitRows, d.options.Rows)
	} else if out, err = newRowWriter(d.out, d.options); err == nil {
		stats, err = jobresult.Copy(ctx, out, d.out.watch(verified), d.options.Rows)
	}
	if err == nil && !stats.Limited {
		_, err = io.Copy(io.Discard, verified) // Copy may stop before the end
	}
	if err == nil && !stats.Limited {
		err = d.checkRows(stats.Rows)
		complete = err == nil
	}
	if err == nil {
		err = out.Close()
	}
	if err == nil && d.options.Check != nil {
		err = rejected(d.options.Check(stats))
	}
	if err == nil {
		d.progress.finish()
	}
	return stats, err
}

// A verifyingReader counts the bytes of a result and checks their number at the end.
type verifyingReader struct {
	src   io.Reader
	count int64
	check func(count int64) error
}

func (r *verifyingReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.count += int64(n)
	if err == io.EOF {
		if err := r.check(r.count); err != nil {
			return n, err
		}
	}
	return n, err
}

// checkSize compares the size of the received result with the job. An empty result is
// only valid if the job has no rows.
func (d *transfer) checkSize(received int64) error {
	rows, size := d.job.NumRecords, d.job.ResultSize
	switch {
	case received == 0 && (rows.Valid && rows.Value == 0 || !rows.Valid && size.Valid && size.Value == 0):
		return nil
	case received == 0:
		return &mismatchError{"the server sent an empty result"}
	case size.Valid && received != size.Value:
		return d.incomplete(fmt.Sprintf("received %d of %d bytes", received, size.Value))
	}
	return nil
}

// checkRows compares the number of rows with the job.
func (d *transfer) checkRows(rows int64) error {
	if n := d.job.NumRecords; n.Valid && rows != n.Value {
		return d.incomplete(fmt.Sprintf("received %d of %d rows", rows, n.Value))
	}
	return nil
}

// incomplete returns the error for a result that differs from the job. A restart only
// helps if the response may have been truncated.
func (d *transfer) incomplete(reason string) error {
	if d.sizeKnown {
		return &IncompleteError{d.jobID, errors.New(reason)}
	}
	return &mismatchError{reason}
}

// finalError returns the error of Fetch for an error of the last attempt.
func (d *transfer) finalError(ctx context.Context, err error) error {
	_, incomplete := errors.AsType[*IncompleteError](err)
	rejection, isRejected := errors.AsType[*RejectedError](err)
	_, corrupt := errors.AsType[*jobresult.CorruptError](err)
	_, mismatch := errors.AsType[*mismatchError](err)
	write, isWrite := errors.AsType[*jobresult.WriteError](err)
	file, isFile := errors.AsType[*FileError](err)
	disk, isDisk := errors.AsType[*diskError](err)
	_, isValue := errors.AsType[*jobresult.ValueError](err)
	switch {
	case err == nil, incomplete, isValue:
		return err
	case isRejected:
		return rejection
	case isFile:
		return file
	case isWrite && d.options.Path != "":
		return &FileError{d.options.Path, write.Err}
	case isWrite:
		return err
	case isDisk:
		return &FileError{d.options.Path, disk.err}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case corrupt, mismatch, d.out.committed():
		return &IncompleteError{d.jobID, err}
	}
	return err
}
