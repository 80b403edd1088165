package sandbox

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox"
)

// NewReset returns the command sandbox:reset.
func NewReset(env *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:     "sandbox:reset",
		Short:   "Remove all data of the sandbox",
		Example: "  td sandbox:reset --force",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return reset(cmd.Context(), env, force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "remove without confirmation")
	return cmd
}

func reset(ctx context.Context, env *cli.Env, force bool) error {
	dir, err := cli.SandboxDir(env.Getenv)
	if err != nil {
		return err
	}
	if !force {
		yes, err := env.Confirm("Do you really want to remove all data in " + dir + "?")
		if err != nil {
			return cli.WithHint(err, "use --force to remove without confirmation")
		}
		if !yes {
			return env.Canceled()
		}
	}
	if env.PlanLocal("remove", dir) {
		return nil
	}
	if err := sandbox.Reset(dir); err != nil {
		return err
	}
	env.RemoveSandboxJobs(ctx, dir)
	env.Say("The sandbox in %s is empty; the next use recreates its sample data.", dir)
	return nil
}
