package workflow

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// pageOptions are the flags of paginated lists.
type pageOptions struct {
	page api.Page
}

func (o *pageOptions) add(fs *pflag.FlagSet) {
	fs.StringVarP(&o.page.LastID, "last-id", "i", "", "list entries older than this `ID`")
	fs.IntVarP(&o.page.Size, "page-size", "s", 0, "list at most `N` entries")
	fs.Lookup("page-size").DefValue = ""
	complete.Flags(fs, complete.Any, "last-id")
}

func (o *pageOptions) check() error {
	if o.page.Size < 0 {
		return cli.Usagef("-s/--page-size must be 1 or more, not %d", o.page.Size)
	}
	return nil
}

// NewProjects returns the command workflow:projects.
func NewProjects(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.Project]{
		Use:     "workflow:projects",
		Short:   "List the projects",
		Example: "  td workflow projects",
		Fetch: func(ctx context.Context, _ []string) ([]api.Project, error) {
			client, err := env.Workflows()
			if err != nil {
				return nil, err
			}
			return client.Projects(ctx)
		},
		Columns: []listcmd.Column[api.Project]{
			{Title: "ID", Cell: func(p api.Project) any { return p.ID }},
			{Title: "Name", Cell: func(p api.Project) any { return p.Name }},
			{Title: "Revision", Cell: func(p api.Project) any { return p.Revision }},
			listcmd.LocalTime("Created at", func(p api.Project) time.Time { return p.CreatedAt.Time }),
			listcmd.LocalTime("Updated at", func(p api.Project) time.Time { return p.UpdatedAt.Time }),
		},
		Raw: func(p api.Project) any { return p.Raw },
	})
}

// NewWorkflows returns the command workflow:workflows.
func NewWorkflows(env *cli.Env) *cobra.Command {
	var o pageOptions
	var revision string
	cmd := listcmd.New(env, listcmd.Spec[api.Workflow]{
		Use:     "workflow:workflows [PROJECT]",
		Short:   "List the workflows of one or all projects",
		Example: "  td workflow workflows\n  td workflow workflows sales -r v2",
		Args:    cobra.MaximumNArgs(1),
		Kinds:   []complete.Kind{complete.Project},
		Fetch: func(ctx context.Context, args []string) ([]api.Workflow, error) {
			if revision != "" && len(args) == 0 {
				return nil, cli.Usagef("-r/--revision requires a PROJECT")
			}
			return fetchWorkflows(ctx, env, o, args, revision)
		},
		Columns: []listcmd.Column[api.Workflow]{
			{Title: "ID", Cell: func(w api.Workflow) any { return w.ID }},
			{Title: "Project", Cell: func(w api.Workflow) any { return w.Project }},
			{Title: "Name", Cell: func(w api.Workflow) any { return w.Name }},
			{Title: "Revision", Cell: func(w api.Workflow) any { return w.Revision }},
			{Title: "Timezone", Cell: func(w api.Workflow) any { return w.Timezone }},
		},
		Raw: func(w api.Workflow) any { return w.Raw },
	})
	o.add(cmd.Flags())
	cmd.Flags().StringVarP(&revision, "revision", "r", "", "list the workflows of this `REVISION` (default the newest)")
	complete.Flags(cmd.Flags(), complete.Any, "revision")
	return cmd
}

func fetchWorkflows(ctx context.Context, env *cli.Env, o pageOptions, args []string, revision string) ([]api.Workflow, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	client, err := env.Workflows()
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return client.AllWorkflows(ctx, o.page)
	}
	p, err := project(ctx, client, args[0])
	if err != nil {
		return nil, err
	}
	return client.WorkflowsOf(ctx, p.ID, revision)
}

// NewTasks returns the command workflow:tasks.
func NewTasks(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.Task]{
		Use:     "workflow:tasks ATTEMPT_ID",
		Short:   "List the tasks of an attempt",
		Example: "  td workflow tasks 123",
		Args:    cobra.ExactArgs(1),
		Kinds:   []complete.Kind{complete.Attempt},
		Fetch: func(ctx context.Context, args []string) ([]api.Task, error) {
			if err := checkAttempt(args[0]); err != nil {
				return nil, err
			}
			client, err := env.Workflows()
			if err != nil {
				return nil, err
			}
			tasks, err := client.Tasks(ctx, args[0])
			return tasks, noAttempt(args[0], err)
		},
		Columns: []listcmd.Column[api.Task]{
			{Title: "ID", Cell: func(t api.Task) any { return t.ID }},
			{Title: "Name", Cell: func(t api.Task) any { return t.Name }},
			{Title: "State", Cell: func(t api.Task) any { return t.State }},
			listcmd.LocalTime("Started at", func(t api.Task) time.Time { return t.StartedAt.Time }),
			listcmd.LocalTime("Updated at", func(t api.Task) time.Time { return t.UpdatedAt.Time }),
		},
		Raw: func(t api.Task) any { return t.Raw },
	})
}
