package bulkimport

import (
	"context"
	"errors"
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

// commit starts a commit and optionally waits for its end. After a lost response it does not
// send a second request: the session's status shows whether the commit started.
func commit(ctx context.Context, env *cli.Env, client *api.Client, name string, wait bool) error {
	_, err := client.CommitBulkImport(ctx, name)
	if errors.Is(err, api.ErrDryRun) {
		return err
	}
	if err != nil && (!wait || !api.IsTransient(err)) {
		return commitError(ctx, client, name, err)
	}
	env.Say("Bulk import session '%s' started to commit.", name)
	if !wait {
		return nil
	}
	return waitCommitted(ctx, env, client, name)
}

// commitError returns the error of a failed commit, which names the session's state if the
// session was not ready.
func commitError(ctx context.Context, client *api.Client, name string, err error) error {
	session, why := client.BulkImport(ctx, name)
	switch {
	case why != nil || session.Status == ready || api.IsTransient(err):
		return withName(name, err)
	case session.Status == committing || session.Status == committed:
		return wrongState(name, session.Status, fmt.Sprintf("use 'td bulk_import:show %s' to show it", name))
	}
	return wrongState(name, session.Status, fmt.Sprintf("use 'td bulk_import:perform %s -w' to check its records first", name))
}

// waitCommitted waits until a session is committed. A session that remains ready was not
// committed.
func waitCommitted(ctx context.Context, env *cli.Env, client *api.Client, name string) error {
	const maxStale = 3 // responses before the server reports the new status
	spin := env.Spin("committing " + name)
	defer spin.Stop()
	stale := 0
	for n := 0; ; n++ {
		session, err := client.BulkImport(ctx, name)
		if err != nil {
			return withName(name, err)
		}
		switch session.Status {
		case committed:
			spin.Stop()
			env.Say("Bulk import session '%s' is committed.", name)
			return nil
		case committing:
			stale = 0
		default:
			if stale++; stale == maxStale {
				return fmt.Errorf("bulk import session '%s' was not committed: its status is %s", name, session.Status)
			}
		}
		if err := sleep.For(ctx, min(500*time.Millisecond<<min(n, 4), 5*time.Second)); err != nil {
			return err
		}
	}
}
