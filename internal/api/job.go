package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// A Job is a query, an import or an export. The call that returned it determines which fields are set.
type Job struct {
	ID, Type      string
	Status        string // "queued", "booting", "running", "success", "error", "killed" or another value
	Query         string
	QueryObject   json.RawMessage // configuration of a bulk load; Query is empty then
	Database      string
	URL           string // page of the web console
	UserName      string
	ResultURL     string // destination of the result, with secrets masked by the service
	CreatedAt     Time
	UpdatedAt     Time
	StartAt       Time
	EndAt         Time
	ScheduledAt   Time   // only in the history of a schedule
	Duration      Int    // seconds
	CPUTime       Int    // milliseconds
	ResultSize    Int    // size of the result as msgpack.gz in bytes
	NumRecords    Int    // number of rows of the result
	Priority      int    // -2 to 2
	RetryLimit    int    // number of times that the service repeats a failed job
	Schema        string // schema of the result for ParseSchema; "" if there is none (yet)
	EngineVersion string

	Debug struct{ Cmdout, Stderr string } // logs

	LinkedResultExportJobID string // the job that exports the result of this one
	ResultExportTargetJobID string // the job whose result this one exports
}

// Finished reports whether the status is final.
func (j Job) Finished() bool {
	return j.Status == "success" || j.Status == "error" || j.Status == "killed"
}

// UnmarshalJSON implements json.Unmarshaler.
func (j *Job) UnmarshalJSON(b []byte) error {
	var w struct {
		ID            looseID `json:"job_id"`
		Type          looseString
		JobType       looseString `json:"job_type"`
		Status        looseString
		Query         json.RawMessage
		Database      json.RawMessage
		URL           looseString
		UserName      looseString `json:"user_name"`
		Result        looseString
		CreatedAt     Time `json:"created_at"`
		UpdatedAt     Time `json:"updated_at"`
		StartAt       Time `json:"start_at"`
		EndAt         Time `json:"end_at"`
		ScheduledAt   Time `json:"scheduled_at"`
		Duration      Int
		CPUTime       Int `json:"cpu_time"`
		ResultSize    Int `json:"result_size"`
		NumRecords    Int `json:"num_records"`
		Priority      Int
		RetryLimit    Int             `json:"retry_limit"`
		Schema        json.RawMessage `json:"hive_result_schema"`
		EngineVersion looseString     `json:"engine_version"`
		Debug         json.RawMessage
		Linked        looseID `json:"linked_result_export_job_id"`
		Target        looseID `json:"result_export_target_job_id"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*j = Job{
		ID: string(w.ID), Type: string(w.Type), Status: strings.ToLower(string(w.Status)),
		Database: decodeName(w.Database), URL: string(w.URL), UserName: string(w.UserName), ResultURL: string(w.Result),
		CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt, StartAt: w.StartAt, EndAt: w.EndAt, ScheduledAt: w.ScheduledAt,
		Duration: w.Duration, CPUTime: w.CPUTime, ResultSize: w.ResultSize, NumRecords: w.NumRecords,
		Priority: int(w.Priority.Value), RetryLimit: int(w.RetryLimit.Value),
		Schema: schemaText(w.Schema), EngineVersion: string(w.EngineVersion),
		LinkedResultExportJobID: string(w.Linked), ResultExportTargetJobID: string(w.Target),
	}
	if j.Type == "" {
		j.Type = string(w.JobType)
	}
	if bytes.HasPrefix(w.Query, []byte("{")) {
		j.QueryObject = w.Query
	} else if len(w.Query) > 0 {
		_ = (*looseString)(&j.Query).UnmarshalJSON(w.Query)
	}
	var debug struct{ Cmdout, Stderr looseString }
	if json.Unmarshal(w.Debug, &debug) == nil { // Debug may also be null or absent
		j.Debug.Cmdout, j.Debug.Stderr = string(debug.Cmdout), string(debug.Stderr)
	}
	return nil
}

// decodeName returns a name that may be sent as a string or as an object with a name.
func decodeName(raw json.RawMessage) string {
	var object struct{ Name looseString }
	if bytes.HasPrefix(raw, []byte("{")) && json.Unmarshal(raw, &object) == nil {
		return string(object.Name)
	}
	var name looseString
	if len(raw) > 0 {
		_ = name.UnmarshalJSON(raw)
	}
	return string(name)
}

// JobsRequest selects jobs by position. Jobs are numbered from 0, newest first.
type JobsRequest struct {
	From, To   int    // inclusive
	Status     string // "" means all
	SlowerThan int    // seconds; 0 means all
}

// Jobs returns a range of the account's jobs.
//
// API: GET /v3/job/list
func (c *Client) Jobs(ctx context.Context, r JobsRequest) ([]Job, error) {
	query := url.Values{"from": {strconv.Itoa(r.From)}, "to": {strconv.Itoa(r.To)}}
	setText(query, "status", r.Status)
	if r.SlowerThan > 0 {
		query.Set("slower_than", strconv.Itoa(r.SlowerThan))
	}
	return fetchList[Job](ctx, c, &call{method: "GET", route: "/v3/job/list", query: query}, "jobs")
}

// Job returns a job with its logs, which may be large.
//
// API: GET /v3/job/show/:job_id
func (c *Client) Job(ctx context.Context, jobID string) (Job, error) {
	return c.fetchJob(ctx, "/v3/job/show/:job_id", jobID, jobID)
}

// JobStatus returns the fields of a job that change while it runs.
//
// API: GET /v3/job/status/:job_id
func (c *Client) JobStatus(ctx context.Context, jobID string) (Job, error) {
	return c.fetchJob(ctx, "/v3/job/status/:job_id", jobID, jobID)
}

// JobStatusByDomainKey returns the status of the job that was submitted with a domain key.
//
// API: GET /v3/job/status_by_domain_key/:domain_key
func (c *Client) JobStatusByDomainKey(ctx context.Context, key string) (Job, error) {
	return c.fetchJob(ctx, "/v3/job/status_by_domain_key/:domain_key", key, "")
}

// fetchJob sends a request for one job. The ID of the result is jobID if the response does not contain one.
func (c *Client) fetchJob(ctx context.Context, route, name, jobID string) (job Job, err error) {
	err = c.fetch(ctx, &call{method: "GET", route: route, names: []string{name}}, func(b []byte) error {
		job = Job{}
		if err := unmarshal(b, &job); err != nil {
			return err
		}
		if job.Status == "" {
			return errors.New(`no "status"`)
		}
		if job.ID == "" {
			job.ID = jobID
		}
		return nil
	})
	return job, err
}

// KillJob requests the end of a job, which may still succeed. It returns the former status in lower case, or "" if
// the response does not contain it. Repeating the request is idempotent.
//
// API: POST /v3/job/kill/:job_id
func (c *Client) KillJob(ctx context.Context, jobID string) (formerStatus string, err error) {
	var answer struct {
		FormerStatus looseString `json:"former_status"`
	}
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/job/kill/:job_id", names: []string{jobID}, idempotent: true,
	}, decodeOptional(&answer))
	return strings.ToLower(string(answer.FormerStatus)), err
}

// decodeOptional returns a parse function that decodes a body into out and ignores errors.
func decodeOptional(out any) func([]byte) error {
	return func(b []byte) error {
		_ = unmarshal(b, out) // the status is 2xx, so the call succeeded
		return nil
	}
}
