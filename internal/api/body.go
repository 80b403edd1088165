package api

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

var errStalled = errors.New("the server stopped sending data")

// A body is the body of a response. Reading fails with a [NetworkError] if the connection breaks or no byte
// arrives for stallTimeout.
type body struct {
	io.ReadCloser
	host   string
	ctx    context.Context //nolint:containedctx // the request's context, which lives as long as the body
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

func newBody(ctx context.Context, rc io.ReadCloser, host string, cancel context.CancelCauseFunc) *body {
	timer := time.AfterFunc(stallTimeout, func() { cancel(errStalled) })
	timer.Stop()
	return &body{ReadCloser: rc, host: host, ctx: ctx, cancel: cancel, timer: timer}
}

// Read implements io.Reader. The stall timer runs only during the call, so that a slow reader does not trip it.
func (b *body) Read(p []byte) (int, error) {
	b.timer.Reset(stallTimeout)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if cause := context.Cause(b.ctx); errors.Is(cause, errStalled) {
		err = cause
	} else if b.ctx.Err() != nil {
		return n, b.ctx.Err()
	}
	return n, newNetworkError(b.host, err)
}

// Close implements io.Closer and ends the request.
func (b *body) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// decodeBody returns the body without its Content-Encoding: gzip, deflate (zlib, or raw as sent by some servers) or
// none.
func decodeBody(resp *http.Response) (io.Reader, error) {
	switch strings.ToLower(resp.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		r := bufio.NewReader(resp.Body)
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			return r, nil // an empty body has no gzip header
		}
		return gzip.NewReader(r)
	case "deflate":
		r := bufio.NewReader(resp.Body)
		if head, err := r.Peek(2); err == nil && head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
			return zlib.NewReader(r)
		} else if len(head) == 0 && errors.Is(err, io.EOF) {
			return r, nil
		}
		return flate.NewReader(r), nil // without the zlib header
	}
	return resp.Body, nil
}
