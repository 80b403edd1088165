package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// requestFlags are the flags that describe a request.
type requestFlags struct {
	fields, headers []string
	input           string
}

func (f *requestFlags) add(fs *pflag.FlagSet) {
	fs.StringArrayVarP(&f.fields, "field", "F", nil, "add the parameter `KEY=VALUE`, KEY=@FILE or KEY=@-")
	fs.StringArrayVarP(&f.headers, "header", "H", nil, "add the header `NAME:VALUE`")
	fs.StringVar(&f.input, "input", "", "send the content of `FILE` (- is standard input) as the body")
	complete.Flags(fs, complete.Any, "field", "header")
	complete.Flags(fs, complete.File, "input")
}

// request returns the request for the flags.
func (f requestFlags) request(env *cli.Env, method, target string) (api.RawRequest, error) {
	r := api.RawRequest{Method: method}
	hasBody := method != http.MethodGet && method != http.MethodHead && method != http.MethodDelete
	switch {
	case !slices.Contains(methods(), method):
		return r, cli.Usagef("unknown method %q; it must be one of %s", method, strings.Join(methods(), ", "))
	case f.input != "" && !hasBody:
		return r, cli.Usagef("--input requires a method with a body, not %s", method)
	}
	var err error
	if r.Path, r.Query, err = f.parseTarget(env, target); err != nil {
		return r, err
	}
	if r.Header, err = parseHeaders(f.headers); err != nil {
		return r, err
	}
	fields, err := f.readFields(env)
	if err != nil {
		return r, err
	}
	switch {
	case f.input != "":
		r.Upload, err = readInput(env, f.input, r.Header.Get("Content-Type"))
	case hasBody:
		r.Form = fields
		return r, nil
	}
	for name, values := range fields {
		r.Query[name] = append(r.Query[name], values...)
	}
	return r, err
}

// parseTarget parses a path, which may have a query, or a URL of the configured endpoint. Every other URL is an error, because
// the request contains the API key.
func (f requestFlags) parseTarget(env *cli.Env, target string) (path string, query url.Values, err error) {
	settings, err := env.Config()
	if err != nil {
		return "", nil, err
	}
	path = target
	if scheme, rest, isURL := strings.Cut(target, "://"); isURL && !strings.ContainsAny(scheme, "/?") {
		var ok bool
		if path, ok = strings.CutPrefix(target, settings.Endpoint); !ok || path != "" && path[0] != '/' {
			host, _, _ := strings.Cut(rest, "/")
			return "", nil, cli.Usagef("%s is not the configured endpoint; give a path such as /v3/database/list", host[strings.LastIndexByte(host, '@')+1:])
		}
	}
	path, text, _ := strings.Cut(path, "?")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	unescaped, err := url.PathUnescape(path)
	segments := strings.Split(unescaped, "/")
	if err != nil || strings.HasPrefix(path, "//") || slices.Contains(segments, ".") || slices.Contains(segments, "..") {
		return "", nil, cli.Usagef("invalid path %q", path)
	}
	if query, err = url.ParseQuery(text); err != nil {
		return "", nil, cli.Usagef("invalid query in %q: %w", target, err)
	}
	return path, query, nil
}

func parseHeaders(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		invalid := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }
		switch {
		case !ok || name == "" || strings.ContainsFunc(name, invalid) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
			return nil, cli.Usagef("-H/--header must have the form NAME:VALUE")
		case strings.EqualFold(name, "Authorization"), strings.EqualFold(name, "Host"):
			return nil, cli.Usagef("-H/--header cannot set the header %s, which belongs to the configured account", http.CanonicalHeaderKey(name))
		}
		h.Add(name, value)
	}
	return h, nil
}

// readFields returns the fields with the content of files.
func (f requestFlags) readFields(env *cli.Env) (url.Values, error) {
	values := url.Values{}
	stdinUsed := f.input == "-"
	for _, field := range f.fields {
		name, value, ok := strings.Cut(field, "=")
		if !ok || name == "" {
			return nil, cli.Usagef("-F/--field must have the form KEY=VALUE, KEY=@FILE or KEY=@-, not %q", name)
		}
		if file, isFile := strings.CutPrefix(value, "@"); isFile {
			if file == "-" && stdinUsed {
				return nil, cli.Usagef("standard input (-) can be read only once")
			}
			stdinUsed = stdinUsed || file == "-"
			b, err := readFile(env, file)
			if err != nil {
				return nil, err
			}
			value = string(b)
		}
		values.Add(name, value)
	}
	return values, nil
}

// readInput returns the body of --input. Its type is JSON if it looks like it, unless a header sets it.
func readInput(env *cli.Env, file, contentType string) (*api.Upload, error) {
	b, err := readFile(env, file)
	if err != nil {
		return nil, err
	}
	if start := bytes.TrimSpace(b); contentType == "" && len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		contentType = "application/json"
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	return &api.Upload{Open: open, Size: int64(len(b)), Type: contentType}, nil
}

func readFile(env *cli.Env, file string) ([]byte, error) {
	if file != "-" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, cli.CannotRead(file, err)
		}
		return b, nil
	}
	b, err := io.ReadAll(env.In)
	if err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", err)
	}
	return b, nil
}
