package table

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewSwap returns the command table:swap.
func NewSwap(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "table:swap DB TABLE1 TABLE2",
		Short:       "Swap the contents of two tables",
		Example:     "  td table:swap sample_datasets www_access www_access_new",
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			return swap(cmd.Context(), env, args[0], args[1], args[2])
		},
	}
}

// swap swaps two tables. A second swap would undo the first, so the request is not retried.
// If the response is lost, the IDs of the tables show whether the swap succeeded.
func swap(ctx context.Context, env *cli.Env, database, a, b string) error {
	if a == b {
		return cli.Usagef("a table cannot be swapped with itself: %q", a)
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	before, err := findPair(ctx, client, database, a, b)
	if err != nil {
		return err
	}
	err = client.SwapTables(ctx, database, a, b)
	if err != nil && api.IsTransient(err) {
		err = checkSwapped(ctx, client, database, a, b, before, err)
	}
	if err != nil {
		return err
	}
	env.Say("'%s.%s' and '%s.%s' are swapped.", database, a, database, b)
	return nil
}

// findPair returns the IDs of two tables. If one does not exist, the error names it.
func findPair(ctx context.Context, client *api.Client, database, a, b string) (ids [2]string, err error) {
	for i, name := range []string{a, b} {
		t, err := tablecmd.Find(ctx, client, database, name)
		if err != nil {
			return ids, err
		}
		ids[i] = t.ID
	}
	return ids, nil
}

// checkSwapped determines from the tables' IDs whether a swap succeeded whose response was
// lost. It returns nil if it did.
func checkSwapped(ctx context.Context, client *api.Client, database, a, b string, before [2]string, cause error) error {
	after, err := findPair(ctx, client, database, a, b)
	switch {
	case err != nil || before[0] == "" || before[0] == before[1]:
		return cli.WithHint(fmt.Errorf("the response was lost; the tables may have been swapped: %w", cause),
			"check with 'td table:list %s' before you try again: a second swap undoes the first", database)
	case after == [2]string{before[1], before[0]}:
		return nil
	case after == before:
		return cli.WithHint(fmt.Errorf("the tables were not swapped: %w", cause), "nothing has changed; try again")
	}
	return fmt.Errorf("the tables were changed concurrently: %w", cause)
}
