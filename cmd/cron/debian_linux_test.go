package cron_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDebianCron runs td under Debian's cron for two minutes. The variable TD_TEST_CRON names a directory with the files of
// Debian's package cron (dpkg-deb -x); the test must be run by root.
func TestDebianCron(t *testing.T) {
	dir := os.Getenv("TD_TEST_CRON")
	if dir == "" || os.Getuid() != 0 {
		t.Skip("needs root and TD_TEST_CRON")
	}
	m := newMachine(t)
	m.home = "/tmp/" + filepath.Base(m.home) + filepath.Base(filepath.Dir(m.home)) // not too long for a crontab
	if err := os.Mkdir(m.home, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(m.home) })
	if err := os.Mkdir(filepath.Join(m.home, ".td"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		".td/td.conf": "[account]\napikey = " + apiKey + "\nendpoint = " + m.server + "\n",
		"long.sql":    longSQL,
	} {
		if err := os.WriteFile(filepath.Join(m.home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HOME=" + m.home, "PATH=" + filepath.Dir(m.td) + ":/usr/bin:/bin:/usr/sbin:/sbin"}
	script, err := filepath.Abs("testdata/debian/run.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "-m", "sh", script, dir)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	counts := map[string]int{}
	for name, want := range map[string]string{
		"lock=ok": "no mail", "lock=long": "no mail", "lock=fails": "td: query ended with status 3 after",
		"lock=slow": "td: query did not end within 3s and was killed with its job", "--lock detached": "of an earlier attempt is continued.",
	} {
		for _, text := range m.mails(name) {
			counts[name]++
			if strings.Count(text, want) != 1 {
				t.Errorf("mail about %s:\n%s", name, text)
			}
		}
	}
	if counts["lock=fails"] != 1 || counts["lock=slow"] != 1 || counts["--lock detached"] != 1 {
		t.Errorf("mails: %v\n%s", counts, out)
	}
	files := map[string]string{"ok.csv": `100%,\\%,\%d` + "\n", "long.csv": m.read("long.want")}
	for name, want := range files {
		if got := m.read(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if running := m.read("running"); strings.Count(running, "\n") != 1 {
		t.Errorf("jobs of the two runs without --schedule, which were killed: %q", running)
	}
}

// mails returns the mails about the command lines that contain a text.
func (m *machine) mails(text string) (found []string) {
	m.Helper()
	paths, err := filepath.Glob(filepath.Join(m.home, "mail", "*"))
	if err != nil {
		m.Fatal(err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			m.Fatal(err)
		}
		_, subject, _ := strings.Cut(string(b), "Subject:")
		if subject, _, _ = strings.Cut(subject, "\n"); strings.Contains(subject, text) {
			found = append(found, string(b))
		}
	}
	return found
}

// read returns the content of a file in the home directory.
func (m *machine) read(name string) string {
	m.Helper()
	b, err := os.ReadFile(filepath.Join(m.home, name))
	if err != nil {
		m.Error(err)
	}
	return string(b)
}
