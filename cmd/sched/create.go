package sched

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// NewCreate returns the command sched:create.
func NewCreate(env *cli.Env) *cobra.Command {
	var f flags
	var file string
	cmd := &cobra.Command{
		Use:   "sched:create NAME CRON [SQL | -]",
		Short: "Create a schedule, which runs a query regularly",
		Long: `Create a schedule, which runs a query regularly.

CRON is five fields (minute hour day month weekday), @hourly, @daily or @monthly. A schedule
with an empty CRON only runs with sched:run. The SQL is the argument, standard input (-), or
a file (-q).`,
		Example: `  td sched:create daily '0 3 * * *' -d sample_datasets -T trino 'SELECT COUNT(1) FROM www_access'
  td sched:create hourly @hourly -d web -t Asia/Tokyo -q hourly.sql -r warehouse`,
		Args:        cobra.RangeArgs(2, 3),
		Annotations: complete.Args(complete.Any, complete.Cron, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.database == "" {
				return cli.Usagef("-d/--database is required")
			}
			settings, err := f.settings(env, cmd.Flags())
			if err != nil {
				return err
			}
			sql, err := jobcmd.ReadSQL(env, file, args[2:])
			if err != nil {
				return err
			}
			if len(args) == 2 || args[2] == "-" {
				if err := jobcmd.CheckFrontMatter(env, cmp.Or(file, "-"), sql); err != nil {
					return err
				}
			}
			settings.Type, settings.Cron, settings.Query = &f.jobType, &args[1], &sql
			return create(cmd.Context(), env, args[0], settings)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVarP(&file, "query", "q", "", "read the SQL from `FILE` (- is standard input)")
	complete.Flags(cmd.Flags(), complete.File, "query")
	return cmd
}

func create(ctx context.Context, env *cli.Env, name string, s api.ScheduleSettings) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	made, err := client.CreateSchedule(ctx, name, s)
	if err != nil {
		return addContext(ctx, client, "created", s.Database, withName(name, err))
	}
	if made.NextTime.IsZero() {
		env.Say("Schedule '%s' is created, but never runs.", name)
		return nil
	}
	env.Say("Schedule '%s' is created. It starts at %s.", name, text.LocalTime(made.NextTime.Time))
	return nil
}
