package completion

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// On bash 3.2, which has no BASH_ALIASES, the name of the program is not reckoned with, nor
// what stands in its brackets run.
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
	out, err := c.CombinedOutput() // its status is that of nothing found
	if len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("what stands on the line was run")
	}
}

// The script for PowerShell, which evaluates the line, has its guard before all else.
func TestPowerShellGuard(t *testing.T) {
	text, err := Script(&cobra.Command{Use: "td"}, "powershell")
	if err != nil {
		t.Fatal(err)
	}
	guard, evaluates := strings.Index(string(text), powershellGuard), strings.Index(string(text), "Invoke-Expression")
	if guard < 0 || evaluates < guard {
		t.Errorf("the guard is at %d, the line is evaluated at %d", guard, evaluates)
	}
}
