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
)

// How a download that breaks goes on:
//
//   - at the byte it stopped at, with Range and If-Range, so that whoever reads it notices nothing;
//   - a part (206) must begin there and be of the same size and ETag; the whole (200) with the
//     same ETag is read up to there; everything else is another result, a changedError;
//   - without a strong ETag nothing proves that two answers are one result, an unresumableError.
//
// The client retries requests; here only answers count that break off. They may do so any
// number of times, as long as each brings something.

// fruitless is how many times in a row a download may break without a byte of progress.
const fruitless = 5

// pause is how long to wait before the nth fruitless attempt to go on, the first of which
// follows progress.
func pause(n int) time.Duration {
	if n <= 1 {
		return 100 * time.Millisecond
	}
	d := min(time.Second<<(n-2), 30*time.Second)
	return d/2 + rand.N(d)
}

// A changedError says that an answer does not go with what was read before.
type changedError struct{ what string }

func (e *changedError) Error() string { return e.what }

// An unresumableError says that a download broke for which there is no going on.
type unresumableError struct{ err error }

func (e *unresumableError) Error() string {
	return "the download broke and the server gives no means to resume it: " + e.err.Error()
}
func (e *unresumableError) Unwrap() error { return e.err }

// A remote is a result on the server.
type remote struct {
	c      *api.Client
	id     string // of the job
	pause  func(n int) time.Duration
	notify func(string)
	count  func(int64) // told of the bytes that arrive
}

func (r remote) open(ctx context.Context, span api.Range) (*api.Result, error) {
	return r.c.JobResult(ctx, r.id, "msgpack.gz", span)
}

// strong returns an ETag that proves equality byte by byte, or "".
func strong(etag string) string {
	if strings.HasPrefix(etag, "W/") {
		return ""
	}
	return etag
}

// A resumer reads a result from offset to end, over as many connections as it takes.
type resumer struct {
	remote
	ctx    context.Context //nolint:containedctx // lives as long as the download whose reader this is
	cur    *api.Result     // nil before the first connection
	skip   int64           // bytes of cur before the offset
	offset int64           // of the next byte
	end    int64           // behind the last byte; -1: where the server ends
	total  int64           // size of the whole result, -1 when unknown
	etag   string          // strong, or ""
	broken int             // connections in a row that brought nothing
}

// resume returns a resumer of a whole result whose first answer is cur.
func (r remote) resume(ctx context.Context, cur *api.Result) *resumer {
	return &resumer{remote: r, ctx: ctx, cur: cur, end: cur.Total, total: cur.Total, etag: strong(cur.ETag)}
}

// Read implements io.Reader. Its errors are those of the client and of the context,
// changedError and unresumableError.
func (r *resumer) Read(p []byte) (int, error) {
	for {
		if r.offset == r.end {
			return 0, io.EOF
		}
		if r.cur == nil {
			if err := r.connect(); err != nil {
				return 0, err
			}
		}
		n, err := r.read(p)
		if n > 0 {
			r.broken = 0
			return n, nil
		}
		if err == io.EOF && r.end < 0 {
			return 0, io.EOF
		}
		if err == nil {
			continue
		}
		if err := r.mend(err); err != nil {
			return 0, err
		}
	}
}

// read reads from the connection.
func (r *resumer) read(p []byte) (int, error) {
	if r.skip > 0 {
		n, err := io.CopyN(io.Discard, r.cur.Body, r.skip)
		r.skip -= n
		if err != nil {
			return 0, err
		}
	}
	if r.end >= 0 {
		p = p[:min(int64(len(p)), r.end-r.offset)]
	}
	n, err := r.cur.Body.Read(p)
	r.offset += int64(n)
	r.count(int64(n))
	return n, err
}

// connect asks for what is left.
func (r *resumer) connect() error {
	cur, err := r.open(r.ctx, api.Range{From: r.offset, To: r.end - 1, IfRange: r.etag})
	if err != nil {
		return err
	}
	if err := fits(cur, r.offset, r.total, r.etag); err != nil {
		cur.Body.Close()
		return err
	}
	r.cur, r.skip = cur, r.offset-cur.From
	return nil
}

// fits checks the answer to a request for the bytes from offset on, of a result that is
// known already.
func fits(cur *api.Result, offset, total int64, etag string) error {
	switch {
	case cur.Status == http.StatusPartialContent && cur.From != offset:
		return &changedError{fmt.Sprintf("the server sent the bytes from %d instead of %d", cur.From, offset)}
	case strong(cur.ETag) != etag, cur.Total >= 0 && total >= 0 && cur.Total != total:
		return &changedError{"the result changed on the server while it was downloaded"}
	}
	return nil
}

// mend goes on after a break, unless too many brought nothing.
func (r *resumer) mend(cause error) error {
	r.Close()
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if errors.Is(cause, io.EOF) { // a clean end, but too early
		cause = &api.NetworkError{Host: r.c.Host(), Err: io.ErrUnexpectedEOF}
	}
	if r.etag == "" && r.offset > 0 {
		return &unresumableError{cause}
	}
	if r.broken++; r.broken > fruitless {
		return fmt.Errorf("the download broke %d times in a row after %d bytes: %w", r.broken, r.offset, cause)
	}
	r.notify(fmt.Sprintf("the download broke and is resumed at byte %d: %v", r.offset, cause))
	return sleep(r.ctx, r.pause(r.broken))
}

// Close ends the connection. A Read after it begins a new one.
func (r *resumer) Close() {
	if r.cur != nil {
		r.cur.Body.Close()
		r.cur = nil
	}
}

// sleep pauses for d, or returns the cause of the end of ctx.
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
