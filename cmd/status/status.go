// Package status implements the status command, an overview of the account.
package status

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/text"
)

// Commands returns the command status.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "status", Aliases: []string{"s"}, New: New, ReadOnly: true},
	}
}

// New returns the command status.
func New(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show schedules, the newest jobs, tables and result URLs",
		Example: "  td status",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return status(cmd.Context(), env, format)
		},
	}
	cmd.Flags().BoolVar(&format.Wide, "wide", false, "print all columns and whole cells, even if they do not fit on the terminal")
	argv.MarkNew(cmd.Flags(), "wide")
	return cmd
}

func status(ctx context.Context, env *cli.Env, format cli.ListFormat) error {
	if err := cli.CheckZone(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	defer env.Page()()
	for i, part := range []struct {
		title string
		list  func() (grid.List, error)
	}{
		{"[Schedules]", func() (grid.List, error) { return schedules(ctx, client) }},
		{"[Jobs]", func() (grid.List, error) { return jobs(ctx, client) }},
		{"[Tables]", func() (grid.List, error) { return tables(ctx, env, client) }},
		{"[Results]", func() (grid.List, error) { return results(ctx, client) }},
	} {
		l, err := part.list()
		if err != nil {
			return err
		}
		if i > 0 {
			env.Print("")
		}
		env.Print("%s", part.title)
		if err := env.PrintList(l, format); err != nil {
			return err
		}
	}
	return nil
}

func schedules(ctx context.Context, client *api.Client) (grid.List, error) {
	l := grid.List{Columns: []string{"Name", "Cron", "Result", "Query"}, Optional: []string{"Result"}}
	found, err := client.Schedules(ctx)
	slices.SortStableFunc(found, func(a, b api.Schedule) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range found {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{s.Name, s.Cron, redact.Text(s.ResultURL), shorten(redact.Text(s.Query))}})
	}
	return l, err
}

func jobs(ctx context.Context, client *api.Client) (grid.List, error) {
	l := grid.List{
		Columns:  []string{"JobID", "Status", "Start", "Elapsed", "Result", "Query"},
		Optional: []string{"Result", "Elapsed"},
	}
	found, err := client.Jobs(ctx, api.JobsRequest{From: 0, To: 4})
	for _, j := range found {
		query, _ := jobcmd.SafeQuery(j)
		l.Rows = append(l.Rows, grid.Row{Cells: []any{
			j.ID, j.Status, text.LocalTime(j.StartAt.Time), elapsed(j), redact.Text(j.ResultURL), shorten(query),
		}})
	}
	return l, err
}

// tables lists the tables of every readable database.
func tables(ctx context.Context, env *cli.Env, client *api.Client) (grid.List, error) {
	l := grid.List{Columns: []string{"Database", "Table", "Count", "Size"}}
	databases, err := client.Databases(ctx)
	if err != nil {
		return l, err
	}
	for _, d := range databases {
		found, err := client.Tables(ctx, d.Name)
		switch {
		case errors.Is(err, api.ErrForbidden):
			env.Warn("no permission to read database '%s'; its tables are omitted", d.Name)
		case errors.Is(err, api.ErrNotFound): // dropped concurrently
		case err != nil:
			return l, err
		}
		for _, t := range found {
			l.Rows = append(l.Rows, grid.Row{Cells: []any{d.Name, t.Name, t.Count, text.TableSize(t.StorageSize)}})
		}
	}
	return l, nil
}

func results(ctx context.Context, client *api.Client) (grid.List, error) {
	l := grid.List{Columns: []string{"Name", "URL"}}
	found, err := client.SavedResults(ctx)
	slices.SortStableFunc(found, func(a, b api.SavedResult) int { return cmp.Compare(a.Name, b.Name) })
	for _, r := range found {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{r.Name, redact.Text(r.URL)}})
	}
	return l, err
}

// elapsed returns the running time of a job.
func elapsed(j api.Job) string {
	switch {
	case j.StartAt.IsZero():
		return ""
	case j.EndAt.IsZero():
		return text.Elapsed(max(0, time.Since(j.StartAt.Time)), false)
	}
	return text.Elapsed(max(0, j.EndAt.Sub(j.StartAt.Time)), false)
}

// shorten truncates a query to the width of its column.
func shorten(query string) string {
	const most = 50
	if r := []rune(query); len(r) > most {
		return string(r[:most]) + " ..."
	}
	return query
}
