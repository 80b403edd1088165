package systemdunit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/systemdunit"
)

func unit(program, dir string) systemdunit.Unit {
	return systemdunit.Unit{
		Name: "daily", Times: "0 6 * * *", Calendar: []string{"*-*-* 06:00:00"}, Program: program, Directory: dir,
		Args:        []string{"cron", "--", "query", "SELECT '%Y' || \"a\\b\" || $1\nFROM t", ""},
		Environment: []string{"PATH=/usr/bin:/bin", "HOME=/home/me 100%"},
		Command:     "query …",
	}
}

func TestText(t *testing.T) {
	u := unit("/usr/bin/td", "/srv/my reports 100%")
	const service = `# Times: 0 6 * * *
# Command: query …
[Unit]
Description=td cron daily

[Service]
Type=oneshot
WorkingDirectory=/srv/my reports 100%%
Environment="PATH=/usr/bin:/bin"
Environment="HOME=/home/me 100%%"
ExecStart="/usr/bin/td" "cron" "--" "query" "SELECT '%%Y' || \"a\\b\" || $$1\nFROM t" ""
# td ends its child process itself, and leaves the job running.
KillMode=mixed
TimeoutStopSec=60
`
	if diff := cmp.Diff(service, u.Service()); diff != "" {
		t.Error(diff)
	}
	const timer = `[Unit]
Description=td cron daily: 0 6 * * *

[Timer]
OnCalendar=*-*-* 06:00:00
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
`
	if diff := cmp.Diff(timer, u.Timer()); diff != "" {
		t.Error(diff)
	}
	if times, command := systemdunit.Describe(u.Service()); times != u.Times || command != u.Command {
		t.Errorf("Describe: %q, %q", times, command)
	}
	if times, command := systemdunit.Describe("[Unit]\n"); times != "" || command != "" {
		t.Errorf("Describe of another unit: %q, %q", times, command)
	}
}

func TestLines(t *testing.T) {
	for dir, valid := range map[string]bool{
		"/srv/a b \"'$%": true, "/": true, "/a\\b": true, "/a\nExecStartPre=x": false, "/a\rb": false, "/a\\": false, "/a ": false, "/a\t": false,
	} {
		if err := systemdunit.CheckDirectory(dir); (err == nil) != valid {
			t.Errorf("CheckDirectory(%q) = %v", dir, err)
		}
	}
	u := unit("/usr/bin/td", "/")
	lines := strings.Count(u.Service(), "\n")
	u.Command, u.Args, u.Environment[0] = "a\nb\rc\x00", []string{"a\nb\rc"}, "A=a\nb\rc"
	if text := u.Service(); strings.Count(text, "\n") != lines || strings.ContainsAny(text, "\r\x00") {
		t.Errorf("lines in the command:\n%q", text)
	}
}

// TestVerify passes the units to systemd-analyze.
func TestVerify(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	u := unit(exe, dir)
	for name, text := range map[string]string{systemdunit.ServiceName(u.Name): u.Service(), systemdunit.TimerName(u.Name): u.Timer()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, wrong := range map[string]bool{systemdunit.ServiceName(u.Name): false, systemdunit.TimerName(u.Name): false, "wrong.service": true} {
		if wrong {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("[Service]\nExecStart=/nonexistent\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(analyze, "verify", "--man=no", filepath.Join(dir, name))
		cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":")
		out, err := cmd.CombinedOutput()
		found := err != nil || strings.Contains(string(out), dir)
		if found != wrong {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
