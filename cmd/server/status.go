// Package server implements the server:* commands.
package server

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// NewStatus returns the command server:status.
func NewStatus(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "server:status",
		Short:   "Print the status of the API server",
		Example: "  td server:status\n  td -e eu01 server:status",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return status(cmd.Context(), env)
		},
	}
}

func status(ctx context.Context, env *cli.Env) error {
	client, err := env.Anonymous(ctx, "")
	if err != nil {
		return err
	}
	text, err := client.ServerStatus(ctx)
	if err != nil {
		return err
	}
	env.Print("%s", text)
	return nil
}
