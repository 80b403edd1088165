package api

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// A RawRequest is a request to any path of the API. At most one of Form and Upload is set.
type RawRequest struct {
	Method string
	Path   string // escaped, with a slash at its start and without a query
	Query  url.Values
	Header http.Header // additional headers
	Form   url.Values  // body
	Upload *Upload     // body
}

// Raw sends a request to the endpoint and returns the response without its Content-Encoding. The caller must close the
// body. A GET request is retried like others; another one only with Options.RetryPosts, or if nothing was sent.
func (c *Client) Raw(ctx context.Context, r RawRequest) (*http.Response, error) {
	resp, err := c.open(ctx, &call{
		method: r.Method, route: strings.ReplaceAll(r.Path, "/:", "/%3A"), query: r.Query, header: r.Header, form: r.Form, upload: r.Upload,
		neverRepeat: strings.HasPrefix(r.Path, "/v3/table/swap/"),
	})
	if err != nil {
		return nil, err
	}
	decoded, err := decodeBody(resp)
	if err != nil {
		_ = resp.Body.Close()
		return nil, newNetworkError(c.base.Host, err)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{decoded, resp.Body}
	return resp, nil
}
