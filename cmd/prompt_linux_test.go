package cmd_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// A screen is the output of a terminal.
type screen struct {
	mu    sync.Mutex
	shown strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// until waits until the output contains a text.
func (s *screen) until(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(s.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%q is not shown:\n%s", text, s)
		}
	}
}

// Ctrl-C at a question must end the command with status 130 and enable the echo again.
func TestCtrlCAtQuestions(t *testing.T) {
	server := serve(t, t.TempDir())
	server.post("/v3/table/create/sample_datasets/gone/log")
	for name, tt := range map[string]struct{ args, first, typed, question string }{
		"a line":          {"account", "Email: ", "", "Email: "},
		"a password":      {"account", "Email: ", "me@example.com\n", "Password (typing will be hidden): "},
		"a new password":  {"password:change", "Old password (typing will be hidden): ", "old\n", "New password (typing will be hidden): "},
		"a key":           {"apikey:set", "API key (typing will be hidden): ", "1/ab", "API key (typing will be hidden): "},
		"a name":          {"db:delete sample_datasets", "and its tables: ", "sample", "Type the name of the database"},
		"a yes or a no":   {"table:delete sample_datasets gone", "[y/N]: ", "", "[y/N]: "},
		"a user's secret": {"user:create eve -e eve@example.com", "Password (typing will be hidden): ", "", "Password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			master, slave, err := scripttest.OpenPTY(80, 24)
			if err != nil {
				t.Fatal(err)
			}
			defer master.Close()
			defer slave.Close()
			before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			c := exec.Command("td", strings.Fields(tt.args)...)
			c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm", "TD_API_SERVER=" + server.url}
			if !strings.HasPrefix(tt.args, "a") { // account and apikey:set must not find a key
				c.Env = append(c.Env, "TD_API_KEY=1/test")
			}
			c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			var s screen
			go func() { // ends with the terminal
				b := make([]byte, 4096)
				for {
					n, err := master.Read(b)
					if _, _ = s.Write(b[:n]); err != nil {
						return
					}
				}
			}()
			s.until(t, tt.first)
			if _, err := master.WriteString(tt.typed); err != nil {
				t.Fatal(err)
			}
			s.until(t, tt.question)
			time.Sleep(50 * time.Millisecond) // until td reads the answer
			if _, err := master.WriteString("\x03"); err != nil {
				t.Fatal(err)
			}
			ended := time.AfterFunc(2*time.Minute, func() { _ = c.Process.Kill() })
			_ = c.Wait() // ProcessState has the status
			if !ended.Stop() || scripttest.ExitStatus(c.ProcessState) != 130 || strings.Contains(s.String(), "td:") {
				t.Errorf("status %d:\n%s", scripttest.ExitStatus(c.ProcessState), &s)
			}
			after, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
			if err != nil || *after != *before {
				t.Errorf("the terminal is not what it was: %+v, %v; was %+v", after, err, before)
			}
		})
	}
}

// Ctrl-D at a question must cancel the command without saving or sending anything.
func TestCtrlDAtQuestions(t *testing.T) {
	server := serve(t, t.TempDir())
	for name, tt := range map[string]struct{ args, question, typed, said string }{
		"a line":          {"account", "Email: ", "\x04", "canceled."},
		"a password":      {"account me@example.com", "Password (typing will be hidden): ", "\x04", "canceled."},
		"a new password":  {"user:create eve -e eve@example.com", "Password (typing will be hidden): ", "\x04", "canceled."},
		"a repetition":    {"user:create eve -e eve@example.com", "Password (typing will be hidden): ", "new\n\x04", "canceled."},
		"a key":           {"apikey:set", "API key (typing will be hidden): ", "\x04", "canceled."},
		"an unended key":  {"apikey:set", "API key (typing will be hidden): ", "1/ab\x04\x04", "API key is set."},
		"a result's URL":  {"result:create res mysql://h/d/t -p", "Password (typing will be hidden): ", "\x04", "canceled."},
		"nothing, really": {"apikey:set", "API key (typing will be hidden): ", "\n", "the API key is empty; nothing was saved"},
		"several words":   {"apikey:set", "API key (typing will be hidden): ", "td db:list\n", "the API key contains a space; nothing was saved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			c := exec.Command("td", strings.Fields(tt.args)...)
			c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=xterm", "TD_API_SERVER=" + server.url}
			if !strings.HasPrefix(tt.args, "a") {
				c.Env = append(c.Env, "TD_API_KEY=1/test")
			}
			terminal, err := scripttest.StartOnPTY(c, 80, 24)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			var s screen
			go func() { _, _ = io.Copy(&s, terminal) }() // ends with the terminal
			s.until(t, tt.question)
			time.Sleep(50 * time.Millisecond) // until td reads the answer
			for _, b := range tt.typed {
				if _, err := terminal.WriteString(string(b)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(20 * time.Millisecond) // like a person
			}
			s.until(t, tt.said)
			ended := time.AfterFunc(2*time.Minute, func() { _ = c.Process.Kill() })
			_ = c.Wait() // ProcessState has the status
			set := strings.Contains(tt.said, "is set")
			if !ended.Stop() || (scripttest.ExitStatus(c.ProcessState) == 0) != set {
				t.Errorf("status %d:\n%s", scripttest.ExitStatus(c.ProcessState), &s)
			}
			if _, err := os.Stat(filepath.Join(home, ".td", "td.conf")); (err == nil) != set {
				t.Errorf("whether anything was saved: %v", err)
			}
		})
	}
}

// A signal must end a command that waits for silent standard input.
func TestSignalWhileReading(t *testing.T) {
	server := serve(t, t.TempDir())
	config := filepath.Join(t.TempDir(), "td.conf")
	for _, args := range []string{
		"query -d sample_datasets -", "table:import sample_datasets nasdaq --json -", "connector:guess -", "-c " + config + " apikey:set -",
	} {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(args+" "+sig.String(), func(t *testing.T) {
				t.Parallel()
				r, w, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				defer w.Close()
				c := exec.Command("td", strings.Fields(args)...)
				c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TD_API_SERVER=" + server.url, "TD_API_KEY=1/test"}
				c.Stdin = r
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(300 * time.Millisecond) // until td handles the signal
				if err := c.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				ended := time.AfterFunc(2*time.Minute, func() { _ = c.Process.Kill() })
				_ = c.Wait() // ProcessState has the status
				if got := scripttest.ExitStatus(c.ProcessState); !ended.Stop() || got != 128+int(sig) {
					t.Errorf("status %d", got)
				}
			})
		}
	}
}
