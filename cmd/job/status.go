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
func NewStatus(env *cli.Env) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:         "job:status JOB_ID…",
		Short:       "Print the status of jobs",
		Long:        "Print the status of jobs: queued, booting, running, success, error or killed.",
		Example:     "  td job:status 12345\n  td job:status 12345 --exit-status || echo \"not done: $?\"",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.Job, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStatus(cmd.Context(), env, o, args)
		},
	}
	cmd.Flags().VarP(&o.format, "format", "f", cli.ListFormatUsage)
	cmd.Flags().BoolVar(&o.exitStatus, "exit-status", false, "exit with 3 when a job failed, 4 when one was killed, 5 when one has not ended")
	return cmd
}

// rawStatus is the jsonl object of job:status and job:wait.
type rawStatus struct {
	JobID  string `json:"job_id"`
	Status string `json:"status"`
}

// statusRow returns the list row of a job.
func statusRow(id, status string) grid.Row {
	return grid.Row{Cells: []any{id, status}, Raw: rawStatus{id, status}}
}

// runStatus prints the status of all jobs that can be queried, and returns the first error.
func runStatus(ctx context.Context, env *cli.Env, o statusOptions, ids []string) error {
	ids, err := jobcmd.ResolveIDs(env, ids...)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	l := grid.List{Columns: []string{"JobID", "Status"}}
	var failed, notSucceeded error
	for _, id := range ids {
		job, err := client.JobStatus(ctx, id)
		if err != nil {
			failed = keepFirst(env, failed, jobcmd.NotFound(id, err))
			continue
		}
		env.RecordEnd(ctx, job)
		l.Rows = append(l.Rows, statusRow(id, job.Status))
		if o.exitStatus && job.Status != "success" && notSucceeded == nil {
			notSucceeded = cli.SilentError{Err: cli.JobError{ID: id, Status: job.Status}}
		}
	}
	if err := printStatuses(env, l, o.format, len(ids)); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return notSucceeded
}

// printStatuses prints only the status if one job was requested, and otherwise the ID, a tab and the status of each.
func printStatuses(env *cli.Env, l grid.List, format cli.ListFormat, requested int) error {
	if format.Format != "" {
		return env.PrintList(l, format)
	}
	for _, r := range l.Rows {
		if requested > 1 {
			fmt.Fprintf(env.Out, "%s\t", r.Cells[0])
		}
		env.PrintStatus(env.Out, fmt.Sprint(r.Cells[1]))
		fmt.Fprintln(env.Out)
	}
	return nil
}
