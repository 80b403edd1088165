package workflow

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewAttempts returns the command workflow:attempts.
func NewAttempts(env *cli.Env) *cobra.Command {
	var o pageOptions
	cmd := listcmd.New(env, listcmd.Spec[api.Attempt]{
		Use:     "workflow:attempts [PROJECT [WORKFLOW] | SESSION_ID]",
		Short:   "List the newest attempts",
		Long:    "List the newest attempts of all projects, of a project or of a workflow, or all attempts of a session.",
		Example: "  td workflow attempts\n  td workflow attempts sales daily -f csv\n  td workflow attempts 45",
		Args:    cobra.MaximumNArgs(2),
		Kinds:   []complete.Kind{complete.Project, complete.Workflow},
		Fetch: func(ctx context.Context, args []string) ([]api.Attempt, error) {
			return fetchAttempts(ctx, env, o, args)
		},
		Columns: []listcmd.Column[api.Attempt]{
			{Title: "Attempt ID", Cell: func(a api.Attempt) any { return a.ID }},
			{Title: "Session ID", Cell: func(a api.Attempt) any { return a.SessionID }},
			{Title: "Project", Cell: func(a api.Attempt) any { return a.Project }},
			{Title: "Workflow", Cell: func(a api.Attempt) any { return a.Workflow }},
			{Title: "Session time", Cell: func(a api.Attempt) any { return a.SessionTime.Raw }},
			{Title: "Retry name", Cell: func(a api.Attempt) any { return a.RetryName }},
			{Title: "Status", Cell: func(a api.Attempt) any { return a.Status() }},
			listcmd.LocalTime("Created at", func(a api.Attempt) time.Time { return a.CreatedAt.Time }),
			listcmd.LocalTime("Finished at", func(a api.Attempt) time.Time { return a.FinishedAt.Time }),
		},
		Optional: []string{"Retry name", "Finished at", "Created at", "Session ID"},
		Raw:      func(a api.Attempt) any { return a.Raw },
	})
	o.add(cmd.Flags())
	return cmd
}

func fetchAttempts(ctx context.Context, env *cli.Env, o pageOptions, args []string) ([]api.Attempt, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	client, err := env.Workflows()
	if err != nil {
		return nil, err
	}
	switch {
	case len(args) == 0:
		return client.Attempts(ctx, "", "", true, o.page)
	case len(args) == 1 && isID(args[0]):
		return client.AttemptsOf(ctx, args[0], o.page)
	case len(args) == 1:
		return client.Attempts(ctx, args[0], "", true, o.page)
	}
	return client.Attempts(ctx, args[0], args[1], true, o.page)
}

// NewAttempt returns the command workflow:attempt.
func NewAttempt(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "workflow:attempt ATTEMPT_ID",
		Short:       "Show an attempt",
		Example:     "  td workflow attempt 123",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Attempt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return attempt(cmd.Context(), env, args[0])
		},
	}
}

func attempt(ctx context.Context, env *cli.Env, id string) error {
	if err := checkAttempt(id); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	a, err := client.Attempt(ctx, id)
	if err != nil {
		return noAttempt(id, err)
	}
	describeAttempt(env, a)
	return nil
}
