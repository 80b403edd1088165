package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command table:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:         "table:delete DB TABLE",
		Short:       "Delete a table",
		Long:        "Delete a table, and print the command that restores it. A table that is protected from deletion is not\ndeleted, even with --force.",
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
	t, err := tablecmd.Find(ctx, client, database, name)
	if err != nil && (!force || !errors.Is(err, api.ErrForbidden)) { // the right to delete may exist without the right to list
		return err
	}
	if err := tablecmd.CheckDeletable(database, t); err != nil {
		return err
	}
	if !force {
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
	env.Say("Use '%s' to restore it.", tablecmd.UndeleteCommand(database, name, t.ID))
	return nil
}
