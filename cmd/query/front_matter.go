package query

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlfile"
)

// frontMatterFlags returns the flags that a SQL file can set. Those with credentials, with destinations on a server, and
// those that belong to one run, such as a domain key, are not among them.
func frontMatterFlags() []string {
	return []string{
		"bom", "column-header", "columns", "compression", "database", "engine-version", "exclude", "fail-if-empty", "format", "jq",
		"limit", "lint", "max-result-size", "max-rows", "max-time", "name", "null", "on-interrupt", "output", "pool-name",
		"priority", "retry", "reuse", "split-rows", "threads", "type", "vertical", "wait",
	}
}

// readFrontMatter sets the options and declared parameters of a task from the front matter of its SQL. Flags of the command
// line, which flags has parsed into o, override it.
func readFrontMatter(flags *pflag.FlagSet, o *options, t task) (task, error) {
	file, err := sqlfile.Parse(t.sql)
	if err != nil {
		return t, cli.UsageError{Err: fmt.Errorf("%s: %w", t.describe(), err)}
	}
	t.declared = file.Params
	given := *o
	defer func() { *o = given }() // the settings are for this file only
	for _, s := range file.Settings {
		f := flags.Lookup(s.Name)
		if f == nil || !slices.Contains(frontMatterFlags(), s.Name) {
			names := slices.DeleteFunc(frontMatterFlags(), func(name string) bool { return flags.Lookup(name) == nil })
			err := cli.Usagef("%s: line %d: unknown setting %q", t.describe(), s.Line, s.Name)
			return t, cli.WithHint(err, "the settings of a SQL file are %s", strings.Join(names, ", "))
		}
		if f.Changed || s.Name == "format" && given.Vertical || s.Name == "vertical" && given.Format != "" {
			continue
		}
		if !s.HasValue && argv.RequiresValue(f) {
			return t, cli.Usagef("%s: line %d: %s requires a value: %s=VALUE", t.describe(), s.Line, s.Name, s.Name)
		}
		value := s.Value
		if f.NoOptDefVal != "" && value == "true" {
			value = f.NoOptDefVal
		}
		if value == "" && !argv.AllowsEmpty(f) {
			return t, cli.Usagef("%s: line %d: %s must not be empty", t.describe(), s.Line, s.Name)
		}
		if err := setFlag(f, value); err != nil {
			return t, fmt.Errorf("%s: line %d: %w", t.describe(), s.Line, argv.ValueError(f, s.Value, err))
		}
		switch s.Name {
		case "output":
			t.outputLine = s.Line
		case "reuse":
			o.reuseGiven = true
		}
	}
	t.options, t.hasSettings = *o, len(file.Settings) > 0
	return t, nil
}

// setFlag sets a flag without marking it as given on the command line.
func setFlag(f *pflag.Flag, value string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(strings.Split(value, ","))
	}
	return f.Value.Set(value)
}

// checkLocal returns an error unless a path leads to a file below the working directory, also through symbolic links.
func checkLocal(path string) error {
	if path == "-" {
		return nil
	}
	if !filepath.IsLocal(path) {
		return fmt.Errorf("%q is not below the working directory", path)
	}
	dir, err := filepath.EvalSymlinks(".")
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return err
	}
	for p := path; p != "."; p = filepath.Dir(p) {
		target, err := filepath.EvalSymlinks(p)
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Lstat(p); err == nil {
				return fmt.Errorf("%q is a dangling symbolic link", p)
			}
			continue
		}
		if err == nil {
			target, err = filepath.Abs(target)
		}
		if err != nil {
			return err
		}
		if rel, err := filepath.Rel(dir, target); err != nil || !filepath.IsLocal(rel) {
			return fmt.Errorf("%q leads to %s, which is not below the working directory", path, target)
		}
		break
	}
	return nil
}

// render prints the SQL of tasks with the values of the parameters. Several queries are separated by semicolons.
func render(env *cli.Env, o options, tasks []task) error {
	if o.check {
		return cli.Usagef("--render and --check cannot be used together")
	}
	settings, err := env.Config()
	if err != nil {
		return err
	}
	for i := range tasks {
		t := &tasks[i]
		t.request.Type = t.options.typeOrDefault(settings)
		if err := jobcmd.CheckQueryType(t.request.Type); err != nil {
			return err
		}
	}
	if err := bindParams(env, tasks, o.defines); err != nil {
		return err
	}
	for _, t := range tasks {
		sql := t.request.Query
		if len(tasks) > 1 {
			sql = strings.TrimRight(sql, "; \n")
			if strings.Contains(sql[strings.LastIndexByte(sql, '\n')+1:], "--") { // a comment may end it
				sql += "\n"
			}
			sql += ";"
		}
		env.Print("%s", sql)
	}
	return nil
}
