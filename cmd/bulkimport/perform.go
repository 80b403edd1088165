package bulkimport

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

type performOptions struct {
	jobcmd.SubmitFlags
	force    bool
	poolName string
}

func newPerform(env *cli.Env, noun string) *cobra.Command {
	var o performOptions
	cmd := &cobra.Command{
		Use:         noun + ":perform NAME",
		Short:       "Start the job that checks the parts of a bulk import session",
		Example:     "  td " + noun + ":perform logs_201201 -w",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.WaitFlags.Check(); err != nil {
				return err
			}
			client, err := env.Client()
			if err != nil {
				return err
			}
			return perform(cmd.Context(), env, client, o, args[0])
		},
	}
	o.SubmitFlags.Add(cmd.Flags())
	cmd.Flags().BoolVarP(&o.force, "force", "f", false, "perform a session again")
	cmd.Flags().StringVarP(&o.poolName, "pool-name", "O", "", "run in the resource pool `NAME`")
	complete.Flags(cmd.Flags(), complete.Any, "pool-name")
	return cmd
}

func perform(ctx context.Context, env *cli.Env, client *api.Client, o performOptions, name string) error {
	session, err := client.BulkImport(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	id, err := jobcmd.SubmitOnce(ctx, env, client, performJob("", session.Database), name, func() (string, error) {
		if !o.force && (session.Status == performing || session.Status == ready) {
			return "", wrongState(name, "already "+session.Status, "use -f to perform it again")
		}
		return client.PerformBulkImport(ctx, name, o.poolName, nil)
	})
	if err != nil {
		return withName(name, err)
	}
	o.PrintID.ReportQueued(ctx, env, performJob(id, session.Database), env.Say, "Job %s is queued.")
	return jobcmd.WaitSubmitted(ctx, env, client, id, "Status", o.SubmitFlags)
}

// performJob returns the entry of the history for the job that checks the parts.
func performJob(id, database string) history.Job {
	return history.Job{ID: id, Command: "bulk_import:perform", Type: "bulk_import_perform", Database: database}
}
