package jobcmd

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// A limit is the value of a flag that overrides a limit of the settings. 0 is no limit.
type limit struct {
	given bool
	text  string
	value int64
	parse func(string) (int64, error)
	unit  string // unit of the value in the help
}

// Set implements pflag.Value.
func (l *limit) Set(s string) error {
	n, err := l.parse(s)
	if err != nil {
		return fmt.Errorf("it %w", err)
	}
	l.given, l.text, l.value = true, s, n
	return nil
}

// String implements pflag.Value.
func (l *limit) String() string { return l.text }

// Type implements pflag.Value.
func (l *limit) Type() string { return l.unit }

// resolve returns the value of the flag or else of the setting, and where it comes from, for messages.
func (l limit) resolve(flag string, setting config.Setting, value int64) (n int64, source string) {
	if l.given {
		return l.value, flag
	}
	return value, fmt.Sprintf("%s (%s)", setting.Name, setting.Where)
}

// A MaxTime is the flag --max-time, which overrides the setting max_time.
type MaxTime struct{ limit limit }

// Add defines the flag.
func (m *MaxTime) Add(fs *pflag.FlagSet) {
	m.limit.unit = "duration"
	m.limit.parse = func(s string) (int64, error) {
		d, err := config.ParseMaxTime(s)
		return int64(d), err
	}
	fs.Var(&m.limit, "max-time", "kill the job if it has not ended `TIME` after it was submitted, such as 30m; status 4 (0: no limit)")
	argv.MarkNew(fs, "max-time")
}

// CheckWait returns a usage error if the flag is given without -w: only a command that waits can kill the job.
func (m MaxTime) CheckWait(f WaitFlags) error {
	if m.limit.value > 0 && !f.Wait.On {
		return cli.Usagef("--max-time requires -w/--wait, because td kills the job")
	}
	return nil
}

// Start returns the deadline of a job that is submitted now.
func (m MaxTime) Start(env *cli.Env) (Deadline, error) {
	settings, err := env.Config()
	if err != nil {
		return Deadline{}, err
	}
	n, source := m.limit.resolve("--max-time", settings.Setting("max_time"), int64(settings.Limits.MaxTime))
	if n == 0 {
		return Deadline{}, nil
	}
	return Deadline{time.Now().Add(time.Duration(n)), time.Duration(n), source}, nil
}

// LimitFlags are the flags that limit the results that are delivered. They override the settings of the same names.
type LimitFlags struct {
	maxRows, maxSize limit
}

// add defines the flags.
func (f *LimitFlags) add(fs *pflag.FlagSet) {
	f.maxRows.unit, f.maxRows.parse = "int", config.ParseMaxRows
	f.maxSize.unit, f.maxSize.parse = "size", text.ParseSize
	fs.Var(&f.maxRows, "max-rows", "do not download a result of more than `N` rows; status 12 (0: no limit)")
	fs.Var(&f.maxSize, "max-result-size", "do not download a result of more than `SIZE` on the server, such as 500MB; status 12 (0: no limit)")
	argv.MarkNew(fs, "max-rows", "max-result-size")
	complete.Flags(fs, complete.Any, "max-result-size")
}

// resultLimits are the limits of the result of a job. 0 is no limit.
type resultLimits struct {
	jobID                  string
	rows, size             int64
	rowsSource, sizeSource string
}

// resolve returns the limits of a result.
func (f LimitFlags) resolve(env *cli.Env, jobID string) (resultLimits, error) {
	settings, err := env.Config()
	if err != nil {
		return resultLimits{}, err
	}
	l := resultLimits{jobID: jobID}
	l.rows, l.rowsSource = f.maxRows.resolve("--max-rows", settings.Setting("max_rows"), settings.Limits.MaxRows)
	l.size, l.sizeSource = f.maxSize.resolve("--max-result-size", settings.Setting("max_result_size"), settings.Limits.MaxResultSize)
	return l, nil
}

// check returns a [cli.TooLargeError] if the job reports a result that exceeds a limit. A result of which only the first
// rows are written can have any size.
func (l resultLimits) check(job api.Job, shown int64) error {
	rows := job.NumRecords
	if shown >= 0 {
		return l.checkRows(min(shown, rows.Value))
	}
	if rows.Valid {
		if err := l.checkRows(rows.Value); err != nil {
			return err
		}
	}
	if job.ResultSize.Valid {
		return l.checkSize(job.ResultSize.Value)
	}
	return nil
}

// apply adds a check of what the job did not report to a download: of the rows and bytes that were received.
func (l resultLimits) apply(o *download.Options) {
	check := o.Check
	o.Check = func(stats jobresult.Stats) error {
		if err := l.checkRows(stats.Rows); err != nil {
			return err
		}
		if err := l.checkSize(stats.Read); err != nil {
			return err
		}
		if check != nil {
			return check(stats)
		}
		return nil
	}
}

// checkRows returns a [cli.TooLargeError] if there are too many rows.
func (l resultLimits) checkRows(n int64) error {
	if l.rows == 0 || n <= l.rows {
		return nil
	}
	return cli.TooLargeError{JobID: l.jobID, Flag: "--max-rows", Reason: text.Commas(n) + " rows, more than the " + text.Commas(l.rows) + " of " + l.rowsSource}
}

// checkSize returns a [cli.TooLargeError] if the result has too many bytes.
func (l resultLimits) checkSize(n int64) error {
	if l.size == 0 || n <= l.size {
		return nil
	}
	return cli.TooLargeError{JobID: l.jobID, Flag: "--max-result-size", Reason: text.FileSize(n) + ", more than the " + text.FileSize(l.size) + " of " + l.sizeSource}
}
