package await

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/td-cli/td/internal/api"
)

// fruitless is how many times in a row a download may break without a byte of progress.
const fruitless = 5

// errChanged says that the result is no longer the one whose first part was read.
var errChanged = errors.New("the result changed while it was read")

// A resumer reads a result, and when the connection breaks goes on at the next
// byte over a new one, so that its reader never notices.
type resumer struct {
	ctx  context.Context
	open func(context.Context, api.Range) (*api.Result, error)

	cur    *api.Result
	offset int64 // bytes handed out
	total  int64 // -1 when the server does not say
	etag   string
	broken int // connections in a row that brought nothing
}

// connect opens the result at the offset.
func (r *resumer) connect() error {
	cur, err := r.open(r.ctx, api.Range{From: r.offset, To: -1, IfRange: r.etag})
	if err != nil {
		return err
	}
	if r.offset == 0 {
		r.cur, r.total, r.etag = cur, cur.Total, cur.ETag
		return nil
	}
	if cur.ETag != r.etag || cur.Total != r.total {
		cur.Body.Close()
		return errChanged
	}
	if _, err := io.CopyN(io.Discard, cur.Body, r.offset-cur.From); err != nil {
		cur.Body.Close()
		return err
	}
	r.cur = cur
	return nil
}

// Read implements io.Reader.
func (r *resumer) Read(p []byte) (int, error) {
	for {
		n, err := r.cur.Body.Read(p)
		if r.total >= 0 && r.offset+int64(n) > r.total {
			return 0, fmt.Errorf("more than the %d bytes that were announced", r.total)
		}
		r.offset += int64(n)
		if n > 0 {
			r.broken = 0
			return n, nil
		}
		if errors.Is(err, io.EOF) && (r.total < 0 || r.offset == r.total) {
			return 0, io.EOF
		}
		if err == nil {
			continue
		}
		if err := r.resume(err); err != nil {
			return 0, err
		}
	}
}

// resume connects anew after a break.
func (r *resumer) resume(cause error) error {
	if err := r.ctx.Err(); err != nil {
		return context.Cause(r.ctx)
	}
	r.cur.Body.Close()
	if r.broken++; r.broken > fruitless || (r.etag == "" && r.offset > 0) {
		return fmt.Errorf("the connection broke after %d bytes: %w", r.offset, cause)
	}
	return r.connect()
}

// Close ends the connection.
func (r *resumer) Close() {
	if r.cur != nil {
		r.cur.Body.Close()
	}
}
