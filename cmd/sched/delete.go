package sched

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewDelete returns the command sched:delete.
func NewDelete(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "sched:delete NAME",
		Short:       "Delete a schedule",
		Long:        "Delete a schedule. Its past jobs are kept.",
		Example:     "  td sched:delete daily",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Schedule),
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
	if _, err := client.DeleteSchedule(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Schedule '%s' is deleted.", name)
	return nil
}
