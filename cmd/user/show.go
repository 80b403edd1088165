package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command user:show.
func NewShow(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "user:show NAME",
		Short:       "Show a user",
		Example:     "  td user:show alice",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.User),
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
	users, err := client.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.Name == name || u.Email == name {
			env.Print("Name  : %s", u.Name)
			env.Print("Email : %s", u.Email)
			return nil
		}
	}
	return notFound(name, nil)
}
