package sched

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/text"
)

type runOptions struct {
	format cli.ListFormat
	num    int
}

// NewRun returns the command sched:run.
func NewRun(env *cli.Env) *cobra.Command {
	o := runOptions{format: cli.TableList()}
	cmd := &cobra.Command{
		Use:         "sched:run NAME TIME",
		Short:       "Run a schedule for past times",
		Long:        "Run the query of a schedule for the first N scheduled times since TIME.\n" + cli.TimeUsage,
		Example:     "  td sched:run daily '2026-01-01 00:00:00'\n  td sched:run daily 1767225600 -n 3",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Schedule, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := cli.ParseTime(args[1])
			if err != nil {
				return err
			}
			return run(cmd.Context(), env, o, args[0], from)
		},
	}
	cmd.Flags().IntVarP(&o.num, "num", "n", 1, "run for `N` scheduled times")
	cmd.Flags().VarP(&o.format, "format", "f", cli.ListFormatUsage)
	return cmd
}

type rawStart struct {
	JobID       string `json:"job_id"`
	Type        string `json:"type"`
	ScheduledAt any    `json:"scheduled_at"`
}

func run(ctx context.Context, env *cli.Env, o runOptions, name string, from time.Time) error {
	if o.num < 1 {
		return cli.Usagef("-n/--num must be 1 or more, not %d", o.num)
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s %d %d", name, from.Unix(), o.num)
	key, err := jobcmd.DomainKey(ctx, env, client, history.Job{Command: "sched:run"}, what)
	if err != nil {
		return err
	}
	jobs, err := client.RunSchedule(ctx, name, from, o.num, key)
	if err != nil {
		return withName(name, err)
	}
	for _, j := range jobs {
		env.RecordJob(ctx, history.Job{ID: j.ID, Command: "sched:run", Type: j.Type}, "")
	}
	env.Say("Scheduled %d jobs from %s.", len(jobs), text.LocalTime(from))
	l := grid.List{Columns: []string{"JobID", "Time"}}
	for _, j := range jobs {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{listcmd.IDNumber(j.ID), text.LocalTime(j.ScheduledAt.Time)},
			Raw:   rawStart{j.ID, j.Type, j.ScheduledAt},
		})
	}
	return env.PrintList(l, o.format)
}
