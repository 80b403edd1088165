// Package table is the commands on tables.
package table

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

type listOptions struct {
	format    cli.ListFormat
	names     bool
	threads   int
	showBytes bool
}

// NewList returns the command table:list.
func NewList(env *cli.Env) *cobra.Command {
	o := listOptions{format: cli.TableList()}
	cmd := &cobra.Command{
		Use:         "table:list [DB]",
		Aliases:     []string{"tables", "show-tables"},
		Short:       "List the tables of one database, or of all",
		Example:     "  td table:list sample_datasets\n  td table:list -f csv\n  td table:list --names",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Database),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.names && cmd.Flags().Changed("format") {
				return cli.Usagef("--names and -f/--format exclude each other")
			}
			if o.threads < 1 {
				return cli.Usagef("-n/--num_threads is 1 or more, not %d", o.threads)
			}
			return list(cmd.Context(), env, o, args)
		},
	}
	cmd.Flags().VarP(&o.format, "format", "f", cli.ListFormatUsage)
	cmd.Flags().IntVarP(&o.threads, "num_threads", "n", 4, "ask for at most `N` databases at a time")
	cmd.Flags().BoolVar(&o.showBytes, "show-bytes", false, "show sizes in bytes")
	cmd.Flags().BoolVar(&o.names, "names", false, "print the names only, as db.table, one a line")
	return cmd
}

func list(ctx context.Context, env *cli.Env, o listOptions, args []string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	var found []entry
	if len(args) == 1 {
		found, err = ofOne(ctx, client, args[0])
	} else {
		found, err = ofAll(ctx, env, client, o.threads)
	}
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.database, b.database), cmp.Compare(len(a.Type), len(b.Type)), cmp.Compare(a.Name, b.Name))
	})
	if len(found) == 0 {
		sayEmpty(env, args)
	}
	if o.names {
		for _, t := range found {
			env.Print("%s.%s", t.database, t.Name)
		}
		return nil
	}
	l := grid.List{Columns: []string{"Database", "Table", "Type", "Count", "Size", "Last import", "Last log timestamp", "Schema"}}
	for _, t := range found {
		l.Rows = append(l.Rows, t.row(o.showBytes))
	}
	return env.PrintList(l, o.format)
}

func sayEmpty(env *cli.Env, args []string) {
	if len(args) == 1 {
		env.Say("Database '%s' has no tables.", args[0])
	} else {
		env.Say("There are no tables.")
	}
	env.Say("Use 'td table:create <db> <table>' to create a table.")
}

// An entry is a table and the database it is in.
type entry struct {
	database string
	api.Table
}

func ofOne(ctx context.Context, client *api.Client, database string) ([]entry, error) {
	tables, err := tablecmd.List(ctx, client, database)
	found := make([]entry, len(tables))
	for i, t := range tables {
		found[i] = entry{database, t}
	}
	return found, err
}

// ofAll lists the tables of every database that may be read, of at most threads
// databases at a time.
func ofAll(ctx context.Context, env *cli.Env, client *api.Client, threads int) ([]entry, error) {
	databases, err := client.Databases(ctx)
	if err != nil {
		return nil, err
	}
	type answer struct {
		entries []entry
		err     error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make([]chan answer, len(databases))
	slots := make(chan struct{}, threads)
	for i, d := range databases {
		answers[i] = make(chan answer, 1)
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			found, err := ofOne(ctx, client, d.Name)
			answers[i] <- answer{found, err}
		}()
	}
	var all []entry
	var failed error
	for i, d := range databases { // every goroutine's answer is awaited
		a := <-answers[i]
		switch {
		case a.err == nil:
			all = append(all, a.entries...)
		case errors.Is(a.err, api.ErrForbidden) || d.Permission == "import_only":
			env.Warn("database '%s' may not be read; its tables are left out", d.Name)
		case errors.Is(a.err, api.ErrNotFound): // dropped meanwhile
		case failed == nil:
			failed = a.err
			cancel()
		}
	}
	return all, failed
}

func (t entry) row(showBytes bool) grid.Row {
	size := text.TableSize(t.StorageSize)
	if showBytes {
		size = text.Commas(t.StorageSize)
	}
	return grid.Row{
		Cells: []any{
			t.database, t.Name, t.Type,
			grid.Shown{Table: text.Commas(t.Count), Plain: t.Count},
			size,
			text.LocalTime(t.LastImport.Time), text.LocalTime(t.LastLogTimestamp.Time), tablecmd.SchemaText(t.Schema),
		},
		Raw: tablecmd.RawTable(t.database, t.Table),
	}
}
