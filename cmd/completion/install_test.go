package completion

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

func TestQuote(t *testing.T) {
	for path, want := range map[string]string{
		"/home/a/.local/share": "/home/a/.local/share",
		"/home/a b/it's":       `'/home/a b/it'\''s'`,
		"/home/$USER":          `'/home/$USER'`,
	} {
		if got := quote(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestSelectShell(t *testing.T) {
	for _, tt := range []struct {
		args             []string
		shell, psModules string
		want, wantError  string
	}{
		{args: []string{"fish"}, shell: "/bin/bash", want: "fish"},
		{args: []string{"csh"}, wantError: `unknown shell "csh"`},
		{shell: "/usr/local/bin/zsh", want: "zsh"},
		{shell: "/usr/bin/pwsh", want: "powershell"},
		{shell: "/bin/bash", psModules: "x", want: "bash"},
		{psModules: "x", want: "powershell"},
		{wantError: "cannot determine which shell to set up: SHELL is not set"},
		{shell: "/bin/csh", wantError: `no completion for the shell in SHELL, "/bin/csh"`},
	} {
		vars := map[string]string{"SHELL": tt.shell, "PSModulePath": tt.psModules}
		got, err := selectShell(func(name string) string { return vars[name] }, tt.args)
		if err != nil {
			if err.Error() != tt.wantError || cli.Hint(err) == "" {
				t.Errorf("%+v: %v, hint %q", tt, err, cli.Hint(err))
			}
			continue
		}
		if got != tt.want || tt.wantError != "" {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}

func TestLocate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths are those of Unix")
	}
	for _, tt := range []struct {
		shell    string
		vars     map[string]string
		path, rc string
	}{
		{"bash", map[string]string{"HOME": "/h"}, "/h/.local/share/bash-completion/completions/td", "/h/.bashrc"},
		{"bash", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "/d"}, "/d/bash-completion/completions/td", "/h/.bashrc"},
		{"bash", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "d"}, "/h/.local/share/bash-completion/completions/td", "/h/.bashrc"},
		{"bash", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "/d", "BASH_COMPLETION_USER_DIR": "/b"}, "/b/completions/td", "/h/.bashrc"},
		{"zsh", map[string]string{"HOME": "/h"}, "/h/.local/share/zsh/site-functions/_td", "/h/.zshrc"},
		{"zsh", map[string]string{"HOME": "/h", "ZDOTDIR": "/z"}, "/h/.local/share/zsh/site-functions/_td", "/z/.zshrc"},
		{"fish", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/c"}, "/c/fish/completions/td.fish", ""},
		{"fish", map[string]string{"USERPROFILE": "/h"}, "/h/.config/fish/completions/td.fish", ""},
	} {
		l, err := locate(func(name string) string { return tt.vars[name] }, tt.shell)
		if err != nil {
			t.Errorf("%s, %v: %v", tt.shell, tt.vars, err)
		}
		if diff := cmp.Diff([]string{tt.path, tt.rc}, []string{l.path, l.rc}); diff != "" {
			t.Errorf("%s, %v: %s", tt.shell, tt.vars, diff)
		}
	}
}

// testEnv returns an environment that prints messages to the buffer.
func testEnv() (*cli.Env, *bytes.Buffer) {
	var messages bytes.Buffer
	return &cli.Env{Console: &console.Console{Out: &messages, Err: &messages}}, &messages
}

func TestAppendLine(t *testing.T) {
	for _, tt := range []struct{ name, content, want, message string }{
		{"empty", "", "the line\n", "added to"},
		{"content", "a\nb\n", "a\nb\nthe line\n", "added to"},
		{"no line end", "a\nb", "a\nb\nthe line\n", "added to"},
		{"present", "a\n  the line\nb\n", "a\n  the line\nb\n", "already contains the line"},
		{"part of a line", "# the line\n", "# the line\nthe line\n", "added to"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rc := filepath.Join(t.TempDir(), ".bashrc")
			if err := os.WriteFile(rc, []byte(tt.content), 0o640); err != nil {
				t.Fatal(err)
			}
			l := location{rc: rc, line: "the line"}
			env, messages := testEnv()
			env.Flags.DryRun = true
			if err := appendLine(env, l); err != nil {
				t.Fatal(err)
			}
			if b, err := os.ReadFile(rc); err != nil || string(b) != tt.content {
				t.Errorf("--dry-run changed the file: %q, %v", b, err)
			}
			messages.Reset()
			env.Flags.DryRun = false
			if err := appendLine(env, l); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(rc)
			if diff := cmp.Diff(tt.want, string(b)); diff != "" || err != nil {
				t.Errorf("%v: %s", err, diff)
			}
			if !strings.Contains(messages.String(), tt.message) {
				t.Errorf("%q does not contain %q", messages, tt.message)
			}
			if info, err := os.Stat(rc); runtime.GOOS != "windows" && (err != nil || info.Mode() != 0o640) {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
		})
	}
}

// TestAppendLineError checks that a startup file that cannot be written is reported and
// left alone: here, a link to a directory that does not exist.
func TestAppendLineError(t *testing.T) {
	dir := t.TempDir()
	rc := filepath.Join(dir, ".bashrc")
	if err := os.Symlink("missing/bashrc", rc); err != nil {
		t.Skip(err)
	}
	env, messages := testEnv()
	if err := appendLine(env, location{rc: rc, line: "x"}); err == nil || messages.Len() > 0 {
		t.Errorf("error %v, messages %q", err, messages)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Type() != fs.ModeSymlink {
		t.Errorf("the directory contains %v, %v", entries, err)
	}
}

func TestWriteScript(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "td")
	env, messages := testEnv()
	for _, tt := range []struct {
		script, message string
		dryRun          bool
		want            string
	}{
		{"one", "write " + path, true, ""},
		{"one", "wrote " + path, false, "one"},
		{"one", path + " is up to date.", false, "one"},
		{"two", "write " + path, true, "one"},
		{"two", "wrote " + path, false, "two"},
	} {
		messages.Reset()
		env.Flags.DryRun = tt.dryRun
		if err := writeScript(env, path, []byte(tt.script)); err != nil {
			t.Fatal(err)
		}
		got, _ := os.ReadFile(path) // may not exist
		if string(got) != tt.want || strings.TrimSpace(messages.String()) != tt.message {
			t.Errorf("%+v: content %q, message %q", tt, got, messages)
		}
	}
	if err := writeScript(env, filepath.Join(path, "td"), nil); err == nil {
		t.Error("no error for a path below a file")
	}
}

func TestInstallPowerShell(t *testing.T) {
	env, messages := testEnv()
	if err := install(env, &cobra.Command{}, true, "powershell"); err == nil || messages.Len() > 0 {
		t.Errorf("--rc: error %v, messages %q", err, messages)
	}
}
