package job

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/text"
)

type listOptions struct {
	page, skip int
	status     string // "" for all
	slow       int
}

// NewList returns the command job:list.
func NewList(env *cli.Env) *cobra.Command {
	var o listOptions
	cmd := listcmd.New(env, listcmd.Spec[api.Job]{
		Use:      "job:list [MAX]",
		Aliases:  []string{"jobs"},
		Short:    "List the newest jobs",
		Example:  "  td job:list\n  td job:list 100 --running\n  td job:list -f jsonl",
		Args:     cobra.MaximumNArgs(1),
		Kinds:    []complete.Kind{complete.Any},
		Fetch:    func(ctx context.Context, args []string) ([]api.Job, error) { return fetchJobs(ctx, env, o, args) },
		Columns:  jobColumns(),
		Optional: []string{"Duration", "CPUTime", "Priority", "ResultSize", "Type", "Result", "Elapsed", "Database"},
		Keys: []string{
			"JobID", "Database", "Status", "Type", "Query", "Start", "Elapsed", "CPUTime", "ResultSize", "Priority", "Result", "Duration",
		},
		Raw: rawJob,
	})
	fs := cmd.Flags()
	fs.IntVarP(&o.page, "page", "p", 0, "skip `N` pages of MAX jobs")
	fs.IntVarP(&o.skip, "skip", "s", 0, "skip `N` jobs")
	addStatus(fs, &o.status, "running", "R", "list only running jobs")
	addStatus(fs, &o.status, "success", "S", "list only jobs that succeeded")
	addStatus(fs, &o.status, "error", "E", "list only jobs that failed")
	fs.IntVar(&o.slow, "slow", 0, "list only jobs that ran for at least `SECONDS` (3600 if omitted)")
	fs.Lookup("slow").NoOptDefVal = "3600"
	argv.MakeValueOptional(fs, "slow")
	return cmd
}

// fetchJobs returns the requested page of the account's jobs.
func fetchJobs(ctx context.Context, env *cli.Env, o listOptions, args []string) ([]api.Job, error) {
	limit := 20
	if len(args) == 1 {
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 1 {
			return nil, cli.Usagef("MAX must be a number greater than 0, not %q", args[0])
		}
		limit = n
	}
	if o.page < 0 || o.skip < 0 || o.slow < 0 {
		return nil, cli.Usagef("--page, --skip and --slow must be 0 or more")
	}
	client, err := env.Client()
	if err != nil {
		return nil, err
	}
	from := o.skip + o.page*limit
	return client.Jobs(ctx, api.JobsRequest{From: from, To: from + limit - 1, SlowerThan: o.slow, Status: o.status})
}

// A statusFlag selects the jobs with one status. The last such flag takes precedence.
type statusFlag struct {
	status   string
	selected *string
}

func addStatus(fs *pflag.FlagSet, selected *string, status, letter, usage string) {
	fs.VarPF(&statusFlag{status, selected}, status, letter, usage).NoOptDefVal = "true"
}

// Set implements pflag.Value.
func (f *statusFlag) Set(s string) error {
	on, err := strconv.ParseBool(s)
	switch {
	case err != nil:
		return errors.New("it must be true or false")
	case on:
		*f.selected = f.status
	case *f.selected == f.status:
		*f.selected = ""
	}
	return nil
}

// String implements pflag.Value.
func (f *statusFlag) String() string {
	return strconv.FormatBool(f.selected != nil && *f.selected == f.status)
}

// Type implements pflag.Value.
func (f *statusFlag) Type() string { return "bool" }

// jobColumns returns the columns of the list, in the form of the Ruby toolbelt.
func jobColumns() []listcmd.Column[api.Job] {
	return []listcmd.Column[api.Job]{
		{Title: "JobID", Cell: func(j api.Job) any { return j.ID }},
		{Title: "Status", Cell: func(j api.Job) any { return j.Status }},
		{Title: "Start", Cell: func(j api.Job) any { return listcmd.OrNil(text.LocalTime(j.StartAt.Time)) }},
		{Title: "Elapsed", Cell: func(j api.Job) any { return padded(formatElapsed(j), 11) }},
		{Title: "CPUTime", Cell: func(j api.Job) any { return padded(formatCPUTime(j), 17) }},
		{Title: "ResultSize", Cell: func(j api.Job) any {
			if !j.ResultSize.Valid {
				return nil
			}
			return text.FileSize(j.ResultSize.Value)
		}},
		{Title: "Priority", Cell: func(j api.Job) any { return cli.PriorityName(j.Priority) }},
		{Title: "Result", Cell: func(j api.Job) any { return redact.Text(j.ResultURL) }},
		{Title: "Type", Cell: func(j api.Job) any { return j.Type }},
		{Title: "Database", Cell: func(j api.Job) any { return j.Database }},
		{Title: "Query", Cell: func(j api.Job) any {
			query, _ := jobcmd.SafeQuery(j)
			return grid.Shown{Table: shorten(query, 50), Plain: query}
		}},
		{Title: "Duration", Cell: func(j api.Job) any { return listcmd.OrNil(formatDuration(j.Duration)) }},
	}
}

// formatElapsed returns the time that a job has run.
func formatElapsed(j api.Job) string {
	switch {
	case j.StartAt.IsZero():
		return ""
	case j.EndAt.IsZero():
		return text.Elapsed(max(0, time.Since(j.StartAt.Time)), false)
	}
	return text.Elapsed(max(0, j.EndAt.Sub(j.StartAt.Time)), false)
}

func formatCPUTime(j api.Job) string {
	if !j.CPUTime.Valid {
		return ""
	}
	return text.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true)
}

// formatDuration formats seconds as HH:MM:SS; HH may exceed 23.
func formatDuration(seconds api.Int) string {
	if !seconds.Valid {
		return ""
	}
	d := seconds.Value
	clock := time.Unix(d%86400, 0).UTC().Format("15:04:05")
	if d >= 86400 {
		clock = strconv.FormatInt(d/3600, 10) + clock[2:]
	}
	return clock
}

// padded returns a cell that is right-aligned in tables only.
func padded(s string, width int) grid.Shown {
	return grid.Shown{Table: strings.Repeat(" ", max(0, width-len(s))) + s, Plain: listcmd.OrNil(s)}
}

// shorten cuts a query for tables. Like the Ruby toolbelt, it always appends dots.
func shorten(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit])
	}
	return s + " ..."
}

// rawJob returns the jsonl object of a job, with the names and types of the API.
func rawJob(j api.Job) any {
	_, query := jobcmd.SafeQuery(j)
	return struct {
		JobID      string   `json:"job_id"`
		Type       string   `json:"type"`
		Status     string   `json:"status"`
		Database   string   `json:"database"`
		Query      any      `json:"query"`
		UserName   string   `json:"user_name"`
		Priority   int      `json:"priority"`
		RetryLimit int      `json:"retry_limit"`
		Result     string   `json:"result"`
		URL        string   `json:"url"`
		CreatedAt  api.Time `json:"created_at"`
		UpdatedAt  api.Time `json:"updated_at"`
		StartAt    api.Time `json:"start_at"`
		EndAt      api.Time `json:"end_at"`
		Duration   api.Int  `json:"duration"`
		CPUTime    api.Int  `json:"cpu_time"`
		ResultSize api.Int  `json:"result_size"`
		NumRecords api.Int  `json:"num_records"`
	}{
		j.ID, j.Type, j.Status, j.Database, query, j.UserName, j.Priority, j.RetryLimit, redact.Text(j.ResultURL), j.URL,
		j.CreatedAt, j.UpdatedAt, j.StartAt, j.EndAt, j.Duration, j.CPUTime, j.ResultSize, j.NumRecords,
	}
}
