package query

import (
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlfile"
	"github.com/td-cli/td/internal/sqlparam"
	"github.com/td-cli/td/internal/text"
)

// A define is the value of a -D.
type define struct {
	sqlparam.Param
	isTyped bool // it has a type
	isUsed  bool // a query contains it
}

// parseDefines parses the values of -D.
func parseDefines(texts []string) ([]define, error) {
	var defines []define
	for _, text := range texts {
		p, err := sqlparam.Parse(text)
		if err != nil {
			return nil, cli.Usagef("-D/--define: %w", err)
		}
		name, _, _ := strings.Cut(text, "=")
		defines = append(defines, define{Param: p, isTyped: strings.Contains(name, ":")})
	}
	return defines, nil
}

// bindParams sets the SQL of the requests to that of the tasks with the values of the parameters. A -D that no query
// contains is an error, and so is a parameter in the SQL without a value. Without any parameter it is only a warning,
// because it may be valid SQL.
func bindParams(env *cli.Env, tasks []task, texts []string) error {
	defines, err := parseDefines(texts)
	if err != nil {
		return err
	}
	if _, err := text.LocalZone(); err != nil {
		return cli.UsageError{Err: err}
	}
	now := env.Now() // one time for all queries
	for i := range tasks {
		if err := tasks[i].bind(env, defines, now); err != nil {
			return err
		}
	}
	for _, d := range defines {
		if !d.isUsed {
			return cli.Usagef("-D/--define: the SQL does not contain :%s", d.Name)
		}
	}
	return nil
}

// bind sets the SQL of the request, and marks the defines that it contains.
func (t *task) bind(env *cli.Env, defines []define, now time.Time) error {
	hive := t.request.Type == "hive"
	params, err := t.parameters(defines)
	if err != nil {
		return err
	}
	t.request.Query = t.sql
	if len(params) == 0 {
		if _, _, err := sqlparam.Bind(t.sql, hive, nil); err != nil {
			env.Warn("%v; use -D NAME=VALUE", err)
		}
		return nil
	}
	for i, p := range params {
		params[i] = p.ResolveDates(now)
	}
	if err := t.checkDefaults(hive, params); err != nil {
		return err
	}
	sql, found, err := sqlparam.Bind(t.sql, hive, params)
	if err != nil {
		return cli.Usagef("-D/--define: %w", err)
	}
	t.request.Query = sql
	for _, name := range found {
		if i := slices.IndexFunc(defines, func(d define) bool { return d.Name == name }); i >= 0 {
			defines[i].isUsed = true
		}
		i := slices.IndexFunc(params, func(p sqlparam.Param) bool { return p.Name == name })
		t.params = append(t.params, params[i].String())
	}
	return nil
}

// checkDefaults returns an error for a parameter whose value is an invalid default of the file.
func (t *task) checkDefaults(hive bool, params []sqlparam.Param) error {
	for _, p := range params {
		i := slices.IndexFunc(t.declared, func(d sqlfile.Param) bool { return d.Name == p.Name })
		if i < 0 || p.Value != t.declared[i].Default {
			continue
		}
		if _, _, err := sqlparam.Bind("", hive, []sqlparam.Param{p}); err != nil {
			return cli.Usagef("%s: line %d: %w", t.name, t.declared[i].Line, err)
		}
	}
	return nil
}

// parameters returns the parameters of a task: those that its file declares, with the values of -D or their defaults, and
// the other values of -D.
func (t *task) parameters(defines []define) ([]sqlparam.Param, error) {
	var params []sqlparam.Param
	for _, d := range defines {
		i := slices.IndexFunc(t.declared, func(p sqlfile.Param) bool { return p.Name == d.Name })
		p := d.Param
		if i >= 0 && d.isTyped && t.declared[i].Type != d.Type {
			return nil, cli.Usagef("-D/--define: %s has the type %s in line %d of %s, not %s", d.Name, t.declared[i].Type, t.declared[i].Line, t.name, d.Type)
		}
		if i >= 0 {
			p.Type = t.declared[i].Type
		}
		params = append(params, p)
	}
	for _, p := range t.declared {
		if slices.ContainsFunc(defines, func(d define) bool { return d.Name == p.Name }) {
			continue
		}
		if !p.HasDefault {
			return nil, cli.Usagef("%s requires a value for the parameter %s (%s): use -D %s=VALUE", t.name, p.Name, p.Type, p.Name)
		}
		params = append(params, sqlparam.Param{Name: p.Name, Type: p.Type, Value: p.Default})
	}
	return params, nil
}
