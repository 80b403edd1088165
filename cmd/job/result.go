package job

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

type resultOptions struct {
	jobcmd.RowFlags
	jobcmd.WaitFlags
}

// NewResult returns the command job:result.
func NewResult(env *cli.Env) *cobra.Command {
	var o resultOptions
	cmd := &cobra.Command{
		Use:   "job:result JOB_ID",
		Short: "Print the rows of a job",
		Long: `Print the rows of a job and nothing else: as a table on a terminal, as tsv elsewhere,
and with -o in the format that the file name suggests.`,
		Example:     "  td job:result 12345 -f csv -c\n  td job:result 12345 -o rows.jsonl",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runResult(cmd.Context(), env, o, args[0])
		},
	}
	o.RowFlags.Add(cmd.Flags())
	o.WaitFlags.Add(cmd.Flags())
	return cmd
}

func runResult(ctx context.Context, env *cli.Env, o resultOptions, id string) error {
	id, err := jobcmd.ResolveID(env, id)
	if err != nil {
		return err
	}
	d := jobcmd.RowDefaults{Stdout: jobresult.TSV, File: jobresult.TSV, ByName: true}
	if env.OutTTY {
		d.Stdout = jobresult.Table
	}
	plan, err := o.RowFlags.Plan(env, d)
	if err != nil {
		return err
	}
	if err := o.WaitFlags.Check(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	job, err := jobcmd.FetchEndedJob(ctx, env, client, id, o.WaitFlags, false)
	if err != nil {
		return err
	}
	if err := jobcmd.NotSucceededError(ctx, client, job); err != nil {
		return err
	}
	return jobcmd.DeliverRows(ctx, env, client, job, plan)
}
