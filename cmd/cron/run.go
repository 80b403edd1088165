package cron

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/heartbeat"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/runrecord"
	"github.com/td-cli/td/internal/sleep"
	"github.com/td-cli/td/internal/text"
)

// A runner runs a command unattended.
type runner struct {
	options
	env     *cli.Env
	name    string   // of the command, such as "query"
	args    []string // of the child process
	stdin   *os.File // nil for none
	log     *log
	record  *runrecord.Run
	due     time.Time         // for which the run is scheduled; zero if unknown
	pings   *heartbeat.Pinger // nil without --heartbeat
	started time.Time
}

// run runs a command of td with the flags of cron.
func run(ctx context.Context, env *cli.Env, tree *argv.Tree, o options, globals, command []string) error {
	if err := o.check(); err != nil {
		return err
	}
	if env.StatusFile != nil {
		return cli.Usagef("--status-file belongs to the command: put it after --")
	}
	name, err := commandName(tree, command)
	if err != nil {
		return err
	}
	dir, err := stateDir(env)
	if err != nil {
		return err
	}
	isKey := func(flag string) bool { return strings.HasPrefix(flag, "--apikey=") } // see attempt
	r := &runner{options: o, env: env, name: name, args: slices.Concat(slices.DeleteFunc(globals, isKey), command)}
	if !o.spec.IsZero() {
		r.due = o.spec.Last(time.Now()) // before the jitter and the wait for the lock
	}
	if o.heartbeat != "" {
		if r.pings, err = newPinger(env, o.heartbeat); err != nil {
			return err
		}
	}
	if env.PlanLocal("run", "td "+redact.Text(strings.Join(r.args, " "))) {
		return nil
	}
	if o.jitter > 0 {
		if err := sleep.For(ctx, rand.N(o.jitter)); err != nil {
			return err
		}
	}
	if o.lock != "" {
		lock, err := acquire(ctx, filepath.Join(dir, "locks"), o.lock, o.lockWait)
		if err != nil {
			return err
		}
		defer func() { _ = lock.Release() }() // ends with the process anyway
	}
	return r.run(ctx, filepath.Join(dir, "runs"))
}

// commandName returns the name of a command of td that cron can run.
func commandName(tree *argv.Tree, command []string) (string, error) {
	c, _, err := argv.Resolve(tree, command)
	if err == nil && (c.Name() == "cron" || strings.HasPrefix(c.Name(), "cron:")) {
		err = cli.Usagef("cron cannot run %s", c.Name())
	}
	if err != nil {
		return "", err
	}
	return c.Name(), nil
}

// stateDir returns the directory of the files of unattended runs.
func stateDir(env *cli.Env) (string, error) {
	dir := history.Dir(env.Getenv("XDG_STATE_HOME"), config.HomeDir(env.Getenv))
	if dir == "" {
		return "", cli.Usagef("there is no home directory for the records of runs; set HOME or XDG_STATE_HOME")
	}
	return filepath.Join(dir, "cron"), nil
}

// newPinger returns the sender of heartbeats. The allowed hosts are those of the settings.
func newPinger(env *cli.Env, url string) (*heartbeat.Pinger, error) {
	settings, err := env.Config()
	if err != nil {
		return nil, err
	}
	pings, err := heartbeat.New(url, settings.HeartbeatHosts)
	if host, ok := errors.AsType[heartbeat.HostError](err); ok {
		return nil, cli.WithHint(cli.Usagef("--heartbeat: %w", err), "add 'heartbeat_hosts = %s' to %s", host.Host, settings.Path)
	}
	if err != nil {
		return nil, cli.Usagef("--heartbeat: %w", err)
	}
	return pings, nil
}

// recordName returns the name by which a later run finds the record of this one: that of the lock, or a hash of the command.
func (r *runner) recordName() string {
	if r.lock != "" {
		return r.lock
	}
	sum := sha256.Sum256([]byte(strings.Join(r.args, "\x00")))
	return "command-" + hex.EncodeToString(sum[:8])
}

// run runs the command, with its retries, and reports its end.
func (r *runner) run(ctx context.Context, recordDir string) (err error) {
	r.started = time.Now()
	if r.record, err = runrecord.Start(recordDir, r.recordName(), r.due); err != nil {
		return fmt.Errorf("cannot record the run: %w", err)
	}
	logName := r.lock
	if logName == "" {
		logName = strings.ReplaceAll(r.name, ":", "-")
	}
	if r.log, err = openLog(r.logDir, logName); err != nil {
		return errors.Join(err, r.record.Release())
	}
	defer r.log.close()
	if r.logDir != "" {
		r.log.printf("%s: %s", r.started.UTC().Format(time.RFC3339), r.name)
	}
	started := r.ping(ctx, heartbeat.Start)
	end, err := r.attempts(ctx)
	<-started
	if err != nil {
		return errors.Join(err, r.record.Release())
	}
	event := heartbeat.Failure
	if end.status == cli.ExitOK {
		event = heartbeat.Success
	}
	<-r.ping(context.WithoutCancel(ctx), event)
	return r.report(ctx, end)
}

// ping sends a heartbeat and returns a channel that is closed afterwards. A failure is written to the log only: the service
// notices it itself.
func (r *runner) ping(ctx context.Context, event heartbeat.Event) <-chan struct{} {
	done := make(chan struct{})
	if r.pings == nil {
		close(done)
		return done
	}
	go func() {
		defer close(done)
		if err := r.pings.Send(ctx, event); err != nil {
			r.log.printf("warning: %v", err)
		}
	}()
	return done
}

// report prints how the run ended unless it succeeded, and keeps or removes its record.
func (r *runner) report(ctx context.Context, e end) error {
	failure := r.failure(ctx, e)
	if failure != nil {
		if err := r.log.copyTo(r.env.Err); err != nil {
			r.env.Complain("td: warning: the log cannot be read: %v", err)
		}
		r.log.printf("%v", failure)
		if err := r.log.writeErr(); err != nil {
			r.env.Complain("td: warning: the log above is incomplete: %v", err)
		}
	} else {
		r.log.printf("%s succeeded after %s", r.name, r.elapsed())
	}
	rotateErr := r.log.rotate(r.logKeep)
	report, err := r.record.Report()
	if err == nil {
		err = r.keepRecord(e, report)
	}
	if rotateErr != nil {
		r.env.Complain("td: warning: old logs were not removed: %v", rotateErr)
	}
	if err != nil {
		r.env.Complain("td: warning: the record of the run is incomplete: %v", err)
	}
	failure = r.addHint(failure, e, report)
	if hint := cli.Hint(failure); e.reason == interrupted && hint != "" {
		r.env.Complain("td: %s", hint) // an interrupt is not reported otherwise
	}
	return failure
}

// keepRecord keeps the record for a later run if there are jobs whose results the run has not processed. It reports the jobs
// of earlier runs with which no run continues.
func (r *runner) keepRecord(e end, report runrecord.Report) error {
	for _, j := range report.Abandoned {
		r.reportAbandoned(j)
	}
	if !e.isFinal(report) {
		return r.record.ReleaseReported()
	}
	for _, j := range report.Pending {
		r.reportAbandoned(runrecord.Abandoned{Job: j, Reason: "this run did not submit it again"})
	}
	return r.record.Finish()
}

// isFinal reports whether a later run has nothing to continue with: the job has ended, or none was submitted.
func (e end) isFinal(report runrecord.Report) bool {
	switch {
	case len(report.Jobs)+len(report.Pending) == 0:
		return true
	case e.reason == ended && slices.Contains([]int{cli.ExitOK, cli.ExitJobFailed, cli.ExitJobKilled, cli.ExitUnmet}, e.status):
		return true
	case e.reason == ended && e.status < cli.ExitSignal &&
		!slices.Contains([]int{cli.ExitJobRunning, cli.ExitNetwork, cli.ExitLocalIO, cli.ExitIncomplete}, e.status), e.reason == timedOutKill:
		return !slices.ContainsFunc(report.Running(), func(j runrecord.Job) bool { return j.ID != "" })
	}
	return false
}

func (r *runner) reportAbandoned(j runrecord.Abandoned) {
	submitted := text.LocalTime(j.Submitted)
	switch {
	case j.ID == "":
		r.env.Complain("td: warning: an earlier run, which was killed, may have submitted a job at %s; it is not used because %s ('td job:list' lists the jobs)",
			submitted, j.Reason)
	case j.Ended != "":
		r.env.Complain("td: warning: job %s of an earlier run (%s, submitted at %s) is not used because %s", j.ID, j.Ended, submitted, j.Reason)
	default:
		r.env.Complain("td: warning: job %s of an earlier run (submitted at %s) is not used because %s; it may still run ('td job:show %s' shows it, 'td job:kill %s' ends it)",
			j.ID, submitted, j.Reason, j.ID, j.ID)
	}
}

// failure returns the error for a run, or nil if it succeeded.
func (r *runner) failure(ctx context.Context, e end) error {
	after := "after " + r.elapsed()
	if e.attempts > 1 {
		after += fmt.Sprintf(" and %d attempts", e.attempts)
	}
	switch {
	case e.reason == interrupted:
		return fmt.Errorf("%s ended %s: %w", r.name, after, context.Cause(ctx))
	case e.reason == timedOutDetach:
		return cli.CommandError{Err: fmt.Errorf("%s did not end within %s and was stopped; its job keeps running, if it has one", r.name, r.timeout), Status: cli.ExitJobRunning}
	case e.reason == timedOutKill:
		return cli.CommandError{Err: fmt.Errorf("%s did not end within %s and was killed with its job, if it has one", r.name, r.timeout), Status: cli.ExitJobKilled}
	case e.status != cli.ExitOK:
		return cli.CommandError{Err: fmt.Errorf("%s ended with status %d %s", r.name, e.status, after), Status: e.status}
	}
	return nil
}

// addHint adds to an error what happens to the jobs of the run.
func (r *runner) addHint(failure error, e end, report runrecord.Report) error {
	if failure == nil || e.isFinal(report) {
		return failure
	}
	var ids []string
	for _, j := range report.Jobs {
		if j.ID != "" && j.Key != "" {
			ids = append(ids, j.ID)
		}
	}
	if len(ids) == 0 {
		return failure
	}
	return cli.WithHint(failure, "the next run continues with job %s unless the SQL or another property differs", strings.Join(ids, ", "))
}

func (r *runner) elapsed() string { return text.Elapsed(time.Since(r.started), false) }

// readsStdin reports whether the command reads standard input, which its retries then need, too.
func (r *runner) readsStdin() bool { return slices.Contains(r.args, "-") }

// prepareStdin sets the standard input of the attempts. If there are several, it copies an input that is not a file.
func (r *runner) prepareStdin() (closeCopy func(), err error) {
	r.stdin = r.env.Stdin()
	if r.stdin == nil || r.retries == 0 || !r.readsStdin() {
		return func() {}, nil
	}
	f, err := os.CreateTemp("", "td-cron-*.in")
	if err != nil {
		return nil, err
	}
	closeCopy = func() { _, _ = f.Close(), os.Remove(f.Name()) }
	if _, err := io.Copy(f, r.stdin); err != nil {
		closeCopy()
		return nil, fmt.Errorf("standard input: %w", err)
	}
	r.stdin = f
	return closeCopy, nil
}
