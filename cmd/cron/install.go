package cron

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/cronspec"
	"github.com/td-cli/td/internal/crontab"
	"github.com/td-cli/td/internal/redact"
)

type installOptions struct {
	options
	systemd, replace bool
}

// NewInstall returns the command cron:install.
func NewInstall(env *cli.Env, tree *argv.Tree) *cobra.Command {
	var o installOptions
	cmd := &cobra.Command{
		Use:   "cron:install NAME TIMES -- COMMAND…",
		Short: "Run a command of td regularly, from the crontab or a systemd timer",
		Long: `Run a command of td regularly with 'td cron', from your crontab or, with --systemd, a timer of your
systemd instance. TIMES are a cron expression or 'every day|weekday|hour [at] HH:MM', in the time zone of
the system. PATH, HOME, the settings file and the current directory are written with the command, but no
API key: it must be in the settings. Unless --lock is given, the lock is NAME. The flags are those of cron.`,
		Example: `  td cron:install daily 'every day 06:00' -- query -w -d web -q daily.sql -o daily.csv
  td cron:install load '*/20 * * * 1-5' --systemd --retries 3 -- connector:run -w orders`,
		Args:        cobra.MinimumNArgs(3),
		Annotations: complete.Args(complete.Any, complete.Cron, complete.Any, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			const before = 2 // arguments before --
			if cmd.ArgsLenAtDash() != before {
				return cli.WithHint(cli.Usagef("cron:install: -- must precede the command"), "usage: td %s", cmd.Use)
			}
			e, err := newEntry(env, tree, o, cmd, args[0], args[1], args[before:])
			if err != nil {
				return err
			}
			return install(cmd.Context(), env, o, e)
		},
	}
	argv.RunsCommand(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&o.systemd, "systemd", false, "create a timer of your systemd instance instead of an entry in the crontab")
	fs.BoolVar(&o.replace, "replace", false, "replace an entry or timer of this name that differs")
	o.add(fs)
	return cmd
}

// An entry is a command to be installed.
type entry struct {
	name    string
	spec    cronspec.Spec
	program string   // path of td
	args    []string // of td
	env     []string // NAME=VALUE
	dir     string
	command string // for people
}

// newEntry checks the arguments of cron:install.
func newEntry(env *cli.Env, tree *argv.Tree, o installOptions, cmd *cobra.Command, name, times string, command []string) (e entry, err error) {
	if err := checkName(name); err != nil {
		return e, cli.UsageError{Err: err}
	}
	spec, err := cronspec.Parse(times)
	if err != nil {
		return e, cli.UsageError{Err: err}
	}
	if err := cli.CheckZone(); err != nil {
		return e, err
	}
	if err := o.check(); err != nil {
		return e, err
	}
	if _, err := commandName(tree, command); err != nil {
		return e, err
	}
	globals := slices.DeleteFunc(globalFlags(tree, cmd), func(flag string) bool { return strings.HasPrefix(flag, "--config=") })
	if err := checkSecrets(tree, slices.Concat(globals, command)); err != nil {
		return e, err
	}
	if o.heartbeat != "" {
		if _, err := newPinger(env, o.heartbeat); err != nil {
			return e, err
		}
	}
	e = entry{name: name, spec: spec, command: quoteAll(command)}
	if e.program, err = findProgram(); err != nil {
		return e, err
	}
	if e.dir, err = os.Getwd(); err != nil {
		return e, err
	}
	if e.env, err = environment(env); err != nil {
		return e, err
	}
	flags := []string{"--schedule=" + spec.String()}
	if o.lock == "" {
		flags = append(flags, "--lock="+name)
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if tree.Root.Flags().Lookup(f.Name) == nil && f.Name != "systemd" && f.Name != "replace" && f.Name != "dry-run" {
			flags = append(flags, "--"+f.Name+"="+f.Value.String())
		}
	})
	e.args = slices.Concat(globals, []string{"cron"}, flags, []string{"--"}, command)
	return e, nil
}

// checkSecrets returns a usage error if a command contains a secret: crontabs, units and process lists are not private.
func checkSecrets(tree *argv.Tree, command []string) error {
	_, normalized, err := argv.Resolve(tree, command)
	if err != nil {
		return err
	}
	const advice = "save the API key with 'td apikey:set', and passwords of result URLs with 'td result:create'"
	for i, word := range normalized {
		flag, value, attached := strings.Cut(word, "=")
		if word == "--" {
			break
		}
		hasValue := attached && value != "" || !attached && i+1 < len(normalized) && !strings.HasPrefix(normalized[i+1], "-")
		if strings.HasPrefix(flag, "--") && flag != "--password" && redact.IsSecretName(strings.TrimPrefix(flag, "--")) && hasValue {
			return cli.WithHint(cli.Usagef("%s cannot be used in an installed command, because its value is secret", flag), advice)
		}
	}
	for _, word := range command {
		if redact.Text(word) != word {
			return cli.WithHint(cli.Usagef("an installed command cannot contain a secret: %s", redact.Text(word)), advice)
		}
	}
	return nil
}

// findProgram returns the path of this program: that in PATH if it is the same file, because it survives updates.
func findProgram() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	found, err := exec.LookPath("td")
	if err != nil {
		return exe, nil // td is not in PATH
	}
	a, errA := os.Stat(found)
	b, errB := os.Stat(exe)
	if errA == nil && errB == nil && os.SameFile(a, b) {
		return filepath.Abs(found)
	}
	return exe, nil
}

// environment returns the variables for an installed command. Keys and passwords are not among them.
func environment(env *cli.Env) (list []string, err error) {
	home := config.HomeDir(env.Getenv)
	list = []string{"PATH=" + searchPath(env.Getenv("PATH")), "HOME=" + home}
	settings := config.Path(env.Flags.Flags, env.Getenv)
	if _, err := os.Stat(settings); err == nil || env.Flags.Path != "" {
		if settings, err = filepath.Abs(settings); err != nil {
			return nil, err
		}
		list = append(list, "TD_CONFIG_PATH="+settings)
	}
	for _, name := range []string{
		"TREASURE_DATA_PROFILE", "TD_PROFILE", "TREASURE_DATA_API_SERVER", "TD_API_SERVER",
		"TREASURE_DATA_API_IMPORT_SERVER", "TD_API_IMPORT_SERVER", "TREASURE_DATA_WORKFLOW_ENDPOINT", "TD_SANDBOX_DIR", "XDG_STATE_HOME",
		"TREASURE_DATA_HISTORY", "TD_HISTORY", "TREASURE_DATA_SWAP_GUARD", "TD_SWAP_GUARD", "XDG_CACHE_HOME",
		"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
	} {
		value := env.Getenv(name)
		if redact.Text(value) != value {
			env.Warn("%s is not written, because it contains a password", name)
			continue
		}
		if value != "" {
			list = append(list, name+"="+value)
		}
	}
	if env.Getenv("TD_API_HEADERS") != "" {
		env.Warn("TD_API_HEADERS is not written, because a header can contain a secret")
	}
	if c, err := env.Config(); err == nil && c.Endpoint != config.Sandbox {
		if key := c.Setting("apikey"); key.Origin > config.File {
			env.Warn("the API key of %s is not written; save it with 'td apikey:set'", key.Where)
		} else if !c.HasKey() {
			env.Warn("no API key is saved; save it with 'td apikey:set'")
		}
	}
	return list, nil
}

// searchPath returns the absolute directories of PATH, each once.
func searchPath(path string) string {
	var dirs []string
	for _, dir := range filepath.SplitList(path) {
		if filepath.IsAbs(dir) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return strings.Join(dirs, string(filepath.ListSeparator))
}

// standardPath replaces PATH if the line of a crontab would be too long with it.
const standardPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = crontab.ShellQuote(word)
	}
	return strings.Join(quoted, " ")
}

// install installs a command and reports its times.
func install(ctx context.Context, env *cli.Env, o installOptions, e entry) error {
	installEntry := installLine
	if o.systemd {
		installEntry = installTimer
	}
	changed, err := installEntry(ctx, env, e, o.replace)
	if err != nil || env.Flags.DryRun {
		return err
	}
	if !changed {
		env.Say("%s is already installed.", e.name)
		return nil
	}
	now := time.Now()
	env.Say("%s is installed. It runs next at %s, if the time zone of the system is %s.", e.name, e.spec.Next(now).Format("2006-01-02 15:04 MST"), now.Format("MST"))
	skipped, repeated := e.spec.Changes(now)
	if !skipped.IsZero() {
		env.Warn("the clock skips this time on %s; cron daemons and systemd run the command at different times then, or not at all", skipped.Format(time.DateOnly))
	}
	if !repeated.IsZero() {
		env.Warn("the clock shows this time twice on %s, and the command may run twice", repeated.Format(time.DateOnly))
	}
	return nil
}

// errDiffers returns the error for an entry that exists already in another form.
func errDiffers(name string) error {
	return cli.WithHint(cli.StateError{Err: fmt.Errorf("%s is already installed with another command or other times", name)},
		"--replace replaces it, 'td cron:list' shows it")
}
