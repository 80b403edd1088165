package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewDownload returns the command workflow:download.
func NewDownload(env *cli.Env) *cobra.Command {
	var revision, dir string
	cmd := &cobra.Command{
		Use:         "workflow:download PROJECT",
		Short:       "Download the files of a project",
		Example:     "  td workflow download sales\n  td workflow download sales -r v2 -o sales-v2",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Project),
		RunE: func(cmd *cobra.Command, args []string) error {
			return download(cmd.Context(), env, args[0], revision, dir)
		},
	}
	cmd.Flags().StringVarP(&revision, "revision", "r", "", "download this `REVISION` (default the newest)")
	cmd.Flags().StringVarP(&dir, "output", "o", "", "write the files to `DIR` (default the project name)")
	complete.Flags(cmd.Flags(), complete.Any, "revision")
	complete.Flags(cmd.Flags(), complete.Folder, "output")
	return cmd
}

func download(ctx context.Context, env *cli.Env, name, revision, dir string) error {
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	p, err := project(ctx, client, name)
	if err != nil {
		return err
	}
	if revision == "" {
		revision = p.Revision
	}
	if dir == "" {
		dir = "./" + p.Name
	}
	archive, err := client.Archive(ctx, p.ID, revision)
	if errors.Is(err, api.ErrNotFound) {
		return fmt.Errorf("revision %q of project %s does not exist: %w", revision, name, err)
	}
	if err != nil {
		return err
	}
	files, err := unpack(archive, dir)
	if err != nil {
		return err
	}
	env.Say("Extracted project %s, revision %s: %d files in %s.", name, revision, files, dir)
	return nil
}
