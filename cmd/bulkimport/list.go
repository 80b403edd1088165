package bulkimport

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

func newList(env *cli.Env, noun string) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     noun + ":list",
		Aliases: []string{noun + "s"},
		Short:   "List the bulk import sessions",
		Example: "  td " + noun + ":list\n  td " + noun + ":list -f jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return list(cmd.Context(), env, format)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func list(ctx context.Context, env *cli.Env, format cli.ListFormat) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	sessions, err := client.BulkImports(ctx)
	if err != nil {
		return err
	}
	if len(sessions) == 0 {
		env.Say("There are no bulk import sessions.")
		env.Say("Use 'td bulk_import:create <name> <db> <table>' to create a bulk import session.")
	}
	l := grid.List{Columns: []string{
		"Name", "Table", "Status", "Frozen", "JobID", "Valid Parts", "Error Parts", "Valid Records", "Error Records",
	}}
	for _, s := range sessions {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{
				s.Name, s.Database + "." + s.Table, s.Status, frozen(s), s.JobID,
				count(s.ValidParts), count(s.ErrorParts), count(s.ValidRecords), count(s.ErrorRecords),
			},
			Raw: raw(s),
		})
	}
	return env.PrintList(l, format)
}

func frozen(s api.BulkImport) string {
	if s.UploadFrozen {
		return "Frozen"
	}
	return ""
}

// count is a number that may not be known.
func count(n api.Int) any {
	if !n.Valid {
		return nil
	}
	return n.Value
}

// raw is a session as jsonl shows it: the API's names and types.
func raw(s api.BulkImport) any {
	return struct {
		Name         string  `json:"name"`
		Database     string  `json:"database"`
		Table        string  `json:"table"`
		Status       string  `json:"status"`
		UploadFrozen bool    `json:"upload_frozen"`
		JobID        string  `json:"job_id"`
		ValidRecords api.Int `json:"valid_records"`
		ErrorRecords api.Int `json:"error_records"`
		ValidParts   api.Int `json:"valid_parts"`
		ErrorParts   api.Int `json:"error_parts"`
	}{
		s.Name, s.Database, s.Table, s.Status, s.UploadFrozen, s.JobID, s.ValidRecords, s.ErrorRecords, s.ValidParts, s.ErrorParts,
	}
}
