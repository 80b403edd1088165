package query

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/sqlfile"
)

// A task is one query: the request, and what to do with its rows.
type task struct {
	name     string          // name of the SQL file, for messages
	sql      string          // text before its parameters are replaced
	options  options         // flags, with the settings of the file
	declared []sqlfile.Param // parameters that the file declares
	params   []string        // parameters of the SQL in the form of -D
	request  api.IssueRequest
	plan     jobcmd.RowPlan

	hasSettings bool // the file sets flags
	outputLine  int  // line of the file that sets the path of the rows; 0 if there is none

	explained explained // the result of --check
}

// prepare completes tasks that have only SQL and options. o are the flags of the command. It reports every usage error
// before the first query is submitted.
func prepare(env *cli.Env, o options, tasks []task) error {
	if len(tasks) > 1 && o.name != "" {
		return cli.Usagef("--name cannot be used with several queries")
	}
	for i := range tasks {
		if err := tasks[i].plans(env); err != nil {
			if tasks[i].hasSettings {
				err = fmt.Errorf("%s: %w", tasks[i].describe(), err)
			}
			return err
		}
	}
	resultURL := ""
	if !o.check {
		var err error
		if resultURL, err = jobcmd.CompleteResultURL(env, o.resultURL, o.user, o.password); err != nil {
			return err
		}
	}
	if err := bindParams(env, tasks, o.defines); err != nil {
		return err
	}
	for i := range tasks {
		t := &tasks[i]
		t.request.ResultURL, t.request.DomainKey = resultURL, t.options.givenDomainKey(i, len(tasks))
		if t.options.check {
			var err error
			if t.explained, err = explain(t.request.Query, jobcmd.Dialect(t.request.Type)); err != nil {
				return err
			}
		}
		if t.options.reuseGiven {
			if err := checkReusable(*t); err != nil {
				return err
			}
		}
	}
	if err := choosePaths(env, tasks); err != nil {
		return err
	}
	return lint(env, tasks)
}

// lint reports the findings in all queries.
func lint(env *cli.Env, tasks []task) error {
	var texts []jobcmd.LintText
	for _, t := range tasks {
		r := t.request
		texts = append(texts, jobcmd.LintText{
			Mode: t.options.Lint, Name: t.name, SQL: r.Query, Type: r.Type, Database: r.Database, ToFile: t.plan.Path != "",
		})
	}
	return jobcmd.CheckLint(env, texts)
}

// plans sets the plan and the request without the SQL and the result URL.
func (t *task) plans(env *cli.Env) (err error) {
	if t.plan, err = t.options.plan(env); err != nil {
		return err
	}
	if t.options.check {
		t.options, t.plan = t.options.forCheck(), jobcmd.RowPlan{}
	}
	t.request, err = t.options.request(env)
	return err
}

// historyJob returns the entry of the history for a submitted query.
func (t task) historyJob(id string, o options) history.Job {
	r := t.request
	if o.domainKey != "" { // a retry under this key is an error
		r.DomainKey = ""
	}
	return history.Job{
		ID: id, Command: jobcmd.QueryCommand, Name: o.name, Database: r.Database, Type: r.Type, SQL: t.sql, Params: t.params,
		DomainKey: r.DomainKey, EngineVersion: r.EngineVersion, PoolName: r.PoolName, Priority: r.Priority, RetryLimit: r.RetryLimit, ResultURL: r.ResultURL,
	}
}

// typeOrDefault returns the type of the query.
func (o options) typeOrDefault(settings config.Config) string {
	return cmp.Or(o.jobType, settings.Type, "hive")
}

// request returns the request without the SQL, the result URL and the domain key.
func (o options) request(env *cli.Env) (api.IssueRequest, error) {
	settings, err := env.Config()
	if err != nil {
		return api.IssueRequest{}, err
	}
	r := api.IssueRequest{
		Database:      cmp.Or(o.database, settings.Database),
		Type:          o.typeOrDefault(settings),
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
	return r, nil
}

// readStatements reads the SQL from the argument, or from each of the files with its front matter.
func readStatements(env *cli.Env, fs *pflag.FlagSet, o *options, args []string) ([]task, error) {
	files := o.files
	if len(args) == 1 || len(files) == 0 {
		files = []string{strings.Join(o.files, " ")} // ReadSQL warns that it ignores them
	}
	if i := slices.Index(files, "-"); i >= 0 && slices.Contains(files[i+1:], "-") {
		return nil, cli.Usagef("standard input (-q -) can be read only once")
	}
	isArgument := len(args) == 1 && args[0] != "-"
	if isArgument { // no file changes the flags
		if _, err := o.plan(env); err != nil {
			return nil, err
		}
	}
	var tasks []task
	for _, file := range files {
		sql, err := jobcmd.ReadSQL(env, file, args)
		if err != nil {
			return nil, err
		}
		t := task{name: file, sql: sql, options: *o}
		if !isArgument {
			if t, err = readFrontMatter(fs, o, t); err != nil {
				return nil, err
			}
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// givenDomainKey returns the key under which the ith of n queries is submitted, or "" if the user did not give any.
func (o options) givenDomainKey(i, n int) string {
	switch {
	case o.domainKey == "" && o.once == "":
		return ""
	case n == 1:
		return o.domainKey + o.once
	}
	return fmt.Sprintf("%s%s-%d", o.domainKey, o.once, i+1)
}

// choosePaths sets the file for the rows of each query, and checks with -w that it can be written.
func choosePaths(env *cli.Env, tasks []task) error {
	seen := map[string]bool{}
	for i := range tasks {
		t := &tasks[i]
		o := t.options
		if len(o.files) > 0 {
			base := filepath.Base(t.name)
			name := strings.TrimSuffix(base, filepath.Ext(base))
			if o.Split > 0 { // the path is a pattern
				name = strings.ReplaceAll(name, "%", "%%")
			}
			t.plan.Path = strings.ReplaceAll(t.plan.Path, "{}", name)
		}
		if t.outputLine > 0 && t.plan.Path != "" {
			if err := checkLocal(t.plan.Path); err != nil {
				return cli.UsageError{Err: fmt.Errorf("%s: line %d: output %w", t.describe(), t.outputLine, err)}
			}
		}
		path := filepath.Clean(t.plan.Path)
		if t.plan.Path != "" && seen[path] {
			return cli.WithHint(cli.Usagef("the rows of several queries would be written to %s", path), "use {} for the name of the SQL file: -o 'out/{}.csv'")
		}
		seen[path] = true
		if !o.Wait.On {
			continue
		}
		if err := t.plan.CheckPath(); err != nil {
			return err
		}
		t.plan.PrintHints(env)
	}
	return nil
}
