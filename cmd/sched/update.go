package sched

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewUpdate returns the command sched:update.
func NewUpdate(env *cli.Env) *cobra.Command {
	var f flags
	var name, cron, sql string
	cmd := &cobra.Command{
		Use:         "sched:update NAME",
		Short:       "Change a schedule",
		Long:        "Change the given settings of a schedule. With an empty cron expression it no longer runs.",
		Example:     "  td sched:update daily -s '0 4 * * *' -P high\n  td sched:update daily -n nightly -q 'SELECT 1'",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Schedule),
		RunE: func(cmd *cobra.Command, args []string) error {
			fs := cmd.Flags()
			settings, err := f.settings(env, fs)
			if err != nil {
				return err
			}
			settings.Name, settings.Cron, settings.Query = ifChanged(fs, "newname", name), ifChanged(fs, "schedule", cron), ifChanged(fs, "query", sql)
			switch {
			case settings == api.ScheduleSettings{}:
				return cli.WithHint(cli.Usagef("nothing to update"), "'td help sched:update' lists the settings")
			case settings.Query != nil && jobcmd.IsBlank(sql):
				return cli.Usagef("the SQL must not be empty; nothing was changed")
			case settings.Name != nil && name == "":
				return cli.Usagef("the new name must not be empty")
			}
			return update(cmd.Context(), env, args[0], settings)
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&name, "newname", "n", "", "rename the schedule to `NAME`")
	fs.StringVarP(&cron, "schedule", "s", "", "`CRON` expression")
	fs.StringVarP(&sql, "query", "q", "", "`SQL` to run, not a file name")
	f.add(fs)
	fs.Lookup("type").DefValue = ""
	complete.Flags(fs, complete.Any, "newname", "query")
	complete.Flags(fs, complete.Cron, "schedule")
	argv.AllowEmpty(fs, "schedule", "result")
	return cmd
}

func update(ctx context.Context, env *cli.Env, name string, s api.ScheduleSettings) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if _, err := client.UpdateSchedule(ctx, name, s); err != nil {
		if errors.Is(err, api.ErrNotFound) {
			return withName(name, err)
		}
		taken := name
		if s.Name != nil {
			taken = *s.Name
		}
		return addContext(ctx, client, "changed", s.Database, withName(taken, err))
	}
	if s.Name != nil && *s.Name != name {
		env.Say("Schedule '%s' is updated and its name changed to '%s'.", name, *s.Name)
		return nil
	}
	env.Say("Schedule '%s' is updated.", name)
	return nil
}
