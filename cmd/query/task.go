package query

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlparam"
)

// A task is one query: what is submitted, and what becomes of its rows.
type task struct {
	name    string // for people: of its file
	request api.IssueRequest
	plan    jobcmd.Plan
}

// newTasks puts together all that is submitted, and refuses what cannot be before anything is.
func newTasks(e *cli.Env, o options, plan jobcmd.Plan, args []string) ([]task, error) {
	request, err := newRequest(e, o)
	if err != nil {
		return nil, err
	}
	tasks, err := statements(e, o, args)
	if err != nil {
		return nil, err
	}
	if err := bind(tasks, o.defines, request.Type == "hive"); err != nil {
		return nil, err
	}
	for i := range tasks {
		t := &tasks[i]
		sql := t.request.Query
		t.request, t.plan = request, plan
		t.request.Query, t.request.DomainKey = sql, domainKey(o, i, len(tasks))
	}
	return tasks, place(e, tasks, o)
}

// newRequest is what all the queries have in common.
func newRequest(e *cli.Env, o options) (api.IssueRequest, error) {
	settings, err := e.Config()
	if err != nil {
		return api.IssueRequest{}, err
	}
	r := api.IssueRequest{
		Database:      cmp.Or(o.database, settings.Database),
		Type:          cmp.Or(o.jobType, settings.Type, "hive"),
		PoolName:      o.pool,
		EngineVersion: o.engine,
	}
	if r.Database == "" {
		return r, cli.Usagef("no database; name one with -d DB, or set 'database = DB' in %s", settings.Path)
	}
	if !slices.Contains(types(), r.Type) {
		return r, cli.Usagef("unknown type %q; it is hive, trino or presto", r.Type)
	}
	if o.retry > 0 {
		r.RetryLimit = &o.retry
	}
	if o.priority != "" {
		p, err := cli.ParsePriority(o.priority)
		if err != nil {
			return r, cli.UsageError{Err: err}
		}
		r.Priority = &p
	}
	r.ResultURL, err = jobcmd.CompleteResultURL(e, o.resultURL, o.user, o.password)
	return r, err
}

// types are the job types that take SQL.
func types() []string { return []string{"hive", "trino", "presto", "pig", "impala"} }

// statements reads the SQL: the argument, or each of the files.
func statements(e *cli.Env, o options, args []string) ([]task, error) {
	files := o.files
	if len(args) == 1 || len(files) == 0 {
		files = []string{strings.Join(o.files, " ")} // which ReadSQL says it does not read
	}
	if i := slices.Index(files, "-"); i >= 0 && slices.Contains(files[i+1:], "-") {
		return nil, cli.Usagef("standard input (-q -) can be read once")
	}
	var tasks []task
	for _, file := range files {
		sql, err := jobcmd.ReadSQL(e, file, args)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{name: file, request: api.IssueRequest{Query: sql}})
	}
	return tasks, nil
}

// bind puts the parameters' values into the SQL. One that no query has is a mistake.
func bind(tasks []task, defines []string, hive bool) error {
	if len(defines) == 0 {
		return nil
	}
	var params []sqlparam.Param
	for _, text := range defines {
		p, err := sqlparam.Parse(text)
		if err != nil {
			return cli.Usagef("-D/--define: %w", err)
		}
		params = append(params, p)
	}
	used := map[string]bool{}
	for i := range tasks {
		sql, found, err := sqlparam.Bind(tasks[i].request.Query, hive, params)
		if err != nil {
			return cli.Usagef("-D/--define: %w", err)
		}
		tasks[i].request.Query = sql
		for _, name := range found {
			used[name] = true
		}
	}
	for _, p := range params {
		if !used[p.Name] {
			return cli.Usagef("-D/--define: the SQL has no :%s", p.Name)
		}
	}
	return nil
}

// domainKey is the key under which the ith of n queries is submitted. Every query has one, so that a
// submit that is sent twice runs once.
func domainKey(o options, i, n int) string {
	switch {
	case o.domainKey == "" && o.once == "":
		return "td-" + rand.Text()
	case n == 1:
		return o.domainKey + o.once
	}
	return fmt.Sprintf("%s%s-%d", o.domainKey, o.once, i+1)
}

// place says into which file the rows of each query go, and whether they can.
func place(e *cli.Env, tasks []task, o options) error {
	seen := map[string]bool{}
	for i := range tasks {
		t := &tasks[i]
		if len(o.files) > 0 {
			base := filepath.Base(t.name)
			t.plan.Path = strings.ReplaceAll(t.plan.Path, "{}", strings.TrimSuffix(base, filepath.Ext(base)))
		}
		if path := t.plan.Path; path != "" && seen[path] {
			return cli.WithHint(cli.Usagef("the rows of several queries would go to %s", path), "{} stands for the name of a query's file: -o 'out/{}.csv'")
		}
		seen[t.plan.Path] = true
		if !o.Wait.On {
			continue
		}
		if err := t.plan.Writable(); err != nil {
			return err
		}
		t.plan.SayFormat(e)
	}
	return nil
}
