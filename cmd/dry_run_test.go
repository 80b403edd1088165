package cmd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/sandbox"
)

// A changeRecorder is a server that records the requests that may change something, and does not carry them out unless
// setup is set. Other requests are answered by a sandbox, and those of workflows from a table.
type changeRecorder struct {
	sandbox http.Handler
	setup   bool

	mu      sync.Mutex
	changes []string // "METHOD /path"
}

// accepted is the response to every change: it has the members that td requires.
const accepted = `{"job_id":"1","id":"9","name":"load","apikey":"1/new","database":"web","table":"access","jobs":[],"former_status":"success",` +
	`"project":{"id":"7","name":"sales"},"workflow":{"name":"daily","id":"70"},"sessionTime":"2026-01-02T00:00:00Z","params":{}}`

// workflowAnswers returns the responses of the workflow service by path.
func workflowAnswers() map[string]string {
	const attempt = `{"id":"9","project":{"id":"7","name":"sales"},"workflow":{"name":"daily","id":"70"},"sessionId":"8",` +
		`"sessionTime":"2026-01-02T00:00:00Z","done":true,"success":false,"params":{}}`
	return map[string]string{
		"/api/projects":                            `{"projects":[{"id":"7","name":"sales","revision":"v2"}]}`,
		"/api/projects/7/workflows":                `{"workflows":[{"id":"70","name":"daily","project":{"id":"7","name":"sales"}}]}`,
		"/api/workflows":                           `{"workflows":[]}`,
		"/api/workflows/70/truncated_session_time": `{"sessionTime":"2026-01-02T00:00:00Z"}`,
		"/api/sessions":                            `{"sessions":[]}`,
		"/api/attempts":                            `{"attempts":[]}`,
		"/api/attempts/9":                          attempt,
		"/api/attempts/9/tasks":                    `{"tasks":[]}`,
		"/api/logs/9/files":                        `{"files":[]}`,
		"/api/projects/7/secrets":                  `{"secrets":[]}`,
	}
}

// ServeHTTP implements http.Handler.
func (s *changeRecorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reads := []string{"/v3/bulk_loads/guess", "/v3/bulk_loads/preview", "/v3/user/authenticate"}
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	for _, path := range reads {
		isRead = isRead || r.URL.Path == path
	}
	switch answer, ok := workflowAnswers()[r.URL.Path]; {
	case !isRead && !s.setup:
		s.mu.Lock()
		s.changes = append(s.changes, r.Method+" "+r.URL.EscapedPath())
		s.mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, accepted)
	case ok:
		_, _ = io.WriteString(w, answer)
	default:
		s.sandbox.ServeHTTP(w, r)
	}
}

// take returns the recorded changes and forgets them.
func (s *changeRecorder) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := s.changes
	s.changes = nil
	return changes
}

// A trial runs td with a changeRecorder.
type trial struct {
	*testing.T
	*changeRecorder
	home, url string
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	box, err := sandbox.Open(ctx, sandbox.Options{Dir: t.TempDir(), APIKey: "1/test"})
	if err != nil {
		t.Fatal(err)
	}
	s := &trial{T: t, changeRecorder: &changeRecorder{sandbox: box}, home: t.TempDir()}
	server := httptest.NewServer(s)
	s.url = server.URL
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run runs td with arguments that are separated by spaces; ~ in them is replaced by the home directory.
func (s *trial) run(args, stdin string) (status int, stdout, stderr string) {
	s.Helper()
	environment := map[string]string{
		"HOME": s.home, "TD_API_SERVER": s.url, "TD_API_KEY": "1/test", "TREASURE_DATA_WORKFLOW_ENDPOINT": s.url,
		"SHELL": "/bin/bash", "TD_SANDBOX_DIR": filepath.Join(s.home, "sandbox"),
	}
	var words []string
	for word := range strings.FieldsSeq(args) {
		words = append(words, strings.ReplaceAll(word, "~", s.home))
	}
	var out, errs bytes.Buffer
	c := &console.Console{In: strings.NewReader(stdin), Out: &out, Err: &errs}
	status = Run(s.Context(), c, func(name string) string { return environment[name] }, words)
	return status, out.String(), errs.String()
}

// prepare runs commands that must succeed. The server carries them out if setup is set.
func (s *trial) prepare(setup bool, commands ...string) {
	s.Helper()
	s.setup = setup
	for _, args := range commands {
		if status, stdout, stderr := s.run(args, ""); status != cli.ExitOK {
			s.Fatalf("td %s: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
	s.setup = false
}

func (s *trial) write(name, content string) {
	s.Helper()
	path := filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.Fatal(err)
	}
}

// files returns a digest of each file below the home directory.
func (s *trial) files() map[string]string {
	s.Helper()
	digests := map[string]string{}
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			digests[path] = "directory"
			return err
		}
		b, err := os.ReadFile(path)
		digests[path] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return digests
}

// An invocation is how TestDryRun runs a command.
type invocation struct {
	args  string
	stdin string

	// plan is the lines that a dry run prints, without parameters. If it is "", they are the requests of a run without
	// --dry-run.
	plan string
}

// invocations returns an invocation of each command that changes something.
func invocations() map[string][]invocation {
	of := func(args ...string) (list []invocation) {
		for _, a := range args {
			list = append(list, invocation{args: a})
		}
		return list
	}
	return map[string][]invocation{
		"apikey:set":         {{args: "apikey:set 1/another", plan: "write ~/.td/td.conf"}},
		"server:endpoint":    {{args: "server:endpoint sandbox", plan: "write ~/.td/td.conf"}},
		"sandbox:reset":      {{args: "sandbox:reset", plan: "remove ~/sandbox"}},
		"completion:install": {{args: "completion:install", plan: "write ~/.local/share/bash-completion/completions/td\n. ~/.local/share/bash-completion/completions/td"}},
		"api":                of("api POST /v3/table/swap/web/access/visits", "api DELETE /v3/bulk_loads/load"),
		"db:create":          of("db:create other"),
		"db:delete":          of("db:delete empty", "db:delete -f web"),
		"table:create":       of("table:create web other"),
		"table:delete":       of("table:delete -f web access"),
		"table:undelete":     of("table:undelete web gone", "table:undelete web gone --as back"),
		"table:rename":       of("table:rename web access other"),
		"table:swap":         of("table:swap web access visits", "table:swap --guard=warn web access visits"),
		"table:expire":       of("table:expire web access 30"),
		"table:update":       of("table:update web access --expire-days 30"),
		"table:import": {
			{args: "table:import web access --json ~/f.json"},
			{args: "table:import web access --json -", stdin: `{"time":1}`},
			{
				args: "table:import new access --json ~/f.json --auto-create-table",
				plan: "POST /v3/database/create/new\nPOST /v3/table/create/new/access/log\nPUT /v3/table/import_with_id/new/access/{id}/msgpack.gz",
			},
		},
		"schema:set":               of("schema:set web access path:string"),
		"schema:add":               of("schema:add web access path:string"),
		"schema:remove":            of("schema:remove web access size"),
		"query":                    of("query -d web -q ~/q.sql", "query -x -w -d web -q ~/q.sql -q ~/q2.sql", "query -d web -q ~/q.sql --once today"),
		"rerun":                    of("rerun last", "rerun last -w -x"),
		"shell":                    {{args: "shell web", stdin: "SELECT 1; SELECT 2", plan: "POST /v3/job/issue/hive/web\nPOST /v3/job/issue/hive/web"}},
		"job:kill":                 of("job:kill 1 2"),
		"job:show":                 {{args: "job:show 1"}},
		"job:result":               {{args: "job:result 1"}},
		"sched:create":             of("sched:create weekly @weekly -d web -q ~/q.sql -r mysql://u:5ecre7@h/d/t"),
		"sched:update":             of("sched:update daily --delay 1"),
		"sched:delete":             of("sched:delete daily"),
		"sched:run":                of("sched:run daily 1767225600"),
		"sched:result":             {{args: "sched:result daily"}},
		"result:create":            of("result:create warehouse mysql://u:5ecre7@h/d"),
		"result:delete":            of("result:delete out"),
		"export:table":             of("export:table web access -b bucket -k 5ecre7 -s 5ecre7", "export:table web access -b bucket -k 5ecre7 -s 5ecre7 -w"),
		"export:result":            of("export:result 1 mysql://u:5ecre7@h/d/t", "export:result -w 1 out"),
		"import:create":            of("import:create other web access"),
		"import:delete":            of("import:delete logs"),
		"import:freeze":            of("import:freeze logs"),
		"import:unfreeze":          of("import:unfreeze logs"),
		"import:perform":           of("import:perform logs"),
		"import:commit":            of("import:commit logs"),
		"import:upload":            of("import:upload logs ~/f.json -f json", "import:upload logs ~/p/b.msgpack.gz --auto-perform"),
		"bulk_import:create":       of("bulk_import:create other web access"),
		"bulk_import:delete":       of("bulk_import:delete logs"),
		"bulk_import:freeze":       of("bulk_import:freeze logs"),
		"bulk_import:unfreeze":     of("bulk_import:unfreeze logs"),
		"bulk_import:perform":      of("bulk_import:perform logs -w"),
		"bulk_import:commit":       of("bulk_import:commit logs"),
		"bulk_import:upload_part":  of("bulk_import:upload_part logs b ~/p/b.msgpack.gz"),
		"bulk_import:upload_parts": of("bulk_import:upload_parts logs ~/p/b.msgpack.gz --auto-perform"),
		"bulk_import:delete_part":  of("bulk_import:delete_part logs a"),
		"bulk_import:delete_parts": of("bulk_import:delete_parts logs a b"),
		"import:auto": {
			{
				args: "import:auto --auto-create web.access ~/f.json -f json",
				plan: "POST /v3/bulk_import/create/web_access_{id}/web/access\nPUT /v3/bulk_import/upload_part/web_access_{id}/PART\n" +
					"POST /v3/bulk_import/perform/web_access_{id}\nPOST /v3/bulk_import/commit/web_access_{id}\nPOST /v3/bulk_import/delete/web_access_{id}",
			},
			{
				args: "import:auto logs ~/f.json -f json",
				plan: "PUT /v3/bulk_import/upload_part/logs/PART\n" +
					"POST /v3/bulk_import/perform/logs\nPOST /v3/bulk_import/commit/logs\nPOST /v3/bulk_import/delete/logs",
			},
		},
		"connector:issue":    of("connector:issue ~/load.yml --database web --table access", "connector:issue ~/load.yml --database web --table access -w"),
		"connector:create":   of("connector:create other @daily web access ~/load.yml"),
		"connector:update":   of("connector:update load --schedule @hourly"),
		"connector:delete":   of("connector:delete load"),
		"connector:run":      of("connector:run load", "connector:run load -w"),
		"user:create":        of("user:create eve -e eve@example.com -R"),
		"user:delete":        of("user:delete eve"),
		"user:apikey:add":    of("user:apikey:add eve"),
		"user:apikey:remove": of("user:apikey:remove eve 1/5ecre7"),
		"workflow:push":      of("workflow:push sales --project ~/project"),
		"workflow:start":     of("workflow:start sales daily --session now", "workflow start sales daily --session now"),
		"workflow:retry":     of("workflow:retry 9 --latest-revision --all"),
		"workflow:kill":      of("workflow:kill 9"),
		"workflow:secrets":   of("workflow:secrets --project sales --set a=5ecre7 --set b=5ecre7", "workflow:secrets --project sales --delete a --delete b"),
	}
}

// readOnly returns the arguments of each command that is declared read-only.
func readOnly() map[string]string {
	return map[string]string{
		"account:usage": "", "apikey:show": "", "bulk_import:error_records": "logs", "bulk_import:list": "",
		"bulk_import:prepare_parts": "~/f.json -f json -o ~/p2", "bulk_import:show": "logs", "compat:check": "~/q.sql", "completion": "bash", "config": "",
		"connector:guess": "~/load.yml -o -", "connector:history": "load", "connector:list": "", "connector:preview": "~/load.yml",
		"connector:show": "load", "cron:list": "", "db:list": "", "db:show": "web", "doctor": "", "help": "", "help:all": "", "history": "",
		"import:config": "~/f.json -o ~/seed.yml --format csv", "import:error_records": "logs", "import:jar_update": "", "import:jar_version": "",
		"import:list": "", "import:prepare": "~/f.json -f json -o ~/p3", "import:show": "logs", "job:diff": "1 1", "job:list": "",
		"job:logs": "1", "job:status": "1", "job:wait": "1", "open": "1", "result:list": "", "result:show": "out", "sample:apache": "-",
		"sandbox:show": "", "sched:history": "daily", "sched:list": "", "schema:show": "web access", "server:status": "", "status": "",
		"table:deleted": "", "table:list": "", "table:show": "web access", "table:tail": "sample_datasets nasdaq", "update": "", "user:apikey:list": "eve",
		"user:list": "", "user:show": "eve", "workflow": "", "workflow:attempt": "9", "workflow:attempts": "",
		"workflow:check": "--project ~/project", "workflow:download": "sales --project ~/project2", "workflow:log": "9", "workflow:projects": "",
		"workflow:reset": "", "workflow:run": "", "workflow:sessions": "", "workflow:tasks": "9", "workflow:update": "", "workflow:version": "",
		"workflow:workflows": "",
	}
}

// onTerminal returns the commands that need a terminal or a crontab or start td, which other tests run.
func onTerminal() map[string]bool {
	return map[string]bool{"account": true, "cron": true, "cron:install": true, "cron:remove": true, "password:change": true, "top": true, "user:password:change": true}
}

// TestDryRun runs every command that changes something with --dry-run: it must not change anything on the server or in
// the home directory, and print the requests that it sends without --dry-run.
func TestDryRun(t *testing.T) {
	s := newTrial(t)
	s.prepareAccount()
	all := invocations()
	for _, declared := range declareCommands(NewTree(testEnv())) {
		list, ok := all[declared.Name]
		delete(all, declared.Name)
		switch {
		case declared.ReadOnly && ok:
			t.Errorf("%s is declared read-only", declared.Name)
		case !declared.ReadOnly && !ok && !onTerminal()[declared.Name]:
			t.Errorf("%s may change something: add it to invocations, or declare it read-only", declared.Name)
		}
		for _, i := range list {
			s.try(i)
		}
	}
	for name := range all {
		t.Errorf("no command %s", name)
	}
}

// prepareAccount creates the files and objects that the commands use.
func (s *trial) prepareAccount() {
	s.Helper()
	s.write("f.json", `{"time":1767225600,"path":"/"}`+"\n")
	s.write("q.sql", "SELECT 1")
	s.write("q2.sql", "SELECT 2")
	s.write("project/daily.dig", "+a:\n  echo>: 1\n")
	s.write("load.yml", "in:\n  type: file\n  path_prefix: "+s.home+"/none\n  secret: 5ecre7\nout: {mode: append}\n")
	s.prepare(true,
		"db:create web", "db:create empty", "table:create web access", "table:create web visits", "table:create web gone", "table:delete -f web gone", "schema:set web access size:long",
		"sched:create daily @daily -d web -q ~/q.sql", "sched:run daily 1767225600", "job:wait last", "query -w -x -d web -q ~/q.sql", "result:create out td://@/web/out",
		"import:prepare ~/f.json -f json -o ~/p", "import:create logs web access", "connector:create load @daily web access ~/load.yml",
		"user:create eve -e eve@example.com -R")
	s.rename("p", "b.msgpack.gz")
	s.prepare(true, "bulk_import:upload_part logs a ~/p/b.msgpack.gz")
}

// TestDryRunShared checks that the flag stays set when further commands are created.
func TestDryRunShared(t *testing.T) {
	env := testEnv()
	tree := NewTree(env)
	if err := tree.Find("db:create").Flags().Set("dry-run", "true"); err != nil {
		t.Fatal(err)
	}
	tree.Commands()
	if !env.Flags.DryRun {
		t.Error("creating other commands resets --dry-run")
	}
}

// TestReadOnly runs every command that is declared read-only: it must send no request that may change something.
func TestReadOnly(t *testing.T) {
	s := newTrial(t)
	s.prepareAccount()
	all := readOnly()
	fails := map[string]bool{ // ends with an error after its requests
		"bulk_import:error_records": true, "import:error_records": true, // the session is not checked
		"connector:guess": true, "connector:preview": true, // there is no such file
		"workflow:download": true, // the archive is empty
		"workflow:run":      true, // not supported
	}
	for _, declared := range declareCommands(NewTree(testEnv())) {
		args, ok := all[declared.Name]
		delete(all, declared.Name)
		if !ok && declared.ReadOnly && declared.Name != "sandbox:serve" { // it does not end
			t.Errorf("%s is declared read-only: add it to readOnly", declared.Name)
		}
		if !ok {
			continue
		}
		if status, stdout, stderr := s.run(declared.Name+" "+args, ""); (status != cli.ExitOK) != fails[declared.Name] {
			t.Errorf("%s %s: status %d\n%s%s", declared.Name, args, status, stdout, stderr)
		}
		if changes := s.take(); len(changes) > 0 {
			t.Errorf("%s %s sends %q", declared.Name, args, changes)
		}
	}
	for name := range all {
		t.Errorf("no command %s", name)
	}
}

// rename gives the only file in a directory a name.
func (s *trial) rename(dir, name string) {
	s.Helper()
	files, err := filepath.Glob(filepath.Join(s.home, dir, "*"))
	if err != nil || len(files) != 1 {
		s.Fatalf("%d files in %s, %v", len(files), dir, err)
	}
	if err := os.Rename(files[0], filepath.Join(s.home, dir, name)); err != nil {
		s.Fatal(err)
	}
}

var (
	randomName = regexp.MustCompile(`[0-9a-f]{32}|\b1[0-9]{9}\b`) // a random ID, or the current time
	partName   = regexp.MustCompile(`f_json_[0-9a-f_]+`)
)

// try runs a command with --dry-run, and compares the output with what the command sends without it.
func (s *trial) try(i invocation) {
	s.Helper()
	before := s.files()
	status, stdout, stderr := s.run(i.args+" --dry-run", i.stdin)
	if status != cli.ExitOK || strings.Contains(stdout+stderr, "5ecre7") {
		s.Errorf("%s --dry-run: status %d\n%s%s", i.args, status, stdout, stderr)
	}
	if changes := s.take(); len(changes) > 0 {
		s.Errorf("%s --dry-run sends %q", i.args, changes)
	}
	if diff := cmp.Diff(before, s.files()); diff != "" {
		s.Errorf("%s --dry-run changes files:\n%s", i.args, diff)
	}
	var planned []string
	for line := range strings.Lines(stdout) {
		if !strings.HasPrefix(line, "  ") {
			line, _, _ = strings.Cut(strings.TrimSuffix(line, "\n"), "?")
			planned = append(planned, partName.ReplaceAllString(line, "PART"))
		}
	}
	want := strings.Split(strings.ReplaceAll(i.plan, "~", s.home), "\n")
	if i.plan == "" {
		status, sentOut, stderr := s.run(i.args, i.stdin)
		if want = s.take(); status != cli.ExitOK {
			s.Errorf("%s: status %d\n%s", i.args, status, stderr)
		}
		if len(want) == 0 && stdout == sentOut { // it changes nothing
			return
		}
	}
	for n := range want {
		want[n] = partName.ReplaceAllString(randomName.ReplaceAllString(want[n], "{id}"), "PART")
	}
	for n := range planned {
		planned[n] = randomName.ReplaceAllString(planned[n], "{id}")
	}
	if diff := cmp.Diff(want, planned); diff != "" {
		s.Errorf("%s --dry-run prints other requests than are sent:\n%s", i.args, diff)
	}
}
