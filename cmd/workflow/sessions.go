package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewSessions returns the command workflow:sessions.
func NewSessions(env *cli.Env) *cobra.Command {
	var o pageOptions
	cmd := listcmd.New(env, listcmd.Spec[api.Session]{
		Use:     "workflow:sessions [PROJECT [WORKFLOW] | SESSION_ID]",
		Short:   "List the newest sessions or show one",
		Long:    "List the newest sessions of all projects, of a project or of a workflow, or show a session by its ID.",
		Example: "  td workflow sessions\n  td workflow sessions sales daily\n  td workflow session 45",
		Args:    cobra.MaximumNArgs(2),
		Kinds:   []complete.Kind{complete.Project, complete.Workflow},
		Fetch: func(ctx context.Context, args []string) ([]api.Session, error) {
			if err := o.check(); err != nil {
				return nil, err
			}
			client, err := env.Workflows()
			if err != nil {
				return nil, err
			}
			return findSessions(ctx, client, o.page, args)
		},
		Columns: []listcmd.Column[api.Session]{
			{Title: "Session ID", Cell: func(s api.Session) any { return s.ID }},
			{Title: "Attempt ID", Cell: func(s api.Session) any { return s.LastAttempt.ID }},
			{Title: "Project", Cell: func(s api.Session) any { return s.Project }},
			{Title: "Workflow", Cell: func(s api.Session) any { return s.Workflow }},
			{Title: "Session time", Cell: func(s api.Session) any { return s.SessionTime.Raw }},
			{Title: "Status", Cell: func(s api.Session) any { return s.LastAttempt.Status() }},
			listcmd.LocalTime("Created at", func(s api.Session) time.Time { return s.LastAttempt.CreatedAt.Time }),
		},
		Raw:   func(s api.Session) any { return s.Raw },
		Empty: func([]string) { env.Say("Use 'td workflow start' to start a session.") },
	})
	o.add(cmd.Flags())
	return cmd
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
