package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A Range selects bytes of a result. The whole result is Range{To: -1}.
type Range struct {
	From    int64  // offset of the first byte
	To      int64  // offset of the last byte, included; negative: to the end
	IfRange string // an ETag: if the result has another one by now, it is sent whole
}

// A Result is the answer to a download. The caller closes its Body.
type Result struct {
	// Body is the result as it is stored, byte for byte. Reading it ends with a
	// [NetworkError] when the connection breaks before all was sent, and with the context's
	// error when that is cancelled.
	Body io.ReadCloser

	From         int64  // offset of Body's first byte: 0 when the server sent everything
	Total        int64  // size of the whole result, -1 when unknown
	ETag         string // as the server sent it, with quotes; may be empty or weak (W/"…")
	Status       int    // 200, or 206 for a part
	AcceptRanges bool   // the server says that parts can be asked for
}

// JobResult downloads the rows of a job in one of the service's formats, such as
// "msgpack.gz": GET /v3/job/result/:job_id. Failures are retried until the body begins.
// A job without a result is [ErrNotFound].
func (c *Client) JobResult(ctx context.Context, jobID, format string, r Range) (*Result, error) {
	cl := &call{
		method: "GET", route: "/v3/job/result/:job_id", names: []string{jobID},
		query: url.Values{"format": {format}}, header: http.Header{}, download: true,
	}
	if r.From > 0 || r.To >= 0 {
		span := fmt.Sprintf("bytes=%d-", r.From)
		if r.To >= 0 {
			span += strconv.FormatInt(r.To, 10)
		}
		cl.header.Set("Range", span)
		if r.IfRange != "" {
			cl.header.Set("If-Range", r.IfRange)
		}
	}
	resp, err := c.open(ctx, cl)
	if err != nil {
		return nil, err
	}
	result, err := newResult(resp)
	if err != nil {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%s %s: %w: %w", cl.method, cl.path(), ErrAnswer, err)
	}
	return result, nil
}

func newResult(resp *http.Response) (*Result, error) {
	r := &Result{
		Body: resp.Body, Total: resp.ContentLength, Status: resp.StatusCode,
		ETag:         resp.Header.Get("ETag"),
		AcceptRanges: strings.EqualFold(resp.Header.Get("Accept-Ranges"), "bytes"),
	}
	if resp.StatusCode != http.StatusPartialContent {
		return r, nil
	}
	r.AcceptRanges = true
	var err error
	r.From, r.Total, err = parseContentRange(resp.Header.Get("Content-Range"))
	return r, err
}

// parseContentRange reads "bytes 5-9/10". A total of "*" is -1.
func parseContentRange(s string) (from, total int64, err error) {
	bad := errors.New("its Content-Range is missing or wrong")
	span, ok := strings.CutPrefix(s, "bytes ")
	span, size, ok2 := strings.Cut(span, "/")
	first, last, ok3 := strings.Cut(span, "-")
	if !ok || !ok2 || !ok3 {
		return 0, 0, bad
	}
	from, err1 := strconv.ParseInt(strings.TrimSpace(first), 10, 64)
	to, err2 := strconv.ParseInt(strings.TrimSpace(last), 10, 64)
	total = -1
	var err3 error
	if size != "*" {
		total, err3 = strconv.ParseInt(size, 10, 64)
	}
	if err1 != nil || err2 != nil || err3 != nil || from < 0 || to < from || total >= 0 && to >= total {
		return 0, 0, bad
	}
	return from, total, nil
}
