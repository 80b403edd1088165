package connector

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewHistory returns the command connector:history.
func NewHistory(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.BulkLoadJob]{
		Use:     "connector:history NAME",
		Short:   "List the jobs of a connector session",
		Example: "  td connector:history daily_load\n  td connector:history daily_load -f csv",
		Args:    cobra.ExactArgs(1),
		Kinds:   []complete.Kind{complete.Connector},
		Fetch: func(ctx context.Context, args []string) ([]api.BulkLoadJob, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			jobs, err := client.BulkLoadJobs(ctx, args[0])
			return jobs, withName(args[0], err)
		},
		Columns: []listcmd.Column[api.BulkLoadJob]{
			{Title: "JobID", Cell: func(j api.BulkLoadJob) any { return listcmd.IDNumber(j.ID) }},
			{Title: "Status", Cell: func(j api.BulkLoadJob) any { return j.Status }},
			{Title: "Records", Cell: func(j api.BulkLoadJob) any { return listcmd.IntOrNil(j.Records) }},
			{Title: "Database", Cell: func(j api.BulkLoadJob) any { return j.Database }},
			{Title: "Table", Cell: func(j api.BulkLoadJob) any { return j.Table }},
			{Title: "Priority", Cell: func(j api.BulkLoadJob) any { return j.Priority }},
			listcmd.LocalTime("Started", func(j api.BulkLoadJob) time.Time { return j.StartAt.Time }),
			{Title: "Duration", Cell: duration},
		},
		Raw: rawJob,
	})
}

// duration returns the running time of a job in seconds, or nil if it has not started.
func duration(j api.BulkLoadJob) any {
	if j.StartAt.IsZero() {
		return nil
	}
	end := time.Now()
	if !j.EndAt.IsZero() {
		end = j.EndAt.Time
	}
	return int64(max(0, end.Sub(j.StartAt.Time)) / time.Second)
}

// rawJob returns a job as format jsonl shows it: with the API's names and types.
func rawJob(j api.BulkLoadJob) any {
	return struct {
		JobID     string   `json:"job_id"`
		Type      string   `json:"type"`
		Status    string   `json:"status"`
		Records   api.Int  `json:"records"`
		Database  string   `json:"database"`
		Table     string   `json:"table"`
		Priority  int      `json:"priority"`
		CreatedAt api.Time `json:"created_at"`
		UpdatedAt api.Time `json:"updated_at"`
		StartAt   api.Time `json:"start_at"`
		EndAt     api.Time `json:"end_at"`
	}{j.ID, j.Type, j.Status, j.Records, j.Database, j.Table, j.Priority, j.CreatedAt, j.UpdatedAt, j.StartAt, j.EndAt}
}
