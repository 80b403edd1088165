package connector

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command connector:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "connector:delete NAME",
		Short:       "Delete a connector session",
		Long:        "Delete a connector session and print its settings. Loaded records are kept.",
		Example:     "  td connector:delete daily_load",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Connector),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0])
		},
	}
}

func remove(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	session, err := client.DeleteBulkLoad(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	env.Say("Connector session '%s' is deleted.", name)
	if session.Name != "" {
		describe(env.Err, session)
	}
	return nil
}
