// Package sched implements the sched:* commands, which manage scheduled queries.
package sched

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the sched:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "sched:list", Aliases: []string{"scheds", "schedules", "schedule:list"}, New: NewList, ReadOnly: true},
		{Name: "sched:create", Aliases: []string{"schedule:create"}, New: NewCreate},
		{Name: "sched:update", New: NewUpdate},
		{Name: "sched:delete", Aliases: []string{"schedule:delete"}, New: NewDelete},
		{Name: "sched:history", Aliases: []string{"sched", "sched:hist", "schedule:history", "schedule:hist"}, New: NewHistory, ReadOnly: true},
		{Name: "sched:run", New: NewRun},
		{Name: "sched:result", Aliases: []string{"schedule:result"}, New: NewResult},
	}
}

// withName adds the schedule's name to a not-found or conflict error.
func withName(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return notFound(name, err)
	case errors.Is(err, api.ErrConflict):
		return cli.AlreadyExists("schedule", name, err)
	}
	return err
}

// notFound returns the error for a schedule that does not exist. The server's error err may
// be nil.
func notFound(name string, err error) error {
	return cli.NotFound("schedule", name, "sched:list", cmp.Or(err, api.ErrNotFound))
}

// flags are the settings shared by create and update.
type flags struct {
	database, jobType, timezone       string
	resultURL, user, priority, engine string
	password                          bool
	delay, retry                      int
}

func (f *flags) add(fs *pflag.FlagSet) {
	fs.StringVarP(&f.database, "database", "d", "", "run in database `DB`")
	fs.StringVarP(&f.jobType, "type", "T", "hive", "`TYPE` of the query: hive, trino or presto")
	fs.StringVarP(&f.timezone, "timezone", "t", "", "time `ZONE` of the cron expression, such as Asia/Tokyo (default UTC)")
	fs.IntVarP(&f.delay, "delay", "D", 0, "start `SECONDS` after the scheduled time")
	fs.StringVarP(&f.resultURL, "result", "r", "", "write the result to `URL` or to a saved result URL")
	fs.StringVarP(&f.user, "user", "u", "", "`NAME` to put into the result URL")
	fs.BoolVarP(&f.password, "password", "p", false, "ask for the password to put into the result URL")
	fs.StringVarP(&f.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.IntVarP(&f.retry, "retry", "R", 0, "retry a failed query `N` times")
	fs.StringVar(&f.engine, "engine-version", "", "`VERSION` of the engine")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.JobType, "type")
	complete.Flags(fs, complete.Any, "timezone", "user", "engine-version")
	complete.Flags(fs, complete.Result, "result")
	complete.Flags(fs, complete.Priority, "priority")
}

// settings returns the given flags after checking them. Other settings are nil.
func (f flags) settings(env *cli.Env, fs *pflag.FlagSet) (s api.ScheduleSettings, err error) {
	switch {
	case f.delay < 0:
		return s, cli.Usagef("-D/--delay must be 0 or more, not %d", f.delay)
	case f.retry < 0 || f.retry > 32:
		return s, cli.Usagef("-R/--retry must be between 0 and 32, not %d", f.retry)
	}
	if err := jobcmd.CheckQueryType(f.jobType); err != nil {
		return s, err
	}
	s = api.ScheduleSettings{
		Database: ifChanged(fs, "database", f.database), Type: ifChanged(fs, "type", f.jobType), Timezone: ifChanged(fs, "timezone", f.timezone),
		Delay: ifChanged(fs, "delay", f.delay), RetryLimit: ifChanged(fs, "retry", f.retry), EngineVersion: ifChanged(fs, "engine-version", f.engine),
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

// ifChanged returns a pointer to the value of a flag, or nil if the flag was not given.
func ifChanged[T any](fs *pflag.FlagSet, name string, value T) *T {
	if !fs.Changed(name) {
		return nil
	}
	return &value
}

// addContext adds to an error that the schedule was not created or changed. The server
// reports a missing database like any invalid setting, so addContext looks for it.
func addContext(ctx context.Context, client *api.Client, what string, database *string, err error) error {
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
