package result

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/redact"
)

// NewShow returns the command result:show.
func NewShow(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "result:show NAME",
		Short:       "Show a saved result URL",
		Example:     "  td result:show warehouse",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Result),
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
	results, err := client.SavedResults(ctx)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Name == name {
			env.Print("Name : %s", r.Name)
			env.Print("URL  : %s", redact.Text(r.URL))
			return nil
		}
	}
	return notFound(name, nil)
}
