package job

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command job:show.
func NewShow(env *cli.Env) *cobra.Command {
	var f jobcmd.ShowFlags
	cmd := &cobra.Command{
		Use:   "job:show JOB_ID",
		Short: "Show a job and its rows",
		Long: `Show a job and its rows. With -f or -o only the rows are written to standard
output, or the file.`,
		Example:     "  td job:show 12345\n  td job:show -w 12345 -f csv -o rows.csv\n  td job:show -v -x 12345",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runShow(cmd.Context(), env, f, args[0])
		},
	}
	f.Add(cmd.Flags())
	return cmd
}

func runShow(ctx context.Context, env *cli.Env, f jobcmd.ShowFlags, id string) error {
	id, err := jobcmd.ResolveID(env, id)
	if err != nil {
		return err
	}
	plan, err := f.Plan(env)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	return jobcmd.ShowJob(ctx, env, client, id, f, plan)
}
