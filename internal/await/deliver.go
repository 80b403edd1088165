package await

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// An IncompleteError says that a result did not arrive whole, or is not what the
// job says it is.
type IncompleteError struct {
	ID  string
	Err error
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("the result of job %s is incomplete: %v", e.ID, e.Err)
}
func (e *IncompleteError) Unwrap() error { return e.Err }

// DeliverOptions say where a result goes and how it is written.
type DeliverOptions struct {
	Rows jobresult.Options
	Out  io.Writer // the rows' way when Path is empty
	Path string    // a file to write whole or not at all; "" writes to Out
}

// Deliver downloads the result of a job that succeeded and writes its rows. An
// answer of 404 is no rows when the job had none, and else the API's error.
// What does not arrive whole is an IncompleteError; what cannot be written a FileError or a
// *jobresult.WriteError. GET /v3/job/result/:job_id
func Deliver(ctx context.Context, c *api.Client, job api.Job, o DeliverOptions) (jobresult.Stats, error) {
	body := &resumer{ctx: ctx, open: func(ctx context.Context, r api.Range) (*api.Result, error) {
		return c.JobResult(ctx, job.ID, "msgpack.gz", r)
	}}
	defer body.Close()
	var src io.Reader = body
	if err := body.connect(); err != nil {
		if !errors.Is(err, api.ErrNotFound) || !empty(job) {
			return jobresult.Stats{}, err
		}
		src = eof{}
	}
	if o.Path == "" {
		return transcode(ctx, job, o.Out, src, o.Rows)
	}
	var stats jobresult.Stats
	err := writeFile(o.Path, func(w io.Writer) (err error) {
		stats, err = transcode(ctx, job, w, src, o.Rows)
		return err
	})
	return stats, err
}

// empty reports whether a job says of itself that it has no rows.
func empty(job api.Job) bool {
	return job.NumRecords.Valid && job.NumRecords.Value == 0
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

func transcode(ctx context.Context, job api.Job, dst io.Writer, src io.Reader, o jobresult.Options) (jobresult.Stats, error) {
	stats, err := jobresult.Copy(ctx, dst, src, o)
	if _, ok := errors.AsType[*jobresult.CorruptError](err); ok {
		return stats, &IncompleteError{job.ID, err}
	}
	if err != nil {
		return stats, err
	}
	if n := job.NumRecords; n.Valid && !stats.Limited && stats.Rows != n.Value {
		return stats, &IncompleteError{job.ID, fmt.Errorf("the server has %d rows, %d arrived", n.Value, stats.Rows)}
	}
	return stats, nil
}
