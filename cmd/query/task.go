package query

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/sqlparam"
)

// A task is one query: the request, and what to do with its rows.
type task struct {
	name    string   // name of the SQL file, for messages
	sql     string   // with parameters
	params  []string // parameters of the SQL in the form of -D
	request api.IssueRequest
	plan    jobcmd.RowPlan

	explained explained // of --check
}

// prepare completes tasks that have only a name and SQL. It reports every usage error before the first query is
// submitted.
func (o options) prepare(env *cli.Env, tasks []task, request api.IssueRequest, plan jobcmd.RowPlan) error {
	if len(tasks) > 1 && o.name != "" {
		return cli.Usagef("--name cannot be used with several queries")
	}
	if err := bindParams(env, tasks, o.defines, request.Type == "hive"); err != nil {
		return err
	}
	for i := range tasks {
		t := &tasks[i]
		sql := t.request.Query
		t.request, t.plan = request, plan
		t.request.Query, t.request.DomainKey = sql, o.newDomainKey(env, i, len(tasks))
		if o.check {
			var err error
			if t.explained, err = explain(sql, dialectOf(request.Type)); err != nil {
				return err
			}
		}
		if o.reuseGiven {
			if err := checkReusable(*t); err != nil {
				return err
			}
		}
	}
	return choosePaths(env, tasks, o)
}

// historyJob returns the entry of the history for a submitted query.
func (t task) historyJob(id string, o options) history.Job {
	r := t.request
	return history.Job{
		ID: id, Command: jobcmd.QueryCommand, Name: o.name, Database: r.Database, Type: r.Type, SQL: t.sql, Params: t.params,
		EngineVersion: r.EngineVersion, PoolName: r.PoolName, Priority: r.Priority, RetryLimit: r.RetryLimit, ResultURL: r.ResultURL,
	}
}

// request returns the part of the request that all queries share.
func (o options) request(env *cli.Env) (api.IssueRequest, error) {
	settings, err := env.Config()
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
		return r, cli.Usagef("no database: use -d DB, or set 'database = DB' in %s", settings.Path)
	}
	if err := jobcmd.CheckQueryType(r.Type); err != nil {
		return r, err
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
	r.ResultURL, err = jobcmd.CompleteResultURL(env, o.resultURL, o.user, o.password)
	return r, err
}

// readStatements reads the SQL from the argument or from each of the files.
func readStatements(env *cli.Env, o options, args []string) ([]task, error) {
	files := o.files
	if len(args) == 1 || len(files) == 0 {
		files = []string{strings.Join(o.files, " ")} // ReadSQL warns that it ignores them
	}
	if i := slices.Index(files, "-"); i >= 0 && slices.Contains(files[i+1:], "-") {
		return nil, cli.Usagef("standard input (-q -) can be read only once")
	}
	var tasks []task
	for _, file := range files {
		sql, err := jobcmd.ReadSQL(env, file, args)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{name: file, sql: sql})
	}
	return tasks, nil
}

// bindParams replaces the parameters in the SQL with their values. A parameter that no query contains is an error, and
// so is a parameter in the SQL without a value. Without any -D it is only a warning, because it may be valid SQL.
func bindParams(env *cli.Env, tasks []task, defines []string, hive bool) error {
	if len(defines) == 0 {
		for i := range tasks {
			t := &tasks[i]
			if _, _, err := sqlparam.Bind(t.sql, hive, nil); err != nil {
				env.Warn("%v; use -D NAME=VALUE", err)
			}
			t.request.Query = t.sql
		}
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
		sql, found, err := sqlparam.Bind(tasks[i].sql, hive, params)
		if err != nil {
			return cli.Usagef("-D/--define: %w", err)
		}
		tasks[i].request.Query = sql
		for _, name := range found {
			used[name] = true
			at := slices.IndexFunc(params, func(p sqlparam.Param) bool { return p.Name == name })
			tasks[i].params = append(tasks[i].params, defines[at])
		}
	}
	for _, p := range params {
		if !used[p.Name] {
			return cli.Usagef("-D/--define: the SQL does not contain :%s", p.Name)
		}
	}
	return nil
}

// newDomainKey returns the key under which the ith of n queries is submitted. Every query has a key, so that a
// repeated submit does not run it twice.
func (o options) newDomainKey(env *cli.Env, i, n int) string {
	switch {
	case o.domainKey == "" && o.once == "":
		return env.NewDomainKey()
	case n == 1:
		return o.domainKey + o.once
	}
	return fmt.Sprintf("%s%s-%d", o.domainKey, o.once, i+1)
}

// choosePaths sets the file for the rows of each query, and checks with -w that it can be written.
func choosePaths(env *cli.Env, tasks []task, o options) error {
	seen := map[string]bool{}
	for i := range tasks {
		t := &tasks[i]
		if len(o.files) > 0 {
			base := filepath.Base(t.name)
			name := strings.TrimSuffix(base, filepath.Ext(base))
			if o.Split > 0 { // the path is a pattern
				name = strings.ReplaceAll(name, "%", "%%")
			}
			t.plan.Path = strings.ReplaceAll(t.plan.Path, "{}", name)
		}
		if path := t.plan.Path; path != "" && seen[path] {
			return cli.WithHint(cli.Usagef("the rows of several queries would be written to %s", path), "use {} for the name of the SQL file: -o 'out/{}.csv'")
		}
		seen[t.plan.Path] = true
		if !o.Wait.On {
			continue
		}
		if err := t.plan.CheckPath(); err != nil {
			return err
		}
		t.plan.PrintFormatHint(env)
	}
	return nil
}
