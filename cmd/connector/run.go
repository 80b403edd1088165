package connector

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

// NewRun returns the command connector:run.
func NewRun(env *cli.Env) *cobra.Command {
	var wait jobcmd.SubmitFlags
	cmd := &cobra.Command{
		Use:         "connector:run NAME [TIME]",
		Short:       "Run a connector session now or for another time",
		Long:        "Run a connector session for the current time or for TIME.\n" + cli.TimeUsage,
		Example:     "  td connector:run daily_load -w\n  td connector:run daily_load '2026-01-01 00:00:00'",
		Args:        cobra.RangeArgs(1, 2),
		Annotations: complete.Args(complete.Connector, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			var at time.Time
			if len(args) == 2 {
				var err error
				if at, err = cli.ParseTime(args[1]); err != nil {
					return err
				}
			}
			return run(cmd.Context(), env, wait, args[0], at)
		},
	}
	wait.Add(cmd.Flags())
	return cmd
}

// run submits with a domain key: a request that is sent twice creates one job. The zero time is now.
func run(ctx context.Context, env *cli.Env, wait jobcmd.SubmitFlags, name string, at time.Time) error {
	if err := wait.Check(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	job := history.Job{Command: "connector:run", Type: "bulkload"}
	what := name
	if at.IsZero() {
		at = env.Now()
	} else {
		what += " " + at.UTC().Format(time.RFC3339)
	}
	if job.DomainKey, err = jobcmd.DomainKey(ctx, env, client, job, what); err != nil {
		return err
	}
	if job.ID, err = client.RunBulkLoad(ctx, name, strconv.FormatInt(at.Unix(), 10), job.DomainKey); err != nil {
		return withName(name, err)
	}
	return submitted(ctx, env, client, job, wait)
}
