package cmd_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/internal/sandbox"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"td": func() {
			watched := watchStreams()
			status := cmd.Main()
			watched()
			os.Exit(status)
		},
	})
}

// The scripts run td as its users do. Those below script/ talk to a sandbox that is served
// over HTTP, each to one of its own; those below embedded/ set their own scene.
func TestScript(t *testing.T)   { runScripts(t, "testdata/script", true) }
func TestEmbedded(t *testing.T) { runScripts(t, "testdata/embedded", false) }

func runScripts(t *testing.T, dir string, served bool) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("TZ", "UTC")
			e.Setenv("RUNEWIDTH_EASTASIAN", "")
			e.Setenv("TD_TEST_CONTROL", e.WorkDir+"/.control")
			e.Defer(func() { checkControl(t, e.WorkDir+"/.control") })
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else each td of a race build ends a second late
			if !served {
				return nil
			}
			s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: e.WorkDir + "/.sandbox", APIKey: "1/test"})
			if err != nil {
				return err
			}
			srv := httptest.NewServer(s)
			e.Defer(func() {
				srv.Close()
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			e.Setenv("TD_API_SERVER", srv.URL)
			e.Setenv("TD_API_KEY", "1/test")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    wantStatus,
			"pty":       ptyRun,
			"poll":      poll,
			"setvar":    setVar,
			"nocontrol": noControl,
			"harmless":  harmless,
			"freeport":  freePort,
		},
	})
}

// wantStatus is the script command "status N command args...": the command must end with
// exit status N. "! exec" only tells zero from the rest.
func wantStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := run(ts, args[1:]); got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// run runs a command and returns its exit status, 128 and the signal's number after a signal.
func run(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		ts.Fatalf("%v", err)
	}
	return exitCode(exit.ProcessState)
}

// poll is the script command "poll WORD command args...": run the command again and again
// until its standard output is WORD.
func poll(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: poll WORD command args...")
	}
	for range 600 {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && ts.ReadFile("stdout") == args[0]+"\n" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%q did not print %q", args[1:], args[0])
}

// setVar is the script command "setvar NAME FORMAT": read NAME from the last standard
// output, which must be of the form of FORMAT, as in "Job %d is queued.".
func setVar(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: setvar NAME FORMAT")
	}
	var n int64
	if _, err := fmt.Sscanf(ts.ReadFile("stdout"), args[1], &n); err != nil {
		ts.Fatalf("stdout is not of the form %q: %v", args[1], err)
	}
	ts.Setenv(args[0], strconv.FormatInt(n, 10))
}

// freePort is the script command "freeport NAME": set NAME to a port that nobody listens on.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	ts.Check(l.Close())
}

// noControl is the script command "nocontrol": neither stream of the last command holds a
// control character besides line feeds.
func noControl(ts *testscript.TestScript, _ bool, _ []string) {
	for _, stream := range []string{"stdout", "stderr"} {
		for i, b := range []byte(ts.ReadFile(stream)) {
			if b < 0x20 && b != '\n' || b == 0x7f {
				ts.Fatalf("%s holds the control character %#x at byte %d", stream, b, i)
			}
		}
	}
}
