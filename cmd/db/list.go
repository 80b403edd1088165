// Package db is the commands on databases.
package db

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// NewList returns the command db:list.
func NewList(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	var names bool
	cmd := &cobra.Command{
		Use:     "db:list",
		Aliases: []string{"dbs", "databases", "database:list", "show-databases", "show-dbs"},
		Short:   "List the databases",
		Example: "  td db:list\n  td db:list -f csv\n  td db:list --names",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if names && cmd.Flags().Changed("format") {
				return cli.Usagef("--names and -f/--format exclude each other")
			}
			return list(cmd.Context(), env, format, names)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	cmd.Flags().BoolVar(&names, "names", false, "print the names only, one a line")
	return cmd
}

func list(ctx context.Context, env *cli.Env, format cli.ListFormat, names bool) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	databases, err := client.Databases(ctx)
	if err != nil {
		return err
	}
	if len(databases) == 0 {
		env.Say("There are no databases.")
		env.Say("Use 'td db:create <db_name>' to create a database.")
	}
	l := grid.List{Columns: []string{"Name", "Count"}}
	for _, d := range databases {
		if names {
			env.Print("%s", d.Name)
		}
		l.Rows = append(l.Rows, grid.Row{Cells: []any{d.Name, d.Count}, Raw: raw(d)})
	}
	if names {
		return nil
	}
	return env.PrintList(l, format)
}

// rawDatabase is a database as jsonl shows it: the API's names and types.
type rawDatabase struct {
	Name            string   `json:"name"`
	Count           int64    `json:"count"`
	CreatedAt       api.Time `json:"created_at"`
	UpdatedAt       api.Time `json:"updated_at"`
	Permission      string   `json:"permission"`
	DeleteProtected bool     `json:"delete_protected"`
}

func raw(d api.Database) rawDatabase {
	return rawDatabase{d.Name, d.Count, d.CreatedAt, d.UpdatedAt, d.Permission, d.DeleteProtected}
}
