// Package top implements the top command, which shows the unfinished jobs.
package top

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/jobmonitor"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{{Name: "top", New: New}}
}

type options struct {
	format   string
	interval interval
	count    int // 0: no limit
}

// New returns the top command.
func New(env *cli.Env) *cobra.Command {
	o := options{interval: interval(5 * time.Second)}
	cmd := &cobra.Command{
		Use:   "top",
		Short: "Show the queued and running jobs, and kill them",
		Long: `Show the queued and running jobs, and kill them. The list is renewed every 5 seconds; ? describes the
keys: they sort and filter the jobs, show the SQL, follow the log, and kill a job after a question.

With -f jsonl, or if standard input or output is not a terminal, top prints an object on a line at each
interval instead: the time, the numbers of queued and running jobs, and the jobs.`,
		Example: "  td top\n" +
			"  td top -f jsonl --interval 10 >> jobs.jsonl\n" +
			"  td top -f jsonl --count 1 | jq '.jobs[] | select(.running_seconds > 3600) | .job_id'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), env, o, cmd.Flags().Changed("count"))
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.format, "format", "f", "", "print objects in this `FORMAT` instead of filling the terminal: jsonl")
	fs.Var(&o.interval, "interval", "renew after this `TIME`, such as 10 (seconds) or 1m")
	fs.IntVar(&o.count, "count", 0, "end after `N` objects")
	fs.Lookup("count").DefValue = ""
	complete.Flags(fs, complete.OneOf("jsonl"), "format")
	complete.Flags(fs, complete.Any, "interval", "count")
	return cmd
}

func run(ctx context.Context, env *cli.Env, o options, limited bool) error {
	if o.format != "" && o.format != "jsonl" {
		return cli.Usagef("-f/--format must be jsonl, not %q", o.format)
	}
	if limited && o.count < 1 {
		return cli.Usagef("--count must be 1 or more, not %d", o.count)
	}
	in, out, ok := env.FullScreen()
	if !ok || o.format != "" {
		client, err := env.Client()
		if err != nil {
			return err
		}
		return printSamples(ctx, env, &server{client: client}, o)
	}
	switch {
	case limited:
		return cli.WithHint(cli.Usagef("--count requires -f jsonl on a terminal"), "'q' ends the list")
	case env.Flags.Debug && env.ErrTTY:
		return cli.Usagef("--debug would overwrite the list: redirect standard error to a file")
	}
	env.Flags.RetryMaxTime = 0 // the list shows a failure and repeats the request itself
	client, err := env.Client()
	if err != nil {
		return err
	}
	monitor := jobmonitor.Options{In: in, Out: out, Interval: time.Duration(o.interval), Status: env.Status, Suspend: env.Suspend}
	jobs := &server{client: client, dryRun: env.Flags.DryRun}
	err = jobmonitor.Run(ctx, jobs, monitor)
	for _, id := range jobs.plannedKills() {
		env.PlanLocal("POST", "/v3/job/kill/"+id)
	}
	return err
}

// An interval is the value of --interval.
type interval time.Duration

// Set implements pflag.Value.
func (i *interval) Set(s string) error {
	d, err := time.ParseDuration(s)
	if n, ferr := strconv.ParseFloat(s, 64); ferr == nil && n <= 86400 {
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	const shortest, longest = time.Second, 24 * time.Hour
	if err != nil || d < shortest || d > longest {
		return errors.New("it must be a time from 1 second to 24 hours, such as 10 or 1m")
	}
	*i = interval(d)
	return nil
}

// String implements pflag.Value.
func (i *interval) String() string { return fmt.Sprint(time.Duration(*i)) }

// Type implements pflag.Value.
func (i *interval) Type() string { return "TIME" }
