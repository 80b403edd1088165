package cmd_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// A shellSession is td shell on a terminal.
type shellSession struct {
	screen
	t        *testing.T
	terminal *os.File
	command  *exec.Cmd
	from     int // what was shown before has been seen
}

// startSession starts td shell for a server and waits for the prompt.
func startSession(t *testing.T, url, home string) *shellSession {
	t.Helper()
	c := exec.Command("td", "shell", "web", "-T", "trino")
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=xterm", "TD_API_SERVER=" + url, "TD_API_KEY=1/test", "TD_PAGER=",
		"EDITOR=printf 'select 77 as edited;' >", "TD_COMPLETION_TIMEOUT=1m",
	}
	c.Dir = home
	terminal, err := scripttest.StartOnPTY(c, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	s := &shellSession{t: t, terminal: terminal, command: c}
	done := make(chan struct{})
	go func() { _, _ = io.Copy(s, terminal); close(done) }() // ends with the terminal
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		terminal.Close()
		<-done
	})
	s.sees("trino:web>")
	return s
}

// types sends keys.
func (s *shellSession) types(keys string) {
	s.t.Helper()
	for len(keys) > 0 { // the kernel's buffer is small
		n := min(1024, len(keys))
		if _, err := s.terminal.WriteString(keys[:n]); err != nil {
			s.t.Fatal(err)
		}
		keys = keys[n:]
	}
}

// sees waits until the terminal shows a text after what has been seen.
func (s *shellSession) sees(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		shown := s.String()[s.from:]
		if i := strings.Index(shown, text); i >= 0 {
			s.from += i + len(text)
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%q is not shown:\n%q", text, shown)
		}
	}
}

// TestShellSession types statements and commands into td shell.
func TestShellSession(t *testing.T) {
	server := serve(t, t.TempDir())
	server.post("/v3/database/create/web")
	server.post("/v3/table/create/web/access/log")
	home := t.TempDir()
	s := startSession(t, server.url, home)
	before, err := unix.IoctlGetTermios(int(s.terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}

	s.types("select 'a;b',\r'日本'\r;\r") // several lines, wide characters, keys before the prompt
	s.sees("| a;b   | 日本  |")
	s.types("select 1 as first; select 2 as second;\r\\timing on\r")
	s.sees("| second |")
	s.sees("Timing is on.")

	s.types("select count(*) as n from web.acc\t;\r")
	s.sees("| n |")
	s.types("\\f csv\r") // the same result
	s.sees("0\r\n")
	s.types("\\f table\r\\o out.csv\rselect 7;\r")
	s.sees("wrote 1 row (2 B) to out.csv")
	if b, err := os.ReadFile(filepath.Join(home, "out.csv")); err != nil || string(b) != "7\n" {
		t.Errorf("out.csv: %q, %v", b, err)
	}
	s.types("\\o\rselect 3 as watched \\watch 1\r")
	s.sees("watched")
	s.sees("watched")
	s.types("\x03")
	s.sees("trino:web>")
	s.types("select 1 as one\r\\e\r")
	s.sees("edited") // the text of the editor, which is not yet run
	s.types("\r")
	s.sees("77")

	paste := strings.Repeat("-- x;\n", 1999) + "select 99 as pasted;"
	s.types("\x1b[200~" + paste + "\x1b[201~\r")
	s.sees("| pasted |")
	if err := unix.IoctlSetWinsize(int(s.terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 30, Row: 8}); err != nil {
		t.Fatal(err)
	}
	s.types("select 5 as resized, 'a text that is longer than the line';\r")
	s.sees("resized")
	s.types("select nosuch;\r")
	s.sees("nosuch")
	s.sees("trino:web>") // a failure does not end the session
	s.types("select ''' password=secret1';\r\\q\r")
	_ = s.command.Wait() // ProcessState has the status
	if status := scripttest.ExitStatus(s.command.ProcessState); status != 0 {
		t.Errorf("status %d", status)
	}
	after, err := unix.IoctlGetTermios(int(s.terminal.Fd()), unix.TCGETS)
	if err == nil && after.Lflag&(unix.ECHO|unix.ICANON|unix.ISIG) != unix.ECHO|unix.ICANON|unix.ISIG {
		t.Errorf("the terminal is raw: %+v; it was %+v", after, before)
	}

	file := filepath.Join(home, ".local", "state", "td", "shell", "default.jsonl")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history: %v, %v", info, err)
	}
	next := startSession(t, server.url, home)
	next.types("\x12a;b\r\r") // Ctrl-R; Enter leaves the search or runs the statement
	next.sees("| a;b   | 日本  |")
}

// TestShellInterrupt presses Ctrl-C while a job runs.
func TestShellInterrupt(t *testing.T) {
	server := serve(t, t.TempDir())
	server.post("/v3/database/create/web")
	slow := "select count(*) as n from sample_datasets.nasdaq a, sample_datasets.nasdaq b, sample_datasets.nasdaq c where a.close*b.close*c.close=1.5;\r"
	s := startSession(t, server.url, t.TempDir())
	for _, tt := range []struct{ key, want string }{{"d", "keeps running."}, {"k", "was killed"}} {
		s.types(slow)
		s.sees("is running")
		s.types("\x03")
		s.sees("or continue to wait (c)?")
		s.types("c")
		s.sees("is running")
		s.types("\x03")
		s.sees("or continue to wait (c)?")
		s.types(tt.key)
		s.sees(tt.want)
		s.sees("trino:web>")
	}
	s.types("\x04")
	_ = s.command.Wait() // ProcessState has the status
	if status := scripttest.ExitStatus(s.command.ProcessState); status != 0 {
		t.Errorf("status %d", status)
	}
}
