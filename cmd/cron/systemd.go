package cron

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/systemdunit"
)

// unitDir returns the directory of the user's units.
func unitDir(env *cli.Env) (string, error) {
	home := config.HomeDir(env.Getenv)
	if home == "" {
		return "", cli.Usagef("there is no home directory for the units; set HOME")
	}
	return systemdunit.Dir(env.Getenv("XDG_CONFIG_HOME"), home), nil
}

// installTimer writes a service and a timer and starts the timer. It reports whether that changed anything.
func installTimer(ctx context.Context, env *cli.Env, e entry, replace bool) (changed bool, err error) {
	dir, err := unitDir(env)
	if err != nil {
		return false, err
	}
	if err := systemdunit.CheckDirectory(e.dir); err != nil {
		return false, cli.WithHint(cli.UsageError{Err: err}, "change to another directory")
	}
	u := systemdunit.Unit{
		Name: e.name, Times: e.spec.String(), Calendar: e.spec.Calendar(), Program: e.program, Args: e.args,
		Directory: e.dir, Environment: e.env, Command: e.command,
	}
	service := filepath.Join(dir, systemdunit.ServiceName(e.name))
	timer := filepath.Join(dir, systemdunit.TimerName(e.name))
	same := hasText(service, u.Service()) && hasText(timer, u.Timer())
	if _, err := os.Stat(timer); err == nil && !same && !replace {
		return false, errDiffers(e.name)
	}
	if env.PlanLocal("write", service) && env.PlanLocal("write", timer) {
		return false, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	if err := atomicfile.WriteFile(service, []byte(u.Service()), atomicfile.Options{}); err != nil {
		return false, err
	}
	if err := atomicfile.WriteFile(timer, []byte(u.Timer()), atomicfile.Options{}); err != nil {
		return false, err
	}
	if err := systemctl(ctx, "daemon-reload"); err != nil {
		return false, cli.WithHint(fmt.Errorf("the units of %s are in %s, but the timer does not run: %w", e.name, dir, err),
			"on a machine with systemd run 'systemctl --user daemon-reload && systemctl --user enable --now %s'", systemdunit.TimerName(e.name))
	}
	if err := systemctl(ctx, "enable", systemdunit.TimerName(e.name)); err != nil {
		return false, err
	}
	if err := systemctl(ctx, "restart", systemdunit.TimerName(e.name)); err != nil {
		return false, err
	}
	env.Say("The timer only runs while you are logged in, unless 'loginctl enable-linger' was run.")
	return !same, nil
}

// hasText reports whether the file at path has a content.
func hasText(path, text string) bool {
	b, err := os.ReadFile(path)
	return err == nil && string(b) == text
}

// systemctl runs the program systemctl for the user's instance of systemd.
func systemctl(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "systemctl", append([]string{"--user", "--quiet"}, args...)...).CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("systemctl is not installed")
	case err != nil:
		return fmt.Errorf("systemctl --user %s: %w: %s", strings.Join(args, " "), err, strings.Join(strings.Fields(string(out)), " "))
	}
	return nil
}

// readTimers returns the installed timers.
func readTimers(env *cli.Env) (list []installed, err error) {
	dir, err := unitDir(env)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		name, isTimer := strings.CutSuffix(strings.TrimPrefix(e.Name(), systemdunit.Prefix), ".timer")
		if !isTimer || !strings.HasPrefix(e.Name(), systemdunit.Prefix) {
			continue
		}
		service, readErr := os.ReadFile(filepath.Join(dir, systemdunit.ServiceName(name)))
		if readErr != nil {
			continue // a timer of another program
		}
		if times, command := systemdunit.Describe(string(service)); times != "" {
			list = append(list, installed{name, inSystemd, times, command})
		}
	}
	return list, err
}

// removeTimer stops a timer and removes its units.
func removeTimer(ctx context.Context, env *cli.Env, name string) error {
	dir, err := unitDir(env)
	if err != nil {
		return err
	}
	service := filepath.Join(dir, systemdunit.ServiceName(name))
	timer := filepath.Join(dir, systemdunit.TimerName(name))
	if env.PlanLocal("remove", service) && env.PlanLocal("remove", timer) {
		return nil
	}
	stopErr := systemctl(ctx, "disable", "--now", systemdunit.TimerName(name))
	if err := errors.Join(os.Remove(timer), os.Remove(service)); err != nil {
		return err
	}
	if stopErr == nil {
		stopErr = systemctl(ctx, "daemon-reload")
	}
	if stopErr != nil {
		env.Warn("the units are removed, but the timer could not be stopped: %v", stopErr)
	}
	return nil
}
