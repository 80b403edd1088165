package sandbox

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/text"
)

// NewShow returns the command sandbox:show.
func NewShow(e *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "sandbox:show",
		Short:   "Show where the sandbox is, how big, and what is in it",
		Example: "  td sandbox:show",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return show(cmd.Context(), e)
		},
	}
}

func show(ctx context.Context, e *cli.Env) error {
	dir, err := cli.SandboxDir(e.Getenv)
	if err != nil {
		return err
	}
	info, err := sandbox.Describe(ctx, dir)
	if err != nil {
		return err
	}
	e.Print("Directory   : %s", dir)
	e.Print("Size        : %s", text.FileSize(info.Bytes))
	e.Print("Databases   : %d", len(info.Databases))
	for _, d := range info.Databases {
		for _, t := range d.Tables {
			e.Print("  %s.%s: %s rows", d.Name, t.Name, text.Commas(t.Records))
		}
	}
	return nil
}
