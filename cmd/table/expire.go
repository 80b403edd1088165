package table

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewExpire returns the command table:expire.
func NewExpire(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "table:expire DB TABLE DAYS",
		Short:       "Set how long a table keeps its records",
		Long:        "Set how many days after their time the records of a table are deleted. With 0 days they are kept.",
		Example:     "  td table:expire web access 30\n  td table:expire web access 0",
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return expire(cmd.Context(), env, args[0], args[1], args[2])
		},
	}
}

func expire(ctx context.Context, env *cli.Env, database, name, text string) error {
	days, err := strconv.Atoi(text)
	if err != nil || days < 0 {
		return cli.Usagef("DAYS must be a number, 0 or more, not %q", text)
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.UpdateTable(ctx, database, name, api.TableOptions{ExpireDays: &days}); err != nil {
		return tablecmd.ExplainNotFound(ctx, client, database, name, err)
	}
	if days == 0 {
		env.Say("Data expiration disabled for this table.")
		return nil
	}
	env.Say("Table set to expire data older than %d days.", days)
	return nil
}
