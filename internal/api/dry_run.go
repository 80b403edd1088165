package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/redact"
)

// ErrDryRun is the error of a request that was passed to [Options.DryRun] instead of being sent.
var ErrDryRun = errors.New("the request was not sent, because this is a dry run")

// UnknownID replaces an ID in the requests of a dry run that is random, or that only the response to another request
// contains.
const UnknownID = "{id}"

// IgnoreDryRun returns nil if err is an [ErrDryRun], and err otherwise. It is for commands that send further requests.
func IgnoreDryRun(err error) error {
	if errors.Is(err, ErrDryRun) {
		return nil
	}
	return err
}

// changes reports whether a call may change something on the server.
func (cl *call) changes() bool {
	switch cl.method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return !cl.readOnly
}

// describe returns a request as text for a dry run, without secrets: a line with the method and the path, and indented
// lines for the parameters of a form, a JSON body, or the size of another body. Line breaks in values are escaped.
func (c *Client) describe(cl *call, req *http.Request) string {
	uri := req.URL.EscapedPath()
	if req.URL.RawQuery != "" {
		uri += "?" + req.URL.RawQuery
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", req.Method, strings.ReplaceAll(c.redact(uri), escape(UnknownID), UnknownID))
	switch {
	case cl.upload != nil:
		fmt.Fprintf(&b, "  (%d bytes)\n", cl.upload.Size)
	case cl.secretBody:
		fmt.Fprintf(&b, "  %s\n", redact.Mask)
	case cl.json != nil:
		fmt.Fprintf(&b, "  %s\n", c.redact(describeJSON(cl.json)))
	default:
		for _, name := range slices.Sorted(maps.Keys(cl.form)) {
			for _, value := range cl.form[name] {
				fmt.Fprintf(&b, "  %s=%s\n", name, escapeLines(c.redact(redactField(name, value))))
			}
		}
	}
	return b.String()
}

// describeJSON returns a JSON body on one line without secrets.
func describeJSON(body any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(body) // newRequest has reported an error
	safe, _ := redact.JSON(bytes.TrimSpace(b.Bytes()))
	return string(safe)
}
