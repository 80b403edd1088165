package export

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

type resultOptions struct {
	jobcmd.SubmitFlags
	priority string
	retry    int
}

// NewResult returns the command export:result.
func NewResult(env *cli.Env) *cobra.Command {
	var o resultOptions
	cmd := &cobra.Command{
		Use:   "export:result JOB_ID RESULT",
		Short: "Write the result of a job to a result URL",
		Long: `Write the result of a job to a result URL, or to a saved result URL given by its name.
The server writes it. With -w td first waits for the job and then for the export.`,
		Example:     "  td export:result 12345 td://@/web/daily\n  td export:result -w 12345 warehouse",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Job, complete.Result),
		RunE: func(cmd *cobra.Command, args []string) error {
			return exportResult(cmd.Context(), env, o, args[0], args[1])
		},
	}
	fs := cmd.Flags()
	o.SubmitFlags.Add(fs)
	fs.StringVarP(&o.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.IntVarP(&o.retry, "retry", "R", 0, "retry a failed export `N` times")
	complete.Flags(fs, complete.Priority, "priority")
	return cmd
}

func exportResult(ctx context.Context, env *cli.Env, o resultOptions, id, result string) error {
	r := api.ResultExportRequest{ResultURL: result}
	id, err := jobcmd.ResolveID(env, id)
	switch {
	case err != nil:
		return err
	case result == "":
		return cli.Usagef("the result URL is empty")
	case o.retry < 0 || o.retry > 32:
		return cli.Usagef("-R/--retry must be between 0 and 32, not %d", o.retry)
	case o.retry > 0:
		r.RetryLimit = &o.retry
	}
	if o.priority != "" {
		p, err := cli.ParsePriority(o.priority)
		if err != nil {
			return cli.UsageError{Err: err}
		}
		r.Priority = &p
	}
	if err := o.WaitFlags.Check(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if o.Wait.On {
		if err := target(ctx, env, client, id, o.WaitFlags); err != nil {
			return err
		}
	}
	submitted := history.Job{Command: "export:result", Type: "result_export", ResultURL: result}
	if r.DomainKey, err = jobcmd.DomainKey(ctx, env, client, submitted, id); err != nil {
		return err
	}
	exportID, err := client.ExportResult(ctx, id, r)
	if err != nil {
		return fmt.Errorf("the result was not exported: %w", jobcmd.NotFound(id, err))
	}
	submitted.ID, submitted.DomainKey = exportID, r.DomainKey
	o.PrintID.ReportQueued(ctx, env, submitted, env.Say, "result export job %s is queued.")
	return jobcmd.WaitSubmitted(ctx, env, client, exportID, "status", o.SubmitFlags) // export:table prints "Status"
}

// target waits until the job with the result has succeeded.
func target(ctx context.Context, env *cli.Env, client *api.Client, id string, f jobcmd.WaitFlags) error {
	job, err := client.Job(ctx, id)
	if err != nil {
		return jobcmd.NotFound(id, err)
	}
	if !job.Finished() {
		env.Say("target job %s is still %s...", id, job.Status)
		if job, err = jobcmd.WaitEnded(ctx, env, client, id, f, env.Flags.Verbose); err != nil {
			return err
		}
	}
	return jobcmd.NotSucceededError(ctx, client, job)
}
