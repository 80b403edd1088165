package sched

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

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
		Long:        "Change what is given of a schedule, and leave the rest. An empty cron text ends its runs.",
		Example:     "  td sched:update daily -s '0 4 * * *' -P high\n  td sched:update daily -n nightly -q 'SELECT 1'",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Schedule),
		RunE: func(cmd *cobra.Command, args []string) error {
			fs := cmd.Flags()
			settings, err := f.settings(env, fs)
			if err != nil {
				return err
			}
			settings.Name, settings.Cron, settings.Query = given(fs, "newname", name), given(fs, "schedule", cron), given(fs, "query", sql)
			switch {
			case settings == api.ScheduleSettings{}:
				return cli.WithHint(cli.Usagef("nothing to update"), "'td help sched:update' lists what can be changed")
			case settings.Query != nil && jobcmd.Blank(sql):
				return cli.Usagef("the SQL is empty; nothing was changed")
			case settings.Name != nil && name == "":
				return cli.Usagef("the new name is empty")
			}
			return update(cmd.Context(), env, args[0], settings)
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&name, "newname", "n", "", "give the schedule the `NAME`")
	fs.StringVarP(&cron, "schedule", "s", "", "run as `CRON` says")
	fs.StringVarP(&sql, "query", "q", "", "run the `SQL`, which is a text and not a file")
	f.add(fs)
	fs.Lookup("type").DefValue = ""
	complete.Flags(fs, complete.Any, "newname", "query")
	complete.Flags(fs, complete.Cron, "schedule")
	return cmd
}

func update(ctx context.Context, env *cli.Env, name string, s api.ScheduleSettings) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if _, err := client.UpdateSchedule(ctx, name, s); err != nil {
		if errors.Is(err, api.ErrNotFound) {
			return explain(name, err)
		}
		taken := name
		if s.Name != nil {
			taken = *s.Name
		}
		return notDone(ctx, client, "changed", s.Database, explain(taken, err))
	}
	if s.Name != nil && *s.Name != name {
		env.Say("Schedule '%s' is updated and its name changed to '%s'.", name, *s.Name)
		return nil
	}
	env.Say("Schedule '%s' is updated.", name)
	return nil
}
