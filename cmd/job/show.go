package job

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command job:show.
func NewShow(e *cli.Env) *cobra.Command {
	var f jobcmd.ShowFlags
	cmd := &cobra.Command{
		Use:     "job:show JOB_ID",
		Aliases: []string{"job"},
		Short:   "Show a job and its rows",
		Long: `Show a job and its rows. With -f or -o only the rows are written to standard
output, or the file.`,
		Example:     "  td job:show 12345\n  td job:show -w 12345 -f csv -o rows.csv\n  td job:show -v -x 12345",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkIDs(args); err != nil {
				return err
			}
			return show(cmd.Context(), e, f, args[0])
		},
	}
	f.Add(cmd.Flags())
	return cmd
}

func show(ctx context.Context, e *cli.Env, f jobcmd.ShowFlags, id string) error {
	plan, err := f.CheckShow(e)
	if err != nil {
		return err
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	return jobcmd.Show(ctx, e, client, id, f, plan)
}
