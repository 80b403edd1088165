package table

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewRename returns the command table:rename.
func NewRename(env *cli.Env) *cobra.Command {
	var overwrite bool
	cmd := &cobra.Command{
		Use:         "table:rename DB FROM TO",
		Short:       "Give a table another name",
		Example:     "  td table:rename web access access_2026\n  td table:rename --overwrite web access_new access",
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return rename(cmd.Context(), env, move{args[0], args[1], args[2]}, overwrite)
		},
	}
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "delete the table that has the name already")
	return cmd
}

// A move is a table and the name that it is to have.
type move struct{ database, from, to string }

// rename asks the server for it where the server can, which is all or nothing, and else
// goes step by step.
func rename(ctx context.Context, env *cli.Env, m move, overwrite bool) error {
	if m.from == m.to {
		return cli.Usagef("the table is called %q already", m.to)
	}
	if err := tablecmd.CheckName("table", m.to); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	source, taken, err := m.look(ctx, client)
	if err != nil {
		return err
	}
	if taken && !overwrite {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("table '%s.%s' already exists", m.database, m.to)}, "--overwrite deletes it")
	}
	err = client.RenameTable(ctx, m.database, m.from, m.to, overwrite)
	switch {
	case err != nil && api.IsTransient(err):
		err = m.happened(ctx, client, source, err)
	case isAbsent(err):
		err = m.bySteps(ctx, client, taken)
	case errors.Is(err, api.ErrConflict):
		err = refused(m.database, m.to, err)
	}
	if err != nil {
		return err
	}
	env.Say("renamed from '%s.%s' to '%s.%s'.", m.database, m.from, m.database, m.to)
	return nil
}

// look finds the table to rename, and whether its new name is taken.
func (m move) look(ctx context.Context, client *api.Client) (source api.Table, taken bool, err error) {
	tables, err := client.Tables(ctx, m.database)
	if err != nil {
		return source, false, tablecmd.DatabaseNotFound(m.database, err)
	}
	found := false
	for _, t := range tables {
		if t.Name == m.from {
			source, found = t, true
		}
		taken = taken || t.Name == m.to
	}
	if !found {
		return source, taken, tablecmd.NotFound(m.database, m.from, api.ErrNotFound)
	}
	return source, taken, nil
}

// isAbsent reports whether an error says that the server knows no such call.
func isAbsent(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed)
}

// happened decides by the table's id whether a rename without an answer happened: nil
// when it did.
func (m move) happened(ctx context.Context, client *api.Client, source api.Table, cause error) error {
	after, err := tablecmd.Find(ctx, client, m.database, m.to)
	switch {
	case err == nil && source.ID != "" && after.ID == source.ID:
		return nil
	case err == nil || errors.Is(err, api.ErrNotFound):
		return cli.WithHint(fmt.Errorf("the table was not renamed: %w", cause), "nothing has changed; try again")
	}
	return cli.WithHint(fmt.Errorf("the server's answer was lost, and whether the table was renamed is not known: %w", cause),
		"look at 'td table:list %s' before you try again", m.database)
}

// bySteps makes the table's new name if it is not taken, exchanges the two, and deletes
// what then is the old name. Where it stops half-way, the error says what is where.
func (m move) bySteps(ctx context.Context, client *api.Client, taken bool) error {
	if !taken {
		if err := client.CreateTable(ctx, m.database, m.to, api.TableOptions{}); err != nil {
			return fmt.Errorf("nothing was renamed: %w", refused(m.database, m.to, err))
		}
	}
	before, err := pair(ctx, client, m.database, m.from, m.to)
	if err != nil {
		return m.stopped(taken, err)
	}
	err = client.SwapTables(ctx, m.database, m.from, m.to)
	if err != nil && api.IsTransient(err) {
		err = swapped(ctx, client, m.database, m.from, m.to, before, err)
	}
	if err != nil {
		return m.stopped(taken, err)
	}
	if _, err := client.DeleteTable(ctx, m.database, m.from); err != nil {
		holds := "is empty"
		if taken {
			holds = fmt.Sprintf("holds what '%s' held", m.to)
		}
		return cli.WithHint(fmt.Errorf("half done: the records are in '%s.%s'; '%s', which %s, was not deleted: %w", m.database, m.to, m.from, holds, err),
			"'td table:delete %s %s' completes it", m.database, m.from)
	}
	return nil
}

// stopped says what an exchange that failed leaves behind.
func (m move) stopped(taken bool, err error) error {
	if taken {
		return err
	}
	err = fmt.Errorf("half done: the empty table '%s.%s' was created, and not exchanged with '%s': %w", m.database, m.to, m.from, err)
	return cli.WithHint(err, "look at 'td table:list %s'; 'td table:delete %s %s' removes an empty one", m.database, m.database, m.to)
}
