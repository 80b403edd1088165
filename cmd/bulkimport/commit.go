package bulkimport

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sleep"
)

func newCommit(env *cli.Env, noun string) *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:         noun + ":commit NAME",
		Short:       "Add the checked records of a bulk import session to its table",
		Example:     "  td " + noun + ":commit logs_201201 -w",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := env.Client()
			if err != nil {
				return err
			}
			return commit(cmd.Context(), env, client, args[0], wait)
		},
	}
	cmd.Flags().BoolVarP(&wait, "wait", "w", false, "wait until the records are in the table")
	return cmd
}

// commit starts a commit and waits for its end if that is asked for. An answer that was
// lost is no reason to start another one: the session tells what becomes of it.
func commit(ctx context.Context, env *cli.Env, client *api.Client, name string, wait bool) error {
	_, err := client.CommitBulkImport(ctx, name)
	if err != nil && (!wait || !api.IsTransient(err)) {
		return refusedCommit(ctx, client, name, err)
	}
	env.Say("Bulk import session '%s' started to commit.", name)
	if !wait {
		return nil
	}
	return committedAt(ctx, env, client, name)
}

// refusedCommit says of a commit that failed whether the session was not ready for it.
func refusedCommit(ctx context.Context, client *api.Client, name string, err error) error {
	session, why := client.BulkImport(ctx, name)
	switch {
	case why != nil || session.Status == ready || api.IsTransient(err):
		return explain(name, err)
	case session.Status == committing || session.Status == committed:
		return refusedState(name, session.Status, fmt.Sprintf("'td bulk_import:show %s' shows it", name))
	}
	return refusedState(name, session.Status, fmt.Sprintf("'td bulk_import:perform %s -w' checks its records first", name))
}

// committedAt waits until a session is committed. One that stays ready has not been.
func committedAt(ctx context.Context, env *cli.Env, client *api.Client, name string) error {
	const patience = 3 // answers that a server may lag behind
	spin := env.Spin("committing " + name)
	defer spin.Stop()
	idle := 0
	for n := 0; ; n++ {
		session, err := client.BulkImport(ctx, name)
		if err != nil {
			return explain(name, err)
		}
		switch session.Status {
		case committed:
			spin.Stop()
			env.Say("Bulk import session '%s' is committed.", name)
			return nil
		case committing:
			idle = 0
		default:
			if idle++; idle == patience {
				return fmt.Errorf("bulk import session '%s' was not committed: it is %s again", name, session.Status)
			}
		}
		if err := sleep.For(ctx, min(500*time.Millisecond<<min(n, 4), 5*time.Second)); err != nil {
			return err
		}
	}
}
