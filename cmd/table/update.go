package table

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// NewUpdate returns the command table:update.
func NewUpdate(env *cli.Env) *cobra.Command {
	var o settings
	cmd := &cobra.Command{
		Use:         "table:update DB TABLE",
		Short:       "Change the settings of a table",
		Example:     "  td table:update web access --expire-days 30\n  td table:update web access --detect-schema false",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := o.check(cmd.Flags())
			if err != nil {
				return err
			}
			if options == (api.TableOptions{}) {
				return cli.Usagef("nothing to update: use --expire-days, --include-v or --detect-schema")
			}
			return update(cmd.Context(), env, args[0], args[1], options)
		},
	}
	o.add(cmd.Flags())
	return cmd
}

// update changes the settings and prints the values that the server returns.
func update(ctx context.Context, env *cli.Env, database, name string, o api.TableOptions) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.UpdateTable(ctx, database, name, o); err != nil {
		return tablecmd.ExplainNotFound(ctx, client, database, name, err)
	}
	env.Say("Table '%s.%s' is updated.", database, name)
	t, err := tablecmd.Find(ctx, client, database, name)
	if err != nil {
		return err
	}
	if o.ExpireDays != nil {
		env.Say("Expire Days : %s", expireDays(t))
	}
	if o.IncludeV != nil {
		env.Say("Include v   : %t", t.IncludeV)
	}
	return nil
}

func expireDays(t api.Table) string {
	if t.ExpireDays == 0 {
		return "never"
	}
	return text.Commas(int64(t.ExpireDays))
}
