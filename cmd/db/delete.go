package db

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command db:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:         "db:delete DB",
		Short:       "Delete a database",
		Example:     "  td db:delete web\n  td db:delete -f web",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Database),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0], force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "delete its tables too")
	return cmd
}

func remove(ctx context.Context, env *cli.Env, name string, force bool) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if !force {
		tables, err := client.Tables(ctx, name)
		if err != nil {
			return withName(name, err)
		}
		if len(tables) > 0 {
			return cli.WithHint(cli.StateError{Err: fmt.Errorf("database '%s' is not empty", name)}, "use '-f' or drop its tables first")
		}
	}
	if err := client.DeleteDatabase(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Database '%s' is deleted.", name)
	return nil
}
