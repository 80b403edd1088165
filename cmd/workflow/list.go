package workflow

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// listOptions are the flags of the lists that come in pages.
type listOptions struct {
	format cli.ListFormat
	page   api.Page
}

func (o *listOptions) add(fs *pflag.FlagSet) {
	o.format = cli.TableList()
	fs.VarP(&o.format, "format", "f", cli.ListFormatUsage)
	fs.StringVarP(&o.page.LastID, "last-id", "i", "", "list what is older than this `ID`")
	fs.IntVarP(&o.page.Size, "page-size", "s", 0, "list at most `N`")
	fs.Lookup("page-size").DefValue = ""
	complete.Flags(fs, complete.Any, "last-id")
}

func (o *listOptions) check() error {
	if o.page.Size < 0 {
		return cli.Usagef("-s/--page-size is 1 or more, not %d", o.page.Size)
	}
	return nil
}

// NewProjects returns the command workflow:projects.
func NewProjects(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     "workflow:projects",
		Short:   "List the projects",
		Example: "  td workflow projects",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return projects(cmd.Context(), env, format)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func projects(ctx context.Context, env *cli.Env, format cli.ListFormat) error {
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	found, err := client.Projects(ctx)
	if err != nil {
		return err
	}
	l := grid.List{Columns: []string{"ID", "Name", "Revision", "Created at", "Updated at"}}
	for _, p := range found {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{p.ID, p.Name, p.Revision, text.LocalTime(p.CreatedAt.Time), text.LocalTime(p.UpdatedAt.Time)}, Raw: p.Raw,
		})
	}
	return env.PrintList(l, format)
}

// NewWorkflows returns the command workflow:workflows.
func NewWorkflows(env *cli.Env) *cobra.Command {
	var o listOptions
	var revision string
	cmd := &cobra.Command{
		Use:         "workflow:workflows [PROJECT]",
		Short:       "List the workflows of one project, or of all",
		Example:     "  td workflow workflows\n  td workflow workflows sales -r v2",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Project),
		RunE: func(cmd *cobra.Command, args []string) error {
			if revision != "" && len(args) == 0 {
				return cli.Usagef("-r/--revision is of a project; name one")
			}
			return workflows(cmd.Context(), env, o, args, revision)
		},
	}
	o.add(cmd.Flags())
	cmd.Flags().StringVarP(&revision, "revision", "r", "", "list those of this `REVISION` (default the newest)")
	complete.Flags(cmd.Flags(), complete.Any, "revision")
	return cmd
}

func workflows(ctx context.Context, env *cli.Env, o listOptions, args []string, revision string) error {
	if err := o.check(); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	var found []api.Workflow
	if len(args) == 1 {
		var p api.Project
		if p, err = project(ctx, client, args[0]); err == nil {
			found, err = client.WorkflowsOf(ctx, p.ID, revision)
		}
	} else {
		found, err = client.AllWorkflows(ctx, o.page)
	}
	if err != nil {
		return err
	}
	l := grid.List{Columns: []string{"ID", "Project", "Name", "Revision", "Timezone"}}
	for _, w := range found {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{w.ID, w.Project, w.Name, w.Revision, w.Timezone}, Raw: w.Raw})
	}
	return env.PrintList(l, o.format)
}

// NewTasks returns the command workflow:tasks.
func NewTasks(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:         "workflow:tasks ATTEMPT_ID",
		Aliases:     []string{"workflow:task"},
		Short:       "List the tasks of an attempt",
		Example:     "  td workflow tasks 123",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Attempt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return tasks(cmd.Context(), env, format, args[0])
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func tasks(ctx context.Context, env *cli.Env, format cli.ListFormat, id string) error {
	if err := checkAttempt(id); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	found, err := client.Tasks(ctx, id)
	if err != nil {
		return noAttempt(id, err)
	}
	l := grid.List{Columns: []string{"ID", "Name", "State", "Started at", "Updated at"}}
	for _, t := range found {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{t.ID, t.Name, t.State, text.LocalTime(t.StartedAt.Time), text.LocalTime(t.UpdatedAt.Time)}, Raw: t.Raw,
		})
	}
	return env.PrintList(l, format)
}
