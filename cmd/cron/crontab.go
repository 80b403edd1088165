package cron

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/crontab"
	"github.com/td-cli/td/internal/lockfile"
)

// installLine adds a command to the crontab, and reports whether that changed it.
func installLine(ctx context.Context, env *cli.Env, e entry, replace bool) (changed bool, err error) {
	line := e.line()
	if len(line) > crontab.MaxCommand {
		e.env[0] = standardPath
		if shorter := e.line(); len(shorter) <= crontab.MaxCommand {
			env.Warn("PATH is too long for a crontab, and %s is used instead", standardPath)
			line = shorter
		}
	}
	added := crontab.Entry{
		Name: e.name, Times: e.spec.String(), Line: line, Command: e.command,
		Notes: []string{"Times are in the time zone of the cron daemon. Remove this entry with 'td cron:remove " + e.name + "'."},
	}
	change := func(text string) (string, error) {
		entries, _ := crontab.Entries(text) // Set reports a damaged one of this name
		for _, old := range entries {
			switch {
			case old.Name != e.name:
			case old.Times == added.Times && old.Line == added.Line:
				return text, nil
			case !replace:
				return "", errDiffers(e.name)
			}
		}
		changed, err := crontab.Set(text, added)
		_, isDamaged := errors.AsType[crontab.NoEndError](err)
		switch {
		case isDamaged:
			return "", err
		case err != nil:
			return "", cli.WithHint(cli.UsageError{Err: err}, "write the SQL to a file and use -q FILE, or create a systemd timer with --systemd")
		}
		return changed, nil
	}
	if env.Flags.DryRun {
		text, err := readCrontab(ctx)
		if err == nil {
			_, err = change(text)
		}
		if err == nil {
			env.PlanLocal("add to the crontab:", added.Times+" "+added.Line)
		}
		return false, err
	}
	return editCrontab(ctx, env, change)
}

// line returns the shell command for a crontab. The shell is replaced, so that a signal for td does not end the process that
// the cron daemon waits for: that of Debian mails only what was printed until then.
func (e entry) line() string {
	var words []string
	for _, assignment := range e.env {
		name, value, _ := strings.Cut(assignment, "=")
		words = append(words, crontab.Assignment(name, value))
	}
	words = append(words, crontab.Quote(e.program))
	for _, arg := range e.args {
		words = append(words, crontab.Quote(arg))
	}
	return "cd " + crontab.Quote(e.dir) + " && exec env " + strings.Join(words, " ")
}

// errNoCrontab is the error for a system without cron.
var errNoCrontab = errors.New("the program crontab is not installed")

// readCrontab returns the user's crontab, which is empty if there is none.
func readCrontab(ctx context.Context) (string, error) {
	stdout, stderr, err := runCrontab(ctx, nil, "-l")
	if err != nil {
		if lower := strings.ToLower(stderr); strings.Contains(lower, "no crontab for") || strings.Contains(lower, "can't open") {
			return "", nil
		}
		return "", err
	}
	return stdout, nil
}

// runCrontab runs the program crontab.
func runCrontab(ctx context.Context, stdin []byte, args ...string) (stdout, stderr string, err error) {
	cmd := exec.CommandContext(ctx, "crontab", args...)
	var out, messages bytes.Buffer
	cmd.Env = append(cmd.Environ(), "LC_ALL=C")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &messages
	err = cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		err = cli.WithHint(errNoCrontab, "install a cron daemon, or use a systemd timer with --systemd")
	case err != nil:
		err = fmt.Errorf("crontab %s failed: %w: %s", strings.Join(args, " "), err, strings.Join(strings.Fields(messages.String()), " "))
	}
	return out.String(), messages.String(), err
}

// editCrontab replaces the user's crontab with the result of change, and reports whether it differs. td does not edit it
// concurrently.
func editCrontab(ctx context.Context, env *cli.Env, change func(text string) (string, error)) (changed bool, err error) {
	dir, err := stateDir(env)
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, err
	}
	lock, err := lockfile.Wait(ctx, filepath.Join(dir, "crontab.lock"))
	if err != nil {
		return false, err
	}
	defer func() { _ = lock.Release() }() // nothing is written to it
	text, err := readCrontab(ctx)
	if err != nil {
		return false, err
	}
	after, err := change(text)
	if err != nil || after == text {
		return false, err
	}
	_, _, err = runCrontab(ctx, []byte(after), "-")
	return err == nil, err
}
