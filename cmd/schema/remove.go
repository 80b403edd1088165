package schema

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewRemove returns the command schema:remove.
func NewRemove(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "schema:remove DB TABLE COLUMN…",
		Short:       "Remove columns from the schema of a table",
		Long:        "Remove columns from the schema of a table. The records do not change.",
		Example:     "  td schema:remove web access size",
		Args:        cobra.MinimumNArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.Column, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0], args[1], args[2:])
		},
	}
}

// remove changes nothing if one of the columns does not exist.
func remove(ctx context.Context, env *cli.Env, database, name string, names []string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	t, err := findTable(ctx, client, database, name)
	if err != nil {
		return err
	}
	schema := t.Schema
	for _, column := range names {
		i := slices.IndexFunc(schema, func(c api.Column) bool { return c.Name == column })
		if i < 0 {
			return cli.NotFound("column", column, "schema:show "+database+" "+name, api.ErrNotFound)
		}
		schema = slices.Delete(schema, i, i+1)
	}
	if err := client.UpdateSchema(ctx, database, name, schema); err != nil {
		return err
	}
	printUpdated(env, database, name)
	return nil
}
