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

// A call is one request before it is sent, with all that a second attempt needs.
type call struct {
	method string
	route  string   // "/v3/table/list/:db"
	names  []string // what the route's placeholders stand for, in order
	query  url.Values
	form   url.Values  // the body of most POSTs
	json   any         // the body of a connector call
	upload *Upload     // the body of an import
	header http.Header // of this call only

	harmless  bool // a second request would do no more than the first; every GET is
	onlyOnce  bool // never sent again once the server may have it, whatever the options say
	gone      bool // a deletion: after a repeat, "not found" means done
	anonymous bool // carries no Authorization
	login     bool // asks whether a password is right
	noRetry   bool // is to answer now or never
	imports   bool // goes to the import endpoint
	download  bool // is a result: its bytes are counted, so they must come unencoded

	repeated bool // the server may have carried out an earlier attempt
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

// escape encodes one segment of a path. The dot is encoded too: the server's routes
// take what follows a plain one for a format.
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

// request builds the request for one attempt.
func (c *Client) request(ctx context.Context, cl *call) (*http.Request, error) {
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
	req.URL = &u // as it is: a parse would drop needless escapes
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

// setBody gives req the call's body, and the means to read it again.
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

// attempt sends a call once. The answer is a success, its body is watched, and the
// caller closes it.
func (c *Client) attempt(ctx context.Context, cl *call) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := c.request(ctx, cl)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	client := c.http
	if cl.download {
		client = c.results
	}
	if cl.upload != nil && req.Body != http.NoBody {
		req.Body = &source{req.Body, cancel}
	}
	resp, err := client.Do(req)
	if err != nil {
		cause := context.Cause(ctx)
		cancel(nil)
		if cause != nil { // the upload could not be read, or the caller gave up
			return nil, cause
		}
		err = networkError(req.URL.Host, err)
		if e, ok := errors.AsType[*NetworkError](err); ok && c.redact(e.Err.Error()) != e.Err.Error() {
			e.Err = errors.New(c.redact(e.Err.Error()))
		}
		return nil, err
	}
	resp.Body = newBody(ctx, resp.Body, req.URL.Host, cancel)
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, c.responseError(cl, resp)
	}
	if c.changed != nil && cl.method != http.MethodGet {
		c.changed()
	}
	return resp, nil
}

// open makes a call and returns its answer as soon as its body begins. The caller
// closes it.
func (c *Client) open(ctx context.Context, cl *call) (resp *http.Response, err error) {
	err = c.retry(ctx, cl, func() error {
		resp, err = c.attempt(ctx, cl) //nolint:bodyclose // the caller closes it
		return err
	})
	return resp, err
}

// send makes a call whose answer does not matter beyond its success.
func (c *Client) send(ctx context.Context, cl *call) error {
	return c.retry(ctx, cl, func() error {
		resp, err := c.attempt(ctx, cl)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxErrorBody)) // so that the connection can be used again
		return nil
	})
}

// maxAnswer is far more than any answer but a result is, and fits into memory.
const maxAnswer = 512 << 20

// fetch makes a call and returns the body of its answer, gzip undone. A body that
// breaks off counts as a failure of the network.
func (c *Client) fetch(ctx context.Context, cl *call, understand func([]byte) error) error {
	return c.retry(ctx, cl, func() error {
		resp, err := c.attempt(ctx, cl)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		b, err := readAll(resp)
		if err == nil {
			err = understand(b)
		}
		if err == nil {
			return nil
		}
		if _, ok := errors.AsType[*NetworkError](err); ok {
			return err
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return networkError(resp.Request.URL.Host, errors.New("the answer broke off"))
		}
		return fmt.Errorf("%s %s: %w: %w", cl.method, cl.path(), ErrAnswer, err)
	})
}

func readAll(resp *http.Response) ([]byte, error) {
	body, err := decoded(resp)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(b) > maxAnswer {
		err = fmt.Errorf("it has more than %d bytes", maxAnswer)
	}
	return b, err
}

// fetchList makes a call that is answered by a list under a key.
func fetchList[T any](ctx context.Context, c *Client, cl *call, key string) (items []T, err error) {
	err = c.fetch(ctx, cl, func(b []byte) (err error) {
		items, err = list[T](b, key)
		return err
	})
	return items, err
}

// into returns a function that decodes a body into out.
func into(out any) func([]byte) error {
	return func(b []byte) error { return unmarshal(b, out) }
}

// setInt adds an integer to values unless it is absent.
func setInt(values url.Values, name string, n *int) {
	if n != nil {
		values.Set(name, strconv.Itoa(*n))
	}
}

// setBool adds a boolean to values unless it is absent.
func setBool(values url.Values, name string, b *bool) {
	if b != nil {
		values.Set(name, strconv.FormatBool(*b))
	}
}

// setText adds a text to values unless it is empty.
func setText(values url.Values, name, s string) {
	if s != "" {
		values.Set(name, s)
	}
}
