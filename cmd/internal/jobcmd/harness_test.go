package jobcmd

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// A server answers requests from a map of "METHOD /path" to bodies. A value with several
// lines is a sequence of responses, of which the last one is repeated. A body that is a
// number is a response with that status.
type server struct {
	responses map[string]string
	result    []byte
	requests  []string
}

// RoundTrip implements http.RoundTripper, so that no network is needed.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	line := r.Method + " " + r.URL.Path
	s.requests = append(s.requests, line)
	if strings.HasPrefix(line, "GET /v3/job/result/") && s.result != nil {
		_, _ = w.Write(s.result)
		return w.Result(), nil
	}
	body, more, isSequence := strings.Cut(s.responses[line], "\n")
	if isSequence {
		s.responses[line] = more
	}
	var status int
	switch _, err := fmt.Sscan(body, &status); {
	case body == "":
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.WriteString(`{"error":"no route"}`)
	case err == nil:
		w.WriteHeader(status)
		_, _ = w.WriteString(`{"error":"refused"}`)
	default:
		_, _ = w.WriteString(body)
	}
	return w.Result(), nil
}

// A fixture is the environment of a command with its output.
type fixture struct {
	*server
	env         *cli.Env
	client      *api.Client
	out, stderr strings.Builder
}

// newFixture returns a fixture of a server with the given responses.
func newFixture(t *testing.T, responses map[string]string) *fixture {
	t.Helper()
	f := &fixture{server: &server{responses: responses}}
	c := &console.Console{In: strings.NewReader(""), Out: &f.out, Err: &f.stderr}
	home := t.TempDir()
	getenv := func(name string) string {
		if name == "HOME" {
			return home
		}
		return ""
	}
	f.env = cli.NewEnv(t.Context(), c, getenv, "test")
	f.env.Flags.Endpoint, f.env.Flags.APIKey = "http://server", "1/key"
	client, err := api.New(api.Options{Endpoint: "http://server", Transport: f.server})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	f.client = client
	return f
}

// embed makes the server of the fixture the embedded sandbox.
func (f *fixture) embed() {
	f.env.Flags.Endpoint = "sandbox"
	f.env.Sandbox = func(context.Context) (http.RoundTripper, error) { return f.server, nil }
}

// pack returns rows of MessagePack as the server sends them.
func pack(t *testing.T, rows string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(rows)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkUsage fails the test unless err is a usage error with the given message.
func checkUsage(t *testing.T, name string, err error, want string) {
	t.Helper()
	if _, ok := errors.AsType[cli.UsageError](err); !ok || err.Error() != want {
		t.Errorf("%s: %v, want the usage error %q", name, err, want)
	}
}

// successJob is a job with two rows of two columns.
const successJob = `{"job_id":"7","type":"trino","status":"success","database":"web","query":"SELECT 1",` +
	`"priority":1,"retry_limit":2,"result":"mysql://me:hunter2@h/d","num_records":2,` +
	`"hive_result_schema":"[[\"a\",\"bigint\"],[\"b\",\"varchar\"]]",` +
	`"created_at":"2026-01-02T03:04:05Z","start_at":"2026-01-02T03:04:06Z","end_at":"2026-01-02T03:05:10Z","duration":90061,` +
	`"debug":{"cmdout":"started\nfinished","stderr":"warning"}}`

// twoRows are the rows of successJob: [1,"x"] and [2,nil].
const twoRows = "\x92\x01\xa1x\x92\x02\xc0"
