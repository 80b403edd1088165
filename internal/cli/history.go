package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
)

// errNoHistory reports that the settings do not allow a history.
var errNoHistory = errors.New("the job history is off")

// History returns the history of submitted jobs from the view of the selected account. It returns a UsageError if the
// history is off or there is no place for it.
func (e *Env) History() (*history.Ledger, error) { return e.history() }

func (e *Env) openHistory() (*history.Ledger, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	if c.HistoryOff {
		where := c.Setting("history").Where
		return nil, WithHint(UsageError{fmt.Errorf("%w (%s)", errNoHistory, where)}, "'history = on' or TD_HISTORY=on records the jobs that td submits")
	}
	dir := history.Dir(e.Getenv("XDG_STATE_HOME"), config.HomeDir(e.Getenv))
	if dir == "" {
		return nil, UsageError{fmt.Errorf("%w: there is no home directory; set XDG_STATE_HOME", errNoHistory)}
	}
	mode, err := e.recording()
	if err != nil {
		return nil, err
	}
	if mode.player != nil {
		dir = mode.player.HistoryDir()
	}
	return e.openLedger(c, dir)
}

func (e *Env) openLedger(c config.Config, dir string) (*history.Ledger, error) {
	key, err := e.accountKey(c)
	if err != nil {
		return nil, err
	}
	return history.Open(dir, c.Profile, c.Endpoint, key), nil
}

// accountKey returns the API key, and for the sandbox, which needs none, the directory of its data. The jobs of a recording
// belong to no account.
func (e *Env) accountKey(c config.Config) (string, error) {
	if e.Replaying() {
		return "replay", nil
	}
	if c.Endpoint == config.Sandbox {
		return SandboxDir(e.Getenv)
	}
	return e.Account.Key()
}

// RecordJob adds a job that was submitted, by default at this time, to the history unless that is off. submitted is the SQL with the values of the
// parameters, or "" if the job is not a query. A failure is only a warning.
func (e *Env) RecordJob(ctx context.Context, j history.Job, submitted string) {
	if j.Time.IsZero() {
		j.Time = e.Now().UTC().Truncate(time.Second)
	}
	inRun := e.recordRunJob(j, submitted)
	l, err := e.History()
	if err == nil && (!inRun || !l.Has(j.ID)) { // the run may continue with a job of an earlier one
		err = l.Add(ctx, j, submitted)
	}
	e.warnHistory(err)
}

// RecordEnd adds the end of a job to the history if that has the job. A job that has not ended is ignored. A failure is
// only a warning.
func (e *Env) RecordEnd(ctx context.Context, job api.Job) {
	if !job.Finished() || e.Flags.DryRun {
		return
	}
	e.RecordRunEnd(job.ID, job.Status)
	o := history.Outcome{Status: job.Status}
	switch {
	case job.Duration.Valid:
		o.Duration = &job.Duration.Value
	case !job.StartAt.IsZero() && !job.EndAt.IsZero():
		seconds := int64(job.EndAt.Sub(job.StartAt.Time).Seconds())
		o.Duration = &seconds
	}
	if job.NumRecords.Valid {
		o.Rows = &job.NumRecords.Value
	}
	l, err := e.History()
	if err == nil {
		err = l.End(ctx, job.ID, o)
	}
	e.warnHistory(err)
}

// RemoveSandboxJobs removes the jobs of the sandbox in a directory from the history. The sandbox is empty and will assign
// their IDs again. A failure is only a warning.
func (e *Env) RemoveSandboxJobs(ctx context.Context, sandboxDir string) {
	dir := history.Dir(e.Getenv("XDG_STATE_HOME"), config.HomeDir(e.Getenv))
	if dir != "" {
		e.warnHistory(history.Open(dir, "", config.Sandbox, sandboxDir).Remove(ctx))
	}
}

// warnHistory reports the first error of the history. A history that is off is none.
func (e *Env) warnHistory(err error) {
	if err == nil || errors.Is(err, errNoHistory) {
		return
	}
	e.historyWarning.Do(func() { e.Warn("the job history cannot be used: %v; 'history = off' in td.conf disables it", err) })
}
