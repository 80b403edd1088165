package table

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewShow returns the command table:show.
func NewShow(env *cli.Env) *cobra.Command {
	var verbose bool
	cmd := &cobra.Command{
		Use:         "table:show DB TABLE",
		Short:       "Show a table and its schema",
		Example:     "  td table:show sample_datasets www_access",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), env, args[0], args[1], verbose)
		},
	}
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show the expiry and whether column v is included")
	return cmd
}

func show(ctx context.Context, env *cli.Env, database, name string, verbose bool) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	t, err := tablecmd.Find(ctx, client, database, name)
	if err != nil {
		return err
	}
	describe(env.Out, database, t, verbose)
	return nil
}

// describe prints a table as a block of labelled lines.
func describe(w io.Writer, database string, t api.Table, verbose bool) {
	fmt.Fprintf(w, "Name        : %s.%s\n", database, t.Name)
	fmt.Fprintf(w, "Type        : %s\n", t.Type)
	fmt.Fprintf(w, "Count       : %d\n", t.Count)
	if verbose {
		expire := ""
		if t.ExpireDays > 0 {
			expire = fmt.Sprint(t.ExpireDays)
		}
		fmt.Fprintf(w, "Expire Days : %s\n", expire)
		fmt.Fprintf(w, "Include v   : %t\n", t.IncludeV)
	}
	fmt.Fprintln(w, "Schema      : (")
	for _, c := range t.Schema {
		fmt.Fprintf(w, "    %s:%s\n", c.Name, c.Type)
	}
	fmt.Fprintln(w, ")")
}
