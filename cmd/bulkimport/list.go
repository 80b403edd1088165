package bulkimport

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

func newList(env *cli.Env, noun string) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.BulkImport]{
		Use:     noun + ":list",
		Short:   "List the bulk import sessions",
		Example: "  td " + noun + ":list\n  td " + noun + ":list -f jsonl",
		Fetch: func(ctx context.Context, _ []string) ([]api.BulkImport, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			return client.BulkImports(ctx)
		},
		Columns: []listcmd.Column[api.BulkImport]{
			{Title: "Name", Cell: func(s api.BulkImport) any { return s.Name }},
			{Title: "Table", Cell: func(s api.BulkImport) any { return s.Database + "." + s.Table }},
			{Title: "Status", Cell: func(s api.BulkImport) any { return formatStatus(s.Status) }},
			{Title: "Frozen", Cell: func(s api.BulkImport) any { return frozen(s) }},
			{Title: "JobID", Cell: func(s api.BulkImport) any { return listcmd.OrNil(s.JobID) }},
			{Title: "Valid Parts", Cell: func(s api.BulkImport) any { return listcmd.IntOrNil(s.ValidParts) }},
			{Title: "Error Parts", Cell: func(s api.BulkImport) any { return listcmd.IntOrNil(s.ErrorParts) }},
			{Title: "Valid Records", Cell: func(s api.BulkImport) any { return listcmd.IntOrNil(s.ValidRecords) }},
			{Title: "Error Records", Cell: func(s api.BulkImport) any { return listcmd.IntOrNil(s.ErrorRecords) }},
		},
		Raw: raw,
		Empty: func([]string) {
			env.Say("There are no bulk import sessions.")
			env.Say("Use 'td bulk_import:create <name> <db> <table>' to create a bulk import session.")
		},
	})
}

// formatStatus formats the status of a session as the Ruby toolbelt does, with a capital.
func formatStatus(status string) string {
	if status == "" {
		return ""
	}
	return strings.ToUpper(status[:1]) + status[1:]
}

func frozen(s api.BulkImport) string {
	if s.UploadFrozen {
		return "Frozen"
	}
	return ""
}

// raw returns a session as format jsonl shows it: with the API's names and types.
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
