package cmd_test

import (
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// TestShellEnds ends td shell in different states and checks the modes of the terminal.
func TestShellEnds(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	for name, tt := range map[string]struct {
		typed, seen string
		signal      unix.Signal
		status      int
	}{
		"command":                     {"\\q\r", "", 0, 0},
		"Ctrl-D":                      {"\x04", "", 0, 0},
		"after Ctrl-C":                {"select\r\x03\x04", "", 0, 0},
		"Ctrl-Z without a shell":      {"select 1\x1a as one;\r\\q\r", "| one |", 0, 0}, // the signal has no effect
		"terminated":                  {"select\r", "->", unix.SIGTERM, 143},
		"hung up":                     {"select 'x", "'x", unix.SIGHUP, 129},
		"terminated in the menu":      {"select * from \t\t", "web", unix.SIGTERM, 143},
		"terminated in a search":      {"\x12sel", "search: sel", unix.SIGTERM, 143},
		"terminated while a job runs": {endless + ";\r", "is running", unix.SIGTERM, 143},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSession(t, server.url, t.TempDir())
			s.types(tt.typed)
			s.sees(tt.seen)
			if tt.signal != 0 {
				if err := s.command.Process.Signal(tt.signal); err != nil {
					t.Fatal(err)
				}
			}
			s.ends(tt.status)
		})
	}
}

// TestShellAtQuestion ends td shell while it asks what Ctrl-C is to do.
func TestShellAtQuestion(t *testing.T) {
	t.Parallel()
	server := serveWeb(t)
	s := startSession(t, server.url, t.TempDir())
	s.types(endless + ";\r")
	s.sees("is running")
	s.types("\x03")
	s.sees("or continue to wait (c)?")
	s.types("\x1a") // no shell could continue the process
	s.sees("or continue to wait (c)?")
	if err := s.command.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.ends(143)
}

// TestShellSuspend presses Ctrl-Z in td shell, which a shell with job control started.
func TestShellSuspend(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	server := serveWeb(t)
	s := startOnTerminal(t, server.url, t.TempDir(), exec.Command("bash", "--norc", "--noediting", "-i"), "PS1=READY> ")
	s.sees("READY> ")
	s.types("td shell web -T trino\r")
	s.sees("trino:web>")
	for _, tt := range []struct{ before, resumed, typed, want string }{
		{"", "trino:web>", "select 1 as first;\r", "| first |"},
		{"select\r2 ", "-> 2", "as second;\r", "| second |"},
		{endless + ";\r", "is running", "\x03k", "was killed"},
	} {
		s.types(tt.before)
		if tt.typed[0] == '\x03' {
			s.sees(tt.resumed)
		}
		s.types("\x1a")
		s.sees("Stopped")
		s.sees("READY> ")
		s.checkModes()
		s.types("echo in=between; fg\r")
		s.sees("\nin=between")
		s.sees(tt.resumed)
		s.types(tt.typed)
		s.sees(tt.want)
		s.sees("trino:web>")
	}
	s.types("\\q\r")
	s.sees("READY> ")
	s.types("exit 5\r")
	s.ends(5)
}
