package runrecord

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/lockfile"
)

// Extensions of the files of a run.
const (
	recordExt = ".json"
	lockExt   = ".lock"
)

// A Run is a run as its supervisor sees it. The run holds the lock of its record.
type Run struct {
	path string
	lock *lockfile.Lock
}

// Start starts a run of a command. Its record is new, or that of an earlier run of the same command and scheduled time
// which has left jobs. Jobs of earlier runs with another scheduled time are abandoned. dir is the directory of the records,
// which is created; command is the name of the command in file names.
func Start(dir, command string, scheduled time.Time) (*Run, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	left, err := leftRuns(dir, command)
	if err != nil {
		return nil, err
	}
	s := state{Version: version, Run: rand.Text(), Started: time.Now().UTC().Truncate(time.Second)}
	if !scheduled.IsZero() {
		s.Scheduled = scheduled.UTC().Format(time.RFC3339)
	}
	var run *Run
	for _, l := range left {
		old := l.record.state
		s.Abandoned = append(s.Abandoned, old.Abandoned...)
		if run == nil && old.Scheduled == s.Scheduled {
			s.Jobs, run = old.Jobs, &Run{path: l.record.path, lock: l.lock}
			continue
		}
		reason := "its scheduled time differs"
		if old.Scheduled == s.Scheduled {
			reason = "another run continues"
		}
		for _, j := range old.Jobs {
			s.Abandoned = append(s.Abandoned, Abandoned{j, reason})
		}
	}
	for run == nil {
		path := filepath.Join(dir, command+"."+rand.Text()+recordExt)
		lock, err := lockfile.Try(strings.TrimSuffix(path, recordExt) + lockExt)
		if err != nil {
			return nil, err
		}
		if lock != nil { // another process may have locked it, in order to remove it
			run = &Run{path: path, lock: lock}
		}
	}
	if err := (&Record{path: run.path, state: s}).write(); err != nil { // it has the abandoned jobs of the others
		return nil, errors.Join(err, run.lock.Release())
	}
	for _, l := range left {
		if l.lock != run.lock {
			err = errors.Join(err, remove(l.record.path), l.lock.Remove())
		}
	}
	return run, err
}

// A leftRun is a record that no process uses, with its lock.
type leftRun struct {
	record *Record
	lock   *lockfile.Lock
}

// leftRuns locks and returns the records of a command that have jobs and that no process uses, the newest first. It removes
// those without jobs, and those that cannot be read.
func leftRuns(dir, command string) (left []leftRun, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		token, ok := strings.CutPrefix(e.Name(), command+".")
		name, isLock := strings.CutSuffix(token, lockExt)
		if !ok || !isLock || strings.Contains(name, ".") {
			continue
		}
		lockPath := filepath.Join(dir, e.Name())
		lock, err := lockfile.Try(lockPath)
		if err != nil {
			return nil, err
		}
		if lock == nil {
			continue // in use
		}
		path := strings.TrimSuffix(lockPath, lockExt) + recordExt
		record, err := Read(path)
		if err == nil && len(record.state.Jobs)+len(record.state.Abandoned) > 0 {
			left = append(left, leftRun{record, lock})
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			_ = os.Rename(path, path+".invalid")
		} else if err := remove(path); err != nil {
			return nil, err
		}
		if err := lock.Remove(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(left, func(a, b leftRun) int { return b.record.state.Started.Compare(a.record.state.Started) })
	return left, nil
}

// Path returns the path of the record, the value of [Variable].
func (r *Run) Path() string { return r.path }

// A Report is what a record contains after the supervised process has ended.
type Report struct {
	Unsure    string // see [Record.SetUnsure]; "" if there is no such request
	Jobs      []Job  // jobs of this run
	Pending   []Job  // jobs of earlier runs that this run has not continued
	Abandoned []Abandoned
}

// Unkeyed returns a job that a repetition of the command would submit again.
func (r Report) Unkeyed() (j Job, ok bool) {
	i := slices.IndexFunc(r.Jobs, func(j Job) bool { return j.Key == "" })
	if i < 0 {
		return Job{}, false
	}
	return r.Jobs[i], true
}

// Running returns the jobs of the run whose end is unknown.
func (r Report) Running() []Job {
	return slices.DeleteFunc(slices.Clone(r.Jobs), func(j Job) bool { return j.Ended != "" })
}

// Report reads the record. A record that was removed is empty.
func (r *Run) Report() (Report, error) {
	record, err := Read(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return Report{}, nil
	}
	if err != nil {
		return Report{}, err
	}
	report := Report{Unsure: record.state.Unsure, Abandoned: record.state.Abandoned}
	for _, j := range record.state.Jobs {
		if record.IsRetry(j) {
			report.Jobs = append(report.Jobs, j)
		} else {
			report.Pending = append(report.Pending, j)
		}
	}
	return report, nil
}

// ReleaseReported is [Run.Release] without the abandoned jobs, which were reported.
func (r *Run) ReleaseReported() error {
	record, err := Read(r.path)
	if err != nil {
		return err
	}
	record.state.Abandoned = nil
	if len(record.state.Jobs) == 0 {
		return r.Finish()
	}
	return errors.Join(record.write(), r.lock.Release())
}

// Release leaves the record to a later run. A record without jobs is removed.
func (r *Run) Release() error {
	report, err := r.Report()
	if err == nil && len(report.Jobs)+len(report.Pending)+len(report.Abandoned) == 0 {
		return r.Finish()
	}
	return errors.Join(err, r.lock.Release())
}

// Finish removes the record.
func (r *Run) Finish() error { return errors.Join(remove(r.path), r.lock.Remove()) }
