package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A call describes a request independently of its attempts.
type call struct {
	method string
	route  string   // path with placeholders, such as "/v3/table/list/:db"
	names  []string // values of the placeholders, in order
	query  url.Values
	form   url.Values  // body of most POST requests
	json   any         // body of a connector request
	upload *Upload     // body of an import
	header http.Header // additional headers

	idempotent  bool // repeating the request has no further effect; implied by GET
	readOnly    bool // changes nothing, whatever the method; implied by GET
	neverRepeat bool // never repeated after it may have reached the server, whatever the options
	deletion    bool // deletes an object: if a repeated request finds none, an earlier attempt succeeded
	anonymous   bool // sent without Authorization
	login       bool // checks a password: status 400 means that it is wrong
	noRetry     bool // sent once only
	imports     bool // sent to the import endpoint
	secretBody  bool // the body is not shown in a dry run
	download    bool // the response is a result: its bytes are counted and must not be compressed in transit

	repeated bool // an earlier attempt may have been carried out
}

// path returns the escaped path.
func (cl *call) path() string {
	var b strings.Builder
	rest := cl.names
	for part := range strings.SplitSeq(strings.TrimPrefix(cl.route, "/"), "/") {
		b.WriteByte('/')
		if strings.HasPrefix(part, ":") {
			part, rest = escape(rest[0]), rest[1:]
		}
		b.WriteString(part)
	}
	return b.String()
}

// escape percent-encodes a path segment. The dot is encoded too, because the server takes the text after a dot for a
// format.
func escape(s string) string {
	const plain = "-_!~*'()"
	var b strings.Builder
	for i := range len(s) {
		ch := s[i]
		if '0' <= ch && ch <= '9' || 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || strings.IndexByte(plain, ch) >= 0 {
			b.WriteByte(ch)
		} else {
			fmt.Fprintf(&b, "%%%02X", ch)
		}
	}
	return b.String()
}

// newRequest builds the request for one attempt.
func (c *Client) newRequest(ctx context.Context, cl *call) (*http.Request, error) {
	if slices.Contains(cl.names, "") {
		return nil, ErrNoName
	}
	base := c.base
	if cl.imports {
		base = c.imports
	}
	u := *base
	u.RawPath = strings.TrimRight(base.EscapedPath(), "/") + cl.path()
	path, err := url.PathUnescape(u.RawPath)
	if err != nil {
		return nil, err
	}
	u.Path, u.RawQuery = path, cl.query.Encode()
	req, err := http.NewRequestWithContext(ctx, cl.method, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.URL = &u // not u.String() parsed again, which would drop unnecessary escapes
	maps.Copy(req.Header, c.header)
	maps.Copy(req.Header, cl.header)
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept-Encoding", "gzip")
	if cl.download {
		req.Header.Set("Accept-Encoding", "identity")
	}
	req.Header.Del("Authorization")
	if c.key != "" && !cl.anonymous {
		req.Header.Set("Authorization", "TD1 "+c.key)
	}
	return req, cl.setBody(req)
}

// setBody sets the body of req so that it can be sent again.
func (cl *call) setBody(req *http.Request) error {
	var b []byte
	switch {
	case cl.upload != nil:
		req.Header.Set("Content-Type", cmp.Or(cl.upload.Type, "application/octet-stream"))
		req.ContentLength, req.GetBody = cl.upload.Size, cl.upload.Open
		body, err := cl.upload.Open()
		req.Body = body
		if cl.upload.Size == 0 && err == nil {
			err = body.Close()
			req.Body = http.NoBody
		}
		return err
	case cl.json != nil:
		var err error
		if b, err = json.Marshal(cl.json); err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	case cl.form != nil:
		b = []byte(cl.form.Encode())
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cl.method == http.MethodGet || cl.method == http.MethodDelete {
		return nil
	}
	req.ContentLength = int64(len(b))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	if len(b) == 0 {
		req.GetBody = func() (io.ReadCloser, error) { return http.NoBody, nil }
	}
	req.Body, _ = req.GetBody()
	return nil
}

// attempt sends a call once. It returns an error unless the status is 2xx. The caller must close the response's
// body.
func (c *Client) attempt(ctx context.Context, cl *call) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := c.newRequest(ctx, cl)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if c.dryRun != nil && cl.changes() {
		cancel(nil)
		if req.Body != nil {
			_ = req.Body.Close()
		}
		c.dryRun(c.describe(cl, req))
		return nil, ErrDryRun
	}
	client := c.http
	if cl.download {
		client = c.results
	}
	if cl.upload != nil && req.Body != http.NoBody {
		req.Body = &uploadReader{req.Body, cancel}
	}
	resp, err := client.Do(req)
	if err != nil {
		cause := context.Cause(ctx)
		cancel(nil)
		if cause != nil { // the upload cannot be read, or the caller's context is done
			return nil, cause
		}
		err = newNetworkError(req.URL.Host, err)
		if e, ok := errors.AsType[*NetworkError](err); ok && c.redact(e.Err.Error()) != e.Err.Error() {
			e.Err = errors.New(c.redact(e.Err.Error()))
		}
		return nil, err
	}
	resp.Body = newBody(ctx, resp.Body, req.URL.Host, cancel)
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, c.newError(cl, resp)
	}
	if c.changed != nil && cl.changes() {
		c.changed()
	}
	return resp, nil
}

// open sends a call with retries and returns the response without reading its body, which the caller must close.
func (c *Client) open(ctx context.Context, cl *call) (resp *http.Response, err error) {
	err = c.retry(ctx, cl, func() error {
		resp, err = c.attempt(ctx, cl) //nolint:bodyclose // closed by the caller
		return err
	})
	return resp, err
}

// send sends a call with retries and ignores the response's body.
func (c *Client) send(ctx context.Context, cl *call) error {
	return c.retry(ctx, cl, func() error {
		resp, err := c.attempt(ctx, cl)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxErrorBody)) // allows reuse of the connection
		return nil
	})
}

// maxResponse is the limit for the size of a response other than a result.
const maxResponse = 512 << 20

// fetch sends a call with retries and passes the decoded body of the response to parse. A truncated body is
// treated as a network error. An error of parse is an [ErrAnswer].
func (c *Client) fetch(ctx context.Context, cl *call, parse func([]byte) error) error {
	return c.retry(ctx, cl, func() error {
		resp, err := c.attempt(ctx, cl)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		b, err := readAll(resp)
		if err == nil {
			err = parse(b)
		}
		if err == nil {
			return nil
		}
		if _, ok := errors.AsType[*NetworkError](err); ok {
			return err
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return newNetworkError(resp.Request.URL.Host, errors.New("the response is truncated"))
		}
		return fmt.Errorf("%s %s: %w: %w", cl.method, cl.path(), ErrAnswer, err)
	})
}

func readAll(resp *http.Response) ([]byte, error) {
	body, err := decodeBody(resp)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(body, maxResponse+1))
	if err == nil && len(b) > maxResponse {
		err = fmt.Errorf("more than %d bytes", maxResponse)
	}
	return b, err
}

// fetchList sends a call whose response contains a list under key.
func fetchList[T any](ctx context.Context, c *Client, cl *call, key string) (items []T, err error) {
	err = c.fetch(ctx, cl, func(b []byte) (err error) {
		items, err = decodeList[T](b, key)
		return err
	})
	return items, err
}

// decodeInto returns a parse function that decodes a body into out.
func decodeInto(out any) func([]byte) error {
	return func(b []byte) error { return unmarshal(b, out) }
}

// setInt sets a parameter to an integer unless n is nil.
func setInt(values url.Values, name string, n *int) {
	if n != nil {
		values.Set(name, strconv.Itoa(*n))
	}
}

// setBool sets a parameter to a boolean unless b is nil.
func setBool(values url.Values, name string, b *bool) {
	if b != nil {
		values.Set(name, strconv.FormatBool(*b))
	}
}

// setText sets a parameter unless s is empty.
func setText(values url.Values, name, s string) {
	if s != "" {
		values.Set(name, s)
	}
}
