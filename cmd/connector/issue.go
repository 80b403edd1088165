package connector

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

type issueOptions struct {
	jobcmd.SubmitFlags
	database, table, timeColumn string
	create                      bool
}

// NewIssue returns the command connector:issue.
func NewIssue(env *cli.Env) *cobra.Command {
	var o issueOptions
	var exclude bool
	cmd := &cobra.Command{
		Use:         "connector:issue CONFIG",
		Short:       "Load the source of a configuration into a table once",
		Example:     "  td connector:issue load.yml --database web --table access -w\n  td connector:issue load.yml --database web --table access --auto-create-table",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			return issue(cmd.Context(), env, o, args[0])
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.database, "database", "", "load into the database `DB`")
	fs.StringVar(&o.table, "table", "", "load into its table `TABLE`")
	fs.StringVar(&o.timeColumn, "time-column", "", "`COLUMN` with the time of the records")
	fs.BoolVar(&o.create, "auto-create-table", false, "create the database and the table if they do not exist")
	o.SubmitFlags.Add(fs)
	fs.BoolVarP(&exclude, "exclude", "x", false, "no effect: there are no rows")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.Table, "table")
	complete.Flags(fs, complete.Any, "time-column")
	_ = fs.MarkHidden("exclude")
	return cmd
}

func issue(ctx context.Context, env *cli.Env, o issueOptions, path string) error {
	if o.database == "" || o.table == "" {
		return cli.Usagef("--database and --table are required")
	}
	if err := o.WaitFlags.Check(); err != nil {
		return err
	}
	config, err := readConfig(env, path)
	if err != nil {
		return err
	}
	if o.timeColumn != "" {
		config.SetText(o.timeColumn, "out", "time_column")
	}
	raw, err := config.JSON()
	if err != nil {
		return cli.UsageError{Err: err}
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if o.create {
		if err := tablecmd.Ensure(ctx, env, client, o.database, o.table); err != nil {
			return err
		}
	}
	job := history.Job{Command: "connector:issue", Type: "bulkload", Database: o.database}
	job.ID, err = jobcmd.SubmitOnce(ctx, env, client, job, o.table+"\n"+string(raw), func() (string, error) {
		return client.IssueBulkLoad(ctx, o.database, o.table, raw)
	})
	if err != nil {
		return tablecmd.ExplainNotFound(ctx, client, o.database, o.table, err)
	}
	return submitted(ctx, env, client, job, o.SubmitFlags)
}
