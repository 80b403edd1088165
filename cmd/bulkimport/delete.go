package bulkimport

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

func newDelete(env *cli.Env, noun string) *cobra.Command {
	return &cobra.Command{
		Use:         noun + ":delete NAME",
		Short:       "Delete a bulk import session and its parts",
		Long:        "Delete a bulk import session and its parts. Committed records stay in the table.",
		Example:     "  td " + noun + ":delete logs_201201",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := env.Client()
			if err != nil {
				return err
			}
			return remove(cmd.Context(), env, client, args[0])
		},
	}
}

func remove(ctx context.Context, env *cli.Env, client *api.Client, name string) error {
	if err := client.DeleteBulkImport(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Bulk import session '%s' is deleted.", name)
	j, err := journal(env, name)
	if err != nil {
		return err
	}
	return j.Remove()
}
