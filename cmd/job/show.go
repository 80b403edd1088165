package job

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/cmd/rows"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

type showOptions struct {
	rows.Flags
	rows.WaitFlags
	verbose bool
	exclude bool
}

// NewShow returns the command job:show.
func NewShow(e *cli.Env) *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:     "job:show JOB_ID",
		Aliases: []string{"job"},
		Short:   "Show a job and its rows",
		Long: `Show a job and its rows. With -f or -o only the rows are written to standard
output, or the file.`,
		Example: "  td job:show 12345\n  td job:show -w 12345 -f csv -o rows.csv\n  td job:show -v -x 12345",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), e, o, args[0])
		},
	}
	fs := cmd.Flags()
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "show the job's logs")
	o.WaitFlags.Add(fs)
	o.Flags.Add(fs)
	fs.BoolVarP(&o.exclude, "exclude", "x", false, "do not print the rows")
	return cmd
}

func show(ctx context.Context, e *cli.Env, o showOptions, id string) error {
	plan, err := o.Flags.Check(e, rows.Defaults{Stdout: jobresult.Table, File: jobresult.TSV})
	if err != nil {
		return err
	}
	if err := o.WaitFlags.Check(); err != nil {
		return err
	}
	dataOnly := o.Format != "" || o.Output != ""
	if dataOnly && o.exclude {
		return cli.Usagef("-x/--exclude leaves no rows for -f/--format and -o/--output")
	}
	client, err := e.Client()
	if err != nil {
		return err
	}
	job, err := ended(ctx, e, client, id, o.WaitFlags, true)
	if err != nil {
		return err
	}
	withRows := isQuery(job.Type) && !o.exclude && job.Status == "success"
	switch {
	case !dataOnly:
		describe(e.Out, job, o.verbose)
		if withRows {
			fmt.Fprintln(e.Out, "Result      :")
		}
	case e.ErrTTY:
		describe(e.Err, job, o.verbose)
	}
	if dataOnly || job.Finished() {
		if err := rows.Unfinished(ctx, client, job); err != nil {
			return err
		}
	}
	if withRows || dataOnly {
		if err := rows.Print(ctx, e, client, job, plan); err != nil {
			return err
		}
	}
	if !o.verbose && e.ErrTTY {
		e.Say("Use '-v' option to show detailed messages.")
	}
	return nil
}

// isQuery reports whether jobs of a type have rows.
func isQuery(jobType string) bool {
	switch jobType {
	case "hive", "pig", "impala", "presto", "trino":
		return true
	}
	return false
}

// describe prints the toolbelt's labelled block.
func describe(w io.Writer, j api.Job, verbose bool) {
	line := func(label, value string) { fmt.Fprintf(w, "%-12s: %s\n", label, value) }
	line("JobID", j.ID)
	line("Status", j.Status)
	line("Type", j.Type)
	line("Database", j.Database)
	line("Start At", cli.UTC(j.StartAt.Time))
	line("End At", cli.UTC(j.EndAt.Time))
	switch {
	case j.Type == "bulkload":
		line("Config", "")
		fmt.Fprintln(w, configText(j))
	case strings.HasPrefix(j.Type, "bulk_import"):
		line("Destination", j.Query)
	case isQuery(j.Type):
		describeQuery(line, j)
	}
	if !verbose {
		return
	}
	fmt.Fprint(w, "\nOutput:\n")
	indent(w, j.Debug.Cmdout)
	fmt.Fprint(w, "\nDetails:\n")
	indent(w, j.Debug.Stderr)
}

func describeQuery(line func(label, value string), j api.Job) {
	line("Priority", cli.PriorityName(j.Priority))
	line("Retry limit", fmt.Sprint(j.RetryLimit))
	line("Output", api.RedactURL(j.ResultURL))
	line("Query", j.Query)
	if j.Finished() && j.Type == "hive" && j.CPUTime.Valid {
		line("CPU time", cli.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true))
	}
	if j.Finished() && j.ResultSize.Valid {
		line("Result size", cli.FileSize(j.ResultSize.Value))
	}
}

func indent(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		rows.Log(w)(strings.TrimRight(line, "\r\n"))
	}
}

// configText is a connector job's configuration as YAML.
func configText(j api.Job) string {
	var config any
	if err := yaml.Unmarshal(j.QueryObject, &config); err != nil || config == nil {
		return string(j.QueryObject)
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		return string(j.QueryObject)
	}
	return strings.TrimRight(string(text), "\n")
}
