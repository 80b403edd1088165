package schema

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
)

// NewSet returns the command schema:set.
func NewSet(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "schema:set DB TABLE [COLUMN:TYPE[@ALIAS]…]",
		Short:       "Replace the schema of a table",
		Long:        "Replace the schema of a table. Without columns the schema becomes empty. The records do not change.",
		Example:     "  td schema:set web access path:string size:long\n  td schema:set web access User-Agent:string@user_agent",
		Args:        cobra.MinimumNArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table, complete.ColumnAndType, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return set(cmd.Context(), env, args[0], args[1], args[2:])
		},
	}
}

func set(ctx context.Context, env *cli.Env, database, name string, args []string) error {
	columns, err := parseColumns(args)
	if err != nil {
		return err
	}
	if err := checkNames(columns); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if _, err := tablecmd.Find(ctx, client, database, name); err != nil {
		return err
	}
	if err := client.UpdateSchema(ctx, database, name, columns); err != nil {
		return err
	}
	printUpdated(env, database, name)
	return nil
}
