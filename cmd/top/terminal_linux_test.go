package top_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/td-cli/td/cmd/internal/scripttest"
	"github.com/td-cli/td/cmd/internal/scripttest/screen"
)

// A jobServer serves the jobs of an account. Every tenth job is running.
type jobServer struct {
	url string

	mu       sync.Mutex
	jobs     []map[string]any
	status   int      // of all responses, unless 0
	requests []string // paths
	killed   []string
}

func serveJobs(t *testing.T, n int) *jobServer {
	t.Helper()
	s := &jobServer{}
	for i := range n {
		started := any(nil)
		status := "queued"
		created := time.Now().Add(-time.Duration(i+3)*26*time.Minute - 30*time.Second)
		if i%10 == 0 {
			status, started = "running", created.Add(time.Minute).UTC().Format("2006-01-02 15:04:05 UTC")
		}
		s.jobs = append(s.jobs, map[string]any{
			"job_id": strconv.Itoa(90000 - i), "status": status, "type": []string{"trino", "hive", "bulkload"}[i%3], "priority": i%5 - 2,
			"user_name": []string{"Aya Tanaka", "日本太郎", "a-long-name@example.com"}[i%3], "database": []string{"web", "marketing_production"}[i%2],
			"query":      fmt.Sprintf("SELECT %d AS n,\n  '\x1b[31m' AS red", i),
			"created_at": created.UTC().Format("2006-01-02 15:04:05 UTC"), "start_at": started,
		})
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *jobServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.URL.Path)
	id := filepath.Base(r.URL.Path)
	switch {
	case s.status != 0:
		http.Error(w, `{"error":"maintenance \u001b[2J"}`, s.status)
	case strings.HasPrefix(r.URL.Path, "/v3/job/show/"):
		for _, j := range s.jobs {
			if j["job_id"] == id {
				full := map[string]any{"debug": map[string]any{
					"cmdout": "started at noon\n", "stderr": "Query 2026_" + id + ", RUNNING, 1 stage, 12 of 34 splits\n",
				}}
				maps.Copy(full, j)
				_ = json.NewEncoder(w).Encode(full)
			}
		}
	case strings.HasPrefix(r.URL.Path, "/v3/job/kill/"):
		s.killed = append(s.killed, id)
		for _, j := range s.jobs {
			if j["job_id"] == id {
				fmt.Fprintf(w, `{"job_id":%q,"former_status":%q}`, id, j["status"])
				j["status"] = "killed"
			}
		}
	default:
		s.list(w, r)
	}
}

func (s *jobServer) list(w http.ResponseWriter, r *http.Request) {
	from, _ := strconv.Atoi(r.FormValue("from"))
	to, _ := strconv.Atoi(r.FormValue("to"))
	page := []map[string]any{}
	i := 0
	for _, j := range s.jobs {
		if j["status"] == r.FormValue("status") {
			if i >= from && i <= to {
				page = append(page, j)
			}
			i++
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"jobs": page})
}

// fail sets the status of all following responses; 0 restores the server.
func (s *jobServer) fail(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// count returns the number of requests so far whose path has a prefix.
func (s *jobServer) count(prefix string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range s.requests {
		if strings.HasPrefix(path, prefix) {
			n++
		}
	}
	return n
}

// kills returns the IDs of the killed jobs.
func (s *jobServer) kills() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.killed)
}

// A terminal shows td top.
type terminal struct {
	*screen.Screen
	t       *testing.T
	master  *os.File
	command *exec.Cmd
	before  *unix.Termios
	done    chan struct{}
}

func startTop(t *testing.T, s *jobServer, columns, rows int, args ...string) *terminal {
	t.Helper()
	c := exec.Command("td", append([]string{"top"}, args...)...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm-256color", "TZ=UTC", "TD_API_SERVER=" + s.url, "TD_API_KEY=1/test"}
	return start(t, c, columns, rows)
}

func start(t *testing.T, c *exec.Cmd, columns, rows int) *terminal {
	t.Helper()
	master, slave, err := scripttest.OpenPTY(columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	x := &terminal{Screen: screen.New(columns, rows), t: t, master: master, command: c, before: before, done: make(chan struct{})}
	go func() { _, _ = io.Copy(x, master); close(x.done) }() // ends with the terminal
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		master.Close()
		<-x.done
	})
	return x
}

func (x *terminal) types(keys string) {
	x.t.Helper()
	if _, err := x.master.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// until waits until the screen meets a condition.
func (x *terminal) until(name string, condition func(shown string) bool) {
	x.t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(x.String()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			x.t.Fatalf("%s is not shown:\n%s", name, x)
		}
	}
}

func (x *terminal) sees(text string) {
	x.t.Helper()
	x.until(fmt.Sprintf("%q", text), func(shown string) bool { return strings.Contains(shown, text) })
}

// ends waits until the process has ended with a status, and checks that the terminal is as it was before.
func (x *terminal) ends(status int) {
	x.t.Helper()
	ended := time.AfterFunc(time.Minute, func() { _ = x.command.Process.Kill() })
	_ = x.command.Wait() // ProcessState has the status
	if got := scripttest.ExitStatus(x.command.ProcessState); !ended.Stop() || got != status {
		x.t.Errorf("status %d, want %d:\n%s", got, status, x)
	}
	x.intact()
}

// intact checks that the program has left the terminal.
func (x *terminal) intact() {
	x.t.Helper()
	x.until("the main screen", func(string) bool { return !x.IsAlternate() && !x.CursorHidden() })
	after, err := unix.IoctlGetTermios(int(x.master.Fd()), unix.TCGETS)
	if err != nil || *after != *x.before {
		x.t.Errorf("the terminal is not what it was: %+v, %v; was %+v", after, err, x.before)
	}
	if unknown := x.Unknown(); unknown != nil {
		x.t.Errorf("the screen does not know %q", unknown)
	}
}

// TestScreen compares the screen with 500 jobs with recorded ones, on two terminals.
func TestScreen(t *testing.T) {
	for _, size := range []struct{ columns, rows int }{{80, 24}, {200, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size.columns, size.rows), func(t *testing.T) {
			t.Parallel()
			s := serveJobs(t, 500)
			x := startTop(t, s, size.columns, size.rows, "--interval", "1h") // the progress of other jobs is not requested
			x.sees("12 of 34 splits")
			x.types("<<")
			x.sees("by user ↑")
			x.types("\x1b[B\x1b[B") // down
			x.until("the selection", func(string) bool { return strings.HasPrefix(x.Inverse(), "89516 ") })
			x.compare(fmt.Sprintf("list-%dx%d.screen", size.columns, size.rows))
			x.types("q")
			x.ends(0)
			if n := s.count("/v3/job/show/"); n > 20 {
				t.Errorf("%d requests for the progress", n)
			}
		})
	}
}

// maskAges replaces what depends on the time.
func maskAges(s string) string {
	ages := regexp.MustCompile(`\b\d+d\d\dh\b|\b\d+h\d\dm\b|\b\d\d:\d\d:\d\d\b`)
	digits := regexp.MustCompile(`\d`)
	return ages.ReplaceAllStringFunc(s, func(age string) string { return digits.ReplaceAllString(age, "N") })
}

// compare waits until the screen is as recorded. With -update it records it.
func (x *terminal) compare(name string) {
	x.t.Helper()
	path := filepath.Join("testdata", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(maskAges(x.String())), 0o644); err != nil {
			x.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		x.t.Fatal(err)
	}
	x.until(path, func(shown string) bool { return maskAges(shown) == string(want) })
}

// TestKeys filters jobs, shows SQL and a log, kills a job, and changes the size of the terminal.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 30)
	x := startTop(t, s, 80, 24, "--interval", "1")
	x.sees("3 running, 27 queued")
	x.types("s")
	x.sees("SQL of job 89980")
	x.sees(`'\u001B[31m' AS red`)
	x.types("q/trino 89981\r")
	x.sees(`0 with "trino 89981"`)
	x.types("\x1b")
	x.until("the end of the filter", func(shown string) bool { return !strings.Contains(shown, "with") })
	x.types("/日本 89981\r")
	x.sees(`1 with "日本 89981"`)
	x.types("/\x15日本\r") // Ctrl-U
	x.sees(`10 with "日本"`)
	x.types("gl")
	x.sees("Log of job 89990: running")
	x.sees("12 of 34 splits")
	x.types("q")
	x.sees(`10 with "日本"`)
	x.types("k")
	x.sees("Kill job 89990 (hive, running, of 日本太郎)? [y/N]")
	x.types("n")
	x.sees("Job 89990 was not killed.")
	x.types("ky")
	x.sees("Job 89990 is killed.")
	x.sees("2 running, 27 queued")
	for _, size := range []struct{ columns, rows int }{{200, 50}, {40, 8}, {10, 3}, {120, 30}} {
		x.Resize(size.columns, size.rows)
		if err := unix.IoctlSetWinsize(int(x.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(size.columns), Row: uint16(size.rows)}); err != nil {
			t.Fatal(err)
		}
		switch size.columns {
		case 200:
			x.sees("SELECT 1 AS n,")
		case 40:
			x.until("a small list", func(shown string) bool {
				return !strings.Contains(shown, "SELECT") && strings.Contains(shown, "Job Status")
			})
		case 10:
			x.until("a tiny list", func(shown string) bool { return strings.HasPrefix(shown, "td top: 2…\n") })
		}
	}
	x.sees("? help  / filter")
	x.types("\x03")
	x.ends(0)
	if diff := cmp.Diff([]string{"89990"}, s.kills()); diff != "" {
		t.Error(diff)
	}
}

// TestDryRun kills a job with --dry-run.
func TestDryRun(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 3)
	x := startTop(t, s, 80, 24, "--dry-run")
	x.sees("1 running")
	x.types("ky")
	x.sees("Job 90000 would be killed (--dry-run).")
	x.types("q")
	x.ends(0)
	if x.sees("POST /v3/job/kill/90000\nDry run: 1 change was not made."); s.kills() != nil {
		t.Errorf("killed %q", s.kills())
	}
}

// TestFailures checks that the list remains while the server fails, and that a wrong key ends the command.
func TestFailures(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 3)
	s.fail(503)
	x := startTop(t, s, 100, 24, "--interval", "1")
	x.sees(`the server responded with 503: maintenance`)
	s.fail(0)
	x.sees("1 running, 2 queued")
	s.fail(502)
	failure := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d the server responded with 502: maintenance \[2J; trying again every 1s`)
	x.until("the failure below the list", func(shown string) bool {
		return strings.Contains(shown, "90000 running") && failure.MatchString(shown)
	})
	s.fail(0)
	x.until("the recovery", func(shown string) bool { return !strings.Contains(shown, "502") })
	s.fail(401)
	x.ends(6)
	x.sees("td: the API key was refused: maintenance")
}

// TestSignals ends the command with signals.
func TestSignals(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 3)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		x := startTop(t, s, 80, 24)
		x.sees("1 running")
		if err := x.command.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		x.ends(128 + int(sig))
	}
}

// TestSuspend suspends and continues the command in a shell, and presses Ctrl-Z where nothing could continue it.
func TestSuspend(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 3)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	c := exec.Command(bash, "--norc", "--noprofile", "-i")
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm-256color", "TZ=UTC", "PS1=READY> ", "BASH_SILENCE_DEPRECATION_WARNING=1",
		"TD_API_SERVER=" + s.url, "TD_API_KEY=1/test",
	}
	x := start(t, c, 80, 24)
	x.sees("READY>")
	x.types("td top\r")
	x.sees("1 running, 2 queued")
	x.types("\x1a")
	x.sees("Stopped")
	if x.IsAlternate() || x.CursorHidden() {
		t.Errorf("the terminal is not that of the shell:\n%s", x)
	}
	x.types("echo echoed\r")
	x.sees("READY> echo echoed\nechoed\nREADY>")
	x.types("fg\r")
	x.sees("1 running, 2 queued")
	x.types("/hive\r")
	x.sees(`1 with "hive"`)
	x.types("q")
	x.until("the main screen", func(string) bool { return !x.IsAlternate() })
	x.types("exit $?\r")
	x.ends(0)

	alone := startTop(t, s, 80, 24, "--interval", "1h")
	alone.sees("1 running, 2 queued")
	requests := s.count("/v3/job/list")
	alone.types("\x1a")
	alone.until("the list again", func(string) bool { return s.count("/v3/job/list") > requests })
	alone.types("?")
	alone.sees("sort by another column")
	alone.types("\x03")
	alone.ends(0)
}

// TestHangup closes the terminal of a command that ignores SIGHUP.
func TestHangup(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 3)
	c := exec.Command("sh", "-c", "trap '' HUP; exec td top")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm-256color", "TD_API_SERVER=" + s.url, "TD_API_KEY=1/test"}
	x := start(t, c, 80, 24)
	x.sees("1 running")
	x.master.Close()
	ended := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	_ = c.Wait() // ProcessState has the status
	if status := scripttest.ExitStatus(c.ProcessState); !ended.Stop() || status != 1 {
		t.Errorf("status %d", status)
	}
}

// TestClosedPipe checks that a reader that ends before top is no failure.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	s := serveJobs(t, 3)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("td", "top", "--interval", "1")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TD_API_SERVER=" + s.url, "TD_API_KEY=1/test"}
	var stderr strings.Builder
	c.Stdout, c.Stderr = w, &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if n, err := r.Read(make([]byte, 1<<16)); n == 0 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	r.Close()
	_ = c.Wait() // ProcessState has the status
	if status := scripttest.ExitStatus(c.ProcessState); status != 128+int(syscall.SIGPIPE) || stderr.String() != "" {
		t.Errorf("status %d, %q", status, &stderr)
	}
}
