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

// A Range selects bytes of a result. Range{To: -1} is the whole result.
type Range struct {
	From    int64  // offset of the first byte
	To      int64  // offset of the last byte (inclusive); negative means the end
	IfRange string // ETag: the server sends the whole result if it has changed
}

// A Result is the response to a download. The caller must close its Body.
type Result struct {
	// Body is the stored result, byte for byte. Reading fails with a [NetworkError] if the connection
	// breaks, and with the context's error if that is done.
	Body io.ReadCloser

	From         int64  // offset of the first byte of Body; 0 if the server sent the whole result
	Total        int64  // size of the whole result; -1 if unknown
	ETag         string // includes the quotes; may be empty or weak (W/"…")
	Status       int    // 200, or 206 for a part
	AcceptRanges bool   // the server supports ranges
	Encoding     string // Content-Encoding in lower case; From and Total count encoded bytes
}

// JobResult downloads the rows of a job in one of the service's formats, such as "msgpack.gz". Failures before the
// first byte of the body are retried. A missing result is an [ErrNotFound].
//
// API: GET /v3/job/result/:job_id
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
		Encoding:     strings.ToLower(resp.Header.Get("Content-Encoding")),
	}
	if resp.StatusCode != http.StatusPartialContent {
		return r, nil
	}
	r.AcceptRanges = true
	var err error
	r.From, r.Total, err = parseContentRange(resp.Header.Get("Content-Range"))
	return r, err
}

// parseContentRange parses a Content-Range such as "bytes 5-9/10". The total is -1 for "*". See
// https://www.rfc-editor.org/rfc/rfc9110#section-14.4
func parseContentRange(s string) (from, total int64, err error) {
	bad := errors.New("the Content-Range is missing or invalid")
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

// parseUnsatisfiedRange returns the size in a Content-Range such as "bytes */10", or -1.
func parseUnsatisfiedRange(s string) int64 {
	size, ok := strings.CutPrefix(s, "bytes */")
	n, err := strconv.ParseInt(size, 10, 64)
	if !ok || err != nil || n < 0 {
		return -1
	}
	return n
}
