package completion

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestBashAlias checks that on bash 3.2, which has no BASH_ALIASES, the name of the program
// is not evaluated as an array subscript, which would run commands in it.
func TestBashAlias(t *testing.T) {
	program, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "td.bash")
	if err := os.WriteFile(script, []byte(bash), 0o600); err != nil {
		t.Fatal(err)
	}
	line := `. "$1"; unset BASH_ALIASES; COMP_WORDS=("'x[\$(touch ran)]/td'" "") COMP_CWORD=1 COMP_LINE="'x[\$(touch ran)]/td' "; ` +
		`COMP_POINT=${#COMP_LINE}; td() { :; }; __td`
	c := exec.CommandContext(t.Context(), program, "--norc", "-c", line, "bash", script)
	c.Dir = dir
	out, err := c.CombinedOutput() // the status does not matter
	if len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("a command in the line was run")
	}
}

// TestPowerShellGuard checks that the guard precedes the evaluation of the command line.
func TestPowerShellGuard(t *testing.T) {
	text, err := Script(&cobra.Command{Use: "td"}, "powershell")
	if err != nil {
		t.Fatal(err)
	}
	guard, evaluation := strings.Index(string(text), powershellGuard), strings.Index(string(text), "Invoke-Expression")
	if guard < 0 || evaluation < guard {
		t.Errorf("guard at %d, evaluation at %d", guard, evaluation)
	}
}
