package cmd_test

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/td-cli/td/cmd/internal/scripttest"
	emulator "github.com/td-cli/td/cmd/internal/scripttest/screen"
)

// A shellSession is td shell on a terminal.
type shellSession struct {
	screen
	t        *testing.T
	terminal *os.File
	command  *exec.Cmd
	modes    unix.Termios // of the terminal before the command
	from     int          // what was shown before has been seen
	drained  chan struct{}
	display  *emulator.Screen
}

// startSession starts td shell for a server and waits for the prompt.
func startSession(t *testing.T, url, home string, env ...string) *shellSession {
	t.Helper()
	s := startOnTerminal(t, url, home, exec.Command("td", "shell", "web", "-T", "trino"), env...)
	s.sees("trino:web>")
	return s
}

// startOnTerminal starts a command with an environment for td.
func startOnTerminal(t *testing.T, url, home string, c *exec.Cmd, env ...string) *shellSession {
	t.Helper()
	c.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=xterm", "TD_API_SERVER=" + url, "TD_API_KEY=1/test", "TD_PAGER=",
		"EDITOR=printf 'select 77 as edited;' >", "TD_COMPLETION_TIMEOUT=1m", "NO_COLOR=1",
	}, env...)
	c.Dir = home
	master, slave, err := scripttest.OpenPTY(80, 24)
	if err != nil {
		t.Fatal(err)
	}
	modes, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	s := &shellSession{t: t, terminal: master, command: c, modes: *modes, drained: make(chan struct{}), display: emulator.New(80, 24)}
	go func() { _, _ = io.Copy(io.MultiWriter(s.display, s), master); close(s.drained) }() // ends with the terminal
	t.Cleanup(func() {
		_ = c.Process.Kill() // may have ended
		_ = c.Wait()         // killed
		master.Close()
		<-s.drained
	})
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
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
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

// displays waits until the lines of the screen end with those of a text.
func (s *shellSession) displays(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !strings.HasSuffix(strings.TrimRight(s.display.String(), "\n"), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			shown := s.String()
			s.t.Fatalf("the screen does not end with\n%s\nbut is\n%s\nafter %q", text, s.display, shown[max(0, len(shown)-2000):])
		}
	}
}

// resize changes the size of the terminal.
func (s *shellSession) resize(columns, rows int) {
	s.t.Helper()
	s.display.Resize(columns, rows)
	if err := unix.IoctlSetWinsize(int(s.terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(columns), Row: uint16(rows)}); err != nil {
		s.t.Fatal(err)
	}
}

// ends waits until the command has ended with a status, and checks that the terminal is in the modes that it had before.
func (s *shellSession) ends(status int) {
	s.t.Helper()
	ended := time.AfterFunc(2*time.Minute, func() { _ = s.command.Process.Kill() })
	_ = s.command.Wait() // ProcessState has the status
	<-s.drained
	if got := scripttest.ExitStatus(s.command.ProcessState); !ended.Stop() || got != status {
		s.t.Errorf("status %d, want %d:\n%q", got, status, s.String()[s.from:])
	}
	s.checkModes()
}

// checkModes checks that the terminal is in the modes that it had before the command.
func (s *shellSession) checkModes() {
	s.t.Helper()
	modes, err := unix.IoctlGetTermios(int(s.terminal.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	if *modes != s.modes {
		s.t.Errorf("the modes of the terminal are %+v, want %+v", *modes, s.modes)
	}
	shown := s.String()
	for _, mode := range []struct{ name, on, off string }{
		{"bracketed paste", "\x1b[?2004h", "\x1b[?2004l"},
		{"the hidden cursor", "\x1b[?25l", "\x1b[?25h"},
		{"a colour", "\x1b[36m", "\x1b[m"},
	} {
		if strings.LastIndex(shown, mode.on) > strings.LastIndex(shown, mode.off) {
			s.t.Errorf("%s is left on: %q", mode.name, shown[max(0, len(shown)-200):])
		}
	}
	for _, request := range []string{"\x1b[>", "\x1b[<", "\x1b[=", "\x1b[?u", "$p", "\x1b[c", "\x1b[6n", "\x1b[?1049h", "\x1b]", "\x1b[0 q", "\x1b[2 q"} {
		if strings.Contains(shown, request) {
			s.t.Errorf("the terminal received %q", request)
		}
	}
	if unknown := s.display.Unknown(); unknown != nil {
		s.t.Errorf("the screen does not know %q", unknown)
	}
}
