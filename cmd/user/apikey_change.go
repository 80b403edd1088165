package user

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewAPIKeyAdd returns the command user:apikey:add.
func NewAPIKeyAdd(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "user:apikey:add NAME",
		Short:       "Add an API key to a user",
		Example:     "  td user:apikey:add alice",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.User),
		RunE: func(cmd *cobra.Command, args []string) error {
			return addKey(cmd.Context(), env, args[0])
		},
	}
}

func addKey(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if _, err := client.AddAPIKey(ctx, name); err != nil {
		return withName(name, err)
	}
	env.Say("Added an API key to user '%s'.", name)
	env.Say("Use 'td user:apikeys %s' to show the API key", name)
	return nil
}

// NewAPIKeyRemove returns the command user:apikey:remove.
func NewAPIKeyRemove(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "user:apikey:remove NAME KEY",
		Short:       "Revoke an API key of a user",
		Example:     "  td user:apikey:remove alice 1/0123456789abcdef0123456789abcdef01234567",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.User, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return removeKey(cmd.Context(), env, args[0], args[1])
		},
	}
}

func removeKey(ctx context.Context, env *cli.Env, name, key string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.RemoveAPIKey(ctx, name, key); err != nil {
		return noKey(ctx, client, name, err)
	}
	env.Say("Removed an API key from user '%s'.", name)
	return nil
}

// noKey returns an error that names what does not exist, the key or the user. It does not
// contain the key.
func noKey(ctx context.Context, client *api.Client, name string, err error) error {
	if !errors.Is(err, api.ErrNotFound) {
		return err
	}
	if _, why := client.APIKeys(ctx, name); why != nil {
		return withName(name, why)
	}
	return cli.WithHint(fmt.Errorf("user '%s' has no such API key: %w", name, api.ErrNotFound), "'td user:apikey:list %s' lists the keys", name)
}
