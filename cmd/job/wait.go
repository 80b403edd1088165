package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/jobwait"
	"github.com/td-cli/td/internal/text"
)

type waitOptions struct {
	format   cli.ListFormat
	any, all bool
	timeout  time.Duration
}

// NewWait returns the command job:wait.
func NewWait(e *cli.Env) *cobra.Command {
	var o waitOptions
	cmd := &cobra.Command{
		Use:   "job:wait JOB_ID…",
		Short: "Wait until jobs have ended",
		Long: `Wait until jobs have ended. For each that ends a line is printed: its ID, a tab, its status.
The exit status is 0 when all succeeded, else that of the first one on the command line which
did not: 3 failed, 4 killed, 5 not ended in time. With --any it is that of the job that ended.`,
		Example:     "  td job:wait 12345 12346 12347\n  td job:wait --any --timeout 10m $(td job:list -R -f jsonl --jq .job_id)",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.RunningJob, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkIDs(args); err != nil {
				return err
			}
			return wait(cmd.Context(), e, o, args)
		},
	}
	fs := cmd.Flags()
	fs.VarP(&o.format, "format", "f", "print the jobs when the wait is over, in `FORMAT`: table, vertical, csv, tsv, json or jsonl")
	fs.BoolVar(&o.any, "any", false, "wait until one of the jobs has ended")
	fs.BoolVar(&o.all, "all", false, "wait until all of them have (this is what it does)")
	fs.DurationVar(&o.timeout, "timeout", 0, "wait for at most this `TIME`, as 30s or 2h")
	fs.Lookup("timeout").DefValue = "0s"
	return cmd
}

func wait(ctx context.Context, e *cli.Env, o waitOptions, ids []string) error {
	if o.any && o.all {
		return cli.Usagef("--any and --all exclude each other")
	}
	if o.timeout < 0 {
		return cli.Usagef("--timeout is a time above 0, not %s", o.timeout)
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	var asked []string
	for _, id := range ids {
		if !slices.Contains(asked, id) {
			asked = append(asked, id)
		}
	}
	ended, err := follow(ctx, e, client, o, asked)
	if o.format.Format != "" && len(ended) > 0 {
		l := grid.List{Columns: []string{"JobID", "Status"}}
		for _, job := range ended {
			l.Rows = append(l.Rows, grid.Row{Cells: []any{job.ID, job.Status}, Raw: rawStatus{job.ID, job.Status}})
		}
		if perr := e.PrintList(l, o.format); perr != nil {
			return perr
		}
	}
	if err != nil {
		return err
	}
	for _, id := range asked {
		i := slices.IndexFunc(ended, func(job api.Job) bool { return job.ID == id && job.Status != "success" })
		if i >= 0 {
			e.StatusFile.SetJob(id, ended[i].Status)
			return jobcmd.Unfinished(ctx, client, ended[i])
		}
	}
	return nil
}

// follow waits, with a spinner, and returns the jobs that ended in the order in which they did.
func follow(ctx context.Context, e *cli.Env, client *api.Client, o waitOptions, ids []string) (ended []api.Job, err error) {
	start := time.Now()
	var done atomic.Int64
	spin := e.SpinWith(func() string {
		return fmt.Sprintf("%d of %d jobs have ended (%s)", done.Load(), len(ids), text.Elapsed(time.Since(start), false))
	})
	defer spin.Stop()
	var broken error // of standard output
	left, err := jobwait.All(ctx, client, ids, jobwait.Options{
		Timeout:  o.timeout,
		Embedded: e.Embedded(),
		OnOutage: func(err error) {
			spin.Break(func() { e.Say("td: waiting goes on: %v", err) })
		},
	}, func(job api.Job) bool {
		ended = append(ended, job)
		done.Add(1)
		e.StatusFile.SetJob(job.ID, job.Status)
		if o.format.Format == "" {
			spin.Break(func() {
				fmt.Fprint(e.Out, job.ID, "\t")
				e.PrintStatus(e.Out, job.Status)
				fmt.Fprintln(e.Out)
			})
			broken = e.Flush() // whoever reads it may act on it
		}
		return broken == nil && !o.any
	})
	spin.Stop()
	switch {
	case broken != nil:
		return ended, nil // Run says so
	case errors.Is(err, jobwait.ErrTimeout):
		if n := len(left) - 1; n > 0 {
			e.Say("Not ended either: %d of the other jobs.", n)
		}
		status := cmp.Or(left[0].Status, "running")
		e.StatusFile.SetJob(left[0].ID, status)
		return ended, cli.JobError{ID: left[0].ID, Status: status}
	case ctx.Err() != nil:
		e.Say("The jobs keep running. 'td job:kill ID…' ends them.")
		return ended, context.Cause(ctx)
	case err != nil:
		return ended, jobcmd.NoJob(left[0].ID, err)
	}
	return ended, nil
}
