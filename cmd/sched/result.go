package sched

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewResult returns the command sched:result.
func NewResult(env *cli.Env) *cobra.Command {
	var f jobcmd.ShowFlags
	var last int
	cmd := &cobra.Command{
		Use:   "sched:result NAME",
		Short: "Show the last job of a schedule and its rows",
		Long: `Show the last job of a schedule and its rows, like job:show. With -f or -o only the rows
are written to standard output or the file.`,
		Example:     "  td sched:result daily\n  td sched:result daily --last=2 -f csv -o before.csv",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Schedule),
		RunE: func(cmd *cobra.Command, args []string) error {
			return result(cmd.Context(), env, f, args[0], last)
		},
	}
	f.Add(cmd.Flags())
	cmd.Flags().IntVar(&last, "last", 1, "show the `N`-th last job")
	cmd.Flags().Lookup("last").NoOptDefVal = "1"
	argv.MakeValueOptional(cmd.Flags(), "last")
	return cmd
}

func result(ctx context.Context, env *cli.Env, f jobcmd.ShowFlags, name string, last int) error {
	if last < 1 {
		return cli.Usagef("--last must be 1 or more, not %d", last)
	}
	plan, err := f.Plan(env)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	jobs, err := client.ScheduleHistory(ctx, name, last-1, last)
	if err != nil {
		return withName(name, err)
	}
	if len(jobs) == 0 || jobs[0].ID == "" {
		return cli.WithHint(fmt.Errorf("schedule '%s' has no job %d from the last: %w", name, last, api.ErrNotFound), "'td sched:history %s' lists its jobs", name)
	}
	return jobcmd.ShowJob(ctx, env, client, jobs[0].ID, f, plan)
}
