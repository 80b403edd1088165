// Package sqlfile reads the front matter of SQL files: comments before the statement that set flags of the query and
// declare its parameters.
//
//	#!/usr/bin/env -S td query -wq
//	-- td: database=web type=trino output=top.csv
//	-- td: param day DATE = yesterday
//	SELECT path, count(*) FROM access WHERE day = :day GROUP BY path
package sqlfile

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sqlparam"
)

var (
	settingName    = lazyregexp.New(`^[a-z][a-z-]*$`)
	paramDirective = lazyregexp.New(`^param\s+(\w+)\s+(\w+(?:\[\])?)\s*(=\s*(.*))?$`)
)

// A File is a SQL file.
type File struct {
	SQL      string // includes the front matter, so that its lines are those of the file
	Settings []Setting
	Params   []Param
}

// A Setting is a value for a flag of the query.
type Setting struct {
	Name, Value string // the value is "true" if there is none
	Line        int    // 1 for the first line
	HasValue    bool
}

// A Param is a declared parameter.
type Param struct {
	Name, Type string // a type of package sqlparam
	Default    string
	HasDefault bool
	Line       int
}

// RemoveInterpreter returns SQL whose first line, if it starts with "#!", is empty. See
// https://man7.org/linux/man-pages/man2/execve.2.html#DESCRIPTION.
func RemoveInterpreter(sql string) string {
	if !strings.HasPrefix(sql, "#!") {
		return sql
	}
	end := strings.IndexByte(sql, '\n')
	if end < 0 {
		return ""
	}
	return sql[end:]
}

// Parse reads the front matter of SQL. It ends before the first line that is neither empty nor a comment of the form
// "-- text". Comments that do not start with "td:" are ignored, as is "td:ignore", which is for the lint.
func Parse(sql string) (File, error) {
	f := File{SQL: RemoveInterpreter(sql)}
	inFront := true
	number := 0
	for line := range strings.Lines(f.SQL) {
		number++
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		comment, isComment := strings.CutPrefix(line, "--")
		inFront = inFront && (isComment || line == "")
		directive, ok := strings.CutPrefix(strings.TrimSpace(comment), "td:")
		if !isComment || !ok || isIgnore(directive) {
			continue
		}
		if !inFront {
			return f, fmt.Errorf("line %d: %q must be before the statement", number, line)
		}
		if err := f.add(strings.TrimSpace(directive), number); err != nil {
			return f, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return f, nil
}

// isIgnore reports whether a directive names rules of the lint to ignore.
func isIgnore(directive string) bool {
	fields := strings.Fields(directive)
	return len(fields) > 0 && fields[0] == "ignore"
}

// add adds the settings or the parameter of a directive.
func (f *File) add(directive string, line int) error {
	if directive == "" {
		return fmt.Errorf("%q sets nothing", "td:")
	}
	if fields := strings.Fields(directive); fields[0] == "param" {
		return f.addParam(directive, line)
	}
	for rest := directive; rest != ""; rest = strings.TrimSpace(rest) {
		name, value, after, err := cutSetting(rest)
		if err != nil {
			return err
		}
		for _, s := range f.Settings {
			if s.Name == name {
				return fmt.Errorf("%s is already set in line %d", name, s.Line)
			}
		}
		f.Settings = append(f.Settings, Setting{name, value, line, strings.HasPrefix(rest[len(name):], "=")})
		rest = after
	}
	return nil
}

// cutSetting returns the first NAME=VALUE, NAME='VALUE', NAME="VALUE" or NAME of s. An underscore in the name is the same
// as a hyphen.
func cutSetting(s string) (name, value, after string, err error) {
	end := strings.IndexAny(s, "= \t")
	if end < 0 {
		end = len(s)
	}
	name = strings.ReplaceAll(s[:end], "_", "-")
	if !settingName().MatchString(name) {
		return "", "", "", fmt.Errorf("%q is not the name of a setting; write -- td: NAME=VALUE", s[:end])
	}
	if end == len(s) || s[end] != '=' {
		return name, "true", s[end:], nil
	}
	s = s[end+1:]
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		length := strings.IndexByte(s[1:], s[0])
		if length < 0 {
			return "", "", "", fmt.Errorf("the value of %s has no closing %c", name, s[0])
		}
		value, after = s[1:1+length], s[length+2:]
		if after != "" && after[0] != ' ' && after[0] != '\t' {
			return "", "", "", fmt.Errorf("there must be a space after the value of %s", name)
		}
		return name, value, after, nil
	}
	if end = strings.IndexAny(s, " \t"); end < 0 {
		end = len(s)
	}
	return name, s[:end], s[end:], nil
}

// addParam adds the parameter of "param NAME TYPE" or "param NAME TYPE = DEFAULT".
func (f *File) addParam(directive string, line int) error {
	m := paramDirective().FindStringSubmatch(directive)
	if m == nil {
		return fmt.Errorf("%q must be param NAME TYPE or param NAME TYPE = DEFAULT", directive)
	}
	p := Param{Name: m[1], Default: unquote(m[4]), HasDefault: m[3] != "", Line: line}
	parsed, err := sqlparam.Parse(p.Name + ":" + m[2] + "=" + p.Default)
	if err != nil {
		return err
	}
	p.Type = parsed.Type
	for _, other := range f.Params {
		if other.Name == p.Name {
			return fmt.Errorf("parameter %q is already declared in line %d", p.Name, other.Line)
		}
	}
	f.Params = append(f.Params, p)
	return nil
}

// unquote returns a text without the quotes around it.
func unquote(s string) string {
	if n := len(s); n >= 2 && (s[0] == '\'' || s[0] == '"') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}
