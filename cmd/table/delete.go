package table

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command table:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:         "table:delete DB TABLE",
		Short:       "Delete a table",
		Example:     "  td table:delete web access\n  td table:delete --force web access",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0], args[1], force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "delete without confirmation")
	return cmd
}

func remove(ctx context.Context, env *cli.Env, database, name string, force bool) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if !force {
		if _, err := tablecmd.Find(ctx, client, database, name); err != nil {
			return err
		}
		yes, err := env.Confirm(fmt.Sprintf("Do you really want to delete '%s' in '%s'?", name, database))
		if err != nil {
			return cli.WithHint(err, "use --force to delete without confirmation")
		}
		if !yes {
			return env.Canceled()
		}
	}
	if _, err := client.DeleteTable(ctx, database, name); err != nil {
		return tablecmd.ExplainNotFound(ctx, client, database, name, err)
	}
	env.Say("Table '%s.%s' is deleted.", database, name)
	return nil
}
