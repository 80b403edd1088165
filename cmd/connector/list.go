package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
	"github.com/td-cli/td/internal/grid"
)

// NewList returns the command connector:list.
func NewList(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     "connector:list",
		Short:   "List the connector sessions",
		Example: "  td connector:list\n  td connector:list -f jsonl",
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
	sessions, err := client.BulkLoads(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(sessions, func(a, b api.BulkLoad) int { return cmp.Compare(a.Name, b.Name) })
	l := grid.List{Columns: []string{"Name", "Cron", "Timezone", "Delay", "Database", "Table"}}
	for _, s := range sessions {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{s.Name, s.Cron, s.Timezone, s.Delay.Value, s.Database, s.Table},
			Raw:   raw(s),
		})
	}
	return env.PrintList(l, format)
}

// raw is a session as jsonl shows it: the API's names and types, and no secrets.
func raw(s api.BulkLoad) any {
	return struct {
		ID         string          `json:"id"`
		Name       string          `json:"name"`
		Cron       string          `json:"cron"`
		Timezone   string          `json:"timezone"`
		Delay      api.Int         `json:"delay"`
		Database   string          `json:"database"`
		Table      string          `json:"table"`
		StartAt    api.Time        `json:"start_at"`
		TimeColumn string          `json:"time_column"`
		Config     json.RawMessage `json:"config"`
		ConfigDiff json.RawMessage `json:"config_diff"`
	}{
		s.ID, s.Name, s.Cron, s.Timezone, s.Delay, s.Database, s.Table, s.StartAt, s.TimeColumn,
		connectorconfig.HideJSON(s.Config), connectorconfig.HideJSON(s.ConfigDiff),
	}
}
