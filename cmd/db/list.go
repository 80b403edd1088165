package db

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewList returns the command db:list.
func NewList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.Database]{
		Use:     "db:list",
		Short:   "List the databases",
		Example: "  td db:list\n  td db:list -f csv\n  td db:list --names",
		Fetch: func(ctx context.Context, _ []string) ([]api.Database, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			return client.Databases(ctx)
		},
		Columns: []listcmd.Column[api.Database]{
			{Title: "Name", Cell: func(d api.Database) any { return d.Name }},
			{Title: "Count", Cell: func(d api.Database) any { return d.Count }},
		},
		Raw:  raw,
		Name: func(d api.Database) string { return d.Name },
		Empty: func([]string) {
			env.Say("There are no databases.")
			env.Say("Use 'td db:create <db_name>' to create a database.")
		},
	})
}

// raw returns a database as format jsonl shows it: with the API's names and types.
func raw(d api.Database) any {
	return struct {
		Name            string   `json:"name"`
		Count           int64    `json:"count"`
		CreatedAt       api.Time `json:"created_at"`
		UpdatedAt       api.Time `json:"updated_at"`
		Permission      string   `json:"permission"`
		DeleteProtected bool     `json:"delete_protected"`
	}{d.Name, d.Count, d.CreatedAt, d.UpdatedAt, d.Permission, d.DeleteProtected}
}
