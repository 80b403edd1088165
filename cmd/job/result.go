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
	jobcmd.Flags
	jobcmd.WaitFlags
}

// NewResult returns the command job:result.
func NewResult(e *cli.Env) *cobra.Command {
	var o resultOptions
	cmd := &cobra.Command{
		Use:   "job:result JOB_ID",
		Short: "Print the rows of a job",
		Long: `Print the rows of a job and nothing else: a table on a terminal, tsv elsewhere,
with -o the format that the file's name says.`,
		Example:     "  td job:result 12345 -f csv -c\n  td job:result 12345 -o rows.jsonl",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkIDs(args); err != nil {
				return err
			}
			return result(cmd.Context(), e, o, args[0])
		},
	}
	o.Flags.Add(cmd.Flags())
	o.WaitFlags.Add(cmd.Flags())
	return cmd
}

func result(ctx context.Context, e *cli.Env, o resultOptions, id string) error {
	d := jobcmd.Defaults{Stdout: jobresult.TSV, File: jobresult.TSV, ByName: true}
	if e.OutTTY {
		d.Stdout = jobresult.Table
	}
	plan, err := o.Flags.Check(e, d)
	if err != nil {
		return err
	}
	if err := o.WaitFlags.Check(); err != nil {
		return err
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	job, err := jobcmd.Ended(ctx, e, client, id, o.WaitFlags, false)
	if err != nil {
		return err
	}
	if err := jobcmd.Unfinished(ctx, client, job); err != nil {
		return err
	}
	return jobcmd.Print(ctx, e, client, job, plan)
}
