package cron

import (
	"errors"
	"math"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/cronspec"
)

// Values of --on-timeout.
const (
	detach = "detach"
	kill   = "kill"
)

// options are the flags that cron and cron:install share.
type options struct {
	lock       string
	lockWait   lockWait
	jitter     time.Duration
	timeout    time.Duration
	onTimeout  string
	retries    int
	retryPause time.Duration
	heartbeat  string
	logDir     string
	logKeep    int
	schedule   string

	spec cronspec.Spec // of schedule; set by check
}

// add defines the flags, except --schedule.
func (o *options) add(fs *pflag.FlagSet) {
	fs.StringVar(&o.lock, "lock", "", "do not run (status 9) while another run holds the lock `NAME`")
	fs.Var(&o.lockWait, "lock-wait", "wait for the lock, at most `TIME` when given (--lock-wait=10m)")
	fs.Lookup("lock-wait").NoOptDefVal = noLimit
	duration := func(p *time.Duration, name string, value time.Duration, usage string) {
		fs.DurationVar(p, name, value, usage)
		fs.Lookup(name).DefValue = "0s" // the usage has the default
	}
	duration(&o.jitter, "jitter", 0, "start after a random part of this `TIME`, such as 5m")
	duration(&o.timeout, "timeout", 0, "end the command, with all its attempts, after this `TIME`, such as 2h")
	fs.StringVar(&o.onTimeout, "on-timeout", detach, "what the timeout does to a job: `detach` (status 5) or kill (status 4)")
	fs.IntVar(&o.retries, "retries", 0, "after status 5 or 10, try again up to `N` times")
	duration(&o.retryPause, "retry-pause", 30*time.Second, "pause for this `TIME` before the first retry, twice as long before each further one (default 30s)")
	fs.StringVar(&o.heartbeat, "heartbeat", "", "report start, success and failure to this `URL`, whose host is in heartbeat_hosts of td.conf")
	fs.StringVar(&o.logDir, "log-dir", "", "keep the logs of the last runs in this `FOLDER`")
	fs.IntVar(&o.logKeep, "log-keep", 30, "keep at most `N` logs")
	complete.Flags(fs, complete.Any, "lock", "lock-wait", "heartbeat")
	complete.Flags(fs, complete.OneOf(detach, kill), "on-timeout")
	complete.Flags(fs, complete.Folder, "log-dir")
}

// check returns a usage error for invalid values.
func (o *options) check() (err error) {
	switch {
	case o.lock != "" && checkName(o.lock) != nil:
		return cli.Usagef("--lock: %w", checkName(o.lock))
	case o.lockWait.on && o.lock == "":
		return cli.Usagef("--lock-wait requires --lock")
	case o.jitter < 0:
		return cli.Usagef("--jitter must not be negative, but is %s", o.jitter)
	case o.timeout < 0:
		return cli.Usagef("--timeout must not be negative, but is %s", o.timeout)
	case o.onTimeout != detach && o.onTimeout != kill:
		return cli.Usagef("--on-timeout must be detach or kill, not %q", o.onTimeout)
	case o.retries < 0:
		return cli.Usagef("--retries must be 0 or more, not %d", o.retries)
	case o.retryPause < 0:
		return cli.Usagef("--retry-pause must not be negative, but is %s", o.retryPause)
	case o.logKeep < 1:
		return cli.Usagef("--log-keep must be 1 or more, not %d", o.logKeep)
	case o.schedule != "":
		if o.spec, err = cronspec.Parse(o.schedule); err != nil {
			return cli.Usagef("--schedule: %w", err)
		}
		return cli.CheckZone()
	}
	return nil
}

// checkName returns an error unless a name can be a part of a file name and of a comment in a crontab.
func checkName(name string) error {
	const maxLength = 64
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if name == "" || len(name) > maxLength || strings.Trim(name, letters+"_.-") != "" || !strings.Contains(letters, name[:1]) {
		return errors.New("a name must start with a letter or digit and consist of at most 64 letters, digits, _, . and -")
	}
	return nil
}

// pause returns the time before the retry after attempt n, counted from 1.
func (o *options) pause(n int) time.Duration {
	const longest = 10 * time.Minute
	if p := float64(o.retryPause) * math.Pow(2, float64(n-1)); p < float64(max(longest, o.retryPause)) {
		return time.Duration(p)
	}
	return max(longest, o.retryPause)
}

// lockWait is the value of --lock-wait.
type lockWait struct {
	on    bool
	limit time.Duration // 0 means no limit
}

// noLimit is the value of --lock-wait without TIME.
const noLimit = "forever"

// Set implements pflag.Value.
func (w *lockWait) Set(s string) error {
	if s == noLimit {
		*w = lockWait{on: true}
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return errors.New("it must be a time greater than 0, such as 90s or 10m")
	}
	*w = lockWait{on: true, limit: d}
	return nil
}

// String implements pflag.Value.
func (w *lockWait) String() string {
	switch {
	case !w.on:
		return ""
	case w.limit == 0:
		return noLimit
	}
	return w.limit.String()
}

// Type implements pflag.Value.
func (w *lockWait) Type() string { return "TIME" }
