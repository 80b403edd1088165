// Package api implements the api command.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/jq"
	"github.com/td-cli/td/internal/redact"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "api", New: New},
	}
}

type options struct {
	requestFlags
	paginate, include bool
	program           *jq.Program // nil without --jq
}

// New returns the api command.
func New(env *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "api METHOD PATH",
		Short: "Send a request to any path of the API",
		Long: `Send a request to any path of the API, with the configured endpoint and API key, and print the
body of the response as it is, except for secrets in JSON. Fields (-F) are the query of GET, HEAD and
DELETE requests and the form of others; KEY=@FILE is the content of a file, and KEY=@- is standard
input. The body of an error is printed too, and the exit status is that of the error.

--paginate requests all pages of a list that is numbered by from and to, such as those of
/v3/job/list and /v3/schedule/history/NAME, and prints one after the other.`,
		Example: "  td api GET /v3/database/list --jq '.databases[].name'\n" +
			"  td api GET /v3/job/list -F status=error --paginate --jq '.jobs[].job_id'\n" +
			"  td api POST /v3/job/issue/trino/web -F query=@report.sql",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.OneOf(methods()...), complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return send(cmd.Context(), env, o, args[0], args[1])
		},
	}
	fs := cmd.Flags()
	o.requestFlags.add(fs)
	fs.BoolVar(&o.paginate, "paginate", false, "request all pages of a list")
	fs.BoolVarP(&o.include, "include", "i", false, "print the status and the headers of the response, too")
	fs.Func("jq", "print the output of the jq program `EXPR` for each body", func(text string) (err error) {
		o.program, err = jq.Compile(text)
		return err
	})
	complete.Flags(fs, complete.Any, "jq")
	return cmd
}

func methods() []string {
	return []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead}
}

func send(ctx context.Context, env *cli.Env, o options, method, path string) error {
	r, err := o.request(env, strings.ToUpper(method), path)
	if err != nil {
		return err
	}
	if o.paginate && r.Method != http.MethodGet {
		return cli.Usagef("--paginate requires the method GET, not %s", r.Method)
	}
	if o.include && o.program != nil {
		return cli.Usagef("-i/--include and --jq cannot be used together")
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	defer env.Page()()
	for {
		next, err := sendOnce(ctx, env, client, o, r)
		if err != nil || next == nil {
			return err
		}
		r.Query = next
	}
}

// sendOnce sends a request and prints the response. With --paginate it returns the query of the next page, or nil.
func sendOnce(ctx context.Context, env *cli.Env, client *api.Client, o options, r api.RawRequest) (next url.Values, err error) {
	resp, err := client.Raw(ctx, r)
	if failure, ok := errors.AsType[*api.Error](err); ok && o.program == nil {
		_ = printBody(env, bytes.NewReader(failure.Body), true) // the error is more important
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if o.include {
		printHead(env, resp)
	}
	if isRows(r.Path) && o.program == nil {
		return nil, printBody(env, resp.Body, false)
	}
	body, err := readBody(resp)
	if err != nil {
		return nil, err
	}
	if o.program == nil {
		err = printBody(env, bytes.NewReader(body), true)
	} else {
		err = filter(ctx, env, o.program, body)
	}
	if err != nil || !o.paginate {
		return nil, err
	}
	return nextPage(r.Query, body), nil
}

// isRows reports whether the response to a request consists of rows of a job, which are data of the user and may be
// large.
func isRows(path string) bool { return strings.HasPrefix(path, "/v3/job/result/") }

// maxBody limits the size of a body that is not a result.
const maxBody = 512 << 20

func readBody(resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("the response has more than %d bytes", maxBody)
	}
	return body, err
}

// printBody writes a body to standard output. If safe is set, JSON is written without secrets.
func printBody(env *cli.Env, body io.Reader, safe bool) error {
	if safe {
		b, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		body = bytes.NewReader(withoutSecrets(b))
	}
	if env.OutTTY {
		return copyText(env.Out, body)
	}
	_, err := io.Copy(env.Out, body)
	return err
}

// copyText copies a text to a terminal and ends its last line. Anything else is an error.
func copyText(w io.Writer, r io.Reader) error {
	last := byte('\n')
	b := make([]byte, 32<<10)
	for start := true; ; {
		n, err := r.Read(b)
		if n > 0 && start && !strings.HasPrefix(http.DetectContentType(b[:n]), "text/") {
			return cli.Usagef("the body is binary and cannot be written to a terminal: redirect standard output")
		}
		if n > 0 {
			start, last = false, b[n-1]
			if _, err := w.Write(b[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF && last != '\n':
			_, err := io.WriteString(w, "\n")
			return err
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// withoutSecrets returns a body without secrets if it is JSON.
func withoutSecrets(body []byte) []byte {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 || !json.Valid(trimmed) {
		return body
	}
	safe, redacted := redact.JSON(trimmed)
	if !redacted {
		return body
	}
	return safe
}

// filter prints the output of a jq program for a body without secrets.
func filter(ctx context.Context, env *cli.Env, program *jq.Program, body []byte) error {
	w := program.Whole(ctx, env.Out)
	if _, err := w.Write(withoutSecrets(body)); err != nil {
		return err
	}
	return w.Close()
}

// printHead prints the status line and the headers of a response.
func printHead(env *cli.Env, resp *http.Response) {
	fmt.Fprintf(env.Out, "%s %s\n", resp.Proto, resp.Status)
	var head bytes.Buffer
	_ = resp.Header.Write(&head) // a buffer cannot fail
	for line := range strings.Lines(head.String()) {
		name, _, _ := strings.Cut(line, ":")
		line = strings.TrimRight(line, "\r\n")
		if redact.IsSecretName(name) {
			line = name + ": " + redact.Mask
		}
		fmt.Fprintln(env.Out, redact.Text(line))
	}
	fmt.Fprintln(env.Out)
}
