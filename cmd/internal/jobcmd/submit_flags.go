package jobcmd

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

// SubmitFlags are the flags of the commands that submit a job without rows.
type SubmitFlags struct {
	WaitFlags
	PrintID PrintID
}

// Add defines the flags.
func (f *SubmitFlags) Add(fs *pflag.FlagSet) {
	f.WaitFlags.Add(fs)
	f.PrintID.Add(fs)
}

// WaitSubmitted waits, with -w, for a job that has no rows, and prints its final status after the label. It returns a
// [cli.JobError] if the job did not succeed.
func WaitSubmitted(ctx context.Context, env *cli.Env, client *api.Client, id, label string, f SubmitFlags) error {
	if !f.Wait.On {
		if !f.PrintID {
			env.Say("Use 'td job:show %s' to show the status.", id)
		}
		return nil
	}
	job, err := WaitEnded(ctx, env, client, id, f.WaitFlags, env.Flags.Verbose)
	if err != nil {
		return err
	}
	if !f.PrintID {
		fmt.Fprintf(env.Out, "%-11s: ", label)
		env.PrintStatus(env.Out, job.Status)
		fmt.Fprintln(env.Out)
	}
	return NotSucceededError(ctx, client, job)
}

// PrintID is the --print-id flag: print only the job ID on standard output.
type PrintID bool

// Add defines the flag.
func (p *PrintID) Add(fs *pflag.FlagSet) {
	fs.BoolVar((*bool)(p), "print-id", false, "print the job's ID, and nothing else, on standard output")
	argv.MarkNew(fs, "print-id")
}

// ReportQueued records that a job was queued and reports it with ReportSubmitted. The job is not a query.
func (p PrintID) ReportQueued(ctx context.Context, env *cli.Env, job history.Job, say func(format string, a ...any), sentence string) {
	env.RecordJob(ctx, job, "")
	p.ReportSubmitted(env, job.ID, "queued", say, sentence)
}

// ReportSubmitted reports that a job was submitted: the ID on standard output with --print-id, otherwise the sentence, a
// format for the ID, by means of say.
func (p PrintID) ReportSubmitted(env *cli.Env, id, status string, say func(format string, a ...any), sentence string) {
	env.StatusFile.SetJob(id, status)
	if p {
		env.Print("%s", id)
		return
	}
	say(sentence, id)
}
