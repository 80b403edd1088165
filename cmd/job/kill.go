package job

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewKill returns the command job:kill.
func NewKill(env *cli.Env) *cobra.Command {
	var wait jobcmd.WaitFlags
	cmd := &cobra.Command{
		Use:         "job:kill JOB_ID…",
		Short:       "Kill or cancel jobs",
		Example:     "  td job:kill 12345\n  td job:kill -w 12345",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.RunningJob, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runKill(cmd.Context(), env, wait, args)
		},
	}
	wait.AddWait(cmd.Flags())
	return cmd
}

// runKill kills all jobs that can be killed, and returns the first error.
func runKill(ctx context.Context, env *cli.Env, wait jobcmd.WaitFlags, ids []string) error {
	ids, err := jobcmd.ResolveIDs(env, ids...)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	var failed error
	var killed []string
	for _, id := range ids {
		former, err := client.KillJob(ctx, id)
		if errors.Is(err, api.ErrDryRun) {
			continue
		}
		if err != nil {
			failed = keepFirst(env, failed, jobcmd.NotFound(id, err))
			continue
		}
		killed = append(killed, id)
		env.Say("%s", jobcmd.DescribeKill(id, former))
	}
	if !wait.Wait.On {
		return failed
	}
	for _, id := range killed {
		job, err := jobcmd.WaitEnded(ctx, env, client, id, wait, false)
		if err != nil {
			return err
		}
		if job.Status == "success" {
			env.Say("Job %s succeeded before it could be killed.", id)
		}
	}
	return failed
}
