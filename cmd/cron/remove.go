package cron

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/crontab"
)

// NewRemove returns the command cron:remove.
func NewRemove(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "cron:remove NAME",
		Short:       "Remove a command that cron:install installed",
		Long:        "Remove a command that cron:install installed, from the crontab and from systemd. A run that has started\nis not ended.",
		Example:     "  td cron:remove daily",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return remove(cmd.Context(), env, args[0])
		},
	}
}

func remove(ctx context.Context, env *cli.Env, name string) error {
	if err := checkName(name); err != nil {
		return cli.UsageError{Err: err}
	}
	list, incomplete := readInstalled(ctx, env)
	found := false
	for _, i := range list {
		if i.name != name {
			continue
		}
		found = true
		removeCommand := removeLine
		if i.place == inSystemd {
			removeCommand = removeTimer
		}
		if err := removeCommand(ctx, env, name); err != nil {
			return err
		}
	}
	if !found && incomplete != nil {
		return incomplete // it may be among the others
	}
	if !found {
		return cli.NotFound("installed command", name, "cron:list", api.ErrNotFound)
	}
	if !env.Flags.DryRun {
		env.Say("%s is removed.", name)
	}
	return nil
}

// removeLine removes a command from the crontab.
func removeLine(ctx context.Context, env *cli.Env, name string) error {
	if env.PlanLocal("remove from the crontab:", name) {
		return nil
	}
	_, err := editCrontab(ctx, env, func(text string) (string, error) {
		changed, _, err := crontab.Remove(text, name)
		return changed, err
	})
	return err
}
