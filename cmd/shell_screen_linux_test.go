package cmd_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// TestShellScreen edits text with wide characters and several lines, and compares what is on the screen.
func TestShellScreen(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	server.post("/v3/table/create/web/access/log")
	server.post("/v3/table/create/web/accounts/log")
	home := t.TempDir()
	s := startSession(t, server.url, home)
	s.types("select '日本語é🙂'\x1b[D\x1b[D\x7fñ") // twice left, backspace
	s.displays("trino:web> select '日本語ñ🙂'")
	s.types("\x1b[C\x1b[C as\rn,\r  2\x1b[A\x1b[A\x01\x1b[D_\x7f") // up, start of the line, left
	s.displays("trino:web> select '日本語ñ🙂' as\n        -> n,\n        ->   2")
	s.types("\x1b>;\r") // Alt->: the end of the text
	s.sees("日本語ñ🙂")
	s.displays("| 日本語ñ🙂 |     2 |\n+-----------+-------+\n1 row in set\ntrino:web>")

	s.types("select * from web.ac\t") // the part that the candidates share, and a list of them
	s.displays("trino:web> select * from web.acc\naccess    accounts")
	s.types("\t")
	s.displays("trino:web> select * from web.access\naccess    accounts")
	s.types("\x03SELECT \x1b[200~'pasted\nin two lines'\x1b[201~;") // Ctrl-C discards the text
	s.displays("trino:web> SELECT 'pasted\n        -> in two lines';")

	s.resize(20, 8)
	s.displays("trino:web> SELECT '\npasted\n        -> in two l\nines';")
	s.resize(60, 20)
	s.displays("trino:web> SELECT 'pasted\n        -> in two lines';")
	s.types("\r")
	s.displays("1 row in set\ntrino:web>")

	long := strings.Repeat("x", 70)
	s.types("select 1 as " + long + ";\r") // the whole input stays on the screen
	s.sees(long[36:] + ";")
	s.sees("1 row in set")
	s.displays("1 row in set\ntrino:web>")
	if shown := s.display.String(); !strings.Contains(shown, "trino:web> select 1 as "+long[:36]+"\n"+long[36:]+";\n") {
		t.Errorf("the input is not on the screen:\n%s", shown)
	}
	s.types("\\q\r")
	s.ends(0)

	next := startSession(t, server.url, home) // the history of the earlier session
	next.types("\x1b[A\x1b[A\x1b[A\x1b[A")    // up: \q, select 1, and two lines of the pasted text
	next.displays("trino:web> SELECT 'pasted\n        -> in two lines';")
	next.types("\x03\x12日本\r") // Enter submits what the search has found
	next.displays("| 日本語ñ🙂 |     2 |\n+-----------+-------+\n1 row in set\ntrino:web>")
	next.types("\x04")
	next.ends(0)
}

// TestShellFiles writes results to files and prints the last one again without the server.
func TestShellFiles(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	home, temp := t.TempDir(), t.TempDir()
	s := startSession(t, server.url, home, "TMPDIR="+temp)
	for _, tt := range []struct{ typed, file, want string }{
		{"\\o out.parquet\rselect 'x' as a;\r", "out.parquet", "PAR1"},
		{"\\o out-{}.csv\rselect 'x, y' as a, 2 as b;\r", "out-2.csv", "a,b\n\"x, y\",2\n"},
		{"\\t\rselect 3 as a;\r", "out-3.csv", "3\n"},
		{"\\t off\rselect 4 as a \\g four.jsonl\r", "four.jsonl", "{\"a\":4}\n"},
	} {
		s.types(tt.typed)
		s.sees("to " + tt.file + "\r\n")
		if b, err := os.ReadFile(filepath.Join(home, tt.file)); err != nil || !bytes.HasPrefix(b, []byte(tt.want)) {
			t.Errorf("%s: %q, %v", tt.file, b, err)
		}
	}
	s.types("\\o\rselect 5 as five, NULL as nothing;\r")
	s.sees("| five |")
	s.sees("trino:web>")
	if status, said := server.stop(unix.SIGTERM); status != 0 {
		t.Fatalf("status %d: %s", status, said)
	}
	s.types("\\f csv\r") // no connection is needed
	s.sees("five,nothing\r\n5,null\r\n")
	s.types("\\f json\r")
	s.sees(`{"five":5,"nothing":null}`)
	s.types("\\f parquet\r")
	s.sees("parquet cannot be written to a terminal")
	s.types("\\f jsonl\r")
	s.sees(`{"five":5,"nothing":null}`)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("temporary files: %v, %v", left, err)
	}
	if files := openFiles(t, s.command.Process.Pid); !strings.Contains(files, temp+"/td-result-") {
		t.Errorf("the result is not in a temporary file:\n%s", files)
	}
	s.types("\\q\r")
	s.ends(0)
}

// openFiles returns the open files of a process.
func openFiles(t *testing.T, pid int) string {
	t.Helper()
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	var files strings.Builder
	for _, link := range links {
		name, _ := os.Readlink(link) // may have been closed
		fmt.Fprintln(&files, name)
	}
	return files.String()
}

// TestShellPager sends a million rows to a pager. The memory must not grow with the result.
func TestShellPager(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	home := t.TempDir()
	s := startSession(t, server.url, home, "TD_PAGER=sh -c 'if test -e quit; then head -n 1; else wc -l; fi'")
	const sql = "select a.symbol, a.close, b.n from sample_datasets.nasdaq a cross join unnest(sequence(1, %d)) as b(n);\r"
	s.types(fmt.Sprintf(sql, 1))
	s.sees(fmt.Sprintf("%d\r\n", 8352+5)) // with the lines around the rows
	before := peakMemory(t, s.command.Process.Pid)
	s.sees("trino:web>")
	s.types(fmt.Sprintf(sql, 120))
	s.sees(fmt.Sprintf("%d\r\n", 120*8352+5))
	s.sees("trino:web>")
	s.types("\\f csv\r")
	s.sees(fmt.Sprintf("%d\r\n", 120*8352+1))
	s.sees("trino:web>")
	if err := os.WriteFile(filepath.Join(home, "quit"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.types("\\f tsv\r") // the user leaves the pager
	s.sees("symbol")
	s.sees("trino:web>")
	const limit = 24 << 10 // kB
	if after := peakMemory(t, s.command.Process.Pid); after > before+limit {
		t.Errorf("%d kB, and %d kB after a million rows", before, after)
	}
	s.types("\\q\r")
	s.ends(0)
}

// peakMemory returns the largest resident memory of a process so far, in kB.
func peakMemory(t *testing.T, pid int) (size int) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	if _, err := fmt.Sscan(after, &size); err != nil {
		t.Fatal(err)
	}
	return size
}

// TestShellWatch repeats a statement and ends that with Ctrl-C.
func TestShellWatch(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	s := startSession(t, server.url, t.TempDir())
	s.types("select 3 as watched\r\\watch 1\r")
	for range 3 {
		s.sees(", every 1s")
		s.sees("| watched |")
	}
	s.types("\x03")
	s.sees("trino:web>")
	s.types("\\watch 1\r") // the last statement again
	s.sees("| watched |")
	s.types("\x03")
	s.sees("trino:web>")
	s.types(endless + " \\watch\r") // Ctrl-C does not leave a job behind without a question
	s.sees("is running")
	s.types("\x03k")
	s.sees("was killed")
	s.sees("trino:web>")
	s.types("select nosuch \\watch\r") // a failure ends it
	s.sees("nosuch")
	s.sees("trino:web>")
	s.types("\\q\r")
	s.ends(0)
}

// TestShellKilledJob kills a job from another process while td shell waits for it.
func TestShellKilledJob(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	home := t.TempDir()
	s := startSession(t, server.url, home)
	s.types(endless + ";\r")
	s.sees("is running")
	kill := exec.Command("td", "job:kill", "@last") // the history has the job
	kill.Env = s.command.Env
	if out, err := kill.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.sees("was killed")
	s.sees("trino:web>")
	s.types("select 'é' as after;\r")
	s.displays("| after |\n+-------+\n| é     |\n+-------+\n1 row in set\ntrino:web>")
	s.types("\x04")
	s.ends(0)
}

// TestShellTypeAhead types more than the kernel keeps while a job runs, and answers a question on a narrow terminal.
func TestShellTypeAhead(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	s := startSession(t, server.url, t.TempDir())
	s.types(endless + ";\r")
	s.sees("is running")
	paste := strings.Repeat("-- typed\tahead\n", 1000)
	s.types("\x1b[200~" + paste + "select 99 as pasted;\x1b[201~\rselect 98 as second;\r")
	kill := exec.Command("td", "job:kill", "@last")
	kill.Env = s.command.Env
	if out, err := kill.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.sees("was killed")
	if shown := s.String(); strings.Contains(shown, "ahead") && strings.Index(shown, "ahead") < strings.Index(shown, "was killed") {
		t.Errorf("keys are shown while the job runs:\n%q", shown)
	}
	s.sees("| pasted |")
	s.sees("| second |")
	s.sees("trino:web>")
	s.resize(40, 12)
	s.types(endless + ";\r")
	s.sees("is running")
	s.types("discarded;\r\x03")
	s.displays("Job 4: kill it (k), detach (d) or\ncontinue to wait (c)?")
	s.types("k")
	s.sees("was killed")
	s.sees("trino:web>")
	s.types("\x04")
	s.ends(0)
}

// TestShellLostConnection cuts all connections to the server while a job runs, and later the terminal.
func TestShellLostConnection(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	target, err := url.Parse(server.url)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	var lost atomic.Bool
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lost.Load() {
			panic(http.ErrAbortHandler)
		}
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	s := startOnTerminal(t, proxy.URL, t.TempDir(), exec.Command("td", "--retry-max-time", "1s", "shell", "web", "-T", "trino"))
	s.sees("trino:web>")
	s.types(endless + ";\r")
	s.sees("is running")
	lost.Store(true)
	s.sees("still waiting: no answer")
	s.types("\x03d")
	s.sees("keeps running")
	s.sees("trino:web>")
	s.types("\\l\r")
	s.sees("EOF\r\n")
	s.sees("trino:web>")
	lost.Store(false)
	s.types("select 2 as second;\r")
	s.sees("| second |")
	s.sees("trino:web>")
	s.types("\\fg 1\r")
	s.sees("is running")
	s.types("\x03k")
	s.sees("was killed")
	s.sees("trino:web>")
	s.types("\\q\r")
	s.ends(0)
}

// TestShellHangUp closes the terminal.
func TestShellHangUp(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	for _, typed := range []string{"select 1", "select 1 as one;\r" + endless + ";\r"} {
		c := exec.Command("td", "shell", "web", "-T", "trino")
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm", "TD_API_SERVER=" + server.url, "TD_API_KEY=1/test"}
		terminal, err := scripttest.StartOnPTY(c, 80, 24)
		if err != nil {
			t.Fatal(err)
		}
		ended := time.AfterFunc(2*time.Minute, func() { _ = c.Process.Kill() })
		var shown screen
		buffer := make([]byte, 4096)
		until := func(text string) {
			for !strings.Contains(shown.String(), text) {
				n, err := terminal.Read(buffer)
				if _, _ = shown.Write(buffer[:n]); err != nil {
					t.Fatalf("%v:\n%s", err, &shown)
				}
			}
		}
		until("trino:web>")
		if _, err := terminal.WriteString(typed); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(typed, "\r") {
			until("Job 2 is running")
		}
		terminal.Close()
		_ = c.Wait() // ProcessState has the status
		if status := scripttest.ExitStatus(c.ProcessState); !ended.Stop() || status != 129 {
			t.Errorf("%q: status %d", typed, status)
		}
	}
}
