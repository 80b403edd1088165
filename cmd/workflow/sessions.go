package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// NewSessions returns the command workflow:sessions.
func NewSessions(env *cli.Env) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:         "workflow:sessions [PROJECT [WORKFLOW] | SESSION_ID]",
		Aliases:     []string{"workflow:session"},
		Short:       "List the newest sessions, or show one",
		Long:        "List the newest sessions of all projects, of one, or of one workflow; or one session by its ID.",
		Example:     "  td workflow sessions\n  td workflow sessions sales daily\n  td workflow session 45",
		Args:        cobra.MaximumNArgs(2),
		Annotations: complete.Args(complete.Project, complete.Workflow),
		RunE: func(cmd *cobra.Command, args []string) error {
			return sessions(cmd.Context(), env, o, args)
		},
	}
	o.add(cmd.Flags())
	return cmd
}

func sessions(ctx context.Context, env *cli.Env, o listOptions, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	found, err := findSessions(ctx, client, o.page, args)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		env.Say("Use 'td workflow start' to start a session.")
	}
	l := grid.List{Columns: []string{"Session ID", "Attempt ID", "Project", "Workflow", "Session time", "Status", "Created at"}}
	for _, s := range found {
		a := s.LastAttempt
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{s.ID, a.ID, s.Project, s.Workflow, s.SessionTime.Raw, a.Status(), text.LocalTime(a.CreatedAt.Time)}, Raw: s.Raw,
		})
	}
	return env.PrintList(l, o.format)
}

func findSessions(ctx context.Context, client *api.Workflows, page api.Page, args []string) ([]api.Session, error) {
	switch {
	case len(args) == 0:
		return client.Sessions(ctx, "", "", page)
	case len(args) == 1 && isID(args[0]):
		s, err := client.Session(ctx, args[0])
		if errors.Is(err, api.ErrNotFound) {
			err = fmt.Errorf("session %s does not exist: %w", args[0], err)
		}
		return []api.Session{s}, err
	}
	p, err := project(ctx, client, args[0])
	if err != nil {
		return nil, err
	}
	workflow := ""
	if len(args) == 2 {
		workflow = args[1]
	}
	return client.Sessions(ctx, p.ID, workflow, page)
}
