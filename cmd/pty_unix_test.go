//go:build unix

package cmd_test

import (
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

// exitCode is the exit status as a shell shows it.
func exitCode(p *os.ProcessState) int {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}

// ptyRun is the script command "pty [-all] [-in TEXT] STATUS command args...": run a command with
// standard error on a terminal, and with -all standard input and output too. Standard output
// is left in stdout.txt, what the terminal showed in tty.txt.
func ptyRun(ts *testscript.TestScript, neg bool, args []string) {
	all, typed := false, ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-all":
			all = true
		case "-in":
			args = args[1:]
			typed = args[0]
		}
		args = args[1:]
	}
	if neg || len(args) < 2 {
		ts.Fatalf("usage: pty [-all] [-in TEXT] STATUS command args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	master, slave, err := pty.Open()
	ts.Check(err)
	defer master.Close()
	ts.Check(pty.Setsize(slave, &pty.Winsize{Rows: 24, Cols: 80}))
	out, err := os.Create(ts.MkAbs("stdout.txt"))
	ts.Check(err)
	defer out.Close()

	c := exec.Command(lookPath(ts.Getenv("PATH"), args[1]), args[2:]...)
	c.Dir = ts.MkAbs(".")
	for _, k := range []string{"PATH", "HOME", "TD_API_SERVER", "TD_API_KEY", "TD_SANDBOX_DIR", "TZ", "GORACE"} {
		if v := ts.Getenv(k); v != "" {
			c.Env = append(c.Env, k+"="+v)
		}
	}
	c.Env = append(c.Env, "TERM=xterm-256color")
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
	_ = c.Wait() // the status tells
	slave.Close()
	<-done
	ts.Check(os.WriteFile(ts.MkAbs("tty.txt"), []byte(shown.String()), 0o666))
	if got := exitCode(c.ProcessState); got != want {
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
