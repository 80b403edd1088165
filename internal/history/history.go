// Package history records the jobs that a user submits, and how they ended, in a file of this machine. It never
// contains rows of results, and secrets are masked as in td's output.
//
// The file consists of JSON Lines: one for each submitted job and one for each known end of a job. A line is written
// with a single write under a lock. A process that is killed loses at most the line that it is writing, and the next
// writer separates an incomplete line from its own; readers skip it. A file that has become too large is replaced
// atomically by one with its newer half.
package history

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/lockfile"
)

const (
	maxBytes = 8 << 20  // size from which the file is cut
	maxSQL   = 64 << 10 // longer SQL is not recorded

	// lockTimeout limits how long a command waits for other writers.
	lockTimeout = 5 * time.Second

	version = 1
)

// Name of the file and of its lock.
const (
	fileName = "history.jsonl"
	lockName = "history.lock"
)

// An Owner is the account that a job belongs to. Jobs belong to the same account if Endpoint and Account are equal.
type Owner struct {
	Profile  string `json:"profile"`
	Endpoint string `json:"endpoint"`
	Account  string `json:"account"` // identifies the API key, which cannot be derived from it
}

// A Job is a job that td submitted.
type Job struct {
	ID      string    `json:"job_id"`
	Time    time.Time `json:"time"` // time of the submission
	Command string    `json:"command"`
	Owner
	Database string `json:"database,omitempty"`
	Type     string `json:"type,omitempty"`
	Name     string `json:"name,omitempty"` // given by the user

	// The other fields describe queries. SQL is the text with parameters, and Params are the values that replaced them
	// in the form NAME[:TYPE]=VALUE. SQL is empty if it is too long.
	SQL           string   `json:"sql,omitempty"`
	Params        []string `json:"params,omitempty"`
	Hash          string   `json:"hash,omitempty"` // hash of the submitted SQL; see [Ledger.Hash]
	EngineVersion string   `json:"engine_version,omitempty"`
	PoolName      string   `json:"pool_name,omitempty"`
	Priority      *int     `json:"priority,omitempty"`
	RetryLimit    *int     `json:"retry_limit,omitempty"`
	ResultURL     string   `json:"result_url,omitempty"`

	// Masked names the fields from which a secret was removed: "sql", "result_url", or the name of a parameter with a
	// colon before it.
	Masked []string `json:"masked,omitempty"`

	Outcome *Outcome `json:"-"` // nil as long as the end is unknown

	DomainKey string `json:"-"` // under which the job was submitted, if any
}

// An Outcome is the end of a job.
type Outcome struct {
	Status   string `json:"status"`             // "success", "error" or "killed"
	Duration *int64 `json:"duration,omitempty"` // seconds
	Rows     *int64 `json:"rows,omitempty"`
}

// A line is a line of the file: a job, the end of one, or an account whose earlier jobs no longer exist.
type line struct {
	Version int    `json:"v"`
	Job     *Job   `json:"job,omitempty"`
	End     *end   `json:"end,omitempty"`
	Removed *Owner `json:"removed,omitempty"`
}

type end struct {
	ID       string    `json:"job_id"`
	Time     time.Time `json:"time"` // time at which td noticed the end
	Endpoint string    `json:"endpoint"`
	Account  string    `json:"account"`
	Outcome
}

// Dir returns the directory of the history: $XDG_STATE_HOME/td or ~/.local/state/td. It returns "" if home is "" and
// the variable is not an absolute path.
//
// See https://specifications.freedesktop.org/basedir-spec/latest/.
func Dir(stateHome, home string) string {
	switch {
	case filepath.IsAbs(stateHome):
		return filepath.Join(stateHome, "td")
	case home == "":
		return ""
	}
	return filepath.Join(home, ".local", "state", "td")
}

// A Ledger is the history of a user from the view of one account.
type Ledger struct {
	dir    string
	owner  Owner
	apiKey string
}

// Open returns the ledger in a directory, which need not exist. It does not access any file.
func Open(dir, profile, endpoint, apiKey string) *Ledger {
	l := &Ledger{dir: dir, apiKey: apiKey}
	l.owner = Owner{Profile: profile, Endpoint: endpoint, Account: l.keyedHash("account", endpoint)[:16]}
	return l
}

// Owner returns the account of Open.
func (l *Ledger) Owner() Owner { return l.owner }

// Owns reports whether a job belongs to the account of Open.
func (l *Ledger) Owns(j Job) bool {
	return j.Endpoint == l.owner.Endpoint && j.Account == l.owner.Account
}

// Hash returns the hash of SQL as Add records it. It depends on the API key, so that it does not help to guess a secret
// in the SQL.
func (l *Ledger) Hash(sql string) string { return l.keyedHash("sql", sql) }

func (l *Ledger) keyedHash(purpose, text string) string {
	h := hmac.New(sha256.New, []byte(l.apiKey))
	h.Write([]byte(purpose + "\n" + text))
	return hex.EncodeToString(h.Sum(nil))
}

// Add records a job that was submitted for the account of Open. It masks the secrets in j and sets its hash; submitted is
// the SQL with the values of the parameters, or "" for a job that is not a query.
func (l *Ledger) Add(ctx context.Context, j Job, submitted string) error {
	j.Owner = l.owner
	if submitted != "" {
		j.Hash = l.Hash(submitted)
	}
	if len(j.SQL) > maxSQL {
		j.SQL = ""
	}
	j.mask()
	return l.append(ctx, line{Version: version, Job: &j})
}

// Has reports whether a job of the account is recorded. It is false if the file cannot be read.
func (l *Ledger) Has(id string) bool {
	for j, err := range l.Jobs() {
		if err == nil && j.ID == id && l.Owns(j) {
			return true
		}
	}
	return false
}

// End records the end of a job of the account if Add has recorded the job and the outcome is new.
func (l *Ledger) End(ctx context.Context, id string, o Outcome) error {
	text, err := l.read()
	if err != nil || !bytes.Contains(text, []byte(`"job_id":"`+id+`"`)) { // parsing takes longer
		return err
	}
	for j := range jobs(text) {
		if j.ID != id || !l.Owns(j) {
			continue
		}
		if j.Outcome != nil && (j.Outcome.Rows != nil || o.Rows == nil) {
			return nil
		}
		e := end{ID: id, Time: time.Now().UTC().Truncate(time.Second), Endpoint: j.Endpoint, Account: j.Account, Outcome: o}
		return l.append(ctx, line{Version: version, End: &e})
	}
	return nil
}

// Remove records that the jobs of the account do not exist any more, because all data of its server were removed. Jobs
// does not return them.
func (l *Ledger) Remove(ctx context.Context) error {
	for j, err := range l.Jobs() {
		if err != nil {
			return err
		}
		if l.Owns(j) {
			return l.append(ctx, line{Version: version, Removed: &l.owner})
		}
	}
	return nil
}

// Jobs returns the recorded jobs of all accounts, the newest first.
func (l *Ledger) Jobs() iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		text, err := l.read()
		if err != nil {
			yield(Job{}, err)
			return
		}
		for j := range jobs(text) {
			if !yield(j, nil) {
				return
			}
		}
	}
}

// read returns the content of the file, which may be missing.
func (l *Ledger) read() ([]byte, error) {
	text, err := readRegular(l.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// readRegular reads a file. One that is not regular, such as a named pipe, may have no end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, notRegularError(path)
	}
	return os.ReadFile(path)
}

func notRegularError(path string) error {
	return &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
}

// jobs returns the jobs in the text of the file, the newest first.
func jobs(text []byte) iter.Seq[Job] {
	return func(yield func(Job) bool) {
		type key struct{ endpoint, account, id string }
		ends := map[key]*Outcome{}
		removed := map[key]bool{} // without an ID
		for len(text) > 0 {
			text = bytes.TrimSuffix(text, []byte("\n"))
			start := bytes.LastIndexByte(text, '\n') + 1
			var parsed line
			err := json.Unmarshal(text[start:], &parsed)
			text = text[:start]
			if err != nil || parsed.Version != version { // incomplete, or from a later version of td
				continue
			}
			if e := parsed.End; e != nil {
				k := key{e.Endpoint, e.Account, e.ID}
				if ends[k] == nil { // later lines know more
					ends[k] = &e.Outcome
				}
			}
			if o := parsed.Removed; o != nil {
				removed[key{endpoint: o.Endpoint, account: o.Account}] = true
			}
			if j := parsed.Job; j != nil && !removed[key{endpoint: j.Endpoint, account: j.Account}] {
				j.Outcome = ends[key{j.Endpoint, j.Account, j.ID}]
				if !yield(*j) {
					return
				}
			}
		}
	}
}

func (l *Ledger) path() string { return filepath.Join(l.dir, fileName) }

// append adds a line to the file with a single write.
func (l *Ledger) append(ctx context.Context, added line) error {
	b, err := json.Marshal(added)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), lockTimeout, errors.New("other processes keep it locked"))
	defer cancel()
	lock, err := lockfile.Wait(ctx, filepath.Join(l.dir, lockName))
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", l.path(), context.Cause(ctx))
	}
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }() // nothing is written to it
	f, err := os.OpenFile(l.path(), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	size, err := writeLine(f, b)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if size > maxBytes {
		return l.cut()
	}
	return nil
}

// writeLine appends b to a file as a line of its own and returns the size of the file.
func writeLine(f *os.File, b []byte) (size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, notRegularError(f.Name())
	}
	if info.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600) // Windows and some file systems have no modes
	}
	size = info.Size()
	text := append(b, '\n')
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); size > 0 && err == nil && last[0] != '\n' {
		text = append([]byte("\n"), text...) // a writer was killed
	}
	n, err := f.Write(text)
	return size + int64(n), err
}

// cut removes the older half of the file.
func (l *Ledger) cut() error {
	text, err := os.ReadFile(l.path())
	if err != nil {
		return err
	}
	kept := text[max(0, len(text)-maxBytes/2):]
	_, kept, _ = bytes.Cut(kept, []byte("\n"))
	return atomicfile.WriteFile(l.path(), kept, atomicfile.Options{Private: true, Part: true})
}

// Matches reports whether the name, the SQL or the ID of a job contains text, in upper or lower case.
func (j Job) Matches(text string) bool {
	text = strings.ToLower(text)
	for _, s := range []string{j.Name, j.SQL, j.ID} {
		if strings.Contains(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}
