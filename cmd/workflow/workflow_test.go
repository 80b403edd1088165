package workflow

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// A service answers each request from a table, and keeps what it was sent.
type service struct {
	answers  map[string]string // "METHOD path?query" → body; "409 …" is a refusal
	requests []string          // those that change something, with their JSON
	archive  []byte            // what PUT /api/projects brought
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "TD1 1/test" {
		http.Error(w, `{"message":"who is it?"}`, http.StatusUnauthorized)
		return
	}
	call := r.Method + " " + r.URL.RequestURI()
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.Header.Get("Content-Type") == "application/gzip":
		s.archive = body
		body = nil
		fallthrough
	case r.Method != http.MethodGet:
		s.requests = append(s.requests, strings.TrimSpace(call+" "+string(body)))
	}
	answer, ok := s.answers[call]
	status := http.StatusOK
	switch {
	case !ok:
		answer, status = `{"message":"Resource does not exist","status":404}`, http.StatusNotFound
	case strings.HasPrefix(answer, "409 "):
		answer, status = answer[4:], http.StatusConflict
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

const (
	sales    = `{"projects":[{"id":"7","name":"sales","revision":"v2","createdAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-03T03:04:05Z"}]}`
	daily    = `{"workflows":[{"id":"70","name":"daily","project":{"id":"7","name":"sales"},"revision":"v2","timezone":"UTC","config":{"+a":{"echo>":1}}}]}`
	attempt9 = `{"id":"9","index":1,"project":{"id":"7","name":"sales"},"workflow":{"name":"daily","id":"70"},"sessionId":"8",` +
		`"sessionUuid":"u-1","sessionTime":"2026-01-02T00:00:00+00:00","retryAttemptName":null,"done":true,"success":false,` +
		`"cancelRequested":false,"params":{"region":"eu"},"createdAt":"2026-01-02T00:00:01Z","finishedAt":"2026-01-02T00:00:09Z"}`
	session8 = `{"id":"8","project":{"id":"7","name":"sales"},"workflow":{"name":"daily","id":"70"},"sessionUuid":"u-1",` +
		`"sessionTime":"2026-01-02T00:00:00+00:00","lastAttempt":{"id":"9","done":false,"success":false,"cancelRequested":false,"params":{},"createdAt":"2026-01-02T00:00:01Z"}}`
)

func gz(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func answers() map[string]string {
	return map[string]string{
		"GET /api/projects":                                    sales,
		"GET /api/projects?name=sales":                         sales,
		"GET /api/projects?name=nope":                          `{"projects":[]}`,
		"GET /api/workflows":                                   daily,
		"GET /api/projects/7/workflows":                        daily,
		"GET /api/projects/7/workflows?name=daily":             daily,
		"GET /api/projects/7/workflows?name=daily&revision=v1": daily,
		"GET /api/projects/7/workflows?name=nope":              `{"workflows":[]}`,
		"GET /api/sessions":                                    `{"sessions":[` + session8 + `]}`,
		"GET /api/sessions?last_id=99&page_size=1":             `{"sessions":[` + session8 + `]}`,
		"GET /api/sessions/8":                                  session8,
		"GET /api/projects/7/sessions?workflow=daily":          `{"sessions":[]}`,
		"GET /api/attempts?include_retried=true":               `{"attempts":[` + attempt9 + `]}`,
		"GET /api/attempts?include_retried=true&project=sales": `{"attempts":[]}`,
		"GET /api/sessions/8/attempts":                         `{"attempts":[` + attempt9 + `]}`,
		"GET /api/attempts/9":                                  attempt9,
		"GET /api/attempts/9/tasks":                            `{"tasks":[{"id":"1","fullName":"+daily+a","state":"error","startedAt":null,"updatedAt":"2026-01-02T00:00:02Z"}]}`,
		"GET /api/logs/9/files":                                `{"files":[{"fileName":"b.log.gz","taskName":"+b","fileTime":"2026-01-02T00:00:03Z"},{"fileName":"a.log.gz","taskName":"+a","fileTime":"2026-01-02T00:00:01Z"}]}`,
		"GET /api/logs/9/files/a%2Elog%2Egz":                   gz("first\n"),
		"GET /api/logs/9/files/b%2Elog%2Egz":                   gz("second\n")[:20],
		"GET /api/workflows/70/truncated_session_time?mode=day&session_time=2026-01-02T03%3A04%3A05Z": `{"sessionTime":"2026-01-02T00:00:00+09:00","timezone":"Asia/Tokyo"}`,
		"GET /api/workflows/70/truncated_session_time?session_time=2026-01-05T00%3A00%3A00":           `{"sessionTime":"2026-01-05T00:00:00Z"}`,
		"PUT /api/attempts":                           attempt9,
		"POST /api/attempts/9/kill":                   `{}`,
		"POST /api/attempts/10/kill":                  `409 {"message":"Session attempt already killed or finished"}`,
		"GET /api/projects/7/secrets":                 `{"secrets":[{"key":"mysql.password"}]}`,
		"PUT /api/projects/7/secrets/a%2Eb":           `{"key":"a.b"}`,
		"DELETE /api/projects/7/secrets/a%2Eb":        `{"key":"a.b"}`,
		"PUT /api/projects?project=sales&revision=v3": `{"id":"7","name":"sales","revision":"v3"}`,
		"PUT /api/projects?project=sales&revision=v2": `409 {"message":"revision exists"}`,
	}
}

// try runs f against a service and returns both streams.
func try(t *testing.T, s *service, in string, f func(context.Context, *cli.Env) error) (stdout, stderr string, err error) {
	t.Helper()
	srv := httptest.NewServer(s)
	defer srv.Close()
	var out, talk strings.Builder
	e := cli.NewEnv(t.Context(), &console.Console{In: strings.NewReader(in), Out: &out, Err: &talk}, func(name string) string {
		if name == "TREASURE_DATA_WORKFLOW_ENDPOINT" {
			return srv.URL
		}
		return ""
	}, "test")
	e.Flags.APIKey, e.Flags.RetryMaxTime = "1/test", 0
	err = f(t.Context(), e)
	return out.String(), talk.String(), err
}

// execute returns a function that runs a command with arguments.
func execute(create func(*cli.Env) *cobra.Command, args ...string) func(context.Context, *cli.Env) error {
	return func(ctx context.Context, env *cli.Env) error {
		cmd := create(env)
		cmd.SetArgs(args)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		return cmd.ExecuteContext(ctx)
	}
}

func TestCommands(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		run    func(ctx context.Context, env *cli.Env) error
		in     string
		stdout string // a part of it
		stderr string // a part of it
		is     error
		sent   []string
	}{
		{name: "projects", run: execute(NewProjects, "-f", "csv"), stdout: "\n7,sales,v2,2026-01-0"},
		{name: "projects, raw", run: execute(NewProjects, "-f", "jsonl"), stdout: sales[len(`{"projects":[`):len(sales)-2] + "\n"},
		{name: "workflows", run: execute(NewWorkflows, "-f", "csv"), stdout: "\n70,sales,daily,v2,UTC\n"},
		{name: "workflows of a project", run: execute(NewWorkflows, "-f", "csv", "sales"), stdout: "\n70,sales,daily"},
		{name: "workflows of no project", run: execute(NewWorkflows, "-f", "csv", "nope"), is: api.ErrNotFound},
		{name: "sessions", run: execute(NewSessions, "-f", "csv"), stdout: "\n8,9,sales,daily,2026-01-02T00:00:00+00:00,running,"},
		{name: "sessions, a page", run: execute(NewSessions, "-f", "csv", "-i", "99", "-s", "1"), stdout: "\n8,9,"},
		{name: "one session", run: execute(NewSessions, "-f", "jsonl", "8"), stdout: session8 + "\n"},
		{name: "no such session", run: execute(NewSessions, "-f", "csv", "88"), is: api.ErrNotFound},
		{name: "no sessions", run: execute(NewSessions, "-f", "csv", "sales", "daily"), stdout: "Session ID,", stderr: "td workflow start"},
		{name: "attempts", run: execute(NewAttempts, "-f", "csv"), stdout: `9,8,sales,daily,2026-01-02T00:00:00+00:00,"",error,`},
		{name: "attempts of a project", run: execute(NewAttempts, "-f", "csv", "sales"), stdout: "Attempt ID"},
		{name: "attempts of a session", run: execute(NewAttempts, "-f", "jsonl", "8"), stdout: attempt9},
		{name: "attempt", run: func(ctx context.Context, env *cli.Env) error { return attempt(ctx, env, "9") }, stdout: "\nStatus      : error\n"},
		{name: "no such attempt", run: func(ctx context.Context, env *cli.Env) error { return attempt(ctx, env, "99") }, is: api.ErrNotFound},
		{name: "tasks", run: execute(NewTasks, "-f", "csv", "9"), stdout: "\n1,+daily+a,error,"},
		{name: "log", run: func(ctx context.Context, env *cli.Env) error { return printLog(ctx, env, "9", "") }, stdout: "first\n"},
		{name: "no such log", run: func(ctx context.Context, env *cli.Env) error { return printLog(ctx, env, "99", "") }, is: api.ErrNotFound},
		{
			name: "start", run: func(ctx context.Context, env *cli.Env) error {
				return start(ctx, env, startOptions{session: "daily", params: []string{"region=eu"}}, "sales", "daily", now)
			},
			stdout: "Attempt ID  : 9\n", stderr: "td workflow log 9",
			sent: []string{`PUT /api/attempts {"params":{"region":"eu"},"sessionTime":"2026-01-01T15:00:00Z","workflowId":"70"}`},
		},
		{
			name: "start of another attempt", run: func(ctx context.Context, env *cli.Env) error {
				return start(ctx, env, startOptions{session: "2026-01-05", retry: "again", revision: "v1"}, "sales", "daily", now)
			},
			stdout: "Session ID  : 8\n",
			sent:   []string{`PUT /api/attempts {"params":{},"retryAttemptName":"again","sessionTime":"2026-01-05T00:00:00Z","workflowId":"70"}`},
		},
		{name: "dry run", run: func(ctx context.Context, env *cli.Env) error {
			env.Flags.DryRun = true
			return start(ctx, env, startOptions{session: "2026-01-05"}, "sales", "daily", now)
		}, is: api.ErrDryRun, stdout: "PUT /api/attempts\n  {", stderr: "nothing was started"},
		{name: "start of nothing", run: func(ctx context.Context, env *cli.Env) error {
			return start(ctx, env, startOptions{session: "now"}, "sales", "nope", now)
		}, is: api.ErrNotFound},
		{
			name: "retry", run: func(ctx context.Context, env *cli.Env) error {
				return retry(ctx, env, retryOptions{latest: true, resume: true, name: "again", params: []string{"more=1"}}, "9")
			},
			stdout: "Attempt ID  : 9\n",
			sent: []string{`PUT /api/attempts {"params":{"more":"1","region":"eu"},"resume":{"attemptId":"9","mode":"failed"},` +
				`"retryAttemptName":"again","sessionTime":"2026-01-02T00:00:00Z","workflowId":"70"}`},
		},
		{
			name: "retry from a task", run: func(ctx context.Context, env *cli.Env) error {
				return retry(ctx, env, retryOptions{keep: true, resumeFrom: "+a", name: "again"}, "9")
			},
			stdout: "Attempt ID  : 9\n",
			sent: []string{`PUT /api/attempts {"params":{"region":"eu"},"resume":{"attemptId":"9","from":"+a","mode":"from"},` +
				`"retryAttemptName":"again","sessionTime":"2026-01-02T00:00:00Z","workflowId":"70"}`},
		},
		{
			name: "kill", run: func(ctx context.Context, env *cli.Env) error { return kill(ctx, env, "9") },
			stderr: "Killing attempt 9 is requested.", sent: []string{"POST /api/attempts/9/kill {}"},
		},
		{
			name: "kill what has ended", run: func(ctx context.Context, env *cli.Env) error { return kill(ctx, env, "10") },
			is: api.ErrConflict, sent: []string{"POST /api/attempts/10/kill {}"},
		},
		{name: "secrets", run: func(ctx context.Context, env *cli.Env) error {
			return secrets(ctx, env, secretsOptions{project: "sales"}, nil)
		}, stdout: "mysql.password\n"},
		{
			name: "set a secret", in: "s3cret", run: func(ctx context.Context, env *cli.Env) error {
				return secrets(ctx, env, secretsOptions{project: "sales", set: []string{"a.b=-"}}, nil)
			},
			stderr: "Secret 'a.b' set\n", sent: []string{`PUT /api/projects/7/secrets/a%2Eb {"value":"s3cret"}`},
		},
		{
			name: "set secrets", in: "a.b: s3cret\n", run: func(ctx context.Context, env *cli.Env) error {
				return secrets(ctx, env, secretsOptions{project: "sales", set: []string{"@-"}}, nil)
			},
			stderr: "Secret 'a.b' set\n", sent: []string{`PUT /api/projects/7/secrets/a%2Eb {"value":"s3cret"}`},
		},
		{
			name: "delete a secret", run: func(ctx context.Context, env *cli.Env) error {
				return secrets(ctx, env, secretsOptions{project: "sales", delete: []string{"a.b"}}, nil)
			},
			stderr: "Secret 'a.b' deleted\n", sent: []string{"DELETE /api/projects/7/secrets/a%2Eb"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &service{answers: answers()}
			stdout, stderr, err := try(t, s, tt.in, tt.run)
			if tt.is == nil && err != nil || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got the error %v, want %v", err, tt.is)
			}
			if !strings.Contains(stdout, tt.stdout) || tt.stdout == "" && stdout != "" {
				t.Errorf("got the output %q, want %q in it", stdout, tt.stdout)
			}
			if !strings.Contains(stderr, tt.stderr) || strings.Contains(stderr, "s3cret") {
				t.Errorf("it said %q, want %q", stderr, tt.stderr)
			}
			if diff := cmp.Diff(tt.sent, s.requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStartOfASessionThatExists(t *testing.T) {
	s := &service{answers: answers()}
	s.answers["PUT /api/attempts"] = "409 " + attempt9
	_, _, err := try(t, s, "", func(ctx context.Context, env *cli.Env) error {
		return start(ctx, env, startOptions{session: "2026-01-05"}, "sales", "daily", time.Now())
	})
	if _, ok := errors.AsType[cli.StateError](err); !ok || strings.Contains(err.Error(), "{") {
		t.Errorf("got %v, want a StateError in words", err)
	}
}

// TestPushAndDownload holds that what is downloaded is what was pushed.
func TestPushAndDownload(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("daily.dig", "+a:\n  echo>: 1\n")
	write("queries/load.sql", "SELECT 1\n")
	write(".git/config", "not for the server")
	write(".env", "not for the server")

	s := &service{answers: answers()}
	_, stderr, err := try(t, s, "", func(ctx context.Context, env *cli.Env) error {
		return push(ctx, env, pushOptions{revision: "v3", dir: dir}, "sales")
	})
	if err != nil || !strings.Contains(stderr, "Uploaded project sales, revision v3, with 1 workflows.") {
		t.Fatalf("push: %q, %v", stderr, err)
	}
	s.answers["GET /api/projects/7/archive?revision=v2"] = string(s.archive)
	to := filepath.Join(t.TempDir(), "new")
	for range 2 { // the second time replaces
		if _, _, err := try(t, s, "", func(ctx context.Context, env *cli.Env) error { return download(ctx, env, "sales", "", to) }); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"daily.dig": "+a:\n  echo>: 1\n", "queries/load.sql": "SELECT 1\n"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, name := range []string{".git", ".env"} {
		if _, err := os.Stat(filepath.Join(to, name)); err == nil {
			t.Errorf("%s was uploaded", name)
		}
	}
	if _, _, err := try(t, s, "", func(ctx context.Context, env *cli.Env) error {
		return push(ctx, env, pushOptions{revision: "v2", dir: dir}, "sales")
	}); !errors.Is(err, api.ErrConflict) {
		t.Errorf("a revision that exists: got %v", err)
	}
	if _, _, err := try(t, s, "", func(ctx context.Context, env *cli.Env) error { return download(ctx, env, "sales", "v9", to) }); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("a revision that does not exist: got %v", err)
	}
}

// TestUnpackStaysInside holds that no archive writes outside of its directory.
func TestUnpackStaysInside(t *testing.T) {
	for _, tt := range []struct{ kind, name, link string }{
		{"file", "../out", ""},
		{"file", "/tmp/out", ""},
		{"link", "out", "/etc/passwd"},
		{"link", "a/out", "../../passwd"},
	} {
		dir := t.TempDir()
		if _, err := unpack(archiveOf(t, tt.kind, tt.name, tt.link), filepath.Join(dir, "p")); err == nil {
			t.Errorf("%s %s → %q was extracted", tt.kind, tt.name, tt.link)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("%s %s: it wrote beside its directory", tt.kind, tt.name)
		}
	}
	if _, err := unpack([]byte("no archive"), t.TempDir()); !errors.Is(err, api.ErrAnswer) {
		t.Errorf("got %v, want ErrAnswer", err)
	}
}

func TestSessionTime(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for in, want := range map[string][2]string{
		"now":                       {"2026-01-02T03:04:05Z", ""},
		"hourly":                    {"2026-01-02T03:04:05Z", "hour"},
		"daily":                     {"2026-01-02T03:04:05Z", "day"},
		"2026-02-03":                {"2026-02-03T00:00:00", ""},
		"2026-02-03 04:05:06":       {"2026-02-03T04:05:06", ""},
		"2026-02-03T04:05:06+09:00": {"2026-02-03T04:05:06+09:00", ""},
	} {
		if at, mode, err := sessionTime(in, now); err != nil || at != want[0] || mode != want[1] {
			t.Errorf("%q: got %q, %q, %v, want %q", in, at, mode, err, want)
		}
	}
	for _, in := range []string{"", "yesterday", "2026-13-01"} {
		if at, _, err := sessionTime(in, now); err == nil {
			t.Errorf("%q was read as %q", in, at)
		}
	}
}

func TestAttemptStatus(t *testing.T) {
	for _, tt := range []struct{ json, want string }{
		{`null`, "pending"},
		{`{"id":1}`, "running"},
		{`{"id":"1","cancelRequested":true}`, "killing"},
		{`{"id":"1","done":true}`, "error"},
		{`{"id":"1","done":true,"success":true}`, "success"},
	} {
		var a api.Attempt
		if err := json.Unmarshal([]byte(tt.json), &a); err != nil || a.Status() != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.json, a.Status(), err, tt.want)
		}
	}
}
