package connector

import (
	"context"
	"errors"
	"reflect"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
)

type updateOptions struct {
	name, database, table, cron, timezone, timeColumn string
	delay                                             int
	config, configDiff                                string // file names
}

// NewUpdate returns the command connector:update.
func NewUpdate(env *cli.Env) *cobra.Command {
	var o updateOptions
	cmd := &cobra.Command{
		Use:         "connector:update NAME [CONFIG]",
		Short:       "Change a connector session",
		Long:        "Change the given settings of a connector session.",
		Example:     "  td connector:update daily_load load.yml\n  td connector:update daily_load -s '0 4 * * *' -z Asia/Tokyo\n  td connector:update daily_load -s ''",
		Args:        cobra.RangeArgs(1, 2),
		Annotations: complete.Args(complete.Connector, complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				if o.config != "" {
					return cli.Usagef("%s and --config %s cannot be used together", args[1], o.config)
				}
				o.config = args[1]
			}
			s, err := o.settings(env, cmd.Flags())
			if err != nil {
				return err
			}
			return update(cmd.Context(), env, args[0], s)
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.name, "newname", "n", "", "rename the session to `NAME`")
	fs.StringVarP(&o.database, "database", "d", "", "load into the database `DB`")
	fs.StringVarP(&o.table, "table", "t", "", "load into the table `TABLE`")
	fs.StringVarP(&o.cron, "schedule", "s", "", "`CRON` expression; '' disables the schedule")
	argv.MakeValueOptional(fs, "schedule")
	argv.AllowEmpty(fs, "schedule")
	fs.StringVarP(&o.timezone, "timezone", "z", "", "time `ZONE` of the cron expression, such as Asia/Tokyo")
	fs.IntVarP(&o.delay, "delay", "D", 0, "start `SECONDS` after the scheduled time")
	fs.StringVarP(&o.timeColumn, "time-column", "T", "", "`COLUMN` with the time of the records")
	fs.StringVarP(&o.config, "config", "c", "", "use the configuration in `FILE`")
	fs.StringVar(&o.configDiff, "config-diff", "", "continue from the state of the last run in `FILE`")
	complete.Flags(fs, complete.Any, "newname", "timezone", "time-column")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.Table, "table")
	complete.Flags(fs, complete.Cron, "schedule")
	complete.Flags(fs, complete.File, "config", "config-diff")
	return cmd
}

// settings returns the given flags after checking them. Other settings are nil.
func (o updateOptions) settings(env *cli.Env, fs *pflag.FlagSet) (s api.BulkLoadSettings, err error) {
	for name, to := range map[string]struct {
		value   *string
		setting **string
	}{
		"newname": {&o.name, &s.Name}, "database": {&o.database, &s.Database}, "table": {&o.table, &s.Table},
		"schedule": {&o.cron, &s.Cron}, "timezone": {&o.timezone, &s.Timezone}, "time-column": {&o.timeColumn, &s.TimeColumn},
	} {
		if fs.Changed(name) {
			*to.setting = to.value
		}
	}
	if fs.Changed("delay") {
		s.Delay = &o.delay
	}
	if o.delay < 0 {
		return s, cli.Usagef("-D/--delay must be 0 or more, not %d", o.delay)
	}
	if o.config != "" {
		config, err := readConfig(env, o.config)
		if err != nil {
			return s, err
		}
		if s.Config, err = config.JSON(); err != nil {
			return s, cli.UsageError{Err: err}
		}
	}
	if o.configDiff != "" {
		diff, err := readWith(env, o.configDiff, connectorconfig.ParseObject)
		if err != nil {
			return s, err
		}
		if s.ConfigDiff, err = diff.JSON(); err != nil {
			return s, cli.UsageError{Err: err}
		}
	}
	if reflect.ValueOf(s).IsZero() {
		return s, cli.WithHint(cli.Usagef("nothing to update"), "'td help connector:update' lists the settings")
	}
	return s, nil
}

func update(ctx context.Context, env *cli.Env, name string, s api.BulkLoadSettings) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	session, err := client.UpdateBulkLoad(ctx, name, s)
	switch {
	case errors.Is(err, api.ErrConflict) && s.Name != nil:
		return withName(*s.Name, err)
	case errors.Is(err, api.ErrNotFound) && (s.Database != nil || s.Table != nil):
		return moved(ctx, client, name, s, err)
	case err != nil:
		return withName(name, err)
	}
	if s.Cron != nil && *s.Cron == "" && session.Cron != "" {
		env.Warn("the server kept the schedule '%s'", session.Cron)
	}
	env.Say("Connector session '%s' is updated.", name)
	describe(env.Err, session)
	return nil
}

// moved returns an error that names what does not exist, the session or its target.
func moved(ctx context.Context, client *api.Client, name string, s api.BulkLoadSettings, err error) error {
	session, why := client.BulkLoad(ctx, name)
	if why != nil {
		return withName(name, why)
	}
	if s.Database != nil {
		session.Database = *s.Database
	}
	if s.Table != nil {
		session.Table = *s.Table
	}
	return tablecmd.ExplainNotFound(ctx, client, session.Database, session.Table, err)
}
