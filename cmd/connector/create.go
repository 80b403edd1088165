package connector

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type createOptions struct {
	timeColumn, timezone string
	delay                int
}

// NewCreate returns the command connector:create.
func NewCreate(env *cli.Env) *cobra.Command {
	var o createOptions
	cmd := &cobra.Command{
		Use:   "connector:create NAME CRON DB TABLE CONFIG",
		Short: "Create a connector session, which loads data regularly",
		Long: `Create a connector session, which regularly loads the source described by a configuration
into a table. CRON is five fields or a word such as @daily. A session with an empty CRON only
runs with connector:run.`,
		Example:     "  td connector:create daily_load @daily web access load.yml -t Asia/Tokyo",
		Args:        cobra.ExactArgs(5),
		Annotations: complete.Args(complete.Any, complete.Cron, complete.Database, complete.Table, complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			return create(cmd.Context(), env, o, args[4], api.BulkLoadSettings{
				Name: &args[0], Cron: &args[1], Database: &args[2], Table: &args[3], Timezone: &o.timezone,
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.timeColumn, "time-column", "", "`COLUMN` with the time of the records")
	fs.StringVarP(&o.timezone, "timezone", "t", "UTC", "time `ZONE` of the cron expression, such as Asia/Tokyo")
	fs.IntVarP(&o.delay, "delay", "D", 0, "start `SECONDS` after the scheduled time")
	complete.Flags(fs, complete.Any, "time-column", "timezone")
	return cmd
}

func create(ctx context.Context, env *cli.Env, o createOptions, path string, s api.BulkLoadSettings) error {
	switch {
	case o.delay < 0:
		return cli.Usagef("-D/--delay must be 0 or more, not %d", o.delay)
	case o.delay > 0:
		s.Delay = &o.delay
	}
	if o.timeColumn != "" {
		s.TimeColumn = &o.timeColumn
	}
	config, err := readConfig(env, path)
	if err != nil {
		return err
	}
	if s.Config, err = config.JSON(); err != nil {
		return cli.UsageError{Err: err}
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if _, err := tablecmd.Find(ctx, client, *s.Database, *s.Table); err != nil {
		return err
	}
	session, err := client.CreateBulkLoad(ctx, s)
	if err != nil {
		return fmt.Errorf("the connector session was not created: %w", withName(*s.Name, err))
	}
	env.Say("Connector session '%s' is created.", session.Name)
	describe(env.Err, session)
	return nil
}
