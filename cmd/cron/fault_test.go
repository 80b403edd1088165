package cron_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/td-cli/td/cmd/internal/scripttest"
	"github.com/td-cli/td/internal/sandbox"
)

// apiKey is random, because tests look for it in the arguments of all processes of the machine.
var apiKey = "1/" + rand.Text()

// longSQL runs until its job is killed.
const longSQL = "SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x), UNNEST(sequence(1, 10000)) b (y), UNNEST(sequence(1, 10000)) c (z)"

// A machine is a home directory and a server that can lose responses.
type machine struct {
	*testing.T
	td, home, server string

	mu       sync.Mutex
	requests []string
	lose     func(request string) bool // whether the response to a request that the server carries out is lost
	lost     func()                    // called before the connection of a lost response is closed; may be nil
	before   func(request string)      // called before the request is passed on; may be nil
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	td, err := scripttest.Binary()
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{T: t, td: td, home: t.TempDir()}
	s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: filepath.Join(m.home, ".sandbox"), APIKey: apiKey})
	if err != nil {
		t.Fatal(err)
	}
	inner := httptest.NewServer(s)
	target, err := url.Parse(inner.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + r.URL.Path
		m.mu.Lock()
		m.requests = append(m.requests, request)
		lose, before, lost := m.lose, m.before, m.lost
		m.mu.Unlock()
		if before != nil {
			before(request)
		}
		if lose == nil || !lose(request) {
			proxy.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		if lost != nil {
			lost()
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(func() {
		outer.Close()
		inner.Close()
		s.KillAll()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	m.server = outer.URL
	return m
}

// intercept sets what happens to requests, also while the server runs. Each function may be nil.
func (m *machine) intercept(before func(request string), lose func(request string) bool, lost func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before, m.lose, m.lost = before, lose, lost
}

// loseOnce loses the response to the first request that starts with a prefix.
func (m *machine) loseOnce(prefix string) {
	var once sync.Once
	m.intercept(nil, func(request string) (lost bool) {
		if strings.HasPrefix(request, prefix) {
			once.Do(func() { lost = true })
		}
		return lost
	}, nil)
}

// count returns the number of requests that start with a prefix.
func (m *machine) count(prefix string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.requests {
		if strings.HasPrefix(r, prefix) {
			n++
		}
	}
	return n
}

func (m *machine) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(m.td, args...)
	cmd.Dir = m.home
	cmd.Env = []string{"HOME=" + m.home, "PATH=" + os.Getenv("PATH"), "TD_API_KEY=" + apiKey, "TD_API_SERVER=" + m.server, "TZ=UTC"}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	return cmd, &output
}

// run runs td and returns its status and output.
func (m *machine) run(args ...string) (status int, output string) {
	m.Helper()
	cmd, out := m.command(args...)
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		m.Fatal(err)
	}
	return scripttest.ExitStatus(cmd.ProcessState), out.String()
}

// check runs td. The output must match a pattern, which is empty for no output.
func (m *machine) check(status int, pattern string, args ...string) {
	m.Helper()
	got, output := m.run(args...)
	if got != status || pattern == "" && output != "" || !regexp.MustCompile(pattern).MatchString(output) {
		m.Errorf("%q: status %d, want %d and %q:\n%s", args, got, status, pattern, output)
	}
	if strings.Contains(output, apiKey) {
		m.Errorf("%q prints the API key:\n%s", args, output)
	}
}

// checkJobs checks the number of jobs on the server and in the history.
func (m *machine) checkJobs(want int) {
	m.Helper()
	for _, command := range []string{"job:list", "history"} {
		_, output := m.run(command, "--jq", ".job_id")
		if n := strings.Count(output, "\n"); n != want {
			m.Errorf("%s has %d jobs, want %d:\n%s", command, n, want, output)
		}
	}
}

func (m *machine) wait(what string, condition func() bool) {
	m.Helper()
	for range 3000 {
		if condition() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	m.Fatalf("waited in vain: %s", what)
}

func query(sql string) []string {
	return []string{"query", "-w", "-d", "sample_datasets", "-T", "trino", sql}
}

// TestKilledWhileSubmitting kills td cron after the server has created the job and before it responds. The next run finds
// the job by its domain key.
func TestKilledWhileSubmitting(t *testing.T) {
	m := newMachine(t)
	created, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	m.intercept(nil, func(request string) (lost bool) {
		if strings.HasPrefix(request, "POST /v3/job/issue") {
			once.Do(func() { lost = true })
		}
		return lost
	}, func() {
		close(created)
		<-release
	})
	cmd, output := m.command(append([]string{"cron", "--"}, query("SELECT 1")...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-created
	if runtime.GOOS == "linux" {
		checkProcesses(t)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	close(release)
	m.check(0, "", append([]string{"cron", "--"}, query("SELECT 1")...)...)
	m.checkJobs(1)
	if output.Len() > 0 {
		t.Errorf("output before the kill: %s", output)
	}
}

// TestKeyFlag checks that the key of -k reaches the command, but not its arguments.
func TestKeyFlag(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	m := newMachine(t)
	m.intercept(func(request string) {
		if strings.HasPrefix(request, "POST /v3/job/issue") {
			files, err := filepath.Glob("/proc/[0-9]*/cmdline")
			if err != nil {
				t.Error(err)
			}
			for _, path := range files {
				b, err := os.ReadFile(path)
				if err == nil && bytes.Contains(b, []byte(apiKey)) && !bytes.Contains(b, []byte("\x00cron\x00")) {
					t.Errorf("%s contains the API key: %q", path, b)
				}
			}
		}
	}, nil, nil)
	m.check(0, "", append([]string{"-k", apiKey, "cron", "--"}, query("SELECT 1")...)...)
	m.check(6, "the API key is wrong", append([]string{"-k", "1/another", "cron", "--"}, query("SELECT 1")...)...)
}

// checkProcesses checks that no process shows the API key in its arguments.
func checkProcesses(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := false
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // the process has ended
		}
		found = found || bytes.Contains(b, []byte("cron\x00--\x00query"))
		if bytes.Contains(b, []byte(apiKey)) {
			t.Errorf("%s contains the API key: %q", path, b)
		}
	}
	if !found {
		t.Error("no process of td cron was found")
	}
}

// TestLostResponse loses the response to the request that creates a job: the retry continues with the job.
func TestLostResponse(t *testing.T) {
	m := newMachine(t)
	m.loseOnce("POST /v3/job/issue")
	m.check(0, "", append([]string{"--retry-max-time", "0s", "cron", "--retries", "2", "--retry-pause", "1ms", "--"}, query("SELECT 1")...)...)
	m.checkJobs(1)

	// Without a retry the next run continues, and its result is complete.
	m.loseOnce("POST /v3/job/issue")
	m.check(10, "ended with status 10", append([]string{"--retry-max-time", "0s", "cron", "--lock", "x", "--"}, query("SELECT 2")...)...)
	m.check(0, "", append([]string{"cron", "--lock", "x", "--"}, append(query("SELECT 2"), "-f", "csv", "-o", "rows.csv")...)...)
	m.checkJobs(2)
	if b, err := os.ReadFile(filepath.Join(m.home, "rows.csv")); err != nil || string(b) != "2\n" {
		t.Errorf("rows %q, %v", b, err)
	}

	// A key of the user works in the same way, if repeating the command continues with the job.
	retry := []string{"cron", "--retries", "1", "--retry-pause", "1ms", "--"}
	once := append(append(retry, query(longSQL)...), "-w0.1", "--once", "today")
	m.check(5, `(?s)trying again.*Job \d+ was already submitted under this key`, once...)
	m.check(5, "not trying again: query has submitted job", append(append(retry, query(longSQL)...), "-w0.1", "--domain-key", "key")...)
	m.checkJobs(4)

	// A broken download is repeated, and the query is not.
	m.loseOnce("GET /v3/job/result")
	m.check(0, "", append([]string{"--retry-max-time", "0s", "cron", "--retries", "1", "--retry-pause", "1ms", "--"}, query("SELECT 3")...)...)
	m.checkJobs(5)
}

// TestOldJob continues with a job whose rows were not delivered, unless it is old and runs have no scheduled time.
func TestOldJob(t *testing.T) {
	for _, tt := range []struct {
		schedule string
		aged     bool
		jobs     int
		warning  string
	}{
		{"", false, 1, ""},
		{"", true, 2, `^td: warning: job 1 of an earlier run \(success, submitted at .*\) is not used because it ended, and it was submitted more than an hour ago by a run without --schedule\n$`},
		{"--schedule=0 0 1 1 *", true, 1, ""},
	} {
		m := newMachine(t)
		args := append([]string{"--retry-max-time", "0s", "cron", "--lock", "x", "--schedule=0 0 1 1 *", "--"}, query("SELECT 1")...)
		if tt.schedule == "" {
			args = slices.DeleteFunc(args, func(a string) bool { return strings.HasPrefix(a, "--schedule") })
		}
		m.loseOnce("GET /v3/job/result")
		m.check(10, "the next run continues with job 1 unless", args...)
		if tt.aged {
			m.ageRecords()
		}
		m.check(0, tt.warning, args...)
		m.checkJobs(tt.jobs)
	}
}

// ageRecords makes the recorded jobs two hours older.
func (m *machine) ageRecords() {
	m.Helper()
	paths, err := filepath.Glob(filepath.Join(m.home, ".local", "state", "td", "cron", "runs", "*.json"))
	if err != nil || len(paths) != 1 {
		m.Fatal(paths, err)
	}
	b, err := os.ReadFile(paths[0])
	if err != nil {
		m.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour).UTC().Format(time.RFC3339)
	b = regexp.MustCompile(`"submitted":"[^"]*"`).ReplaceAll(b, []byte(`"submitted":"`+old+`"`))
	if err := os.WriteFile(paths[0], b, 0o600); err != nil {
		m.Fatal(err)
	}
}

// TestNotRepeated loses responses to requests that must not be repeated.
func TestNotRepeated(t *testing.T) {
	m := newMachine(t)
	retry := []string{"--retry-max-time", "0s", "cron", "--retries", "3", "--retry-pause", "1ms", "--"}
	m.check(0, "", "cron", "--", "db:create", "web")
	m.loseOnce("POST /v3/table/create")
	m.check(10, "not trying again: the server may have carried out POST /v3/table/create/web/access/log", append(retry, "table:create", "web", "access")...)
	if n := m.count("POST /v3/table/create"); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}

	config := filepath.Join(m.home, "load.yml")
	if err := os.WriteFile(config, []byte("in:\n  type: file\n  path_prefix: /none\nout: {mode: append}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	issue := []string{"connector:issue", "-w0.1", config, "--database", "web", "--table", "access"}
	m.loseOnce("POST /v3/job/issue/bulkload")
	m.check(10, "not trying again: the server may have carried out POST /v3/job/issue/bulkload/web", append(retry, issue...)...)
	if n := m.count("POST /v3/job/issue/bulkload"); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// TestWithoutDomainKey runs commands whose jobs have no domain key. Attempts and later runs continue with a job whose ID is
// known, and a job whose ID is unknown is reported.
func TestWithoutDomainKey(t *testing.T) {
	m := newMachine(t)
	config := filepath.Join(m.home, "load.yml")
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(config, []byte("in:\n  type: file\n  path_prefix: "+path+"\nout: {mode: append}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("/none")
	m.check(0, "", "cron", "--", "db:create", "web")
	m.check(0, "", "cron", "--", "table:create", "web", "access")
	const submit, status = "POST /v3/job/issue/bulkload", "GET /v3/job/"
	checkCount := func(request string, want int) {
		t.Helper()
		if n := m.count(request); n != want {
			t.Errorf("%d requests %s, want %d", n, request, want)
		}
	}
	args := []string{
		"--retry-max-time", "0s", "cron", "--lock", "x", "--retries", "2", "--retry-pause", "1ms", "--",
		"connector:issue", "-w0.1", config, "--database", "web", "--table", "access",
	}
	wait := slices.Clone(args)
	wait[11] = "-w"

	// The retries and the next run continue with the job, which fails.
	m.intercept(nil, func(request string) bool { return strings.HasPrefix(request, status) }, nil)
	m.check(5, "(?s)attempt 2 of 3 .*the next run continues with job 1 unless", args...)
	checkCount(submit, 1)
	m.intercept(nil, nil, nil)
	m.check(3, `(?s)job 2 failed.*warning: job 1 of an earlier run .* is not used because it did not succeed\n`, wait...)
	checkCount(submit, 2)

	// A job with another configuration is reported.
	m.intercept(nil, func(request string) bool { return strings.HasPrefix(request, status) }, nil)
	m.check(5, "the next run continues with job 3 unless", args...)
	write("/other")
	m.intercept(nil, nil, nil)
	m.check(3, `(?s)job 4 failed.*warning: job 3 of an earlier run .* is not used because its request differs`, wait...)
	checkCount(submit, 4)

	// A process that is killed during the submission leaves a job whose ID is unknown.
	created, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	m.intercept(nil, func(request string) (lost bool) {
		if strings.HasPrefix(request, submit) {
			once.Do(func() { lost = true })
		}
		return lost
	}, func() {
		close(created)
		<-release
	})
	cmd, _ := m.command(wait...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-created
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	close(release)
	m.check(3, `(?s)job 6 failed.*warning: an earlier run, which was killed, may have submitted a job at .*; it is not used because its ID is unknown`, wait...)
	checkCount(submit, 6)

	// A refused request leaves nothing.
	m.check(8, "status 8 after", append(wait[:len(wait)-1:len(wait)-1], "none")...)
	if _, output := m.run(wait...); !strings.Contains(output, "job 7 failed") || strings.Contains(output, "warning") {
		t.Errorf("after a refused request:\n%s", output)
	}
}

// TestChangedSQL changes the SQL between two attempts. The second one must not submit a job while the first may run, and
// must not if that is unknown.
func TestChangedSQL(t *testing.T) {
	m := newMachine(t)
	path := filepath.Join(m.home, "q.sql")
	write := func(sql string) {
		if err := os.WriteFile(path, []byte(sql), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(longSQL)
	m.intercept(func(request string) {
		if strings.HasPrefix(request, "POST /v3/job/issue") { // the SQL was read
			write("SELECT 1")
		}
	}, nil, nil)
	args := []string{"cron", "--lock", "x", "--retries", "1", "--retry-pause", "1ms", "--", "query", "-w0.1", "-d", "sample_datasets", "-T", "trino", "-q", path}
	m.check(9, `job \d+ of the previous attempt may still run, and its SQL differs`, args...)
	m.checkJobs(1)

	// A later run submits it and reports the old job.
	m.check(0, `^td: warning: job \d+ of an earlier run .* is not used because its SQL differs; it may still run .*\n$`, args...)
	m.checkJobs(2)
	m.check(0, "", args...)

	write(longSQL)
	m.check(5, "ended with status 5", append([]string{"cron", "--lock", "y"}, args[7:]...)...)
	m.intercept(nil, func(request string) bool { return strings.HasPrefix(request, "GET /v3/job/") }, nil)
	write("SELECT 2")
	submitted := m.count("POST /v3/job/issue")
	m.check(10, "the job of an earlier attempt may still run: no answer from", append([]string{"--retry-max-time", "0s", "cron", "--lock", "y"}, args[7:]...)...)
	if n := m.count("POST /v3/job/issue"); n != submitted {
		t.Errorf("%d jobs were submitted while the status of the earlier one was unknown", n-submitted)
	}
}

// TestHeartbeat checks the requests of runs to a server on the loopback interface.
func TestHeartbeat(t *testing.T) {
	m := newMachine(t)
	var mu sync.Mutex
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.URL.Path)
	}))
	defer srv.Close()
	if err := os.MkdirAll(filepath.Join(m.home, ".td"), 0o700); err != nil {
		t.Fatal(err)
	}
	settings := "[account]\nheartbeat_hosts = " + strings.TrimPrefix(srv.URL, "http://") + ", 127.0.0.1:1\n"
	if err := os.WriteFile(filepath.Join(m.home, ".td", "td.conf"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(u string, command ...string) []string {
		return append([]string{"cron", "--heartbeat", u, "--log-dir", "logs", "--"}, command...)
	}
	m.check(0, "", run(srv.URL+"/id", "db:list")...)
	m.check(8, "ended with status 8", run(srv.URL+"/id", "db:show", "none")...)
	m.check(2, "the host localhost is not allowed", run("http://localhost:1/id", "db:list")...)
	m.check(0, "", run("http://127.0.0.1:1/id", "db:list")...) // refuses connections
	mu.Lock()
	defer mu.Unlock()
	if want := "/id/start /id /id/start /id/fail"; strings.Join(got, " ") != want {
		t.Errorf("requests %q, want %q", got, want)
	}
	logs, err := filepath.Glob(filepath.Join(m.home, "logs", "db-list.*"))
	if err != nil || len(logs) != 2 {
		t.Fatal(logs, err)
	}
	var text string
	for _, path := range logs {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	if !strings.Contains(text, "warning: heartbeat: no answer from 127.0.0.1:1") || strings.Contains(text, "/id") {
		t.Errorf("logs:\n%s", text)
	}
}

// TestKilledChild kills the child process, as the kernel does when memory is short.
func TestKilledChild(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	m := newMachine(t)
	cmd, output := m.command(append([]string{"cron", "--lock", "x", "--"}, query(longSQL)...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	children := func() (pids []string) {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", cmd.Process.Pid)) // of each thread
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			b, _ := os.ReadFile(path) // the thread may have ended
			pids = append(pids, strings.Fields(string(b))...)
		}
		return pids
	}
	m.wait("no job", func() bool { return m.count("GET /v3/job/") > 0 })
	for _, child := range children() {
		pid, err := strconv.Atoi(child)
		if err != nil {
			t.Fatal(err)
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait()
	if status := scripttest.ExitStatus(cmd.ProcessState); status != 137 || !strings.Contains(output.String(), "td: query ended with status 137 ") {
		t.Errorf("status %d\n%s", status, output)
	}
	if !strings.Contains(output.String(), "hint: the next run continues with job 1 ") {
		t.Errorf("no hint:\n%s", output)
	}
}
