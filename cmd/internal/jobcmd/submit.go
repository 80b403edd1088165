package jobcmd

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// SubmitFlags are for commands that submit a job without rows.
type SubmitFlags struct {
	WaitFlags
	PrintID PrintID
}

// Add defines the flags.
func (f *SubmitFlags) Add(fs *pflag.FlagSet) {
	f.WaitFlags.Add(fs)
	f.PrintID.Add(fs)
}

// Finish waits for a job that has no rows, if that is asked for, and prints how it ended behind the label. An
// end that is no success is a cli.JobError.
func Finish(ctx context.Context, e *cli.Env, client *api.Client, id, label string, f SubmitFlags) error {
	if !f.Wait.On {
		if !f.PrintID {
			e.Say("Use 'td job:show %s' to show the status.", id)
		}
		return nil
	}
	job, err := Follow(ctx, e, client, id, f.WaitFlags, e.Flags.Verbose)
	if err != nil {
		return err
	}
	if !f.PrintID {
		fmt.Fprintf(e.Out, "%-11s: ", label)
		e.PrintStatus(e.Out, job.Status)
		fmt.Fprintln(e.Out)
	}
	return Unfinished(ctx, client, job)
}

// PrintID is the flag of commands that submit a job which asks for the job's ID alone on standard output.
type PrintID bool

// Add defines the flag.
func (p *PrintID) Add(fs *pflag.FlagSet) {
	fs.BoolVar((*bool)(p), "print-id", false, "print the job's ID, and nothing else, on standard output")
	argv.MarkNew(fs, "print-id")
}

// Queued says that a job is queued: by its ID alone if that is asked for, else in a sentence around the ID.
func (p PrintID) Queued(e *cli.Env, id string, say func(format string, a ...any), sentence string) {
	p.Submitted(e, id, "queued", say, sentence)
}

// Submitted is Queued for a job that may have been submitted before and is further on.
func (p PrintID) Submitted(e *cli.Env, id, status string, say func(format string, a ...any), sentence string) {
	e.StatusFile.SetJob(id, status)
	if p {
		e.Print("%s", id)
		return
	}
	say(sentence, id)
}
