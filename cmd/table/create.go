package table

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewCreate returns the command table:create.
func NewCreate(env *cli.Env) *cobra.Command {
	var o settings
	var tableType string
	cmd := &cobra.Command{
		Use:         "table:create DB TABLE",
		Short:       "Create a table",
		Example:     "  td table:create web access\n  td table:create web access --expire-days 30",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			if tableType != "log" {
				return cli.Usagef("unknown type %q: -T/--type must be log", tableType)
			}
			options, err := o.check(cmd.Flags())
			if err != nil {
				return err
			}
			return create(cmd.Context(), env, args[0], args[1], options)
		},
	}
	cmd.Flags().StringVarP(&tableType, "type", "T", "log", "`TYPE` of the table: log")
	complete.Flags(cmd.Flags(), complete.OneOf("log"), "type")
	o.add(cmd.Flags())
	return cmd
}

func create(ctx context.Context, env *cli.Env, database, name string, o api.TableOptions) error {
	if err := tablecmd.CheckName("table", name); err != nil {
		return err
	}
	if slices.Contains(reserved(), name) {
		env.Warn("'%s' is a reserved word of Hive: Hive queries must quote it as `%s`", name, name)
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.CreateTable(ctx, database, name, o); err != nil {
		return withName(database, name, err)
	}
	env.Say("Table '%s.%s' is created.", database, name)
	return nil
}

// withName adds names to the error of a request that creates a table.
func withName(database, name string, err error) error {
	switch {
	case errors.Is(err, api.ErrConflict):
		return cli.WithHint(fmt.Errorf("table '%s.%s' already exists: %w", database, name, err), "'td table:show %s %s' shows it", database, name)
	case errors.Is(err, api.ErrNotFound):
		return tablecmd.DatabaseNotFound(database, err)
	}
	return err
}

// reserved returns the reserved words of Hive that are valid table names.
func reserved() []string {
	return strings.Fields(`
		add all alter and array as asc bigint binary boolean bucket buckets by cast cluster
		clustered collection columns comment create data date datetime delimited desc
		describe directory distinct distribute double drop exchange explain extended
		external false fields float format from full function group inpath inputformat
		insert int into is items join keys left like limit lines load local location map msck
		not null on or order out outer outputformat overwrite partition partitioned
		partitions reduce regexp rename replace right rlike row select sequencefile serde
		serdeproperties set show smallint sort sorted stored string table tables
		tablesample tblproperties temporary terminated textfile timestamp tinyint to
		transform true union using where with`)
}
