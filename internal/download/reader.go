package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/sleep"
)

// A broken download is resumed at the byte where it stopped, with the headers Range and
// If-Range (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5):
//
//   - A partial response (206) must start at that byte and have the same total size
//     and ETag. A full response (200) must have the same ETag and is skipped up to
//     that byte. Any other response is a mismatchError.
//   - Without a strong ETag it is unknown whether two responses are the same result:
//     a noResumeError.
//
// The end of the range that the server cannot satisfy (416) is the end of the result.
//
// The API client retries failed requests. This file only handles bodies that break
// off. Their number is not limited as long as each connection makes progress; without
// progress, retries end after the client's MaxRetryTime.

// retryPause returns the pause before the nth attempt in a row to resume. The first
// one follows a connection that made progress.
func retryPause(n int) time.Duration {
	if n <= 1 {
		return 100 * time.Millisecond
	}
	d := min(time.Second<<(n-2), 30*time.Second)
	return d/2 + rand.N(d)
}

// A mismatchError means that a response does not belong to the same result as an
// earlier one.
type mismatchError struct{ reason string }

func (e *mismatchError) Error() string { return e.reason }

// A noResumeError is an error of a download that cannot be resumed.
type noResumeError struct{ err error }

func (e *noResumeError) Error() string {
	return "the download broke and the server does not support resuming it: " + e.err.Error()
}
func (e *noResumeError) Unwrap() error { return e.err }

// A remoteResult is the result of a job on the server.
type remoteResult struct {
	client *api.Client
	jobID  string
	pause  func(n int) time.Duration // see retryPause
	notify func(string)
	count  func(int64) // called with the number of bytes received
}

// request requests a range of the result.
func (r remoteResult) request(ctx context.Context, span api.Range) (*api.Result, error) {
	return r.client.JobResult(ctx, r.jobID, "msgpack.gz", span)
}

// strongETag returns an ETag that identifies a result byte by byte, or "".
func strongETag(etag string) string {
	if strings.HasPrefix(etag, "W/") {
		return ""
	}
	return etag
}

// A resumingReader reads a range of a result and resumes the download when it breaks.
type resumingReader struct {
	remoteResult
	ctx      context.Context // ends with the download
	response *api.Result     // nil unless connected
	skip     int64           // bytes of the response before offset
	offset   int64           // position of the next byte
	end      int64           // end of the range; -1 is the end of the response
	total    int64           // size of the whole result, or -1
	etag     string          // strong, or ""
	encoding string          // Content-Encoding
	expected int64           // size of the whole result according to the job, or -1
	failures int             // connections in a row without progress
	failing  time.Time       // time of the first of them
}

// newReader returns a reader of a whole result whose first response is known. The
// expected size is used if that response has none.
func (r remoteResult) newReader(ctx context.Context, first *api.Result, expected int64) *resumingReader {
	return &resumingReader{
		remoteResult: r, ctx: ctx, response: first, end: first.Total, total: first.Total,
		etag: strongETag(first.ETag), encoding: first.Encoding, expected: expected,
	}
}

// Read implements io.Reader. It returns the errors of the client and of the context,
// mismatchError and noResumeError.
func (r *resumingReader) Read(p []byte) (int, error) {
	for {
		if r.offset == r.end {
			return 0, io.EOF
		}
		if r.response == nil {
			if err := r.connect(); err != nil {
				return 0, err // io.EOF if the result ends at r.offset
			}
		}
		n, err := r.readBody(p)
		if n > 0 {
			r.failures = 0
			return n, nil
		}
		if err == io.EOF && r.end < 0 && (r.offset >= r.expected || r.failures > 0) {
			return 0, io.EOF // expected, or repeatedly the end: the caller checks the size
		}
		if err == nil {
			continue
		}
		if err := r.prepareRetry(err); err != nil {
			return 0, err
		}
	}
}

// readBody reads from the current response.
func (r *resumingReader) readBody(p []byte) (int, error) {
	if r.skip > 0 {
		n, err := io.CopyN(io.Discard, r.response.Body, r.skip)
		r.skip -= n
		if err != nil {
			return 0, err
		}
	}
	if r.end >= 0 {
		p = p[:min(int64(len(p)), r.end-r.offset)]
	}
	n, err := r.response.Body.Read(p)
	r.offset += int64(n)
	r.count(int64(n))
	return n, err
}

// connect requests the bytes from r.offset on. It returns io.EOF if there are none.
func (r *resumingReader) connect() error {
	response, err := r.request(r.ctx, api.Range{From: r.offset, To: r.end - 1, IfRange: r.etag})
	if e, ok := errors.AsType[*api.Error](err); ok && e.Status == http.StatusRequestedRangeNotSatisfiable {
		if e.ResultSize == r.offset || e.ResultSize < 0 && r.offset == r.expected {
			r.end = r.offset
			return io.EOF
		}
		return &mismatchError{"the result does not have the requested bytes"}
	}
	if errors.Is(err, api.ErrAnswer) {
		return &mismatchError{err.Error()}
	}
	if err != nil {
		return err
	}
	if err := checkResponse(response, r.offset, r.total, r.etag, r.encoding); err != nil {
		_ = response.Body.Close()
		return err
	}
	r.response, r.skip = response, r.offset-response.From
	return nil
}

// checkResponse checks the response to a request for the bytes from offset on of a
// result with the given size, ETag and encoding.
func checkResponse(r *api.Result, offset, total int64, etag, encoding string) error {
	switch {
	case r.Status == http.StatusPartialContent && r.From != offset:
		return &mismatchError{fmt.Sprintf("the server sent the bytes from %d instead of %d", r.From, offset)}
	case strongETag(r.ETag) != etag, r.Total >= 0 && total >= 0 && r.Total != total, r.Encoding != encoding:
		return &mismatchError{"the result changed on the server while it was downloaded"}
	}
	return nil
}

// prepareRetry pauses after an error. It fails if the download cannot be resumed.
func (r *resumingReader) prepareRetry(err error) error {
	r.Close()
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if errors.Is(err, io.EOF) { // the body is too short
		if r.etag == "" && r.end < 0 && r.offset > 0 {
			return &mismatchError{fmt.Sprintf("received %d of %d bytes", r.offset, r.expected)}
		}
		err = &api.NetworkError{Host: r.client.Host(), Err: io.ErrUnexpectedEOF}
	}
	if r.etag == "" && r.offset > 0 {
		return &noResumeError{err}
	}
	if r.failures++; r.failures == 1 {
		r.failing = time.Now()
	}
	pause := r.pause(r.failures)
	if time.Since(r.failing)+pause > r.client.MaxRetryTime() {
		return fmt.Errorf("the download broke %d times in a row after %d bytes: %w", r.failures, r.offset, err)
	}
	r.notify(fmt.Sprintf("the download broke and is resumed at byte %d: %v", r.offset, err))
	return sleep.For(r.ctx, pause)
}

// Close closes the connection. Read opens a new one.
func (r *resumingReader) Close() {
	if r.response != nil {
		_ = r.response.Body.Close()
		r.response = nil
	}
}
