package sched

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/text"
)

type historyOptions struct {
	format     cli.ListFormat
	page, skip int
}

// NewHistory returns the command sched:history.
func NewHistory(env *cli.Env) *cobra.Command {
	var o historyOptions
	cmd := &cobra.Command{
		Use:   "sched:history NAME [MAX]",
		Short: "Show a schedule and its newest jobs",
		Long: `Show a schedule and its newest jobs, at most MAX (default 20). With -f only the list of
jobs is written to standard output.`,
		Example:     "  td sched:history daily\n  td sched:history daily 100 -f csv",
		Args:        cobra.RangeArgs(1, 2),
		Annotations: complete.Args(complete.Schedule, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return listHistory(cmd.Context(), env, o, args)
		},
	}
	fs := cmd.Flags()
	fs.VarP(&o.format, "format", "f", cli.ListFormatUsage)
	fs.IntVarP(&o.page, "page", "p", 0, "skip `N` pages of MAX jobs")
	fs.IntVarP(&o.skip, "skip", "s", 0, "skip `N` jobs")
	return cmd
}

func listHistory(ctx context.Context, env *cli.Env, o historyOptions, args []string) error {
	most := 20
	if len(args) == 2 {
		n, err := strconv.Atoi(args[1])
		if err != nil || n < 1 {
			return cli.Usagef("MAX must be a positive number, not %q", args[1])
		}
		most = n
	}
	if o.page < 0 || o.skip < 0 {
		return cli.Usagef("--page and --skip must be 0 or more")
	}
	if err := cli.CheckZone(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	schedule, err := findSchedule(ctx, client, args[0])
	if err != nil {
		return err
	}
	from := o.skip + o.page*most
	jobs, err := client.ScheduleHistory(ctx, args[0], from, from+most)
	if err != nil {
		return withName(args[0], err)
	}
	l := grid.List{Columns: []string{"JobID", "Time", "Status", "Priority", "Result"}}
	for _, j := range jobs {
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{j.ID, listcmd.OrNil(text.LocalTime(j.ScheduledAt.Time)), j.Status, cli.PriorityName(j.Priority), redact.Text(j.ResultURL)},
			Raw:   rawRun(j),
		})
	}
	switch {
	case o.format.Format == "":
		describe(env.Out, schedule)
		o.format = cli.TableList()
	case env.ErrTTY:
		describe(env.Err, schedule)
	}
	return env.PrintList(l, o.format)
}

// findSchedule returns the schedule with the given name.
func findSchedule(ctx context.Context, client *api.Client, name string) (api.Schedule, error) {
	schedules, err := client.Schedules(ctx)
	if err != nil {
		return api.Schedule{}, err
	}
	for _, s := range schedules {
		if s.Name == name {
			return s, nil
		}
	}
	return api.Schedule{}, notFound(name, nil)
}

func describe(w io.Writer, s api.Schedule) {
	line := func(label, value string) { fmt.Fprintf(w, "%-12s: %s\n", label, value) }
	line("Name", s.Name)
	line("Cron", s.Cron)
	line("Timezone", s.Timezone)
	line("Delay", fmt.Sprintf("%d sec", s.Delay.Value))
	line("Next", text.UTC(s.NextTime.Time))
	line("Result", redact.Text(s.ResultURL))
	line("Priority", cli.PriorityName(int(s.Priority.Value)))
	line("Retry limit", fmt.Sprint(s.RetryLimit.Value))
	line("Database", s.Database)
	line("Query", redact.Text(s.Query))
}

// rawRun returns a job of a schedule as format jsonl shows it: with the API's names and types.
func rawRun(j api.Job) any {
	return struct {
		JobID       string   `json:"job_id"`
		Type        string   `json:"type"`
		Status      string   `json:"status"`
		Database    string   `json:"database"`
		Query       string   `json:"query"`
		ScheduledAt api.Time `json:"scheduled_at"`
		StartAt     api.Time `json:"start_at"`
		EndAt       api.Time `json:"end_at"`
		Priority    int      `json:"priority"`
		Result      string   `json:"result"`
	}{j.ID, j.Type, j.Status, j.Database, redact.Text(j.Query), j.ScheduledAt, j.StartAt, j.EndAt, j.Priority, redact.Text(j.ResultURL)}
}
