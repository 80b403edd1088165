package db

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
)

// NewCreate returns the command db:create.
func NewCreate(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "db:create DB",
		Short:       "Create a database",
		Example:     "  td db:create web",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return create(cmd.Context(), env, args[0])
		},
	}
}

func create(ctx context.Context, env *cli.Env, name string) error {
	if err := tablecmd.CheckName("database", name); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.CreateDatabase(ctx, name); err != nil {
		return cli.AlreadyExists("database", name, err)
	}
	env.Say("Database '%s' is created.", name)
	env.Say("Use 'td table:create %s <table_name>' to create a table.", name)
	return nil
}
