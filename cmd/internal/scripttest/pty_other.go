//go:build !unix

package scripttest

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// ExitStatus returns the exit status.
func ExitStatus(p *os.ProcessState) int { return p.ExitCode() }

// runOnTerminal fails: there are no pseudo-terminals on this system. Scripts use the
// condition [unix] before "pty".
func runOnTerminal(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("pty is not supported on this system")
}
