package job

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
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
		Short:    "List the newest jobs",
		Example:  "  td job:list\n  td job:list 100 --running\n  td job:list -f jsonl",
		Args:     cobra.MaximumNArgs(1),
		Kinds:    []complete.Kind{complete.Any},
		Fetch:    func(ctx context.Context, args []string) ([]api.Job, error) { return fetchJobs(ctx, env, o, args) },
		Columns:  jobcmd.JobColumns(),
		Optional: []string{"Duration", "CPUTime", "Priority", "ResultSize", "Type", "Result", "Elapsed", "Database"},
		Keys:     jobcmd.JobKeys(),
		Raw:      jobcmd.RawJob,
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
