package completion

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
)

// NewInstall returns the command completion:install.
func NewInstall(env *cli.Env) *cobra.Command {
	var editRC bool
	cmd := &cobra.Command{
		Use:   "completion:install [SHELL]",
		Short: "Install the completion script of a shell",
		Long: `Install the completion script for bash, zsh or fish (default: the shell in $SHELL) and
print what else is necessary. No other file is changed unless --rc is given, which adds a
line to ~/.bashrc or ~/.zshrc. For powershell, print the line to add to $PROFILE.`,
		Example:     "  td completion:install\n  td completion:install zsh --rc\n  td completion:install bash --dry-run",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.OneOf(shells()...)),
		RunE: func(cmd *cobra.Command, args []string) error {
			shell, err := selectShell(env.Getenv, args)
			if err != nil {
				return err
			}
			return install(env, cmd.Root(), editRC, shell)
		},
	}
	cmd.Flags().BoolVar(&editRC, "rc", false, "add the necessary line to ~/.bashrc or ~/.zshrc")
	argv.AddDryRun(cmd.Flags(), env, "n", "print what would be done, and do nothing")
	return cmd
}

// selectShell returns the shell in the arguments, or else the user's.
func selectShell(getenv func(string) string, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], checkShell(args[0])
	}
	path := getenv("SHELL")
	if path == "" {
		if getenv("PSModulePath") != "" {
			return "powershell", nil
		}
		return "", cli.WithHint(cli.Usagef("cannot determine which shell to set up: SHELL is not set"), "name it: td completion:install bash")
	}
	shell := strings.TrimSuffix(filepath.Base(filepath.ToSlash(path)), ".exe")
	if shell == "pwsh" {
		shell = "powershell"
	}
	if checkShell(shell) != nil {
		return "", cli.WithHint(cli.Usagef("no completion for the shell in SHELL, %q", path), "name another one: td completion:install bash")
	}
	return shell, nil
}

// A location is where a shell finds the script.
type location struct {
	path   string
	rc     string // startup file of the shell
	line   string // "" if rc needs no change
	advice string // explains when line is needed
}

func install(env *cli.Env, root *cobra.Command, editRC bool, shell string) error {
	if shell == "powershell" {
		if editRC {
			return cli.WithHint(cli.Usagef("--rc supports only bash and zsh"), "td completion:install powershell prints the line to add to $PROFILE")
		}
		env.Say("Add this line to the file in $PROFILE:")
		env.Print("td completion powershell | Out-String | Invoke-Expression")
		return nil
	}
	l, err := locate(env.Getenv, shell)
	if err != nil {
		return err
	}
	script, err := Script(root, shell)
	if err != nil {
		return err
	}
	if err := writeScript(env, l.path, script); err != nil {
		return err
	}
	if editRC && l.line != "" {
		return appendLine(env, l)
	}
	env.Say("%s", l.advice)
	if l.line != "" {
		env.Print("%s", l.line)
	}
	return nil
}

// locate returns the location for bash, zsh or fish:
//
//   - https://github.com/scop/bash-completion#faq
//   - https://zsh.sourceforge.io/Doc/Release/Completion-System.html#Initialization
//   - https://fishshell.com/docs/current/completions.html#where-to-put-completions
func locate(getenv func(string) string, shell string) (location, error) {
	home := config.HomeDir(getenv)
	if home == "" {
		return location{}, cli.WithHint(errors.New("cannot install the script: no home directory"), "'td completion %s' prints it", shell)
	}
	data := cmp.Or(absolute(getenv("XDG_DATA_HOME")), filepath.Join(home, ".local", "share"))
	switch shell {
	case "bash":
		dir := cmp.Or(absolute(getenv("BASH_COMPLETION_USER_DIR")), filepath.Join(data, "bash-completion"))
		path := filepath.Join(dir, "completions", "td")
		return location{
			path: path, rc: filepath.Join(home, ".bashrc"), line: ". " + quote(path),
			advice: "New shells load it if the package bash-completion is installed. If not, add this line to ~/.bashrc:",
		}, nil
	case "zsh":
		dir := filepath.Join(data, "zsh", "site-functions")
		return location{
			path: filepath.Join(dir, "_td"), rc: filepath.Join(cmp.Or(getenv("ZDOTDIR"), home), ".zshrc"),
			line:   "fpath=(" + quote(dir) + " $fpath); autoload -Uz compinit; compinit",
			advice: "New shells load it if its directory is in $fpath before compinit runs. If not, add this line to ~/.zshrc:",
		}, nil
	}
	dir := cmp.Or(absolute(getenv("XDG_CONFIG_HOME")), filepath.Join(home, ".config"))
	return location{
		path:   filepath.Join(dir, "fish", "completions", "td.fish"),
		advice: "New shells load it.",
	}, nil
}

// absolute returns path if it is absolute, and otherwise "": relative paths in XDG
// variables are ignored (https://specifications.freedesktop.org/basedir-spec/latest/).
func absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return ""
}

// quote quotes a path for a shell if necessary.
func quote(path string) string {
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func writeScript(env *cli.Env, path string, script []byte) error {
	old, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(old, script):
		env.Say("%s is up to date.", path)
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case env.PlanLocal("write", path):
		return nil
	}
	if err := atomicfile.WriteFile(path, script, atomicfile.Options{DirMode: 0o777, Sync: true}); err != nil {
		return err
	}
	env.Say("wrote %s", path)
	return nil
}

// appendLine adds the line to the shell's startup file unless the file contains it. The
// file is replaced atomically: a part of the line would be an error in every new shell.
func appendLine(env *cli.Env, l location) error {
	content, err := os.ReadFile(l.rc)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for line := range strings.Lines(string(content)) {
		if strings.TrimSpace(line) == l.line {
			env.Say("%s already contains the line.", l.rc)
			return nil
		}
	}
	if env.PlanLocal("add to", l.rc+": "+l.line) {
		return nil
	}
	if len(content) > 0 && !bytes.HasSuffix(content, []byte("\n")) {
		content = append(content, '\n')
	}
	content = append(content, l.line+"\n"...)
	if err := atomicfile.WriteFile(l.rc, content, atomicfile.Options{Sync: true}); err != nil {
		return err
	}
	env.Say("added to %s: %s", l.rc, l.line)
	return nil
}
