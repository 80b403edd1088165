package scripttest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/td-cli/td/cmd/internal/scripttest/control"
)

// commands returns the script commands that this package adds to testscript's.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"status":    checkStatus,
		"pty":       runOnTerminal,
		"poll":      poll,
		"setvar":    setVariable,
		"nocontrol": checkStreams,
		"harmless":  checkShown,
		"freeport":  findPort,
	}
}

// checkStatus is the script command "status N command args...": the exit status of the
// command must be N. The standard command "! exec" only separates zero from the rest.
func checkStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := runCommand(ts, args[1:]); got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// runCommand runs a command and returns its exit status as a shell shows it.
func runCommand(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		ts.Fatalf("%v", err)
	}
	return ExitStatus(exit.ProcessState)
}

// ExitStatus returns the exit status as a shell shows it: 128 and the signal number after a
// signal.
func ExitStatus(p *os.ProcessState) int {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}

// poll is the script command "poll WORD command args...": run the command repeatedly until
// its standard output is WORD.
func poll(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: poll WORD command args...")
	}
	for range 3000 {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && ts.ReadFile("stdout") == args[0]+"\n" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%q did not print %q", args[1:], args[0])
}

// setVariable is the script command "setvar NAME FORMAT": set NAME to the number in the
// last standard output, which must match FORMAT, such as "Job %d is queued.".
func setVariable(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: setvar NAME FORMAT")
	}
	var n int64
	if _, err := fmt.Sscanf(ts.ReadFile("stdout"), args[1], &n); err != nil {
		ts.Fatalf("standard output does not match %q: %v", args[1], err)
	}
	ts.Setenv(args[0], strconv.FormatInt(n, 10))
}

// findPort is the script command "freeport NAME": set NAME to an unused TCP port. It is not one of those that the system
// assigns (https://www.rfc-editor.org/rfc/rfc6335#section-6, and from 32768 on Linux), so that no other test gets it before
// the script uses it.
func findPort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	const first, last = 10_000, 32_000
	for range 1000 {
		port := strconv.Itoa(first + rand.IntN(last-first))
		if l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port)); err == nil {
			ts.Setenv(args[0], port)
			ts.Check(l.Close())
			return
		}
	}
	ts.Fatalf("no port is free")
}

// checkStreams is the script command "nocontrol": neither stream of the last command may
// contain a control character besides line feeds.
func checkStreams(ts *testscript.TestScript, _ bool, _ []string) {
	for _, stream := range []string{"stdout", "stderr"} {
		for i, b := range []byte(ts.ReadFile(stream)) {
			if b < 0x20 && b != '\n' || b == 0x7f {
				ts.Fatalf("%s contains the control character %#x at byte %d", stream, b, i)
			}
		}
	}
}

// checkShown is the script command "harmless FILE": the file, which a terminal has shown,
// must be UTF-8 without control characters and bidirectional formatting characters.
func checkShown(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: harmless FILE")
	}
	text := []byte(ts.ReadFile(args[0]))
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		bidi := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
		if bidi || r == utf8.RuneError && n == 1 || control.Forbidden(r, text[at+n:]) {
			ts.Fatalf("%s contains %U at byte %d: %q", args[0], r, at, text[max(0, at-40):min(len(text), at+40)])
		}
		at += n
	}
}
