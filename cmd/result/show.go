package result

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command result:show.
func NewShow(e *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "result:show NAME",
		Aliases:     []string{"result"},
		Short:       "Show a saved result URL",
		Example:     "  td result:show warehouse",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Result),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), e, args[0])
		},
	}
}

func show(ctx context.Context, e *cli.Env, name string) error {
	client, err := e.Client()
	if err != nil {
		return err
	}
	results, err := client.SavedResults(ctx)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Name == name {
			e.Print("Name : %s", r.Name)
			e.Print("URL  : %s", api.RedactURL(r.URL))
			return nil
		}
	}
	return missing(name, nil)
}
