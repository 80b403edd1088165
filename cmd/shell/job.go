package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

// submit submits a statement and returns the ID of its job. toFile is set if the rows will be written to a file.
func (s *session) submit(ctx context.Context, sql string, toFile bool) (id string, err error) {
	if s.request.Database == "" {
		return "", cli.WithHint(cli.Usagef("no database is selected"), `use 'td shell DB' or '\c DB'`)
	}
	if !utf8.ValidString(sql) {
		return "", cli.Usagef("the statement is not UTF-8")
	}
	r, sql := s.request, strings.TrimSpace(sql)
	var params []string
	if r.Query, params, err = s.bind(sql); err != nil {
		return "", err
	}
	if sql != s.lastSQL { // \watch submits a statement repeatedly
		lint := jobcmd.LintText{SQL: r.Query, Type: r.Type, Database: r.Database, ToFile: toFile}
		if err := jobcmd.CheckLint(s.env, []jobcmd.LintText{lint}); err != nil {
			return "", err
		}
	}
	if s.takeInterrupt() {
		return "", errInterrupted
	}
	ctx, release := s.cancelOnInterrupt(ctx)
	defer release()
	submitted := history.Job{
		Command: jobcmd.QueryCommand, Database: r.Database, Type: r.Type, SQL: sql, Params: params,
		EngineVersion: r.EngineVersion, PoolName: r.PoolName, Priority: r.Priority,
	}
	if r.DomainKey, err = jobcmd.DomainKey(ctx, s.env, s.client, submitted, r.Query); err != nil {
		return "", err
	}
	if id, _, err = s.client.IssueJob(ctx, r); err != nil {
		if context.Cause(ctx) == errInterrupted {
			return "", cli.WithHint(errors.New("interrupted while the statement was submitted: its job may exist"), "'td job:list' lists the jobs")
		}
		if errors.Is(err, api.ErrNotFound) {
			return "", tablecmd.DatabaseNotFound(r.Database, err)
		}
		return "", fmt.Errorf("the statement was not submitted to database '%s': %w", r.Database, err)
	}
	submitted.ID, submitted.DomainKey = id, r.DomainKey
	s.env.RecordJob(ctx, submitted, r.Query)
	s.jobs, s.lastSQL, s.newest = append(s.jobs, id), sql, id
	return id, nil
}

// finish waits for a job and writes its rows.
func (s *session) finish(ctx context.Context, id string, plan jobcmd.RowPlan) error {
	s.newest = id
	if err := s.wait(ctx, id, s.asker != nil && !plan.HasReader()); err != nil {
		return err
	}
	job, err := jobcmd.FetchJob(ctx, s.env, s.client, id)
	if err != nil {
		return err
	}
	if err := jobcmd.NotSucceededError(ctx, s.client, job); err != nil {
		return err
	}
	s.last = job
	return s.deliver(ctx, job, plan)
}

// deliver writes the rows of a job.
func (s *session) deliver(ctx context.Context, job api.Job, plan jobcmd.RowPlan) error {
	ctx, release := s.cancelOnInterrupt(ctx)
	defer release()
	if err := jobcmd.DeliverRows(ctx, s.env, s.client, job, plan); err != nil {
		return err
	}
	if plan.Path != "" {
		s.written = append(s.written, plan.Path)
	}
	return nil
}

// errInterrupted is the cause of a context that Ctrl-C has canceled.
var errInterrupted = errors.New("interrupted")

// errDetached reports that the user does not wait for a job any longer.
var errDetached = errors.New("the job keeps running")

// takeInterrupt reports whether Ctrl-C was pressed and not handled yet, and regards it as handled.
func (s *session) takeInterrupt() bool {
	select {
	case <-s.catch:
		return true
	default:
		return false
	}
}

// cancelOnInterrupt returns a context that Ctrl-C cancels until release is called, also if it was pressed before, but not
// handled.
func (s *session) cancelOnInterrupt(ctx context.Context) (canceled context.Context, release func()) {
	if s.catch == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	released := make(chan struct{})
	go func() {
		defer close(released)
		select {
		case <-s.catch:
			cancel(errInterrupted)
		case <-done:
		}
	}()
	return ctx, func() {
		close(done)
		<-released
		cancel(nil)
	}
}

// wait waits until a job has ended, at most the time of the setting max_time, after which it kills the job. After Ctrl-C
// it asks whether to kill the job. With readAhead it reads what the user types in the meantime.
func (s *session) wait(ctx context.Context, id string, readAhead bool) error {
	deadline, err := jobcmd.MaxTime{}.Start(s.env)
	if err != nil {
		return err
	}
	flags := jobcmd.WaitFlags{OnInterrupt: "leave", Deadline: deadline}
	if s.asker != nil {
		flags.OnInterrupt = jobcmd.ReportInterrupt
	}
	for {
		waiting, release := s.cancelOnInterrupt(ctx)
		stop := func() {}
		if readAhead {
			stop = s.asker.ReadAhead(func() { s.env.Interrupt() })
		}
		_, err := jobcmd.WaitEnded(waiting, s.env, s.client, id, flags, s.env.Flags.Verbose)
		stop()
		release()
		if !errors.Is(err, errInterrupted) || s.asker == nil || ctx.Err() != nil {
			return err
		}
		choice, err := s.asker.Choose(ctx, fmt.Sprintf("Job %s: kill it (k), detach (d) or continue to wait (c)? ", id), "kdc")
		s.takeInterrupt() // Ctrl-C was pressed repeatedly
		switch {
		case err != nil:
			return err
		case choice == 'd':
			s.env.Say(`Job %s keeps running. '\fg %s' waits for it.`, id, id)
			deadline.ReportUnenforced(s.env, id)
			return errDetached
		case choice == 'k':
			if err := s.kill(ctx, id); err != nil {
				return err
			}
		}
	}
}

// kill kills a job. Waiting for it then ends with its status.
func (s *session) kill(ctx context.Context, id string) error {
	if _, err := s.client.KillJob(ctx, id); err != nil {
		return fmt.Errorf("job %s could not be killed: %w", id, jobcmd.NotFound(id, err))
	}
	return nil
}
