//go:build unix

package childproc_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/td-cli/td/internal/childproc"
)

// mode is the environment variable that makes this test program a child, or a parent of one.
const mode = "TD_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(mode) {
	case "":
		os.Exit(m.Run())
	case "wait":
		fmt.Println("ready")
		request := childproc.WaitRequest(os.Getenv)
		fmt.Printf("request %q\n", byte(request))
		os.Exit(7)
	case "ignore":
		fmt.Println("ready")
		childproc.WaitRequest(os.Getenv)
		select {}
	case "none":
		fmt.Printf("request %d\n", childproc.WaitRequest(os.Getenv))
	case "parent": // until it is killed
		output := os.NewFile(1, "stdout")
		if _, err := start("wait", output); err != nil {
			fmt.Println(err)
		}
		select {}
	}
	os.Exit(0)
}

func start(childMode string, output *os.File) (*childproc.Process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return childproc.Start(exe, nil, []string{mode + "=" + childMode}, nil, output)
}

// startChild starts a child and waits until it has written a line.
func startChild(t *testing.T, childMode string) (p *childproc.Process, output string) {
	t.Helper()
	output = filepath.Join(t.TempDir(), "output")
	f, err := os.Create(output)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if p, err = start(childMode, f); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	waitFor(t, output, "ready\n")
	return p, output
}

func waitFor(t *testing.T, path, text string) {
	t.Helper()
	for range 3000 {
		if b, err := os.ReadFile(path); err == nil && strings.Contains(string(b), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%q did not appear in %s", text, path)
}

func TestTerminate(t *testing.T) {
	for request, want := range map[childproc.Request]string{childproc.End: "request 't'", childproc.EndAndKillJobs: "request 'k'"} {
		p, output := startChild(t, "wait")
		if killed := p.Terminate(request, time.Minute); killed {
			t.Error("the child was killed")
		}
		if status, err := p.Status(); status != 7 || err != nil {
			t.Errorf("status %d, %v", status, err)
		}
		waitFor(t, output, want)
	}
}

func TestKill(t *testing.T) {
	p, _ := startChild(t, "ignore")
	if killed := p.Terminate(childproc.End, time.Millisecond); !killed {
		t.Error("the child ended by itself")
	}
	if status, err := p.Status(); status != 128+int(syscall.SIGKILL) || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
}

// TestParentKilled kills the parent of a child, which is then asked to end.
func TestParentKilled(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(t.TempDir(), "output")
	f, err := os.Create(output)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parent := exec.Command(exe)
	parent.Env = append(os.Environ(), mode+"=parent")
	parent.Stdout, parent.Stderr = f, f
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, output, "ready\n")
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	waitFor(t, output, "request 't'")
}

func TestNoParent(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range []string{"", "x", "1", strconv.Itoa(99)} {
		cmd := exec.Command(exe)
		f, err := os.Create(filepath.Join(t.TempDir(), "output"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.Stdout = f // 1 is no pipe
		cmd.Env = append(os.Environ(), mode+"=none", "TD_CONTROL_FD="+fd)
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, f.Name(), "request 0")
	}
}

func TestStartError(t *testing.T) {
	if _, err := childproc.Start(filepath.Join(t.TempDir(), "none"), nil, nil, nil, nil); err == nil {
		t.Error("a missing program starts")
	}
}
