package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
)

// NewList returns the command connector:list.
func NewList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.BulkLoad]{
		Use:     "connector:list",
		Short:   "List the connector sessions",
		Example: "  td connector:list\n  td connector:list -f jsonl",
		Fetch: func(ctx context.Context, _ []string) ([]api.BulkLoad, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			sessions, err := client.BulkLoads(ctx)
			slices.SortStableFunc(sessions, func(a, b api.BulkLoad) int { return cmp.Compare(a.Name, b.Name) })
			return sessions, err
		},
		Columns: []listcmd.Column[api.BulkLoad]{
			{Title: "Name", Cell: func(s api.BulkLoad) any { return s.Name }},
			{Title: "Cron", Cell: func(s api.BulkLoad) any { return s.Cron }},
			{Title: "Timezone", Cell: func(s api.BulkLoad) any { return s.Timezone }},
			{Title: "Delay", Cell: func(s api.BulkLoad) any { return listcmd.IntOrNil(s.Delay) }},
			{Title: "Database", Cell: func(s api.BulkLoad) any { return s.Database }},
			{Title: "Table", Cell: func(s api.BulkLoad) any { return s.Table }},
		},
		Raw: raw,
	})
}

// raw returns a session as format jsonl shows it: with the API's names and types, without
// secrets.
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
