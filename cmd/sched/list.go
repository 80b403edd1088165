package sched

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/redact"
)

// NewList returns the command sched:list.
func NewList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.Schedule]{
		Use:     "sched:list",
		Short:   "List the schedules",
		Example: "  td sched:list\n  td sched:list -f jsonl",
		Fetch: func(ctx context.Context, _ []string) ([]api.Schedule, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			schedules, err := client.Schedules(ctx)
			slices.SortStableFunc(schedules, func(a, b api.Schedule) int { return cmp.Compare(a.Name, b.Name) })
			return schedules, err
		},
		Columns: []listcmd.Column[api.Schedule]{
			{Title: "Name", Cell: func(s api.Schedule) any { return s.Name }},
			{Title: "Cron", Cell: func(s api.Schedule) any { return listcmd.OrNil(s.Cron) }},
			{Title: "Timezone", Cell: func(s api.Schedule) any { return s.Timezone }},
			listcmd.LocalTime("Next schedule", func(s api.Schedule) time.Time { return s.NextTime.Time }),
			{Title: "Delay", Cell: func(s api.Schedule) any { return listcmd.IntOrNil(s.Delay) }},
			{Title: "Priority", Cell: func(s api.Schedule) any { return cli.PriorityName(int(s.Priority.Value)) }},
			{Title: "Result", Cell: func(s api.Schedule) any { return redact.Text(s.ResultURL) }},
			{Title: "Database", Cell: func(s api.Schedule) any { return s.Database }},
			{Title: "Query", Cell: func(s api.Schedule) any { return redact.Text(s.Query) }},
		},
		Optional: []string{"Priority", "Delay", "Timezone", "Result", "Database", "Next schedule"},
		Keys:     []string{"Name", "Cron", "Timezone", "Delay", "Priority", "Result", "Database", "Query", "Next schedule"},
		Raw:      raw,
	})
}

// raw returns a schedule as format jsonl shows it: with the API's names and types.
func raw(s api.Schedule) any {
	return struct {
		ID         string   `json:"id"`
		Name       string   `json:"name"`
		Cron       string   `json:"cron"`
		Timezone   string   `json:"timezone"`
		Delay      api.Int  `json:"delay"`
		Type       string   `json:"type"`
		Query      string   `json:"query"`
		Database   string   `json:"database"`
		UserName   string   `json:"user_name"`
		Priority   api.Int  `json:"priority"`
		RetryLimit api.Int  `json:"retry_limit"`
		Result     string   `json:"result"`
		CreatedAt  api.Time `json:"created_at"`
		NextTime   api.Time `json:"next_time"`
	}{
		s.ID, s.Name, s.Cron, s.Timezone, s.Delay, s.Type, redact.Text(s.Query), s.Database, s.UserName, s.Priority, s.RetryLimit,
		redact.Text(s.ResultURL), s.CreatedAt, s.NextTime,
	}
}
