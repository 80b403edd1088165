package bulkimport

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

func newFreeze(env *cli.Env, noun string) *cobra.Command {
	return &cobra.Command{
		Use:         noun + ":freeze NAME",
		Short:       "Reject further uploads to a bulk import session",
		Example:     "  td " + noun + ":freeze logs_201201",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			return freeze(cmd.Context(), env, args[0])
		},
	}
}

func freeze(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.FreezeBulkImport(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Bulk import session '%s' is frozen.", name)
	return nil
}

func newUnfreeze(env *cli.Env, noun string) *cobra.Command {
	return &cobra.Command{
		Use:         noun + ":unfreeze NAME",
		Short:       "Allow uploads to a frozen bulk import session",
		Example:     "  td " + noun + ":unfreeze logs_201201",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			return unfreeze(cmd.Context(), env, args[0])
		},
	}
}

func unfreeze(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.UnfreezeBulkImport(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Bulk import session '%s' is unfrozen.", name)
	return nil
}
