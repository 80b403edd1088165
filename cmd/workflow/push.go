package workflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type pushOptions struct{ revision, dir, scheduleFrom string }

// NewPush returns the command workflow:push.
func NewPush(env *cli.Env) *cobra.Command {
	var o pushOptions
	cmd := &cobra.Command{
		Use:         "workflow:push PROJECT",
		Short:       "Upload a project as a new revision",
		Long:        "Upload a directory with workflows (*.dig) as a new revision of a project. Hidden files are not uploaded.",
		Example:     "  td workflow push sales\n  td workflow push sales --project ./sales -r v2",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Project),
		RunE: func(cmd *cobra.Command, args []string) error {
			return push(cmd.Context(), env, o, args[0])
		},
	}
	cmd.Flags().StringVarP(&o.revision, "revision", "r", "", "`NAME` of the revision (default the current time)")
	cmd.Flags().StringVar(&o.dir, "project", ".", "upload this `DIR`")
	cmd.Flags().StringVar(&o.scheduleFrom, "schedule-from", "", "start schedules at this `TIME`, such as 2026-01-02T03:04:05Z (default now)")
	complete.Flags(cmd.Flags(), complete.Any, "revision", "schedule-from")
	complete.Flags(cmd.Flags(), complete.Folder, "project")
	return cmd
}

func push(ctx context.Context, env *cli.Env, o pushOptions, name string) error {
	if o.scheduleFrom != "" {
		if _, err := time.Parse(time.RFC3339, o.scheduleFrom); err != nil {
			return cli.Usagef("--schedule-from must be a time such as 2026-01-02T03:04:05Z, not %q", o.scheduleFrom)
		}
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	definitions, err := load(o.dir)
	if err != nil {
		return err
	}
	archive, err := pack(o.dir)
	if err != nil {
		return err
	}
	if o.revision == "" {
		o.revision = env.Now().UTC().Format("20060102T150405.000Z")
	}
	p, err := client.PutProject(ctx, name, o.revision, o.scheduleFrom, api.Upload{
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil },
		Size: int64(len(archive)),
	})
	if errors.Is(err, api.ErrConflict) {
		return fmt.Errorf("revision %q of project %s already exists: %w", o.revision, name, err)
	}
	if err != nil {
		return err
	}
	env.Say("Uploaded project %s, revision %s, with %d workflows.", p.Name, p.Revision, len(definitions))
	env.Say("Use 'td workflow workflows %s' to show them.", name)
	return nil
}
