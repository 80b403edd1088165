// Package schema implements the schema:* commands.
package schema

import (
	"context"
	"fmt"
	"strings"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the schema:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "schema:show", Aliases: []string{"schema"}, New: NewShow, ReadOnly: true},
		{Name: "schema:set", New: NewSet},
		{Name: "schema:add", New: NewAdd},
		{Name: "schema:remove", New: NewRemove},
	}
}

// findTable finds a table whose schema can be changed. A schema that td cannot parse is an
// error: the change would lose it.
func findTable(ctx context.Context, client *api.Client, database, name string) (api.Table, error) {
	t, err := tablecmd.Find(ctx, client, database, name)
	if err == nil && t.RawSchema != "" {
		err = cli.WithHint(cli.StateError{Err: fmt.Errorf("the schema of '%s.%s' cannot be parsed; nothing was changed", database, name)},
			"use 'td schema:set %s %s' to replace it", database, name)
	}
	return t, err
}

// parseColumns parses columns of the form name:type or name:type@alias. A name may contain
// colons.
func parseColumns(args []string) ([]api.Column, error) {
	columns := make([]api.Column, len(args))
	for i, arg := range args {
		colon := strings.LastIndexByte(arg, ':')
		if colon <= 0 {
			return nil, cli.Usagef("a column must be NAME:TYPE or NAME:TYPE@ALIAS, not %q", arg)
		}
		c := api.Column{Name: arg[:colon]}
		var aliased bool
		c.Type, c.Alias, aliased = strings.Cut(arg[colon+1:], "@")
		if c.Type == "" || aliased && c.Alias == "" {
			return nil, cli.Usagef("a column must be NAME:TYPE or NAME:TYPE@ALIAS, not %q", arg)
		}
		if strings.Trim(c.Alias, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return nil, cli.Usagef("invalid alias %q: an alias may only contain a-z, 0-9 and _", c.Alias)
		}
		columns[i] = c
	}
	return columns, nil
}

// checkNames returns an error for reserved and duplicate column names.
func checkNames(columns []api.Column) error {
	taken := map[string]bool{}
	for _, c := range columns {
		names := []string{c.Name}
		if c.Alias != "" && c.Alias != c.Name {
			names = append(names, c.Alias)
		}
		for _, name := range names {
			switch {
			case name == "time" || name == "v":
				return cli.Usagef("column name %q is reserved", name)
			case taken[name]:
				return cli.Usagef("duplicate column name %q", name)
			}
			taken[name] = true
		}
	}
	return nil
}

// formatColumn formats a column as name:type or name:type@alias.
func formatColumn(c api.Column) string {
	if c.Alias == "" {
		return c.Name + ":" + c.Type
	}
	return c.Name + ":" + c.Type + "@" + c.Alias
}

func printUpdated(env *cli.Env, database, name string) {
	env.Say("Schema is updated on %s.%s table.", database, name)
}
