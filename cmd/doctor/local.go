package doctor

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/td-cli/td/cmd/internal/cluster"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/text"
)

// completion looks for the completion script of the user's shell in the folders that the
// shell reads, and for a line of a start-up file that loads it.
func completion(env *cli.Env) finding {
	const check = "completion"
	shell := filepath.Base(env.Getenv("SHELL"))
	home := config.HomeDir(env.Getenv)
	if runtime.GOOS == "windows" && env.Getenv("SHELL") == "" {
		shell = "powershell"
	}
	data := cmp.Or(env.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local", "share"))
	settings := cmp.Or(env.Getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config"))
	var scripts, startup []string
	switch shell {
	case "bash":
		scripts = []string{
			filepath.Join(cmp.Or(env.Getenv("BASH_COMPLETION_USER_DIR"), filepath.Join(data, "bash-completion")), "completions", "td"), "/usr/share/bash-completion/completions/td", "/etc/bash_completion.d/td",
			"/usr/local/share/bash-completion/completions/td", "/usr/local/etc/bash_completion.d/td", "/opt/homebrew/etc/bash_completion.d/td",
		}
		startup = []string{filepath.Join(home, ".bashrc"), filepath.Join(home, ".bash_profile"), filepath.Join(home, ".bash_completion")}
	case "zsh":
		scripts = []string{
			filepath.Join(home, ".zfunc/_td"), filepath.Join(home, ".zsh/completions/_td"), filepath.Join(data, "zsh/site-functions/_td"),
			"/usr/share/zsh/site-functions/_td", "/usr/share/zsh/vendor-completions/_td", "/usr/local/share/zsh/site-functions/_td", "/opt/homebrew/share/zsh/site-functions/_td",
		}
		startup = []string{filepath.Join(cmp.Or(env.Getenv("ZDOTDIR"), home), ".zshrc")}
	case "fish":
		scripts = []string{
			filepath.Join(settings, "fish/completions/td.fish"), filepath.Join(data, "fish/vendor_completions.d/td.fish"),
			"/usr/share/fish/vendor_completions.d/td.fish", "/usr/local/share/fish/vendor_completions.d/td.fish", "/opt/homebrew/share/fish/vendor_completions.d/td.fish",
		}
		startup = []string{filepath.Join(settings, "fish/config.fish")}
	case "pwsh", "powershell":
		for _, dir := range []string{filepath.Join(home, "Documents", "PowerShell"), filepath.Join(home, "Documents", "WindowsPowerShell"), filepath.Join(settings, "powershell")} {
			startup = append(startup, filepath.Join(dir, "Microsoft.PowerShell_profile.ps1"), filepath.Join(dir, "profile.ps1"))
		}
	default:
		return skip("SHELL is not a shell that td supports", check)[0]
	}
	for _, path := range scripts {
		if _, err := os.Stat(path); err == nil {
			return finding{check, ok, path, nil}
		}
	}
	for _, path := range startup {
		if b, err := os.ReadFile(path); err == nil && strings.Contains(string(b), "td completion") {
			return finding{check, ok, "loaded by " + path, nil}
		}
	}
	return finding{check, warning, "not found for " + shell + "; 'td completion:install' installs it", nil}
}

// sandboxFolder checks that the sandbox can store its data.
func sandboxFolder(ctx context.Context, env *cli.Env) finding {
	const check = "sandbox"
	dir, err := cli.SandboxDir(env.Getenv)
	if err != nil {
		return finding{check, warning, err.Error(), nil}
	}
	ctx, cancel := context.WithTimeout(ctx, diskLimit)
	defer cancel()
	info, err := sandbox.Describe(ctx, dir)
	switch {
	case errors.Is(err, sandbox.ErrInUse):
		return finding{check, ok, dir + " is in use by another td", nil}
	case errors.Is(err, context.DeadlineExceeded):
		return finding{check, ok, dir + " is too large to measure here", nil}
	case err != nil:
		return failure(check, cli.WithHint(err, "'td sandbox:reset' recreates it"))
	}
	if err := writable(dir); err != nil {
		return failure(check, err)
	}
	if !info.Exists {
		return finding{check, ok, "not created yet; its folder is " + dir, nil}
	}
	if info.Engine != "" {
		description, oldVersion, err := cluster.Describe(ctx, env, info.Engine)
		if err != nil {
			return finding{check, warning, dir + ": " + err.Error(), nil}
		}
		if oldVersion != "" {
			return finding{check, warning, dir + ", " + oldVersion, nil}
		}
		return finding{check, ok, dir + ", " + description, nil}
	}
	return finding{check, ok, dir + ", " + text.FileSize(info.Bytes), nil}
}

// writable returns an error unless a file can be created in dir, or dir itself can be
// created.
func writable(dir string) error {
	for {
		_, err := os.Stat(dir)
		if err == nil || !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".td-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
