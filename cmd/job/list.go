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
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

type listOptions struct {
	format     cli.ListFormat
	page, skip int
	status     string // the one that is asked for, or ""
	slow       int
}

// NewList returns the command job:list.
func NewList(e *cli.Env) *cobra.Command {
	o := listOptions{format: cli.TableList()}
	cmd := &cobra.Command{
		Use:         "job:list [MAX]",
		Aliases:     []string{"jobs"},
		Short:       "List the newest jobs",
		Example:     "  td job:list\n  td job:list 100 --running\n  td job:list -f jsonl",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return list(cmd.Context(), e, o, args)
		},
	}
	fs := cmd.Flags()
	fs.VarP(&o.format, "format", "f", cli.ListFormatUsage)
	fs.IntVarP(&o.page, "page", "p", 0, "skip `N` pages of MAX jobs")
	fs.IntVarP(&o.skip, "skip", "s", 0, "skip `N` jobs")
	addStatus(fs, &o.status, "running", "R", "list running jobs only")
	addStatus(fs, &o.status, "success", "S", "list jobs that succeeded only")
	addStatus(fs, &o.status, "error", "E", "list jobs that failed only")
	fs.IntVar(&o.slow, "slow", 0, "list jobs that ran for at least `SECONDS` only (--slow alone: 3600)")
	fs.Lookup("slow").NoOptDefVal = "3600"
	argv.MakeValueOptional(fs, "slow")
	return cmd
}

func list(ctx context.Context, e *cli.Env, o listOptions, args []string) error {
	most := 20
	if len(args) == 1 {
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 1 {
			return cli.Usagef("MAX is a number above 0, not %q", args[0])
		}
		most = n
	}
	if o.page < 0 || o.skip < 0 || o.slow < 0 {
		return cli.Usagef("--page, --skip and --slow are 0 or more")
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	from := o.skip + o.page*most
	r := api.JobsRequest{From: from, To: from + most - 1, SlowerThan: o.slow, Status: o.status}
	jobs, err := client.Jobs(ctx, r)
	if err != nil {
		return err
	}
	l := grid.List{
		Columns: []string{"JobID", "Status", "Start", "Elapsed", "CPUTime", "ResultSize", "Priority", "Result", "Type", "Database", "Query", "Duration"},
		Keys:    []string{"JobID", "Database", "Status", "Type", "Query", "Start", "Elapsed", "CPUTime", "ResultSize", "Priority", "Result", "Duration"},
	}
	for _, j := range jobs {
		l.Rows = append(l.Rows, row(j))
	}
	return e.PrintList(l, o.format)
}

// A statusFlag asks for the jobs of one status. Of several the last one counts.
type statusFlag struct {
	status string
	asked  *string
}

func addStatus(fs *pflag.FlagSet, asked *string, status, letter, usage string) {
	fs.VarPF(&statusFlag{status, asked}, status, letter, usage).NoOptDefVal = "true"
}

// Set implements the command line's Value.
func (f *statusFlag) Set(s string) error {
	on, err := strconv.ParseBool(s)
	switch {
	case err != nil:
		return errors.New("want true or false")
	case on:
		*f.asked = f.status
	case *f.asked == f.status:
		*f.asked = ""
	}
	return nil
}

// String implements the command line's Value.
func (f *statusFlag) String() string {
	return strconv.FormatBool(f.asked != nil && *f.asked == f.status)
}

// Type implements the command line's Value.
func (f *statusFlag) Type() string { return "bool" }

func row(j api.Job) grid.Row {
	elapsed := elapsed(j)
	cpu, size, duration := "", "", ""
	if j.CPUTime.Valid {
		cpu = text.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true)
	}
	if j.ResultSize.Valid {
		size = text.FileSize(j.ResultSize.Value)
	}
	if j.Duration.Valid {
		d := j.Duration.Value
		duration = time.Unix(d%86400, 0).UTC().Format("15:04:05")
		if d >= 86400 {
			duration = strconv.FormatInt(d/3600, 10) + duration[2:]
		}
	}
	query, raw := jobcmd.Query(j)
	return grid.Row{
		Cells: []any{
			j.ID, j.Status, text.LocalTime(j.StartAt.Time),
			grid.Shown{Table: pad(elapsed, 11), Plain: elapsed},
			grid.Shown{Table: pad(cpu, 17), Plain: cpu},
			size, cli.PriorityName(j.Priority), api.RedactURL(j.ResultURL), j.Type, j.Database,
			grid.Shown{Table: shorten(query, 50), Plain: query},
			duration,
		},
		Raw: rawJob(j, raw),
	}
}

// elapsed is how long a job has run, or ran.
func elapsed(j api.Job) string {
	switch {
	case j.StartAt.IsZero():
		return ""
	case j.EndAt.IsZero():
		return text.Elapsed(max(0, time.Since(j.StartAt.Time)), false)
	}
	return text.Elapsed(max(0, j.EndAt.Sub(j.StartAt.Time)), false)
}

func pad(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}

// shorten cuts a query for the table, as the toolbelt does: always with the dots.
func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s + " ..."
}

// rawJob is a job as jsonl shows it: the API's names and types.
func rawJob(j api.Job, query any) any {
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
		j.ID, j.Type, j.Status, j.Database, query, j.UserName, j.Priority, j.RetryLimit, api.RedactURL(j.ResultURL), j.URL,
		j.CreatedAt, j.UpdatedAt, j.StartAt, j.EndAt, j.Duration, j.CPUTime, j.ResultSize, j.NumRecords,
	}
}
