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
func NewWait(env *cli.Env) *cobra.Command {
	var o waitOptions
	cmd := &cobra.Command{
		Use:   "job:wait JOB_ID…",
		Short: "Wait until jobs have ended",
		Long: `Wait until jobs have ended. For each job that ends a line is printed: its ID, a tab, its status.
The exit status is 0 if all succeeded, otherwise that of the first one on the command line which
did not: 3 failed, 4 killed, 5 not ended in time. With --any it is that of the job that ended.`,
		Example:     "  td job:wait 12345 12346 12347\n  td job:wait --any --timeout 10m $(td job:list -R -f jsonl --jq .job_id)",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.RunningJob, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWait(cmd.Context(), env, o, args)
		},
	}
	fs := cmd.Flags()
	fs.VarP(&o.format, "format", "f", "print the jobs after the wait as a list in `FORMAT`")
	fs.BoolVar(&o.any, "any", false, "wait until one of the jobs has ended")
	fs.BoolVar(&o.all, "all", false, "wait until all of the jobs have ended (the default)")
	fs.DurationVar(&o.timeout, "timeout", 0, "wait for at most this `TIME`, such as 30s or 2h")
	fs.Lookup("timeout").DefValue = "0s"
	return cmd
}

func runWait(ctx context.Context, env *cli.Env, o waitOptions, args []string) error {
	args, err := jobcmd.ResolveIDs(env, args...)
	if err != nil {
		return err
	}
	if o.any && o.all {
		return cli.Usagef("--any and --all cannot be used together")
	}
	if o.timeout < 0 {
		return cli.Usagef("--timeout must be greater than 0, not %s", o.timeout)
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	var ids []string // without duplicates
	for _, id := range args {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	ended, err := waitJobs(ctx, env, client, o, ids)
	if o.format.Format != "" && len(ended) > 0 {
		l := grid.List{Columns: []string{"JobID", "Status"}}
		for _, job := range ended {
			l.Rows = append(l.Rows, statusRow(job.ID, job.Status))
		}
		if printErr := env.PrintList(l, o.format); printErr != nil {
			return printErr
		}
	}
	if err != nil {
		return err
	}
	for _, id := range ids {
		i := slices.IndexFunc(ended, func(job api.Job) bool { return job.ID == id && job.Status != "success" })
		if i >= 0 {
			env.StatusFile.SetJob(id, ended[i].Status)
			return jobcmd.NotSucceededError(ctx, client, ended[i])
		}
	}
	return nil
}

// waitJobs waits with a spinner and returns the jobs that ended, in the order of their ends.
func waitJobs(ctx context.Context, env *cli.Env, client *api.Client, o waitOptions, ids []string) (ended []api.Job, err error) {
	start := time.Now()
	var count atomic.Int64
	spin := env.SpinWith(func() string {
		return fmt.Sprintf("%d of %d jobs have ended (%s)", count.Load(), len(ids), text.Elapsed(time.Since(start), false))
	})
	defer spin.Stop()
	var stdoutErr error
	left, err := jobwait.All(ctx, client, ids, jobwait.Options{
		Timeout:  o.timeout,
		Embedded: env.Embedded() || env.Replaying(),
		OnOutage: func(err error) {
			spin.Break(func() { env.Say("td: still waiting: %v", err) })
		},
	}, func(job api.Job) bool {
		ended = append(ended, job)
		count.Add(1)
		env.StatusFile.SetJob(job.ID, job.Status)
		env.RecordEnd(ctx, job)
		if o.format.Format == "" {
			spin.Break(func() {
				fmt.Fprint(env.Out, job.ID, "\t")
				env.PrintStatus(env.Out, job.Status)
				fmt.Fprintln(env.Out)
			})
			stdoutErr = env.Flush() // a reader may act on each line
		}
		return stdoutErr == nil && !o.any
	})
	spin.Stop()
	switch {
	case stdoutErr != nil:
		return ended, nil // reported when the process ends
	case errors.Is(err, jobwait.ErrTimeout):
		switch n := len(left) - 1; n {
		case 0:
		case 1:
			env.Say("1 other job is still running.")
		default:
			env.Say("%d other jobs are still running.", n)
		}
		status := cmp.Or(left[0].Status, "running")
		env.StatusFile.SetJob(left[0].ID, status)
		return ended, cli.JobError{ID: left[0].ID, Status: status}
	case ctx.Err() != nil:
		env.Say("The jobs keep running. 'td job:kill ID…' ends them.")
		return ended, context.Cause(ctx)
	case errors.Is(err, api.ErrNotFound):
		return ended, jobcmd.NotFound(left[0].ID, err)
	case err != nil:
		return ended, cli.WithHint(err, "job %s may still be running; 'td job:wait %s' waits for it", left[0].ID, left[0].ID)
	}
	return ended, nil
}
