package connector

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command connector:show.
func NewShow(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "connector:show NAME",
		Short:       "Show a connector session and its configuration",
		Long:        "Show a connector session and its configuration. Secrets are not shown.",
		Example:     "  td connector:show daily_load",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Connector),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), env, args[0])
		},
	}
}

func show(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	session, err := client.BulkLoad(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	describe(env.Out, session)
	return nil
}
