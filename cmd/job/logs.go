package job

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
)

// NewLogs returns the command job:logs.
func NewLogs(env *cli.Env) *cobra.Command {
	var follow bool
	cmd := &cobra.Command{
		Use:   "job:logs JOB_ID",
		Short: "Print the log of a job",
		Long: `Print the log of a job. With --follow the lines are printed as they appear until the job has
ended, and the exit status is that of the job: 3 if it failed, 4 if it was killed. Ctrl-C leaves
the job running.`,
		Example:     "  td job:logs 12345\n  td job:logs last --follow",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLogs(cmd.Context(), env, follow, args[0])
		},
	}
	cmd.Flags().BoolVar(&follow, "follow", false, "print the lines as they appear, until the job has ended, and exit with its status")
	return cmd
}

func runLogs(ctx context.Context, env *cli.Env, follow bool, ref string) error {
	client, job, err := fetchJob(ctx, env, ref)
	if err != nil {
		return err
	}
	if follow {
		return jobcmd.FollowLog(ctx, env, client, job.ID)
	}
	if job.Debug.Cmdout+job.Debug.Stderr == "" {
		env.Say("Job %s has no log.", job.ID)
	}
	defer env.Page()()
	jobcmd.PrintLog(env.Out, "", job.Debug.Cmdout)
	jobcmd.PrintLog(env.Out, "", job.Debug.Stderr)
	return nil
}
