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

// NewRename returns the command table:rename.
func NewRename(env *cli.Env) *cobra.Command {
	var overwrite bool
	cmd := &cobra.Command{
		Use:         "table:rename DB FROM TO",
		Short:       "Rename a table",
		Example:     "  td table:rename web access access_2026\n  td table:rename --overwrite web access_new access",
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return rename(cmd.Context(), env, move{args[0], args[1], args[2]}, overwrite)
		},
	}
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "replace an existing table TO")
	return cmd
}

// A move is a table and its new name.
type move struct{ database, from, to string }

// rename uses the server's rename call, which is atomic, or renameBySwap on servers without
// it.
func rename(ctx context.Context, env *cli.Env, m move, overwrite bool) error {
	if m.from == m.to {
		return cli.Usagef("the table already has the name %q", m.to)
	}
	if err := tablecmd.CheckName("table", m.to); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	source, taken, err := m.resolve(ctx, client)
	if err != nil {
		return err
	}
	if taken != nil && !overwrite {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("table '%s.%s' already exists", m.database, m.to)}, "use --overwrite to replace it")
	}
	if taken != nil { // it is deleted
		if err := tablecmd.CheckDeletable(m.database, *taken); err != nil {
			return err
		}
	}
	err = client.RenameTable(ctx, m.database, m.from, m.to, overwrite)
	switch {
	case err != nil && api.IsTransient(err):
		err = m.checkRenamed(ctx, client, source, err)
	case api.IsUnsupported(err):
		err = m.renameBySwap(ctx, client, taken != nil)
	case errors.Is(err, api.ErrConflict):
		err = withName(m.database, m.to, err)
	}
	if err != nil {
		return err
	}
	env.Say("renamed from '%s.%s' to '%s.%s'.", m.database, m.from, m.database, m.to)
	return nil
}

// resolve finds the table to rename and the one that has the new name, which is nil if there is none.
func (m move) resolve(ctx context.Context, client *api.Client) (source api.Table, taken *api.Table, err error) {
	tables, err := client.Tables(ctx, m.database)
	if err != nil {
		return source, nil, tablecmd.DatabaseNotFound(m.database, err)
	}
	found := false
	for _, t := range tables {
		if t.Name == m.from {
			source, found = t, true
		}
		if t.Name == m.to {
			taken = &t
		}
	}
	if !found {
		return source, taken, tablecmd.NotFound(m.database, m.from, api.ErrNotFound)
	}
	return source, taken, nil
}

// checkRenamed determines from the table's ID whether a rename succeeded whose response was
// lost. It returns nil if it did.
func (m move) checkRenamed(ctx context.Context, client *api.Client, source api.Table, cause error) error {
	after, err := tablecmd.Find(ctx, client, m.database, m.to)
	switch {
	case err == nil && source.ID != "" && after.ID == source.ID:
		return nil
	case err == nil || errors.Is(err, api.ErrNotFound):
		return cli.WithHint(fmt.Errorf("the table was not renamed: %w", cause), "nothing has changed; try again")
	}
	return cli.WithHint(fmt.Errorf("the response was lost; the table may have been renamed: %w", cause),
		"check with 'td table:list %s' before you try again", m.database)
}

// renameBySwap emulates a rename: it creates the target if necessary, swaps the tables and
// deletes the source. On failure the error describes the resulting state.
func (m move) renameBySwap(ctx context.Context, client *api.Client, taken bool) error {
	if !taken {
		if err := client.CreateTable(ctx, m.database, m.to, api.TableOptions{}); err != nil {
			return fmt.Errorf("nothing was renamed: %w", withName(m.database, m.to, err))
		}
	}
	pair := tablePair{database: m.database, a: m.from, b: m.to}
	before, err := findPair(ctx, client, pair)
	if err == nil {
		err = swapOnce(ctx, client, pair, before)
	}
	if err != nil {
		return m.partialError(taken, err)
	}
	if _, err := client.DeleteTable(ctx, m.database, m.from); err != nil {
		content := "is empty"
		if taken {
			content = fmt.Sprintf("contains the previous records of '%s'", m.to)
		}
		return cli.WithHint(fmt.Errorf("partly renamed: the records are in '%s.%s'; '%s', which %s, was not deleted: %w", m.database, m.to, m.from, content, err),
			"run 'td table:delete %s %s' to complete the rename", m.database, m.from)
	}
	return nil
}

// partialError adds the state after a failed swap to err.
func (m move) partialError(taken bool, err error) error {
	if taken {
		return err
	}
	err = fmt.Errorf("not renamed: the empty table '%s.%s' was created but not swapped with '%s': %w", m.database, m.to, m.from, err)
	return cli.WithHint(err, "check with 'td table:list %s'; 'td table:delete %s %s' deletes the empty table", m.database, m.database, m.to)
}
