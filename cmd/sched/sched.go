// Package sched is the commands on scheduled queries.
package sched

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the sched:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{
		NewList(env), NewCreate(env), NewUpdate(env), NewDelete(env), NewHistory(env), NewRun(env),
		NewResult(env),
	}
}

// explain names the schedule that an error is about; nil stays nil.
func explain(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return missing(name, err)
	case errors.Is(err, api.ErrConflict):
		return cli.AlreadyExists("schedule", name, err)
	}
	return err
}

// missing is the error for a schedule that the server does not have; err is what it said
// of it, or nil.
func missing(name string, err error) error {
	return cli.NotFound("schedule", name, "sched:list", cmp.Or(err, api.ErrNotFound))
}

// flags are the settings that create and update have in common.
type flags struct {
	database, jobType, timezone       string
	resultURL, user, priority, engine string
	password                          bool
	delay, retry                      int
}

func (f *flags) add(fs *pflag.FlagSet) {
	fs.StringVarP(&f.database, "database", "d", "", "run in database `DB`")
	fs.StringVarP(&f.jobType, "type", "T", "hive", "`TYPE` of the query: hive, trino or presto")
	fs.StringVarP(&f.timezone, "timezone", "t", "", "`ZONE` that the cron text is in, as Asia/Tokyo (default UTC)")
	fs.IntVarP(&f.delay, "delay", "D", 0, "start `SECONDS` after the scheduled time")
	fs.StringVarP(&f.resultURL, "result", "r", "", "let the server write the result to `URL`, or to a saved result's name")
	fs.StringVarP(&f.user, "user", "u", "", "`NAME` to put into the result URL")
	fs.BoolVarP(&f.password, "password", "p", false, "ask for the password to put into the result URL")
	fs.StringVarP(&f.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.IntVarP(&f.retry, "retry", "R", 0, "let the server retry a failed query `N` times")
	fs.StringVar(&f.engine, "engine-version", "", "run on this `VERSION` of the engine")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.JobType, "type")
	complete.Flags(fs, complete.Any, "timezone", "user", "engine-version")
	complete.Flags(fs, complete.Result, "result")
	complete.Flags(fs, complete.Priority, "priority")
}

// settings are the flags that were given, checked; the rest is nil.
func (f flags) settings(env *cli.Env, fs *pflag.FlagSet) (s api.ScheduleSettings, err error) {
	switch {
	case f.delay < 0:
		return s, cli.Usagef("-D/--delay is 0 or more, not %d", f.delay)
	case f.retry < 0 || f.retry > 32:
		return s, cli.Usagef("-R/--retry is 0 to 32, not %d", f.retry)
	case !slices.Contains([]string{"hive", "trino", "presto", "pig", "impala"}, f.jobType):
		return s, cli.Usagef("unknown type %q; it is hive, trino or presto", f.jobType)
	}
	s = api.ScheduleSettings{
		Database: given(fs, "database", f.database), Type: given(fs, "type", f.jobType), Timezone: given(fs, "timezone", f.timezone),
		Delay: given(fs, "delay", f.delay), RetryLimit: given(fs, "retry", f.retry), EngineVersion: given(fs, "engine-version", f.engine),
	}
	if fs.Changed("priority") {
		p, err := cli.ParsePriority(f.priority)
		if err != nil {
			return s, cli.UsageError{Err: err}
		}
		s.Priority = &p
	}
	if fs.Changed("result") || f.user != "" || f.password {
		url, err := jobcmd.CompleteResultURL(env, f.resultURL, f.user, f.password)
		if err != nil {
			return s, err
		}
		s.ResultURL = &url
	}
	return s, nil
}

// given returns the value of a flag that was given, else nil.
func given[T any](fs *pflag.FlagSet, name string, value T) *T {
	if !fs.Changed(name) {
		return nil
	}
	return &value
}

// notDone says of an error that no schedule was created or changed. The server refuses a
// missing database like any setting that is wrong, so that it is looked for here.
func notDone(ctx context.Context, client *api.Client, what string, database *string, err error) error {
	refused, ok := errors.AsType[*api.Error](err)
	if ok && database != nil && (refused.Status == http.StatusUnprocessableEntity || refused.Status == http.StatusNotFound) {
		databases, lerr := client.Databases(ctx)
		named := func(d api.Database) bool { return d.Name == *database }
		if lerr == nil && !slices.ContainsFunc(databases, named) {
			err = tablecmd.DatabaseNotFound(*database, api.ErrNotFound)
		}
	}
	return fmt.Errorf("the schedule was not %s: %w", what, err)
}
