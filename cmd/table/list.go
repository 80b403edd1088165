// Package table implements the table:* commands.
package table

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/taskgroup"
	"github.com/td-cli/td/internal/text"
)

// NewList returns the command table:list.
func NewList(env *cli.Env) *cobra.Command {
	var threads int
	var showBytes bool
	cmd := listcmd.New(env, listcmd.Spec[entry]{
		Use:     "table:list [DB]",
		Short:   "List the tables of one database or of all databases",
		Example: "  td table:list sample_datasets\n  td table:list -f csv\n  td table:list --names",
		Args:    cobra.MaximumNArgs(1),
		Kinds:   []complete.Kind{complete.Database},
		Fetch: func(ctx context.Context, args []string) ([]entry, error) {
			if threads < 0 {
				return nil, cli.Usagef("-n/--num_threads must be 0 or more, not %d", threads)
			}
			return fetch(ctx, env, args, max(1, threads))
		},
		Columns: []listcmd.Column[entry]{
			{Title: "Database", Cell: func(t entry) any { return t.database }},
			{Title: "Table", Cell: func(t entry) any { return t.Name }},
			{Title: "Type", Cell: func(t entry) any { return t.Type }},
			{Title: "Count", Cell: func(t entry) any { return grid.Shown{Table: text.Commas(t.Count), Plain: t.Count} }},
			{Title: "Size", Cell: func(t entry) any { return formatSize(t.StorageSize, showBytes) }},
			listcmd.LocalTime("Last import", func(t entry) time.Time { return t.LastImport.Time }),
			listcmd.LocalTime("Last log timestamp", func(t entry) time.Time { return t.LastLogTimestamp.Time }),
			{Title: "Schema", Cell: func(t entry) any { return tablecmd.SchemaText(t.Schema) }},
		},
		Optional: []string{"Type", "Last log timestamp", "Last import", "Schema", "Size"},
		Raw:      func(t entry) any { return tablecmd.RawTable(t.database, t.Table) },
		Name:     func(t entry) string { return t.database + "." + t.Name },
		Empty: func(args []string) {
			if len(args) == 1 {
				env.Say("Database '%s' has no tables.", args[0])
			} else {
				env.Say("There are no tables.")
			}
			env.Say("Use 'td table:create <db> <table>' to create a table.")
		},
	})
	cmd.Flags().IntVarP(&threads, "num_threads", "n", 4, "query at most `N` databases concurrently")
	cmd.Flags().BoolVar(&showBytes, "show-bytes", false, "show sizes in bytes")
	return cmd
}

func formatSize(bytes int64, exact bool) string {
	if exact {
		return text.Commas(bytes)
	}
	return text.TableSize(bytes)
}

// fetch returns the tables of one database, or of all, sorted by database, type and name.
func fetch(ctx context.Context, env *cli.Env, args []string, threads int) ([]entry, error) {
	client, err := env.Client()
	if err != nil {
		return nil, err
	}
	var found []entry
	if len(args) == 1 {
		found, err = fetchDatabase(ctx, env, client, args[0])
	} else {
		found, err = fetchAll(ctx, env, client, threads)
	}
	slices.SortStableFunc(found, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.database, b.database), cmp.Compare(len(a.Type), len(b.Type)), cmp.Compare(a.Name, b.Name))
	})
	return found, err
}

// An entry is a table and its database.
type entry struct {
	database string
	api.Table
}

// fetchDatabase returns the tables of a database, and stores their sizes for the lint of queries.
func fetchDatabase(ctx context.Context, env *cli.Env, client *api.Client, database string) ([]entry, error) {
	tables, err := tablecmd.List(ctx, client, database)
	if err == nil {
		complete.RememberSizes(env, database, tables)
	}
	found := make([]entry, len(tables))
	for i, t := range tables {
		found[i] = entry{database, t}
	}
	return found, err
}

// fetchAll returns the tables of every readable database. It queries at most threads
// databases concurrently.
func fetchAll(ctx context.Context, env *cli.Env, client *api.Client, threads int) ([]entry, error) {
	databases, err := client.Databases(ctx)
	if err != nil {
		return nil, err
	}
	tables := make([][]entry, len(databases))
	unreadable := make([]bool, len(databases))
	group, ctx := taskgroup.New(ctx, threads)
	for i, d := range databases {
		group.Go(func() error {
			found, err := fetchDatabase(ctx, env, client, d.Name)
			switch {
			case err == nil:
				tables[i] = found
			case errors.Is(err, api.ErrForbidden) || d.Permission == "import_only":
				unreadable[i] = true
			case errors.Is(err, api.ErrNotFound): // dropped concurrently
			default:
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, d := range databases {
		if unreadable[i] {
			env.Warn("no permission to read database '%s'; its tables are omitted", d.Name)
		}
	}
	return slices.Concat(tables...), nil
}
