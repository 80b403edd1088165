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

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// OpenPTY opens a pseudo-terminal of the given size, as described in
// https://man7.org/linux/man-pages/man4/pts.4.html. A test reads from and writes to master, and
// gives slave to a process.
func OpenPTY(columns, rows int) (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			master.Close()
		}
	}()
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	size := &unix.Winsize{Col: uint16(columns), Row: uint16(rows)}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, size); err != nil {
		return nil, nil, err
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	return master, slave, err
}

// StartOnPTY starts c with a new pseudo-terminal as its controlling terminal and standard
// files, and returns the master.
func StartOnPTY(c *exec.Cmd, columns, rows int) (master *os.File, err error) {
	master, slave, err := OpenPTY(columns, rows)
	if err != nil {
		return nil, err
	}
	defer slave.Close()
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		master.Close()
		return nil, err
	}
	return master, nil
}

// runOnTerminal is the script command "pty [-all] [-in TEXT] [-size COLUMNSxROWS]
// [-env NAME=VALUE]... STATUS command args...": run a command with standard error on a
// terminal of 80x24 or the given size, and with -all standard input and output too.
// Standard output is left in stdout.txt and the terminal's content in tty.txt. There is no
// pager unless -env names one.
func runOnTerminal(ts *testscript.TestScript, neg bool, args []string) {
	all, typed := false, ""
	columns, rows := 80, 24
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
			_, err := fmt.Sscanf(args[1], "%dx%d", &columns, &rows)
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
	master, slave, err := OpenPTY(columns, rows)
	ts.Check(err)
	defer master.Close()
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
