package cmd

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/td-cli/td/internal/console"
)

// A session is a home directory and a keyring in memory.
type session struct {
	*testing.T
	home string
}

// run runs td and returns its exit status and both streams.
func (s session) run(args ...string) (status int, out, talk string) {
	s.Helper()
	var stdout, stderr bytes.Buffer
	vars := map[string]string{"HOME": s.home, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
	status = Run(s.Context(), &console.Console{In: strings.NewReader("1/typed\n"), Out: &stdout, Err: &stderr},
		func(name string) string { return vars[name] }, args)
	return status, stdout.String(), stderr.String()
}

func (s session) must(args ...string) string {
	s.Helper()
	status, out, talk := s.run(args...)
	if status != 0 {
		s.Fatalf("%v: exit status %d: %s", args, status, talk)
	}
	return out
}

// conf returns td.conf, with HOME for the home directory.
func (s session) conf() string {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.home, ".td", "td.conf"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	return strings.ReplaceAll(filepath.ToSlash(string(b)), filepath.ToSlash(s.home), "HOME")
}

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	s := session{t, t.TempDir()}
	s.must("apikey:set", "--keyring", "-")
	s.must("--profile", "jp", "-e", "jp01", "apikey:set", "--keyring", "2/jp")
	want := "[account]\n  apikey_keyring = HOME/.td/td.conf default\n" +
		"[profile jp]\n  apikey_keyring = HOME/.td/td.conf jp\n  endpoint = https://api.treasuredata.co.jp\n"
	if got := s.conf(); got != want {
		t.Errorf("td.conf is %q, want %q", got, want)
	}
	if got := s.must("apikey:show") + s.must("--profile", "jp", "apikey:show"); got != "1/typed\n2/jp\n" {
		t.Errorf("the keys are %q", got)
	}
	if status, _, talk := s.run("apikey:set", "--keyring", "1/other"); status != 9 {
		t.Errorf("a saved key is replaced unasked: %d, %s", status, talk)
	}

	// A key in the file replaces the one in the keyring.
	item := filepath.Join(s.home, ".td", "td.conf") + " jp"
	s.must("--profile", "jp", "apikey:set", "-f", "2/file")
	if got := s.must("--profile", "jp", "apikey:show"); got != "2/file\n" {
		t.Errorf("the key is %q", got)
	}
	if _, err := keyring.Get("treasure-data", item); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the old key stays: %v", err)
	}

	// A missing key is a clear error.
	if err := keyring.Delete("treasure-data", strings.TrimSuffix(item, "jp")+"default"); err != nil {
		t.Fatal(err)
	}
	status, _, talk := s.run("db:list")
	if status != 6 || !strings.Contains(talk, "the OS keyring has no such key") || !strings.Contains(talk, "hint: 'td apikey:set -f --keyring'") {
		t.Errorf("exit status %d: %s", status, talk)
	}
}

func TestKeyringFails(t *testing.T) {
	keyring.MockInitWithError(errors.New("locked"))
	s := session{t, t.TempDir()}
	status, out, talk := s.run("apikey:set", "--keyring", "1/5ecre7")
	if status != 6 || out != "" || !strings.Contains(talk, "nothing was saved: cannot use the OS keyring: locked") {
		t.Errorf("exit status %d: %s%s", status, out, talk)
	}
	if strings.Contains(talk, "5ecre7") || s.conf() != "" {
		t.Errorf("something was saved or shown: %q, %s", s.conf(), talk)
	}
}

// If td.conf cannot be saved, the key is removed from the keyring.
func TestKeyringIsPutBack(t *testing.T) {
	keyring.MockInit()
	s := session{t, t.TempDir()}
	if err := os.WriteFile(filepath.Join(s.home, ".td"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, talk := s.run("apikey:set", "--keyring", "1/typed"); status == 0 {
		t.Errorf("it was saved: %s", talk)
	}
	if _, err := keyring.Get("treasure-data", filepath.Join(s.home, ".td", "td.conf")+" default"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the key stays: %v", err)
	}
}
