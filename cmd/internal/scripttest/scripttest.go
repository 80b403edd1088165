// Package scripttest runs the testscript files (*.txtar) of the commands. A script runs the
// real td, in its own home directory, against a sandbox served over HTTP.
//
// See https://pkg.go.dev/github.com/rogpeppe/go-internal/testscript for the script language.
package scripttest

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/td-cli/td/internal/sandbox"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

// controlFile is the file in a script's directory that lists control characters that td
// wrote to a file or a pipe. A script whose data contains such characters turns the check
// off with "env TD_TEST_CONTROL=".
const controlFile = ".control"

// Run runs the scripts in dir in parallel. Each has its own sandbox, whose address and
// key are in TD_API_SERVER and TD_API_KEY.
func Run(t *testing.T, dir string) { run(t, dir, startSandbox) }

// RunAlone runs the scripts in dir without a sandbox.
func RunAlone(t *testing.T, dir string) { run(t, dir, nil) }

func run(t *testing.T, dir string, setup func(*testing.T, *testscript.Env) error) {
	t.Helper()
	restoreSignals()
	td, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		ContinueOnError:     true,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			report := filepath.Join(e.WorkDir, controlFile)
			e.Setenv("PATH", filepath.Dir(td)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("TZ", "UTC")
			e.Setenv("RUNEWIDTH_EASTASIAN", "")
			e.Setenv("TD_TEST_CONTROL", report)
			e.Setenv("TD_COMPLETION_TIMEOUT", "1m") // the machine may be busy
			e.Setenv("GORACE", "atexit_sleep_ms=0") // a race build would end a second late
			e.Defer(func() { checkControl(t, report) })
			if setup == nil {
				return nil
			}
			return setup(t, e)
		},
		Cmds: commands(),
	})
}

func startSandbox(t *testing.T, e *testscript.Env) error {
	s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: filepath.Join(e.WorkDir, ".sandbox"), APIKey: "1/test"})
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
}

func checkControl(t *testing.T, report string) {
	if b, err := os.ReadFile(report); err == nil {
		t.Errorf("control characters on a stream that is not a terminal:\n%s", b)
	}
}
