//go:build !linux

package scripttest

import "github.com/rogpeppe/go-internal/testscript"

// runOnTerminal fails: there are no pseudo-terminals on this system. Scripts use the
// condition [linux] before "pty".
func runOnTerminal(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("pty is not supported on this system")
}
