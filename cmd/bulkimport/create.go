package bulkimport

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

func newCreate(env *cli.Env, noun string) *cobra.Command {
	return &cobra.Command{
		Use:         noun + ":create NAME DB TABLE",
		Short:       "Create a bulk import session for a table",
		Example:     "  td " + noun + ":create logs_201201 web access",
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.Any, complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := env.Client()
			if err != nil {
				return err
			}
			return create(cmd.Context(), env, client, args[0], args[1], args[2])
		},
	}
}

func create(ctx context.Context, env *cli.Env, client *api.Client, name, database, table string) error {
	err := client.CreateBulkImport(ctx, name, database, table)
	if errors.Is(err, api.ErrConflict) {
		return cli.WithHint(fmt.Errorf("bulk import session '%s' already exists: %w", name, err), "use 'td bulk_import:show %s' to show it", name)
	}
	if err != nil {
		return fmt.Errorf("bulk import session '%s' was not created: %w", name, tablecmd.ExplainNotFound(ctx, client, database, table, err))
	}
	env.Say("Bulk import session '%s' is created.", name)
	return nil
}

// createUnique is like create, but uses another name if a session has the given one. It
// returns the name.
func createUnique(ctx context.Context, env *cli.Env, client *api.Client, name, database, table string) (string, error) {
	unique := name
	for attempt := 1; ; attempt++ {
		err := create(ctx, env, client, unique, database, table)
		if attempt == maxNames || !errors.Is(err, api.ErrConflict) {
			return unique, err
		}
		unique = name + "_" + strings.ToLower(rand.Text()[:6])
	}
}

// maxNames is the maximum number of names that createUnique tries.
const maxNames = 4
