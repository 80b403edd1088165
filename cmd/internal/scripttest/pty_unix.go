//go:build unix

package scripttest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// ExitStatus returns the exit status as a shell shows it: 128 and the signal number after a
// signal.
func ExitStatus(p *os.ProcessState) int {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}

// runOnTerminal is the script command "pty [-all] [-in TEXT] [-size COLUMNSxROWS]
// [-env NAME=VALUE]... STATUS command args...": run a command with standard error on a
// terminal of 80x24 or the given size, and with -all standard input and output too.
// Standard output is left in stdout.txt and the terminal's content in tty.txt. There is no
// pager unless -env names one.
func runOnTerminal(ts *testscript.TestScript, neg bool, args []string) {
	all, typed := false, ""
	size := pty.Winsize{Cols: 80, Rows: 24}
	env := []string{"TERM=xterm-256color", "TD_PAGER="}
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-all":
			all = true
			args = args[1:]
			continue
		case "-in":
			typed = args[1]
		case "-size":
			_, err := fmt.Sscanf(args[1], "%dx%d", &size.Cols, &size.Rows)
			ts.Check(err)
		case "-env":
			env = append(env, args[1])
		}
		args = args[2:]
	}
	if neg || len(args) < 2 {
		ts.Fatalf("usage: pty [-all] [-in TEXT] [-size COLUMNSxROWS] [-env NAME=VALUE]... STATUS command args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	master, slave, err := pty.Open()
	ts.Check(err)
	defer master.Close()
	ts.Check(pty.Setsize(slave, &size))
	out, err := os.Create(ts.MkAbs("stdout.txt"))
	ts.Check(err)
	defer out.Close()

	c := exec.Command(lookPath(ts.Getenv("PATH"), args[1]), args[2:]...)
	c.Dir = ts.MkAbs(".")
	for _, k := range []string{"PATH", "HOME", "TD_API_SERVER", "TD_API_KEY", "TD_SANDBOX_DIR", "TD_TEST_CONTROL", "TZ", "GORACE"} {
		if v := ts.Getenv(k); v != "" {
			c.Env = append(c.Env, k+"="+v)
		}
	}
	c.Env = append(c.Env, env...)
	c.Stdout, c.Stderr = out, slave
	if all {
		c.Stdin, c.Stdout = slave, slave
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	}
	var shown strings.Builder
	done := make(chan struct{})
	go func() { _, _ = io.Copy(&shown, master); close(done) }() // ends with EIO
	ts.Check(c.Start())
	if typed != "" {
		_, err := master.WriteString(strings.ReplaceAll(typed, `\n`, "\n"))
		ts.Check(err)
	}
	_ = c.Wait() // the exit status is compared below
	slave.Close()
	<-done
	ts.Check(os.WriteFile(ts.MkAbs("tty.txt"), []byte(shown.String()), 0o666))
	if got := ExitStatus(c.ProcessState); got != want {
		ts.Fatalf("%v: exit status %d, want %d\n%s", args, got, want, shown.String())
	}
}

func lookPath(path, name string) string {
	for _, dir := range filepath.SplitList(path) {
		p := filepath.Join(dir, name)
		if fi, err := os.Stat(p); err == nil && !fi.IsDir() {
			return p
		}
	}
	return name
}
