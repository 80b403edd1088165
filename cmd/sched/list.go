package sched

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// NewList returns the command sched:list.
func NewList(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     "sched:list",
		Aliases: []string{"scheds", "schedules", "schedule:list"},
		Short:   "List the schedules",
		Example: "  td sched:list\n  td sched:list -f jsonl",
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
	schedules, err := client.Schedules(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(schedules, func(a, b api.Schedule) int { return cmp.Compare(a.Name, b.Name) })
	l := grid.List{
		Columns: []string{"Name", "Cron", "Timezone", "Next schedule", "Delay", "Priority", "Result", "Database", "Query"},
		Keys:    []string{"Name", "Cron", "Timezone", "Delay", "Priority", "Result", "Database", "Query", "Next schedule"},
	}
	for _, s := range schedules {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{
				s.Name, s.Cron, s.Timezone, nextTime(s), s.Delay.Value, cli.PriorityName(int(s.Priority.Value)),
				api.RedactURL(s.ResultURL), s.Database, s.Query,
			},
			Raw: raw(s),
		})
	}
	return env.PrintList(l, format)
}

// nextTime is nothing for a schedule that never runs.
func nextTime(s api.Schedule) any {
	if s.NextTime.IsZero() {
		return nil
	}
	return text.LocalTime(s.NextTime.Time)
}

// raw is a schedule as jsonl shows it: the API's names and types.
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
		s.ID, s.Name, s.Cron, s.Timezone, s.Delay, s.Type, s.Query, s.Database, s.UserName, s.Priority, s.RetryLimit,
		api.RedactURL(s.ResultURL), s.CreatedAt, s.NextTime,
	}
}
