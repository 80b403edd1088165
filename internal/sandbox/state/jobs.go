package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Values of Job.Status.
const (
	Queued  = "queued"
	Running = "running"
	Success = "success"
	Error   = "error"
	Killed  = "killed"
)

// A Job is a query or another task that runs in the background.
type Job struct {
	ID            int64
	Type          string
	Database      string
	Query         string
	Status        string
	Priority      int
	RetryLimit    int
	Result        string // URL that receives the rows; may be empty
	DomainKey     string
	UserName      string
	ScheduledTime time.Time
	ScheduleID    int64  // schedule that submitted the job, or 0
	ConnectorID   int64  // connector that submitted the job, or 0
	TargetID      int64  // job whose result this job exports, or 0
	LinkedID      int64  // job that exports the result of this job, or 0
	Detail        string // parameters of some types of jobs
	Owner         string // ID of the server that runs the job
	CreatedAt     time.Time
	UpdatedAt     time.Time
	StartAt       time.Time
	EndAt         time.Time
	CPUMillis     int64 // -1 if unknown
	Attempt       int   // number of earlier attempts of the running job; not stored
	Output
	Cmdout, Stderr string
}

// An Output describes the result of a job. Unknown figures are -1.
type Output struct {
	Records int64
	Size    int64 // bytes, compressed
	RawSize int64 // bytes, not compressed
	ETag    string
	Columns string // JSON text [[name, type], …], or empty
}

// NoOutput returns the Output of a job without rows.
func NoOutput() Output { return Output{Records: -1, Size: -1, RawSize: -1} }

// Finished reports whether the job has ended.
func (j *Job) Finished() bool { return !j.EndAt.IsZero() }

// Duration returns how long the job ran, or has been running at the time now.
func (j *Job) Duration(now time.Time) time.Duration {
	switch {
	case j.StartAt.IsZero():
		return 0
	case j.Finished():
		return j.EndAt.Sub(j.StartAt)
	default:
		return now.Sub(j.StartAt)
	}
}

// A ConflictError is returned if the domain key of a new job is already in use.
type ConflictError struct {
	Key   string
	JobID int64 // job with the key
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("domain key %q is taken by job %d", e.Key, e.JobID)
}

const (
	listColumns = `id, type, db, query, status, priority, retry_limit, result, coalesce(domain_key, ''), user_name,
	scheduled_time, schedule, connector, target, linked, detail, owner, created, updated, started, ended, cpu,
	records, size, raw_size, etag, columns, `
	jobColumns            = listColumns + "cmdout, stderr"
	jobColumnsWithoutLogs = listColumns + "'', ''" // logs can be long
)

func scanJob(row scanner) (*Job, error) {
	j := new(Job)
	var scheduled, created, updated, started, ended int64
	err := row.Scan(&j.ID, &j.Type, &j.Database, &j.Query, &j.Status, &j.Priority, &j.RetryLimit, &j.Result, &j.DomainKey, &j.UserName,
		&scheduled, &j.ScheduleID, &j.ConnectorID, &j.TargetID, &j.LinkedID, &j.Detail, &j.Owner, &created, &updated, &started, &ended, &j.CPUMillis,
		&j.Records, &j.Size, &j.RawSize, &j.ETag, &j.Columns, &j.Cmdout, &j.Stderr)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	j.ScheduledTime, j.CreatedAt, j.UpdatedAt = fromMillis(scheduled), fromMillis(created), fromMillis(updated)
	j.StartAt, j.EndAt = fromMillis(started), fromMillis(ended)
	return j, err
}

// AddJob stores a new, queued job and sets its ID and times. The error is a
// [*ConflictError] if an earlier job has the same DomainKey.
func (d *DB) AddJob(ctx context.Context, j *Job, now time.Time) error {
	j.Status, j.CreatedAt, j.UpdatedAt, j.Output = Queued, now, now, NoOutput()
	return d.tx(ctx, func(tx *sql.Tx) error {
		key := sql.NullString{String: j.DomainKey, Valid: j.DomainKey != ""}
		r, err := tx.ExecContext(ctx, `INSERT INTO jobs (type, db, query, status, priority, retry_limit, result, domain_key, user_name,
			scheduled_time, schedule, connector, target, detail, owner, created, updated)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			j.Type, j.Database, j.Query, j.Status, j.Priority, j.RetryLimit, j.Result, key, j.UserName,
			toMillis(j.ScheduledTime), j.ScheduleID, j.ConnectorID, j.TargetID, j.Detail, j.Owner, toMillis(now), toMillis(now))
		if isDuplicate(err) {
			conflict := &ConflictError{Key: j.DomainKey}
			if err := tx.QueryRowContext(ctx, "SELECT id FROM jobs WHERE domain_key = ?", j.DomainKey).Scan(&conflict.JobID); err != nil {
				return err
			}
			return conflict
		}
		if err != nil {
			return err
		}
		if j.ID, err = r.LastInsertId(); err != nil || j.TargetID == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE jobs SET linked = ? WHERE id = ?", j.ID, j.TargetID)
		return err
	})
}

// Job returns the job with the given ID, or [ErrNotFound].
func (d *DB) Job(ctx context.Context, id int64) (*Job, error) {
	return scanJob(d.read.QueryRowContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = ?", id))
}

// JobByKey returns the job with the given domain key, or [ErrNotFound].
func (d *DB) JobByKey(ctx context.Context, key string) (*Job, error) {
	return scanJob(d.read.QueryRowContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE domain_key = ?", key))
}

// A JobFilter selects jobs. Zero fields match all jobs.
type JobFilter struct {
	Status      string
	SlowerThan  time.Duration
	ScheduleID  int64
	ConnectorID int64
	Offset      int
	Limit       int // 0 means no limit
}

const jobsWhere = ` FROM jobs
	WHERE (?1 = '' OR status = ?1) AND (?2 = 0 OR started > 0 AND CASE ended WHEN 0 THEN ?3 ELSE ended END - started > ?2)
	AND (?4 = 0 OR schedule = ?4) AND (?5 = 0 OR connector = ?5) ORDER BY id DESC LIMIT ?6 OFFSET ?7`

// args returns the values of the parameters in jobsWhere.
func (f JobFilter) args(now time.Time) []any {
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	return []any{f.Status, f.SlowerThan.Milliseconds(), toMillis(now), f.ScheduleID, f.ConnectorID, limit, f.Offset}
}

// Jobs returns the selected jobs without their logs, newest first.
func (d *DB) Jobs(ctx context.Context, f JobFilter, now time.Time) ([]*Job, error) {
	return d.jobs(ctx, "SELECT "+jobColumnsWithoutLogs+jobsWhere, f.args(now)...)
}

// ListedJobs calls f with the jobs that have the given IDs. They have only the fields that lists of
// jobs show, because reading a field of many jobs takes long. Missing jobs are left out. A job is
// valid until f returns.
func (d *DB) ListedJobs(ctx context.Context, ids []int64, f func(*Job) error) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	rows, err := d.read.QueryContext(ctx, `SELECT id, type, db, query, status, priority, retry_limit, result, user_name, target, linked,
		created, updated, started, ended, cpu, records, size, columns FROM jobs WHERE id IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	var j Job
	var created, updated, started, ended int64
	for rows.Next() {
		if err := rows.Scan(&j.ID, &j.Type, &j.Database, &j.Query, &j.Status, &j.Priority, &j.RetryLimit, &j.Result, &j.UserName, &j.TargetID, &j.LinkedID,
			&created, &updated, &started, &ended, &j.CPUMillis, &j.Records, &j.Size, &j.Columns); err != nil {
			return err
		}
		j.CreatedAt, j.UpdatedAt, j.StartAt, j.EndAt = fromMillis(created), fromMillis(updated), fromMillis(started), fromMillis(ended)
		if err := f(&j); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (d *DB) jobs(ctx context.Context, query string, args ...any) ([]*Job, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var jobs []*Job
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

// A JobVersion identifies a job in a state. Finished jobs with equal versions are equal.
type JobVersion struct {
	ID       int64
	Finished bool
	LinkedID int64
}

// JobVersions returns the versions of the selected jobs, newest first.
func (d *DB) JobVersions(ctx context.Context, f JobFilter, now time.Time) ([]JobVersion, error) {
	rows, err := d.read.QueryContext(ctx, "SELECT id, ended > 0, linked"+jobsWhere, f.args(now)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []JobVersion
	for rows.Next() {
		var v JobVersion
		if err := rows.Scan(&v.ID, &v.Finished, &v.LinkedID); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// StartJob sets the status of a queued job to running. It returns false if the job
// is not queued.
func (d *DB) StartJob(ctx context.Context, id int64, now time.Time) (bool, error) {
	return d.changed(ctx, "UPDATE jobs SET status = ?, started = ?, updated = ? WHERE id = ? AND status = ?",
		Running, toMillis(now), toMillis(now), id, Queued)
}

// FinishJob records the end of a job. It returns false if the job has already ended.
func (d *DB) FinishJob(ctx context.Context, id int64, status string, out Output, cpu time.Duration, now time.Time) (bool, error) {
	return d.changed(ctx, `UPDATE jobs SET status = ?, ended = ?, updated = ?, cpu = ?, records = ?, size = ?, raw_size = ?, etag = ?, columns = ?
		WHERE id = ? AND ended = 0`,
		status, toMillis(now), toMillis(now), cpu.Milliseconds(), out.Records, out.Size, out.RawSize, out.ETag, out.Columns, id)
}

// SetOutput stores the figures of a running job's result.
func (d *DB) SetOutput(ctx context.Context, id int64, out Output) error {
	_, err := d.changed(ctx, "UPDATE jobs SET records = ?, size = ?, raw_size = ?, etag = ?, columns = ? WHERE id = ? AND ended = 0",
		out.Records, out.Size, out.RawSize, out.ETag, out.Columns, id)
	return err
}

// Log appends text to the two logs of a job.
func (d *DB) Log(ctx context.Context, id int64, cmdout, stderr string) error {
	_, err := d.changed(ctx, "UPDATE jobs SET cmdout = cmdout || ?, stderr = stderr || ? WHERE id = ?", cmdout, stderr, id)
	return err
}

// Kill ends a queued job, or requests that the owner of a running job ends it. It
// returns the former status of the job.
func (d *DB) Kill(ctx context.Context, id int64, now time.Time) (former string, err error) {
	err = d.tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT status FROM jobs WHERE id = ?", id).Scan(&former)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case former == Queued:
			_, err = tx.ExecContext(ctx, "UPDATE jobs SET status = ?, ended = ?, updated = ? WHERE id = ?", Killed, toMillis(now), toMillis(now), id)
		case former == Running:
			_, err = tx.ExecContext(ctx, "UPDATE jobs SET kill = 1 WHERE id = ?", id)
		}
		return err
	})
	return former, err
}

// KillRequests returns the running jobs of an owner for which Kill was called.
func (d *DB) KillRequests(ctx context.Context, owner string) ([]int64, error) {
	return column[int64](ctx, d.read, "SELECT id FROM jobs WHERE owner = ? AND ended = 0 AND kill = 1", owner)
}

// Owners returns the owners of unfinished jobs.
func (d *DB) Owners(ctx context.Context) ([]string, error) {
	return column[string](ctx, d.read, "SELECT DISTINCT owner FROM jobs WHERE ended = 0")
}

// RunningJobs returns the running jobs of an owner.
func (d *DB) RunningJobs(ctx context.Context, owner string) ([]*Job, error) {
	ids, err := column[int64](ctx, d.read, "SELECT id FROM jobs WHERE owner = ? AND status = ?", owner, Running)
	if err != nil {
		return nil, err
	}
	var jobs []*Job
	for _, id := range ids {
		j, err := d.Job(ctx, id)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Abandon ends all unfinished jobs of an owner with the given status and adds a
// line to their logs.
func (d *DB) Abandon(ctx context.Context, owner, status, message string, now time.Time) error {
	_, err := d.changed(ctx, "UPDATE jobs SET status = ?, ended = ?, updated = ?, stderr = stderr || ? WHERE owner = ? AND ended = 0",
		status, toMillis(now), toMillis(now), message+"\n", owner)
	return err
}

// JobStates returns the numbers of jobs by status.
func (d *DB) JobStates(ctx context.Context) (map[string]int, error) {
	rows, err := d.read.QueryContext(ctx, "SELECT status, count(*) FROM jobs GROUP BY status")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var status string
		var n int
		if err := rows.Scan(&status, &n); err != nil {
			return nil, err
		}
		counts[status] = n
	}
	return counts, rows.Err()
}

// DropJobs deletes the jobs that ended before the given time and returns their IDs.
func (d *DB) DropJobs(ctx context.Context, before time.Time) (ids []int64, err error) {
	err = d.tx(ctx, func(tx *sql.Tx) error {
		ids, err = column[int64](ctx, tx, "DELETE FROM jobs WHERE ended > 0 AND ended < ? RETURNING id", toMillis(before))
		return err
	})
	return ids, err
}

// changed executes a statement and reports whether it changed a row.
func (d *DB) changed(ctx context.Context, query string, args ...any) (bool, error) {
	var n int64
	err := d.tx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err = r.RowsAffected()
		return err
	})
	return n > 0, err
}

// column returns the values of a query with a single column.
func column[T any](ctx context.Context, q interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, query string, args ...any,
) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
