package jobcmd

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/jobwait"
)

// WaitFlags say whether to wait for a job, how long, and what an interrupt does.
type WaitFlags struct {
	Wait        Wait
	OnInterrupt string
}

// Add defines the flags.
func (f *WaitFlags) Add(fs *pflag.FlagSet) {
	f.AddWait(fs)
	fs.StringVar(&f.OnInterrupt, "on-interrupt", "leave", "what Ctrl-C does to the job while waiting: `leave` or kill")
	argv.MarkNew(fs, "on-interrupt")
	complete.Flags(fs, complete.OneOf("leave", "kill"), "on-interrupt")
}

// AddWait defines -w alone.
func (f *WaitFlags) AddWait(fs *pflag.FlagSet) {
	f.OnInterrupt = "leave"
	fs.VarP(&f.Wait, "wait", "w", "wait until the job has ended, at most `SECONDS` when given (-w60, --wait=60)")
	fs.Lookup("wait").NoOptDefVal = forever
	complete.Flags(fs, complete.Any, "wait")
}

// Check refuses what cannot be.
func (f WaitFlags) Check() error {
	if f.OnInterrupt != "leave" && f.OnInterrupt != "kill" {
		return cli.Usagef("--on-interrupt is leave or kill, not %q", f.OnInterrupt)
	}
	return nil
}

// Wait is the -w flag: not given, given, or given with a limit.
type Wait struct {
	On    bool
	Limit time.Duration // 0: none
}

// forever is the value of -w without one.
const forever = "forever"

// Set implements pflag.Value.
func (w *Wait) Set(s string) error {
	if s == forever {
		*w = Wait{On: true}
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n <= 0 || n > 1e9 {
		return errors.New("want a number of seconds above 0")
	}
	*w = Wait{On: true, Limit: time.Duration(n * float64(time.Second))}
	return nil
}

// String implements pflag.Value.
func (w *Wait) String() string {
	switch {
	case !w.On:
		return ""
	case w.Limit == 0:
		return forever
	}
	return strconv.FormatFloat(w.Limit.Seconds(), 'f', -1, 64)
}

// Type implements pflag.Value.
func (w *Wait) Type() string { return "SECONDS" }

// Follow waits for a job until it has ended, with a spinner and, when logs is true,
// the job's log on standard error. Time that runs out is a cli.JobError; an interrupt
// says what becomes of the job.
func Follow(ctx context.Context, e *cli.Env, c *api.Client, id string, f WaitFlags, logs bool) (api.Job, error) {
	line := newWaitLine(id)
	spin := e.SpinWith(line.text)
	defer spin.Stop()
	o := jobwait.Options{
		Timeout:  f.Wait.Limit,
		Embedded: e.Embedded(),
		OnStatus: func(job api.Job) {
			e.StatusFile.SetJob(id, job.Status)
			line.changed(job)
		},
		OnOutage: func(err error) {
			spin.Break(func() { e.Say("td: waiting goes on: %v", err) })
		},
	}
	if logs {
		show := Log(e.Err)
		o.OnLog = func(line string) { spin.Break(func() { show(line) }) }
	}
	job, err := jobwait.One(ctx, c, id, o)
	spin.Stop()
	switch {
	case errors.Is(err, jobwait.ErrTimeout):
		return job, cli.JobError{ID: id, Status: orRunning(job.Status)}
	case ctx.Err() != nil:
		return job, interrupted(ctx, e, c, id, orRunning(job.Status), f)
	}
	return job, err
}

func orRunning(status string) string {
	if status == "" {
		return "running"
	}
	return status
}

// interrupted kills the job or leaves it, as told, and says which.
func interrupted(ctx context.Context, e *cli.Env, c *api.Client, id, status string, f WaitFlags) error {
	cause := cli.JobContextError{Err: context.Cause(ctx), ID: id, Status: status}
	if f.OnInterrupt != "kill" && !e.Embedded() {
		e.Say("Job %s keeps running. 'td job:show -w %s' waits for it, 'td job:kill %s' ends it.", id, id, id)
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if _, err := c.KillJob(ctx, id); err != nil {
		e.PrintError("job %s could not be killed: %v", id, err)
		return cause
	}
	e.StatusFile.SetJob(id, "killed")
	e.Say("Job %s is killed.", id)
	cause.Status = "killed"
	return cause
}
