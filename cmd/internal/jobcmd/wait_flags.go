package jobcmd

import (
	"errors"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// WaitFlags are the flags of the commands that can wait for a job.
type WaitFlags struct {
	Wait        Wait
	OnInterrupt string // "leave", "kill" or ReportInterrupt
	Deadline    Deadline
}

// ReportInterrupt is the value of OnInterrupt with which an interrupt is only returned as an error, so that the caller
// can decide about the job. It is not a value of the flag.
const ReportInterrupt = "report"

// Add defines the flags.
func (f *WaitFlags) Add(fs *pflag.FlagSet) {
	f.AddWait(fs)
	fs.StringVar(&f.OnInterrupt, "on-interrupt", "leave", "what Ctrl-C does to the job while waiting: `leave` or kill")
	argv.MarkNew(fs, "on-interrupt")
	complete.Flags(fs, complete.OneOf("leave", "kill"), "on-interrupt")
}

// AddWait defines -w only.
func (f *WaitFlags) AddWait(fs *pflag.FlagSet) {
	f.OnInterrupt = "leave"
	fs.VarP(&f.Wait, "wait", "w", "wait until the job has ended, at most `SECONDS` when given (-w60, --wait=60)")
	fs.Lookup("wait").NoOptDefVal = noLimit
	complete.Flags(fs, complete.Any, "wait")
}

// Check returns a usage error for an invalid value.
func (f WaitFlags) Check() error {
	if f.OnInterrupt != "leave" && f.OnInterrupt != "kill" {
		return cli.Usagef("--on-interrupt must be leave or kill, not %q", f.OnInterrupt)
	}
	return nil
}

// Wait is the value of -w.
type Wait struct {
	On    bool
	Limit time.Duration // 0 means no limit
}

// noLimit is the value of -w without SECONDS.
const noLimit = "forever"

// Set implements pflag.Value.
func (w *Wait) Set(s string) error {
	if s == noLimit {
		*w = Wait{On: true}
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n > 0 && n <= 1e9) { // rejects NaN, too
		return errors.New("it must be a number of seconds greater than 0")
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
		return noLimit
	}
	return strconv.FormatFloat(w.Limit.Seconds(), 'f', -1, 64)
}

// Type implements pflag.Value.
func (w *Wait) Type() string { return "SECONDS" }
