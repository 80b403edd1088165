// Package runrecord records the jobs of an unattended run until the run has ended, so that a retry or a later run continues
// with them instead of submitting them again.
//
// A run has a record and a lock in the directory of the records. The process that supervises the run holds the lock; a
// record without a locked lock was left by a run that was ended or killed. The supervised process writes each job to the
// record before it submits it, with the domain key of the request: a process that is killed while it submits a job leaves
// a key with which the server answers whether it has the job.
package runrecord

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
)

// Variable is the environment variable with the path of the record, for the supervised process.
const Variable = "TD_CRON_RECORD"

const version = 1

// freshTime is the age up to which a job that has ended is continued with, if runs have no scheduled time.
const freshTime = time.Hour

// A Job is a job that a run submitted or is about to submit. The fields from Hash on decide whether another job is equal.
type Job struct {
	Run       string    `json:"run"` // Record.Run of the run that submitted it or continued with it last
	Key       string    `json:"domain_key,omitempty"`
	LocalKey  bool      `json:"local_key,omitempty"` // the server does not know the key: the API has none for such jobs
	ID        string    `json:"job_id,omitempty"`    // unknown until the server has answered
	Command   string    `json:"command"`
	Submitted time.Time `json:"submitted"`
	Ended     string    `json:"ended,omitempty"` // final status, if known

	Hash          string `json:"hash"` // hash of the final SQL; depends on the API key
	Database      string `json:"database,omitempty"`
	Type          string `json:"type,omitempty"`
	EngineVersion string `json:"engine_version,omitempty"`
	ResultHash    string `json:"result_hash,omitempty"` // hash of the result URL
	Endpoint      string `json:"endpoint"`
	Account       string `json:"account"` // identifies the API key, which cannot be derived from it
}

// Difference returns the property in which a job differs from another one, or "" if they are equal.
func (j Job) Difference(other Job) string {
	switch {
	case j.Endpoint != other.Endpoint || j.Account != other.Account:
		return "account"
	case j.Command != other.Command:
		return "command"
	case j.Database != other.Database:
		return "database"
	case j.Type != other.Type:
		return "type"
	case j.EngineVersion != other.EngineVersion:
		return "engine version"
	case j.ResultHash != other.ResultHash:
		return "result URL"
	case j.Hash != other.Hash && j.Command != "query" && j.Command != "rerun":
		return "request"
	case j.Hash != other.Hash:
		return "SQL"
	}
	return ""
}

// An Abandoned job is a job of an earlier run with which no later run continues.
type Abandoned struct {
	Job
	Reason string `json:"reason"`
}

// An Abandonment is why a run does not continue with a recorded job.
type Abandonment struct {
	Reason string // such as "its SQL differs"; "" if the run continues with the job
	Status string // set if the job has ended
}

// A state is the content of the file.
type state struct {
	Version   int         `json:"v"`
	Run       string      `json:"run"`                 // identifies the current run
	Scheduled string      `json:"scheduled,omitempty"` // time for which the run is scheduled, in RFC 3339; "" if unknown
	Started   time.Time   `json:"started"`
	Unsure    string      `json:"unsure,omitempty"` // a failed request that the server may have carried out, and would carry out again
	Jobs      []Job       `json:"jobs,omitempty"`
	Abandoned []Abandoned `json:"abandoned,omitempty"`
}

// A Record is the record of a run as its supervised process sees it. It is safe for concurrent use.
type Record struct {
	path  string
	mu    sync.Mutex // guards the other fields
	state state
	next  int // number of jobs with a key that this process has asked for
}

// Read reads the record at path.
func Read(path string) (*Record, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Record{path: path}
	if err := json.Unmarshal(b, &r.state); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.state.Version != version {
		return nil, fmt.Errorf("%s is from another version of td", path)
	}
	return r, nil
}

// write replaces the file, which only its owner can read.
func (r *Record) write() error {
	b, err := json.Marshal(r.state)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(r.path, b, atomicfile.Options{Private: true})
}

// Scheduled returns the time for which the run is scheduled. It returns the zero time if it is unknown.
func (r *Record) Scheduled() time.Time {
	t, _ := time.Parse(time.RFC3339, r.state.Scheduled)
	return t
}

// Next returns the recorded job in the place of the next job that this process submits with a domain key. found is false if
// there is none.
func (r *Record) Next() (job Job, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.at(r.next); i >= 0 {
		return r.state.Jobs[i], true
	}
	return Job{}, false
}

// at returns the index of the nth job with a key, or -1.
func (r *Record) at(n int) int {
	for i, j := range r.state.Jobs {
		if j.Key == "" {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

// IsRetry reports whether the current run, and not an earlier one, has submitted a job or continued with it.
func (r *Record) IsRetry(j Job) bool { return j.Run == r.state.Run }

// NeedsRunning reports whether a later run may continue with a job only if it has not ended: without a scheduled time, the
// result of an old job is not what the run asks for.
func (r *Record) NeedsRunning(j Job) bool {
	return r.state.Scheduled == "" && time.Since(j.Submitted) > freshTime
}

// Continue records that the next job with a domain key is the recorded one.
func (r *Record) Continue() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.at(r.next)
	if i < 0 {
		return errors.New("there is no recorded job")
	}
	r.next++
	r.state.Jobs[i].Run = r.state.Run
	return r.write()
}

// Replace records that the next job with a domain key, which is about to be submitted, replaces the recorded one, if any.
// Unless there is no reason, the recorded job is abandoned.
func (r *Record) Replace(j Job, a Abandonment) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.Run = r.state.Run
	i := r.at(r.next)
	r.next++
	if i < 0 {
		r.state.Jobs = append(r.state.Jobs, j)
		return r.write()
	}
	if a.Reason != "" {
		old := r.state.Jobs[i]
		old.Ended = cmp.Or(a.Status, old.Ended)
		r.state.Abandoned = append(r.state.Abandoned, Abandoned{old, a.Reason})
	}
	r.state.Jobs[i] = j
	return r.write()
}

// Submitted records the ID of a job. A job without a domain key, or with a key that the record does not have, is added
// unless its ID is recorded.
func (r *Record) Submitted(j Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.state.Jobs {
		known := &r.state.Jobs[i]
		switch {
		case j.Key != "" && known.Key == j.Key:
			known.ID = j.ID
			return r.write()
		case known.LocalKey && known.ID == j.ID:
			return nil
		}
	}
	j.Run = r.state.Run
	r.state.Jobs = append(r.state.Jobs, j)
	return r.write()
}

// Withdraw removes the job with a key, which was not submitted. It has no effect if the server may have carried out a
// failed request of the run.
func (r *Record) Withdraw(key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.Unsure != "" {
		return nil
	}
	r.next--
	r.state.Jobs = slices.DeleteFunc(r.state.Jobs, func(j Job) bool { return j.Key == key })
	return r.write()
}

// End records the final status of a job. Jobs that are not recorded are ignored.
func (r *Record) End(id, status string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.state.Jobs {
		if known := &r.state.Jobs[i]; known.ID == id && known.Ended != status {
			known.Ended = status
			return r.write()
		}
	}
	return nil
}

// SetUnsure records the method and path of a request that failed although the server may have carried it out.
func (r *Record) SetUnsure(request string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Unsure = request
	return r.write()
}

// remove removes the file at path, which may be missing.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
