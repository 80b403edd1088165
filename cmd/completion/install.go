package completion

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
)

type installOptions struct{ rc, dryRun bool }

// NewInstall returns the command completion:install.
func NewInstall(e *cli.Env) *cobra.Command {
	var o installOptions
	cmd := &cobra.Command{
		Use:   "completion:install [SHELL]",
		Short: "Put the completion script where the shell finds it",
		Long: `Put the completion script where bash, zsh or fish finds it, and say what else must be done.
Without SHELL it is the one in $SHELL. No other file is changed, but with --rc, which adds
a line to ~/.bashrc or ~/.zshrc. For powershell the line to add to $PROFILE is printed.`,
		Example:     "  td completion:install\n  td completion:install zsh --rc\n  td completion:install bash --dry-run",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.OneOf(Shells()...)),
		RunE: func(cmd *cobra.Command, args []string) error {
			shell, err := shellOf(e, args)
			if err != nil {
				return err
			}
			return install(e, cmd.Root(), o, shell)
		},
	}
	cmd.Flags().BoolVar(&o.rc, "rc", false, "also add to ~/.bashrc or ~/.zshrc what is needed there")
	cmd.Flags().BoolVarP(&o.dryRun, "dry-run", "n", false, "say what would be done, and do nothing")
	return cmd
}

// shellOf is the shell that is named, or else the user's own.
func shellOf(e *cli.Env, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], check(args[0])
	}
	path := e.Getenv("SHELL")
	if path == "" && e.Getenv("PSModulePath") != "" {
		return "powershell", nil
	}
	shell := strings.TrimSuffix(filepath.Base(filepath.ToSlash(path)), ".exe")
	if shell == "pwsh" {
		shell = "powershell"
	}
	if check(shell) != nil {
		return "", cli.WithHint(cli.Usagef("$SHELL, %q, is none that td can complete in", path), "name one: td completion:install bash")
	}
	return shell, nil
}

// A place is where a shell finds the script.
type place struct {
	path string
	rc   string // the shell's own file
	line string // to stand in it; "": none is needed
	why  string // the line is needed
}

func install(e *cli.Env, root *cobra.Command, o installOptions, shell string) error {
	if shell == "powershell" {
		if o.rc {
			return cli.Usagef("--rc is for bash and zsh; powershell alone knows where its $PROFILE is")
		}
		e.Say("Add this line to the file that $PROFILE names:")
		e.Print("td completion powershell | Out-String | Invoke-Expression")
		return nil
	}
	p, err := placeOf(e, shell)
	if err != nil {
		return err
	}
	script, err := Script(root, shell)
	if err != nil {
		return err
	}
	if err := put(e, p.path, script, o.dryRun); err != nil {
		return err
	}
	if p.line == "" {
		e.Say("%s", p.why)
		return nil
	}
	if o.rc {
		return appendLine(e, p, o.dryRun)
	}
	e.Say("%s", p.why)
	e.Print("%s", p.line)
	return nil
}

// placeOf finds the place for bash, zsh or fish.
func placeOf(e *cli.Env, shell string) (place, error) {
	home := cmp.Or(e.Getenv("HOME"), e.Getenv("USERPROFILE"))
	if home == "" {
		return place{}, cli.WithHint(errors.New("there is no home directory to install the script in"), "'td completion %s' prints it", shell)
	}
	data := cmp.Or(absolute(e.Getenv("XDG_DATA_HOME")), filepath.Join(home, ".local", "share"))
	switch shell {
	case "bash":
		dir := cmp.Or(absolute(e.Getenv("BASH_COMPLETION_USER_DIR")), filepath.Join(data, "bash-completion"))
		path := filepath.Join(dir, "completions", "td")
		return place{
			path: path, rc: filepath.Join(home, ".bashrc"), line: ". " + quoted(path),
			why: "New shells load it where the package bash-completion is installed. Without it, add this line to ~/.bashrc:",
		}, nil
	case "zsh":
		dir := filepath.Join(data, "zsh", "site-functions")
		return place{
			path: filepath.Join(dir, "_td"), rc: filepath.Join(cmp.Or(e.Getenv("ZDOTDIR"), home), ".zshrc"),
			line: "fpath=(" + quoted(dir) + " $fpath); autoload -Uz compinit; compinit",
			why:  "zsh finds it when its folder is on $fpath before compinit runs. If it is not, add this line to ~/.zshrc:",
		}, nil
	}
	dir := cmp.Or(absolute(e.Getenv("XDG_CONFIG_HOME")), filepath.Join(home, ".config"))
	return place{
		path: filepath.Join(dir, "fish", "completions", "td.fish"),
		why:  "fish loads it by itself.",
	}, nil
}

// absolute returns a path that is absolute, as those in XDG variables must be, or "".
func absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return ""
}

// quoted is a path as a shell reads it.
func quoted(path string) string {
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// put writes the script, whole or not at all.
func put(e *cli.Env, path string, script []byte, dryRun bool) error {
	old, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(old, script):
		e.Say("%s is up to date.", path)
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case dryRun:
		e.Say("would write %s", path)
		return nil
	}
	if err := atomicfile.WriteFile(path, script, atomicfile.Options{DirMode: 0o755, Sync: true}); err != nil {
		return err
	}
	e.Say("written to %s", path)
	return nil
}

// appendLine adds the place's line to the shell's own file, if it is not there.
func appendLine(e *cli.Env, p place, dryRun bool) error {
	old, err := os.ReadFile(p.rc)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for l := range strings.Lines(string(old)) {
		if strings.TrimSpace(l) == p.line {
			e.Say("%s has the line already.", p.rc)
			return nil
		}
	}
	if dryRun {
		e.Say("would add to %s: %s", p.rc, p.line)
		return nil
	}
	text := p.line + "\n"
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		text = "\n" + text
	}
	f, err := os.OpenFile(p.rc, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	before, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err != nil { // a part of the line would be an error in every new shell
		return errors.Join(err, f.Truncate(before), f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	e.Say("added to %s: %s", p.rc, p.line)
	return nil
}
