package sandbox

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/cluster"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/text"
)

// NewShow returns the command sandbox:show.
func NewShow(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "sandbox:show",
		Short:   "Show the location, size and contents of the sandbox",
		Example: "  td sandbox:show",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return show(cmd.Context(), env)
		},
	}
}

func show(ctx context.Context, env *cli.Env) error {
	dir, err := cli.SandboxDir(env.Getenv)
	if err != nil {
		return err
	}
	info, err := sandbox.Describe(ctx, dir)
	if err != nil {
		return err
	}
	env.Print("Directory   : %s", dir)
	env.Print("Size        : %s", text.FileSize(info.Bytes))
	if info.Engine != "" {
		description, warning, err := cluster.Describe(ctx, env, info.Engine)
		if err != nil {
			description = err.Error()
		}
		env.Print("Engine      : %s", description)
		if warning != "" {
			env.Warn("%s", warning)
		}
		return nil
	}
	env.Print("Databases   : %d", len(info.Databases))
	for _, d := range info.Databases {
		for _, t := range d.Tables {
			env.Print("  %s.%s: %s rows", d.Name, t.Name, text.Commas(t.Records))
		}
	}
	return nil
}
