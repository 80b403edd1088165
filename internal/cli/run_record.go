package cli

import (
	"time"

	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/runrecord"
)

// RunRecord returns the record of the unattended run that this process is a part of, or nil if there is none.
func (e *Env) RunRecord() (*runrecord.Record, error) { return e.runRecord() }

// openRunRecord reads the record named by the environment. A dry run has none.
func (e *Env) openRunRecord() (*runrecord.Record, error) {
	path := e.Getenv(runrecord.Variable)
	if path == "" || e.Flags.DryRun {
		return nil, nil
	}
	return runrecord.Read(path)
}

// RunJob returns the entry of a run's record for a job. submitted is the SQL with the values of the parameters, or another text
// that identifies what the job does.
func (e *Env) RunJob(j history.Job, submitted string) (runrecord.Job, error) {
	c, err := e.Config()
	if err != nil {
		return runrecord.Job{}, err
	}
	ledger, err := e.openLedger(c, "") // computes the hashes, even if the history is off
	if err != nil {
		return runrecord.Job{}, err
	}
	if j.Time.IsZero() {
		j.Time = e.Now().UTC().Truncate(time.Second)
	}
	entry := runrecord.Job{
		Key: j.DomainKey, ID: j.ID, Command: j.Command, Submitted: j.Time, Hash: ledger.Hash(submitted),
		Database: j.Database, Type: j.Type, EngineVersion: j.EngineVersion,
		Endpoint: ledger.Owner().Endpoint, Account: ledger.Owner().Account,
	}
	if j.ResultURL != "" {
		entry.ResultHash = ledger.Hash(j.ResultURL)
	}
	return entry, nil
}

// recordRunJob adds a job that was submitted to the record of the run, and reports whether this process is part of one. A
// failure is only a warning.
func (e *Env) recordRunJob(j history.Job, submitted string) (inRun bool) {
	record, err := e.RunRecord()
	if record == nil && err == nil {
		return false
	}
	var entry runrecord.Job
	if err == nil {
		entry, err = e.RunJob(j, submitted)
	}
	if err == nil {
		err = record.Submitted(entry)
	}
	e.warnRunRecord(err)
	return true
}

// RecordRunEnd adds the final status of a job to the record of the run if that has the job. A failure is only a warning.
func (e *Env) RecordRunEnd(id, status string) {
	if record, err := e.RunRecord(); record != nil && err == nil {
		e.warnRunRecord(record.End(id, status))
	}
}

// recordUnsure records a request that failed after the server may have received it. A failure is only a warning.
func (e *Env) recordUnsure(request string) {
	if record, err := e.RunRecord(); record != nil && err == nil {
		e.warnRunRecord(record.SetUnsure(request))
	}
}

// warnRunRecord reports that the record could not be changed, if err is not nil.
func (e *Env) warnRunRecord(err error) {
	if err != nil {
		e.Warn("the jobs of this run cannot be recorded, so that a retry cannot continue with them: %v", err)
	}
}
