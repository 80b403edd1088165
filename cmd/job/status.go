package job

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

type statusOptions struct {
	format     cli.ListFormat
	exitStatus bool
}

// NewStatus returns the command job:status.
func NewStatus(e *cli.Env) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:         "job:status JOB_ID…",
		Short:       "Print the status of jobs",
		Long:        "Print the status of jobs: queued, booting, running, success, error or killed.",
		Example:     "  td job:status 12345\n  td job:status 12345 --exit-status || echo \"not done: $?\"",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.Job, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkIDs(args); err != nil {
				return err
			}
			return status(cmd.Context(), e, o, args)
		},
	}
	cmd.Flags().VarP(&o.format, "format", "f", cli.ListFormatUsage)
	cmd.Flags().BoolVar(&o.exitStatus, "exit-status", false, "exit with 3 when a job failed, 4 when one was killed, 5 when one has not ended")
	return cmd
}

type rawStatus struct {
	JobID  string `json:"job_id"`
	Status string `json:"status"`
}

// status prints what can be had; the first job that cannot be asked for is the error.
func status(ctx context.Context, e *cli.Env, o statusOptions, ids []string) error {
	client, err := e.Client()
	if err != nil {
		return err
	}
	l := grid.List{Columns: []string{"JobID", "Status"}}
	var failed, state error
	for _, id := range ids {
		job, err := client.JobStatus(ctx, id)
		if err != nil {
			failed = keepFirst(e, failed, jobcmd.NoJob(id, err))
			continue
		}
		l.Rows = append(l.Rows, grid.Row{Cells: []any{id, job.Status}, Raw: rawStatus{id, job.Status}})
		if o.exitStatus && job.Status != "success" && state == nil {
			state = cli.SilentError{Err: cli.JobError{ID: id, Status: job.Status}}
		}
	}
	if err := printStatus(e, l, o.format, len(ids)); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return state
}

// printStatus prints one word for one job, and an id, a tab and a word for several.
func printStatus(e *cli.Env, l grid.List, format cli.ListFormat, asked int) error {
	if format.Format != "" {
		return e.PrintList(l, format)
	}
	for _, r := range l.Rows {
		if asked == 1 {
			e.PrintStatus(e.Out, fmt.Sprint(r.Cells[1]))
		} else {
			fmt.Fprintf(e.Out, "%s\t", r.Cells[0])
			e.PrintStatus(e.Out, fmt.Sprint(r.Cells[1]))
		}
		fmt.Fprintln(e.Out)
	}
	return nil
}
