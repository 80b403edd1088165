//go:build !unix

package cmd_test

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// exitCode is the exit status as a shell shows it.
func exitCode(p *os.ProcessState) int { return p.ExitCode() }

// ptyRun stands for the script command pty, which needs a Unix terminal: scripts ask for
// [unix] before they use it.
func ptyRun(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("pty: there is none on this system; write [unix] before it")
}
