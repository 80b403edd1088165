package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestShellSession types statements and commands into td shell.
func TestShellSession(t *testing.T) {
	t.Parallel()
	server := serve(t, t.TempDir())
	server.post("/v3/database/create/web")
	server.post("/v3/table/create/web/access/log")
	home := t.TempDir()
	s := startSession(t, server.url, home)
	s.types("select 'a;b',\r'日本'\r;\r") // several lines, wide characters, keys before the prompt
	s.sees("| a;b   | 日本  |")
	s.types("select 1 as first; select 2 as second;\r\\timing on\r")
	s.sees("| second |")
	s.sees("Timing is on.")

	s.types("select count(*) as n from web.acc\t;\r")
	s.sees("| n |")
	s.types("\\f csv\r") // the same result
	s.sees("n\r\n0\r\n")
	s.types("\\f table\r\\o out.csv\rselect 7;\r")
	s.sees("wrote 1 row (8 B) to out.csv")
	if b, err := os.ReadFile(filepath.Join(home, "out.csv")); err != nil || string(b) != "_col0\n7\n" {
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
	s.sees("|     77 |")
	s.sees("trino:web>")

	paste := strings.Repeat("-- x;\n", 1999) + "select 99 as pasted;"
	s.types("\x1b[200~" + paste + "\x1b[201~\r")
	s.sees("| pasted |")
	s.resize(30, 8)
	s.types("select 5 as resized, 'a text that is longer than the line';\r")
	s.sees("resized")
	s.types("select nosuch;\r")
	s.sees("nosuch")
	s.sees("trino:web>") // a failure does not end the session
	s.types("select ''' password=secret1';\r\\q\r")
	s.ends(0)

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
	t.Parallel()
	server := serve(t, t.TempDir())
	server.post("/v3/database/create/web")
	s := startSession(t, server.url, t.TempDir())
	for _, tt := range []struct{ key, want string }{{"d", "keeps running."}, {"k", "was killed"}} {
		s.types(endless + ";\r")
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
	s.ends(0)
}

// TestShellDumbTerminal types statements on a terminal that cannot move the cursor.
func TestShellDumbTerminal(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	s := startOnTerminal(t, server.url, t.TempDir(), exec.Command("td", "shell", "web", "-T", "trino"), "TERM=dumb")
	s.sees("without a prompt")
	s.types("select 1 as one;\r")
	s.sees("| one |")
	s.types("select nosuch;\r") // a failure ends it, as in a pipe
	s.sees("nosuch")
	s.ends(3)
}
