package names

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/api"
)

// newest is how many of what has numbers is offered.
const newest = 50

// Databases lists the account's databases.
func Databases(ctx context.Context, c *api.Client) ([]Name, error) {
	databases, err := c.Databases(ctx)
	return list(databases, err, func(d api.Database) Name { return Name{d.Name, records(d.Count)} })
}

// Tables lists the tables of a database.
func Tables(ctx context.Context, c *api.Client, database string) ([]Name, error) {
	tables, err := c.Tables(ctx, database)
	return list(tables, err, func(t api.Table) Name { return Name{t.Name, records(t.Count)} })
}

// Columns lists the columns of a table.
func Columns(ctx context.Context, c *api.Client, database, table string) ([]Name, error) {
	tables, err := c.Tables(ctx, database)
	i := slices.IndexFunc(tables, func(t api.Table) bool { return t.Name == table })
	if err != nil || i < 0 {
		return nil, err
	}
	return list(tables[i].Schema, nil, func(c api.Column) Name { return Name{c.Name, c.Type} })
}

// Jobs lists the newest jobs, the last one first. The first word on a job is its status.
func Jobs(ctx context.Context, c *api.Client) ([]Name, error) {
	jobs, err := c.Jobs(ctx, api.JobsRequest{To: newest - 1})
	return list(jobs, err, func(j api.Job) Name {
		return Name{j.ID, j.Status + " " + task(j)}
	})
}

// task is what a job does. The query of a load is its configuration, which may hold secrets.
func task(j api.Job) string {
	if j.Type == "bulkload" {
		return j.Type
	}
	return cmp.Or(api.RedactURL(j.Query), j.Type)
}

// Unfinished picks the jobs that may still run.
func Unfinished(jobs []Name) []Name {
	return slices.DeleteFunc(slices.Clone(jobs), func(n Name) bool {
		status, _, _ := strings.Cut(n.About, " ")
		return api.Job{Status: status}.Finished()
	})
}

// Schedules lists the schedules.
func Schedules(ctx context.Context, c *api.Client) ([]Name, error) {
	schedules, err := c.Schedules(ctx)
	return list(schedules, err, func(s api.Schedule) Name { return Name{s.Name, s.Cron + " " + api.RedactURL(s.Query)} })
}

// Results lists the saved result URLs.
func Results(ctx context.Context, c *api.Client) ([]Name, error) {
	results, err := c.SavedResults(ctx)
	return list(results, err, func(r api.SavedResult) Name { return Name{r.Name, api.RedactURL(r.URL)} })
}

// Connectors lists the connector sessions.
func Connectors(ctx context.Context, c *api.Client) ([]Name, error) {
	sessions, err := c.BulkLoads(ctx)
	return list(sessions, err, func(l api.BulkLoad) Name {
		return Name{l.Name, l.Database + "." + l.Table + " " + l.Cron}
	})
}

// BulkImports lists the bulk import sessions.
func BulkImports(ctx context.Context, c *api.Client) ([]Name, error) {
	sessions, err := c.BulkImports(ctx)
	return list(sessions, err, func(i api.BulkImport) Name {
		return Name{i.Name, i.Status + " " + i.Database + "." + i.Table}
	})
}

// Parts lists the parts of a bulk import session.
func Parts(ctx context.Context, c *api.Client, session string) ([]Name, error) {
	parts, err := c.BulkImportParts(ctx, session)
	return list(parts, err, func(name string) Name { return Name{Text: name} })
}

// Users lists the users of the account.
func Users(ctx context.Context, c *api.Client) ([]Name, error) {
	users, err := c.Users(ctx)
	return list(users, err, func(u api.User) Name { return Name{u.Name, u.Email} })
}

// Projects lists the projects of workflows.
func Projects(ctx context.Context, w *api.Workflows) ([]Name, error) {
	projects, err := w.Projects(ctx)
	return list(projects, err, func(p api.Project) Name { return Name{p.Name, "revision " + p.Revision} })
}

// Workflows lists the workflows of a project.
func Workflows(ctx context.Context, w *api.Workflows, project string) ([]Name, error) {
	p, err := w.Project(ctx, project)
	if err != nil {
		return nil, err
	}
	workflows, err := w.WorkflowsOf(ctx, p.ID, "")
	return list(workflows, err, func(f api.Workflow) Name { return Name{f.Name, f.Timezone} })
}

// Attempts lists the newest attempts, the last one first.
func Attempts(ctx context.Context, w *api.Workflows) ([]Name, error) {
	attempts, err := w.Attempts(ctx, "", "", false, api.Page{Size: newest})
	return list(attempts, err, func(a api.Attempt) Name {
		return Name{a.ID, outcome(a) + " " + a.Project + " " + a.Workflow}
	})
}

func outcome(a api.Attempt) string {
	switch {
	case a.Success:
		return "success"
	case a.Done:
		return "error"
	case a.CancelRequested:
		return "canceling"
	}
	return "running"
}

func records(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return fmt.Sprintf("%d records", n)
}

// list turns what the service lists into names.
func list[T any](all []T, err error, name func(T) Name) ([]Name, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Name, len(all))
	for i, one := range all {
		out[i] = name(one)
	}
	return out, nil
}
