package table

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewSwap returns the command table:swap.
func NewSwap(env *cli.Env) *cobra.Command {
	var mode guardMode
	cmd := &cobra.Command{
		Use:   "table:swap DB TABLE1 TABLE2",
		Short: "Swap the contents of two tables",
		Long: `Swap the contents of two tables. With --guard, TABLE1 is the table in use and TABLE2 replaces it: they
are not swapped (status 9) if TABLE2 is empty, has less than half of the records of TABLE1, or lacks
columns of TABLE1 or has other types for them. swap_guard in td.conf is the default of --guard.`,
		Example:     "  td table:swap sample_datasets www_access www_access_new\n  td table:swap --guard web access access_new",
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			return swap(cmd.Context(), env, mode, tablePair{database: args[0], a: args[1], b: args[2]})
		},
	}
	cmd.Flags().Var(&mode, "guard", "`MODE`: off, warn or refuse (the default of --guard) if TABLE2 seems to be wrong")
	cmd.Flags().Lookup("guard").NoOptDefVal = guardRefuse
	complete.Flags(cmd.Flags(), complete.OneOf(guardOff, guardWarn, guardRefuse), "guard")
	argv.MarkNew(cmd.Flags(), "guard")
	return cmd
}

// A tablePair is the names of two tables of a database.
type tablePair struct{ database, a, b string }

func swap(ctx context.Context, env *cli.Env, mode guardMode, p tablePair) error {
	if p.a == p.b {
		return cli.Usagef("a table cannot be swapped with itself: %q", p.a)
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	live, next, err := findTables(ctx, client, p)
	if err != nil {
		return err
	}
	if err := mode.check(env, p.database, live, next); err != nil {
		return err
	}
	if err := swapOnce(ctx, client, p, [2]string{live.ID, next.ID}); err != nil {
		return err
	}
	env.Say("'%s.%s' and '%s.%s' are swapped.", p.database, p.a, p.database, p.b)
	guard := ""
	if mode.resolve(env) != guardOff {
		guard = "--guard=off "
	}
	env.Say("Use 'td table:swap %s%s %s %s' to undo this.", guard, cli.QuoteArgument(p.database), cli.QuoteArgument(p.a), cli.QuoteArgument(p.b))
	return nil
}

// swapOnce swaps two tables with the IDs before. A second swap would undo the first, so the request is not retried.
// If the response is lost, the IDs of the tables show whether the swap succeeded.
func swapOnce(ctx context.Context, client *api.Client, p tablePair, before [2]string) error {
	err := client.SwapTables(ctx, p.database, p.a, p.b)
	if err != nil && api.IsTransient(err) {
		return checkSwapped(ctx, client, p, before, err)
	}
	return err
}

// findTables returns two tables. If one does not exist, the error names it.
func findTables(ctx context.Context, client *api.Client, p tablePair) (first, second api.Table, err error) {
	tables, err := tablecmd.List(ctx, client, p.database)
	if err != nil {
		return first, second, err
	}
	found := map[string]api.Table{}
	for _, t := range tables {
		found[t.Name] = t
	}
	for _, name := range []string{p.a, p.b} {
		if _, ok := found[name]; !ok {
			return first, second, tablecmd.NotFound(p.database, name, api.ErrNotFound)
		}
	}
	return found[p.a], found[p.b], nil
}

// findPair returns the IDs of two tables. If one does not exist, the error names it.
func findPair(ctx context.Context, client *api.Client, p tablePair) (ids [2]string, err error) {
	first, second, err := findTables(ctx, client, p)
	return [2]string{first.ID, second.ID}, err
}

// checkSwapped determines from the tables' IDs whether a swap succeeded whose response was
// lost. It returns nil if it did.
func checkSwapped(ctx context.Context, client *api.Client, p tablePair, before [2]string, cause error) error {
	after, err := findPair(ctx, client, p)
	switch {
	case err != nil || before[0] == "" || before[0] == before[1]:
		return cli.WithHint(fmt.Errorf("the response was lost; the tables may have been swapped: %w", cause),
			"check with 'td table:list %s' before you try again: a second swap undoes the first", p.database)
	case after == [2]string{before[1], before[0]}:
		return nil
	case after == before:
		return cli.WithHint(fmt.Errorf("the tables were not swapped: %w", cause), "nothing has changed; try again")
	}
	return fmt.Errorf("the tables were changed concurrently: %w", cause)
}
