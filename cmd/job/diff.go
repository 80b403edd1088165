package job

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/diff"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

type diffOptions struct {
	format     cli.ListFormat
	data       bool
	keys       []string
	limit      int
	exitStatus bool
}

// NewDiff returns the command job:diff.
func NewDiff(env *cli.Env) *cobra.Command {
	o := diffOptions{format: cli.TableList()}
	cmd := &cobra.Command{
		Use:   "job:diff JOB_A JOB_B",
		Short: "Compare two jobs or their rows",
		Long: `Compare the SQL, the times and the number of rows of two jobs. With --data the rows are compared
instead, in any order: with --key, rows with the same key are compared cell by cell; without it, a row
is equal to another one if all cells are equal. Columns belong together by their names, and cells are
compared as -f tsv writes them. Large results are sorted in temporary files.`,
		Example:     "  td job:diff @-2 last\n  td job:diff 12345 12346 --data --key id,day\n  td job:diff @-2 last --data --exit-status",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Job, complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !o.data && (o.keys != nil || o.exitStatus || cmd.Flags().Changed("limit")) {
				return cli.Usagef("--key, --limit and --exit-status require --data")
			}
			return runDiff(cmd.Context(), env, o, args)
		},
	}
	fs := cmd.Flags()
	fs.VarP(&o.format, "format", "f", cli.ListFormatUsage)
	fs.BoolVar(&o.data, "data", false, "compare the rows")
	fs.StringSliceVar(&o.keys, "key", nil, "the columns that identify a row: comma-separated `NAMES`")
	fs.IntVar(&o.limit, "limit", 20, "list at most `N` differences of rows")
	fs.BoolVar(&o.exitStatus, "exit-status", false, "end with status 13 if the rows or the columns differ")
	complete.Flags(fs, complete.Any, "key")
	return cmd
}

func runDiff(ctx context.Context, env *cli.Env, o diffOptions, args []string) error {
	if o.limit < 0 {
		return cli.Usagef("--limit must be 0 or more, not %d", o.limit)
	}
	ids, err := jobcmd.ResolveIDs(env, args...)
	if err != nil {
		return err
	}
	if !o.data {
		if err := listcmd.CheckZone(jobcmd.JobColumns(), o.format); err != nil {
			return err
		}
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	var jobs [2]api.Job
	for i, id := range ids {
		if jobs[i], err = jobcmd.FetchJob(ctx, env, client, id); err != nil {
			return err
		}
	}
	if o.data {
		return diffRows(ctx, env, client, o, jobs)
	}
	return diffJobs(env, o, jobs[0], jobs[1])
}

// diffJobs prints the properties of two jobs, and in a table the difference of the SQL below.
func diffJobs(env *cli.Env, o diffOptions, a, b api.Job) error {
	defer env.Page()()
	sqlA, _ := jobcmd.SafeQuery(a)
	sqlB, _ := jobcmd.SafeQuery(b)
	l := grid.List{Columns: []string{"Field", "A", "B"}}
	add := func(field string, cellA, cellB any) {
		type rawField struct {
			Field string `json:"field"`
			A     any    `json:"a"`
			B     any    `json:"b"`
		}
		l.Rows = append(l.Rows, grid.Row{Cells: []any{field, cellA, cellB}, Raw: rawField{strings.ToLower(field), plain(cellA), plain(cellB)}})
	}
	add("JobID", a.ID, b.ID)
	add("Type", a.Type, b.Type)
	add("Database", a.Database, b.Database)
	add("Status", a.Status, b.Status)
	add("Start", listcmd.OrNil(text.LocalTime(a.StartAt.Time)), listcmd.OrNil(text.LocalTime(b.StartAt.Time)))
	add("Duration", duration(a), duration(b))
	add("Rows", listcmd.IntOrNil(a.NumRecords), listcmd.IntOrNil(b.NumRecords))
	add("ResultSize", size(a), size(b))
	if o.format.Format != jobresult.Table {
		add("Query", sqlA, sqlB)
		return env.PrintList(l, o.format)
	}
	if err := env.PrintList(l, o.format); err != nil {
		return err
	}
	changes := diff.Unified("job "+a.ID, "job "+b.ID, sqlA, sqlB)
	if changes == "" {
		changes = "The SQL is the same.\n"
	}
	fmt.Fprint(env.Out, "\n"+changes)
	return nil
}

// plain returns the value of a cell in JSON.
func plain(cell any) any {
	if s, ok := cell.(grid.Shown); ok {
		return s.Plain
	}
	return cell
}

// duration returns the cell for the time that a job ran, which is in seconds outside tables.
func duration(j api.Job) any {
	seconds := j.Duration
	if !seconds.Valid && !j.StartAt.IsZero() && !j.EndAt.IsZero() {
		seconds = api.Int{Value: int64(j.EndAt.Sub(j.StartAt.Time).Seconds()), Valid: true}
	}
	if !seconds.Valid {
		return nil
	}
	return grid.Shown{Table: text.Elapsed(time.Duration(seconds.Value)*time.Second, false), Plain: seconds.Value}
}

func size(j api.Job) any {
	if !j.ResultSize.Valid {
		return nil
	}
	return grid.Shown{Table: text.FileSize(j.ResultSize.Value), Plain: j.ResultSize.Value}
}
