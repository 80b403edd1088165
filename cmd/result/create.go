package result

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/cli"
)

type createOptions struct {
	user     string
	password bool
}

// NewCreate returns the command result:create.
func NewCreate(env *cli.Env) *cobra.Command {
	var o createOptions
	cmd := &cobra.Command{
		Use:   "result:create NAME URL",
		Short: "Save a result URL under a name",
		Long: `Save a result URL under a name. Use the name with -r of query and sched:create.
A password in the argument is visible in the process list; with -p td asks for it.`,
		Example:     "  td result:create warehouse mysql://db.example.com/shop/daily -u loader -p",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Any, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return create(cmd.Context(), env, o, args[0], args[1])
		},
	}
	cmd.Flags().StringVarP(&o.user, "user", "u", "", "`NAME` to put into the URL")
	cmd.Flags().BoolVarP(&o.password, "password", "p", false, "ask for the password to put into the URL")
	complete.Flags(cmd.Flags(), complete.Any, "user")
	return cmd
}

func create(ctx context.Context, env *cli.Env, o createOptions, name, url string) error {
	if err := tablecmd.CheckName("result", name); err != nil {
		return err
	}
	if url == "" {
		return cli.Usagef("the URL must not be empty")
	}
	url, err := jobcmd.CompleteResultURL(env, url, o.user, o.password)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := client.CreateSavedResult(ctx, name, url); err != nil {
		return withName(name, err)
	}
	env.Say("Result URL '%s' is created.", name)
	return nil
}
