package job

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewKill returns the command job:kill.
func NewKill(e *cli.Env) *cobra.Command {
	var wait jobcmd.WaitFlags
	cmd := &cobra.Command{
		Use:         "job:kill JOB_ID…",
		Aliases:     []string{"kill"},
		Short:       "Kill or cancel jobs",
		Example:     "  td job:kill 12345\n  td job:kill -w 12345",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.RunningJob, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkIDs(args); err != nil {
				return err
			}
			return kill(cmd.Context(), e, wait, args)
		},
	}
	wait.AddWait(cmd.Flags())
	return cmd
}

// kill asks for the end of each job; the first that cannot be asked for is the error.
func kill(ctx context.Context, e *cli.Env, wait jobcmd.WaitFlags, ids []string) error {
	client, err := e.Client()
	if err != nil {
		return err
	}
	var failed error
	var asked []string
	for _, id := range ids {
		former, err := client.KillJob(ctx, id)
		if err != nil {
			failed = keepFirst(e, failed, jobcmd.NoJob(id, err))
			continue
		}
		asked = append(asked, id)
		switch {
		case (api.Job{Status: former}).Finished():
			e.Say("Job %s is already finished (%s)", id, former)
		case former == "running":
			e.Say("Job %s is killed.", id)
		default:
			e.Say("Job %s is canceled.", id)
		}
	}
	if !wait.Wait.On {
		return failed
	}
	for _, id := range asked {
		job, err := jobcmd.Follow(ctx, e, client, id, wait, false)
		if err != nil {
			return err
		}
		if job.Status == "success" {
			e.Say("Job %s ended with success before it could be killed.", id)
		}
	}
	return failed
}
