package db

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command db:show.
func NewShow(env *cli.Env) *cobra.Command {
	var database string
	return listcmd.New(env, listcmd.Spec[api.Table]{
		Use:     "db:show DB",
		Short:   "Show the tables of a database",
		Example: "  td db:show sample_datasets",
		Args:    cobra.ExactArgs(1),
		Kinds:   []complete.Kind{complete.Database},
		Fetch: func(ctx context.Context, args []string) ([]api.Table, error) {
			database = args[0]
			return fetchTables(ctx, env, database)
		},
		Columns: []listcmd.Column[api.Table]{
			{Title: "Table", Cell: func(t api.Table) any { return t.Name }},
			{Title: "Type", Cell: func(t api.Table) any { return t.Type }},
			{Title: "Count", Cell: func(t api.Table) any { return strconv.FormatInt(t.Count, 10) }},
			{Title: "Schema", Cell: func(t api.Table) any { return tablecmd.SchemaText(t.Schema) }},
		},
		Raw: func(t api.Table) any { return tablecmd.RawTable(database, t) },
	})
}

func fetchTables(ctx context.Context, env *cli.Env, database string) ([]api.Table, error) {
	client, err := env.Client()
	if err != nil {
		return nil, err
	}
	tables, err := tablecmd.List(ctx, client, database)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(tables, func(a, b api.Table) int {
		return cmp.Or(cmp.Compare(len(a.Type), len(b.Type)), cmp.Compare(a.Name, b.Name))
	})
	return tables, nil
}
