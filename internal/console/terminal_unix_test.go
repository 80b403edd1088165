//go:build unix

package console

import (
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// TestOnSuspend suspends a child process, a copy of the test that waits in
// onSuspend, and continues it.
func TestOnSuspend(t *testing.T) {
	if os.Getenv("TD_TEST_SUSPEND") != "" {
		stop := onSuspend(func() { os.Stdout.WriteString("suspend\n") }, func() { os.Stdout.WriteString("resume\n") })
		os.Stdout.WriteString("ready\n")
		_, _ = io.ReadAll(os.Stdin)
		stop()
		os.Exit(0)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestOnSuspend$")
	child.Env = append(os.Environ(), "TD_TEST_SUSPEND=1")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill() }()
	expect := func(want string) {
		t.Helper()
		line := make([]byte, len(want))
		if _, err := io.ReadFull(stdout, line); err != nil || string(line) != want {
			t.Fatalf("%q, %v, want %q", line, err, want)
		}
	}
	send := func(s syscall.Signal) {
		t.Helper()
		if err := child.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	expect("ready\n")
	send(syscall.SIGTSTP)
	expect("suspend\n")
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(child.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("not suspended: %v, %v", status, err)
	}
	send(syscall.SIGCONT)
	expect("resume\n")
	stdin.Close()
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}
