package workflow

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// NewAttempts returns the command workflow:attempts.
func NewAttempts(env *cli.Env) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:         "workflow:attempts [PROJECT [WORKFLOW] | SESSION_ID]",
		Short:       "List the newest attempts",
		Long:        "List the newest attempts of all projects, of one, of one workflow, or all of one session.",
		Example:     "  td workflow attempts\n  td workflow attempts sales daily -f csv\n  td workflow attempts 45",
		Args:        cobra.MaximumNArgs(2),
		Annotations: complete.Args(complete.Project, complete.Workflow),
		RunE: func(cmd *cobra.Command, args []string) error {
			return attempts(cmd.Context(), env, o, args)
		},
	}
	o.add(cmd.Flags())
	return cmd
}

func attempts(ctx context.Context, env *cli.Env, o listOptions, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	var found []api.Attempt
	switch {
	case len(args) == 0:
		found, err = client.Attempts(ctx, "", "", true, o.page)
	case len(args) == 1 && isID(args[0]):
		found, err = client.AttemptsOf(ctx, args[0], o.page)
	case len(args) == 1:
		found, err = client.Attempts(ctx, args[0], "", true, o.page)
	default:
		found, err = client.Attempts(ctx, args[0], args[1], true, o.page)
	}
	if err != nil {
		return err
	}
	l := grid.List{Columns: []string{"Attempt ID", "Session ID", "Project", "Workflow", "Session time", "Retry name", "Status", "Created at", "Finished at"}}
	for _, a := range found {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{
				a.ID, a.SessionID, a.Project, a.Workflow, a.SessionTime.Raw, a.RetryName, a.Status(),
				text.LocalTime(a.CreatedAt.Time), text.LocalTime(a.FinishedAt.Time),
			},
			Raw: a.Raw,
		})
	}
	return env.PrintList(l, o.format)
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
