package shell

import (
	"context"
	"errors"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// printList prints a list in the format of the rows if lists have it.
func (s *session) printList(l grid.List) error {
	f := cli.TableList()
	if !s.env.OutTTY {
		f.Format = jobresult.TSV
	}
	if format := jobresult.Format(s.rows.Format); format != "" && !format.IsBinary() {
		f.Format = format
	}
	return s.env.PrintList(l, f)
}

func (s *session) listDatabases(ctx context.Context, _, _ string) error {
	databases, err := s.client.Databases(ctx)
	if err != nil {
		return err
	}
	return s.printList(listcmd.Grid([]listcmd.Column[api.Database]{
		{Title: "Name", Cell: func(d api.Database) any { return d.Name }},
		{Title: "Count", Cell: func(d api.Database) any { return grid.Shown{Table: text.Commas(d.Count), Plain: d.Count} }},
	}, nil, func(d api.Database) any {
		return map[string]any{"name": d.Name, "count": d.Count}
	}, databases))
}

func (s *session) listTables(ctx context.Context, _, args string) error {
	database, err := oneWord("dt", args)
	if err != nil {
		return err
	}
	if database == "" {
		database = s.request.Database
	}
	tables, err := s.tables(ctx, database)
	if err != nil {
		return err
	}
	return s.printList(listcmd.Grid([]listcmd.Column[api.Table]{
		{Title: "Table", Cell: func(t api.Table) any { return t.Name }},
		{Title: "Count", Cell: func(t api.Table) any { return grid.Shown{Table: text.Commas(t.Count), Plain: t.Count} }},
	}, nil, func(t api.Table) any {
		return map[string]any{"name": t.Name, "count": t.Count}
	}, tables))
}

// tables returns the tables of a database.
func (s *session) tables(ctx context.Context, database string) ([]api.Table, error) {
	if database == "" {
		return nil, cli.WithHint(cli.Usagef("no database is selected"), `use 'td shell DB' or '\c DB'`)
	}
	tables, err := s.client.Tables(ctx, database)
	return tables, tablecmd.DatabaseNotFound(database, err)
}

func (s *session) describe(ctx context.Context, _, args string) error {
	name, err := oneWord("d", strings.TrimSuffix(args, ";"))
	if err != nil {
		return err
	}
	if name == "" {
		return s.listTables(ctx, "", "")
	}
	database := s.request.Database
	if before, after, ok := strings.Cut(name, "."); ok {
		database, name = before, after
	}
	tables, err := s.tables(ctx, database)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.Name == name {
			return s.printList(listcmd.Grid([]listcmd.Column[api.Column]{
				{Title: "Column", Cell: func(c api.Column) any { return c.Name }},
				{Title: "Type", Cell: func(c api.Column) any { return c.Type }},
			}, nil, func(c api.Column) any {
				return map[string]any{"name": c.Name, "type": c.Type}
			}, withTime(t.Schema)))
		}
	}
	return cli.NotFound("table", database+"."+name, "table:list "+database, api.ErrNotFound)
}

// withTime returns a schema with the column time, which every table has.
func withTime(schema []api.Column) []api.Column {
	for _, c := range schema {
		if c.Name == "time" {
			return schema
		}
	}
	return append([]api.Column{{Name: "time", Type: "int"}}, schema...)
}

func (s *session) listJobs(ctx context.Context, _, _ string) error {
	var jobs []api.Job
	for _, id := range s.jobs {
		job, err := s.client.Job(ctx, id)
		switch {
		case errors.Is(err, api.ErrNotFound):
			job = api.Job{ID: id, Status: "not found"}
		case err != nil:
			return err
		}
		jobs = append(jobs, job)
	}
	return s.printList(listcmd.Grid([]listcmd.Column[api.Job]{
		{Title: "JobID", Cell: func(j api.Job) any { return j.ID }},
		{Title: "Status", Cell: func(j api.Job) any { return j.Status }},
		{Title: "Type", Cell: func(j api.Job) any { return j.Type }},
		{Title: "Query", Cell: func(j api.Job) any {
			const cells = 60
			query, _ := jobcmd.SafeQuery(j)
			return grid.Shown{Table: text.Truncate(strings.Join(strings.Fields(query), " "), cells), Plain: query}
		}},
	}, nil, jobcmd.RawJob, jobs))
}
