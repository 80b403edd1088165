package cmd_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestOrder checks that messages and data are in the order in which td wrote them if both
// streams are the same pipe.
func TestOrder(t *testing.T) {
	c := exec.Command("td", "-e", "sandbox", "query", "-d", "sample_datasets", "SELECT 1")
	c.Env = []string{"HOME=" + t.TempDir()}
	out, err := c.CombinedOutput()
	const want = "Job 1 is queued.\nUse 'td "
	if err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("%v: %q, want %q", err, out, want)
	}
}

// TestTimeZone checks that POSIX rules in TZ apply, and that an unknown zone is an error for
// times without one.
func TestTimeZone(t *testing.T) {
	td, err := exec.LookPath("td")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	run := func(tz string, args ...string) (string, int) {
		c := exec.Command(td, args...)
		c.Env = []string{"HOME=" + home, "TZ=" + tz}
		out, _ := c.CombinedOutput()
		return string(out), c.ProcessState.ExitCode()
	}
	if out, status := run("UTC", "-e", "sandbox", "sched:create", "daily", "@daily", "-d", "sample_datasets", "SELECT 1"); status != 0 {
		t.Fatal(out)
	}
	const want = "Scheduled 1 jobs from 2026-01-01 00:00:00 +0900."
	if out, _ := run("JST-9", "-e", "sandbox", "sched:run", "daily", "2026-01-01 00:00:00"); !strings.HasPrefix(out, want) {
		t.Errorf("%q, want %q", out, want)
	}
	if out, status := run("Asia/Nowhere", "-e", "sandbox", "sched:run", "daily", "2026-01-01 00:00:00"); status != 2 || !strings.Contains(out, `unknown time zone "Asia/Nowhere" in the variable TZ`) {
		t.Errorf("unknown zone: status %d, %q", status, out)
	}
}
