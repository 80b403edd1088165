package schema

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewAdd returns the command schema:add.
func NewAdd(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "schema:add DB TABLE COLUMN:TYPE[@ALIAS]…",
		Short:       "Add columns to the schema of a table",
		Long:        "Add columns to the schema of a table. An existing column gets the new type and alias.",
		Example:     "  td schema:add web access path:string size:long",
		Args:        cobra.MinimumNArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.ColumnAndType, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return add(cmd.Context(), env, args[0], args[1], args[2:])
		},
	}
}

func add(ctx context.Context, env *cli.Env, database, name string, args []string) error {
	added, err := parseColumns(args)
	if err != nil {
		return err
	}
	if err := checkNames(added); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	t, err := findTable(ctx, client, database, name)
	if err != nil {
		return err
	}
	merged, changed := merge(t.Schema, added)
	if err := checkNames(merged); err != nil {
		return err
	}
	if err := send(ctx, client, database, name, merged, added, changed); err != nil {
		return err
	}
	printUpdated(env, database, name)
	return nil
}

// merge adds columns to a schema. It reports whether a column existed before.
func merge(schema, added []api.Column) (merged []api.Column, changed bool) {
	merged = slices.Clone(schema)
	for _, c := range added {
		i := slices.IndexFunc(merged, func(old api.Column) bool { return old.Name == c.Name })
		if i < 0 {
			merged = append(merged, c)
			continue
		}
		merged[i], changed = c, true
	}
	return merged, changed
}

// send appends the columns if the server supports it, which keeps columns that an import
// adds concurrently. Appending cannot change an existing column.
func send(ctx context.Context, client *api.Client, database, name string, merged, added []api.Column, changed bool) error {
	if !changed {
		if err := client.AppendSchema(ctx, database, name, added); !api.IsUnsupported(err) {
			return err
		}
	}
	return client.UpdateSchema(ctx, database, name, merged)
}
