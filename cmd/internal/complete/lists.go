package complete

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/redact"
)

// maxNumbered is the number of jobs and attempts that are listed.
const maxNumbered = 50

func listDatabases(ctx context.Context, c *api.Client) ([]candidate, error) {
	databases, err := c.Databases(ctx)
	return convert(databases, err, func(d api.Database) candidate { return candidate{d.Name, formatRecords(d.Count)} })
}

func listTables(ctx context.Context, e *cli.Env, c *api.Client, database string) ([]candidate, error) {
	tables, err := c.Tables(ctx, database)
	if err == nil {
		RememberSizes(e, database, tables)
	}
	return convert(tables, err, func(t api.Table) candidate { return candidate{t.Name, formatRecords(t.Count)} })
}

// listDeletedTables returns the names of the deleted tables of a database.
func listDeletedTables(ctx context.Context, c *api.Client, database string) ([]candidate, error) {
	tables, err := c.DeletedTables(ctx)
	tables = slices.DeleteFunc(tables, func(t api.DeletedTable) bool { return t.Database != database })
	return convert(tables, err, func(t api.DeletedTable) candidate { return candidate{t.Name, formatRecords(t.Count)} })
}

func listDeletedTableIDs(ctx context.Context, c *api.Client) ([]candidate, error) {
	tables, err := c.DeletedTables(ctx)
	return convert(tables, err, func(t api.DeletedTable) candidate {
		return candidate{t.ID, t.Database + "." + t.Name + " " + formatRecords(t.Count)}
	})
}

func listColumns(ctx context.Context, c *api.Client, database, table string) ([]candidate, error) {
	tables, err := c.Tables(ctx, database)
	i := slices.IndexFunc(tables, func(t api.Table) bool { return t.Name == table })
	if err != nil || i < 0 {
		return nil, err
	}
	return convert(tables[i].Schema, nil, func(c api.Column) candidate { return candidate{c.Name, c.Type} })
}

// listJobs returns the newest jobs first. The description starts with the status.
func listJobs(ctx context.Context, c *api.Client) ([]candidate, error) {
	jobs, err := c.Jobs(ctx, api.JobsRequest{To: maxNumbered - 1})
	return convert(jobs, err, func(j api.Job) candidate {
		return candidate{j.ID, j.Status + " " + describeJob(j)}
	})
}

// describeJob omits the query of a bulk load: it is a configuration with secrets.
func describeJob(j api.Job) string {
	if j.Type == "bulkload" {
		return j.Type
	}
	return cmp.Or(redact.Text(j.Query), j.Type)
}

// filterUnfinished returns the jobs of listJobs that may still be running.
func filterUnfinished(jobs []candidate) []candidate {
	return slices.DeleteFunc(slices.Clone(jobs), func(c candidate) bool {
		status, _, _ := strings.Cut(c.description, " ")
		return api.Job{Status: status}.Finished()
	})
}

func listSchedules(ctx context.Context, c *api.Client) ([]candidate, error) {
	schedules, err := c.Schedules(ctx)
	return convert(schedules, err, func(s api.Schedule) candidate {
		return candidate{s.Name, s.Cron + " " + redact.Text(s.Query)}
	})
}

func listResults(ctx context.Context, c *api.Client) ([]candidate, error) {
	results, err := c.SavedResults(ctx)
	return convert(results, err, func(r api.SavedResult) candidate { return candidate{r.Name, redact.Text(r.URL)} })
}

func listConnectors(ctx context.Context, c *api.Client) ([]candidate, error) {
	sessions, err := c.BulkLoads(ctx)
	return convert(sessions, err, func(l api.BulkLoad) candidate {
		return candidate{l.Name, l.Database + "." + l.Table + " " + l.Cron}
	})
}

func listBulkImports(ctx context.Context, c *api.Client) ([]candidate, error) {
	sessions, err := c.BulkImports(ctx)
	return convert(sessions, err, func(i api.BulkImport) candidate {
		return candidate{i.Name, i.Status + " " + i.Database + "." + i.Table}
	})
}

func listParts(ctx context.Context, c *api.Client, session string) ([]candidate, error) {
	parts, err := c.BulkImportParts(ctx, session)
	return convert(parts, err, func(name string) candidate { return candidate{text: name} })
}

func listUsers(ctx context.Context, c *api.Client) ([]candidate, error) {
	users, err := c.Users(ctx)
	return convert(users, err, func(u api.User) candidate { return candidate{u.Name, u.Email} })
}

func listProjects(ctx context.Context, w *api.Workflows) ([]candidate, error) {
	projects, err := w.Projects(ctx)
	return convert(projects, err, func(p api.Project) candidate { return candidate{p.Name, "revision " + p.Revision} })
}

func listWorkflows(ctx context.Context, w *api.Workflows, project string) ([]candidate, error) {
	p, err := w.Project(ctx, project)
	if err != nil {
		return nil, err
	}
	workflows, err := w.WorkflowsOf(ctx, p.ID, "")
	return convert(workflows, err, func(f api.Workflow) candidate { return candidate{f.Name, f.Timezone} })
}

// listAttempts returns the newest attempts first.
func listAttempts(ctx context.Context, w *api.Workflows) ([]candidate, error) {
	attempts, err := w.Attempts(ctx, "", "", false, api.Page{Size: maxNumbered})
	return convert(attempts, err, func(a api.Attempt) candidate {
		return candidate{a.ID, attemptStatus(a) + " " + a.Project + " " + a.Workflow}
	})
}

func attemptStatus(a api.Attempt) string {
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

func formatRecords(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return fmt.Sprintf("%d records", n)
}

// convert returns a candidate for each object of a list, or err.
func convert[T any](objects []T, err error, f func(T) candidate) ([]candidate, error) {
	if err != nil {
		return nil, err
	}
	out := make([]candidate, len(objects))
	for i, o := range objects {
		out[i] = f(o)
	}
	return out, nil
}
