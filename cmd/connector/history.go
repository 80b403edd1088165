package connector

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// NewHistory returns the command connector:history.
func NewHistory(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:         "connector:history NAME",
		Short:       "List the jobs of a connector session",
		Example:     "  td connector:history daily_load\n  td connector:history daily_load -f csv",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Connector),
		RunE: func(cmd *cobra.Command, args []string) error {
			return history(cmd.Context(), env, format, args[0])
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func history(ctx context.Context, env *cli.Env, format cli.ListFormat, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	jobs, err := client.BulkLoadJobs(ctx, name)
	if err != nil {
		return explain(name, err)
	}
	l := grid.List{Columns: []string{"JobID", "Status", "Records", "Database", "Table", "Priority", "Started", "Duration"}}
	for _, j := range jobs {
		var records, duration any
		if j.Records.Valid {
			records = j.Records.Value
		}
		if !j.StartAt.IsZero() {
			end := time.Now()
			if !j.EndAt.IsZero() {
				end = j.EndAt.Time
			}
			duration = int64(max(0, end.Sub(j.StartAt.Time)) / time.Second)
		}
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{j.ID, j.Status, records, j.Database, j.Table, j.Priority, text.LocalTime(j.StartAt.Time), duration},
			Raw:   rawJob(j),
		})
	}
	return env.PrintList(l, format)
}

// rawJob is a run as jsonl shows it: the API's names and types.
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
