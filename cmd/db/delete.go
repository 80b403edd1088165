package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// NewDelete returns the command db:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "db:delete DB",
		Short: "Delete a database",
		Long: `Delete a database. If it has tables, td lists them on a terminal and asks for the name of the database;
elsewhere it refuses (status 9). With -f it deletes the tables too, without asking. A database that is
protected from deletion, or has such a table, is not deleted, even with -f.`,
		Example:     "  td db:delete web\n  td db:delete -f web",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Database),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0], force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "delete its tables too, without asking")
	return cmd
}

func remove(ctx context.Context, env *cli.Env, name string, force bool) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	tables, err := checkDeletable(ctx, client, name)
	if err != nil && (!force || !errors.Is(err, api.ErrForbidden)) { // the right to delete may exist without the right to list
		return err
	}
	if len(tables) > 0 && !force {
		if err := confirm(env, name, tables); err != nil {
			return err
		}
	}
	if err := client.DeleteDatabase(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Database '%s' is deleted.", name)
	return nil
}

// checkDeletable returns the tables of a database, or an error if the database does not exist or may not be deleted.
func checkDeletable(ctx context.Context, client *api.Client, name string) ([]api.Table, error) {
	tables, err := client.Tables(ctx, name)
	if err != nil {
		return nil, withName(name, err)
	}
	databases, err := client.Databases(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(databases, func(d api.Database) bool { return d.Name == name })
	if i < 0 {
		return nil, withName(name, api.ErrNotFound)
	}
	return tables, tablecmd.CheckDatabaseDeletable(databases[i], tables)
}

// maxListed is the number of tables that confirm lists.
const maxListed = 20

// confirm lists the tables of a database and asks for its name. Without a terminal it returns a [cli.StateError].
func confirm(env *cli.Env, name string, tables []api.Table) error {
	if !env.InTTY {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("database '%s' is not empty", name)}, "use '-f' or drop its tables first")
	}
	if env.Flags.DryRun {
		return nil
	}
	noun := "table"
	if len(tables) > 1 {
		noun = "tables"
	}
	env.Complain("Database '%s' has %d %s:", name, len(tables), noun)
	for i, t := range tables {
		if i == maxListed {
			env.Complain("  and %d more", len(tables)-maxListed)
			break
		}
		env.Complain("  %s (%s)", text.Sanitize(t.Name), tablecmd.FormatRecords(t.Count))
	}
	answer, err := env.Ask(fmt.Sprintf("Type the name of the database to delete it and its %s: ", noun))
	if err != nil {
		return err
	}
	if answer != name {
		if answer != "" {
			env.Complain("'%s' is not '%s'.", text.Sanitize(answer), name)
		}
		return env.Canceled()
	}
	return nil
}
