package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type undeleteOptions struct{ id, name string }

// NewUndelete returns the command table:undelete.
func NewUndelete(env *cli.Env) *cobra.Command {
	var o undeleteOptions
	cmd := &cobra.Command{
		Use:   "table:undelete DB TABLE | --id ID",
		Short: "Restore a deleted table",
		Long: `Restore a deleted table in its database, under its name or another one (--as). If several deleted
tables have the name, the one that was deleted last is restored; --id selects another one.
table:deleted lists them.`,
		Example:     "  td table:undelete web access\n  td table:undelete web access --as access_old\n  td table:undelete --id 210906",
		Args:        cobra.MaximumNArgs(2),
		Annotations: complete.Args(complete.Database, complete.DeletedTable),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			return undelete(cmd.Context(), env, o, args)
		},
	}
	cmd.Flags().StringVar(&o.id, "id", "", "restore the table with this `ID`")
	cmd.Flags().StringVar(&o.name, "as", "", "restore it under another `NAME`")
	complete.Flags(cmd.Flags(), complete.DeletedTableID, "id")
	complete.Flags(cmd.Flags(), complete.Any, "as")
	argv.MarkNew(cmd.Flags(), "id", "as")
	return cmd
}

// check returns a usage error unless the arguments and flags name one table.
func (o undeleteOptions) check(args []string) error {
	switch {
	case o.id != "" && len(args) > 0:
		return cli.Usagef("--id and the name of a table cannot be used together")
	case o.id == "" && len(args) != 2:
		return cli.WithHint(cli.Usagef("table:undelete: the name of the table is required"), "usage: td table:undelete DB TABLE, or --id ID")
	case o.name != "":
		return tablecmd.CheckName("table", o.name)
	}
	return nil
}

func undelete(ctx context.Context, env *cli.Env, o undeleteOptions, args []string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	t, err := findDeleted(ctx, env, client, o, args)
	if err != nil {
		return err
	}
	name := t.Name
	if o.name != "" {
		name = o.name
	}
	if err := checkFree(ctx, client, t, name); err != nil {
		return err
	}
	err = client.RecoverTable(ctx, t.ID, o.name)
	if errors.Is(err, api.ErrConflict) {
		return nameTaken(t, name)
	}
	if err != nil {
		return fmt.Errorf("table '%s.%s' was not restored: %w", t.Database, t.Name, err)
	}
	env.Say("Table '%s.%s' is restored with %s.", t.Database, name, tablecmd.FormatRecords(t.Count))
	return nil
}

// findDeleted returns the deleted table with the ID of --id, or the last deleted one with a name.
func findDeleted(ctx context.Context, env *cli.Env, client *api.Client, o undeleteOptions, args []string) (api.DeletedTable, error) {
	tables, err := fetchDeleted(ctx, client)
	if err != nil {
		return api.DeletedTable{}, err
	}
	var found []api.DeletedTable
	for _, t := range tables {
		if o.id != "" && t.ID == o.id || o.id == "" && t.Database == args[0] && t.Name == args[1] {
			found = append(found, t)
		}
	}
	switch {
	case len(found) > 1:
		env.Say("%d deleted tables have this name; the one that was deleted last is restored. Use 'td table:deleted %s' to list them.", len(found), args[0])
		return found[0], nil
	case len(found) == 1:
		return found[0], nil
	case o.id != "":
		return api.DeletedTable{}, cli.NotFound("deleted table", o.id, "table:deleted", api.ErrNotFound)
	}
	_, err = tablecmd.Find(ctx, client, args[0], args[1])
	switch {
	case err == nil:
		return api.DeletedTable{}, cli.StateError{Err: fmt.Errorf("table '%s.%s' is not deleted", args[0], args[1])}
	case !errors.Is(err, api.ErrNotFound) && !errors.Is(err, api.ErrForbidden):
		return api.DeletedTable{}, err
	}
	return api.DeletedTable{}, cli.NotFound("deleted table", args[0]+"."+args[1], "table:deleted "+args[0], api.ErrNotFound)
}

// checkFree returns an error if a table has the name under which a deleted one is to be restored.
func checkFree(ctx context.Context, client *api.Client, t api.DeletedTable, name string) error {
	switch _, err := tablecmd.Find(ctx, client, t.Database, name); {
	case err == nil:
		return nameTaken(t, name)
	case errors.Is(err, api.ErrNotFound), errors.Is(err, api.ErrForbidden): // the server decides
		return nil
	default:
		return err
	}
}

// nameTaken returns the error for a name that another table has. The hint is the command that restores the table under
// another name.
func nameTaken(t api.DeletedTable, name string) error {
	err := cli.StateError{Err: fmt.Errorf("table '%s.%s' already exists; nothing was restored", t.Database, name)}
	return cli.WithHint(err, "use 'td table:undelete --id %s --as NAME' to restore the deleted table under another name", t.ID)
}
