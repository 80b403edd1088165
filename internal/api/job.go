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

// A Job is a query, an import or an export. Which fields are set depends on the call
// that returned it.
type Job struct {
	ID, Type      string
	Status        string // "queued", "booting", "running", "success", "error", "killed", or something new
	Query         string
	QueryObject   json.RawMessage // the configuration of a bulk load, which has no query text
	Database      string
	URL           string // of the console's page
	UserName      string
	ResultURL     string // where the service delivers the result, secrets masked by it
	CreatedAt     Time
	UpdatedAt     Time
	StartAt       Time
	EndAt         Time
	ScheduledAt   Time   // in a schedule's history only
	Duration      Int    // seconds
	CPUTime       Int    // milliseconds
	ResultSize    Int    // bytes of the result as msgpack.gz
	NumRecords    Int    // rows of the result
	Priority      int    // -2 to 2
	RetryLimit    int    // how often the service runs a failed job again
	Schema        string // of the result: text for ParseSchema, or "" when there is none (yet)
	EngineVersion string

	Debug struct{ Cmdout, Stderr string } // logs

	LinkedResultExportJobID string // the job that exports this one's result
	ResultExportTargetJobID string // the job whose result this one exports
}

// Finished reports whether the job's status will not change any more.
func (j Job) Finished() bool {
	return j.Status == "success" || j.Status == "error" || j.Status == "killed"
}

// UnmarshalJSON reads a job as the service writes it.
func (j *Job) UnmarshalJSON(b []byte) error {
	var w struct {
		ID            id `json:"job_id"`
		Type          text
		JobType       text `json:"job_type"`
		Status        text
		Query         json.RawMessage
		Database      json.RawMessage
		URL           text
		UserName      text `json:"user_name"`
		Result        text
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
		EngineVersion text            `json:"engine_version"`
		Debug         json.RawMessage
		Linked        id `json:"linked_result_export_job_id"`
		Target        id `json:"result_export_target_job_id"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*j = Job{
		ID: string(w.ID), Type: string(w.Type), Status: strings.ToLower(string(w.Status)),
		Database: nameOf(w.Database), URL: string(w.URL), UserName: string(w.UserName), ResultURL: string(w.Result),
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
		_ = (*text)(&j.Query).UnmarshalJSON(w.Query)
	}
	var debug struct{ Cmdout, Stderr text }
	if json.Unmarshal(w.Debug, &debug) == nil { // else there is none
		j.Debug.Cmdout, j.Debug.Stderr = string(debug.Cmdout), string(debug.Stderr)
	}
	return nil
}

// nameOf returns a name that may come as an object with a name.
func nameOf(raw json.RawMessage) string {
	var object struct{ Name text }
	if bytes.HasPrefix(raw, []byte("{")) && json.Unmarshal(raw, &object) == nil {
		return string(object.Name)
	}
	var name text
	if len(raw) > 0 {
		_ = name.UnmarshalJSON(raw)
	}
	return string(name)
}

// JobsRequest selects jobs, which are numbered from 0, the newest first.
type JobsRequest struct {
	From, To   int    // the first and the last number, both included
	Status     string // "" for all
	SlowerThan int    // seconds; 0 for all
}

// Jobs lists jobs: GET /v3/job/list.
func (c *Client) Jobs(ctx context.Context, r JobsRequest) ([]Job, error) {
	query := url.Values{"from": {strconv.Itoa(r.From)}, "to": {strconv.Itoa(r.To)}}
	setText(query, "status", r.Status)
	if r.SlowerThan > 0 {
		query.Set("slower_than", strconv.Itoa(r.SlowerThan))
	}
	return fetchList[Job](ctx, c, &call{method: "GET", route: "/v3/job/list", query: query}, "jobs")
}

// Job returns a job with its logs, which may be large: GET /v3/job/show/:job_id.
func (c *Client) Job(ctx context.Context, jobID string) (Job, error) {
	return c.job(ctx, "/v3/job/show/:job_id", jobID, jobID)
}

// JobStatus returns the little that changes while a job runs: GET /v3/job/status/:job_id.
func (c *Client) JobStatus(ctx context.Context, jobID string) (Job, error) {
	return c.job(ctx, "/v3/job/status/:job_id", jobID, jobID)
}

// JobStatusByDomainKey is JobStatus for the job that was submitted with a domain key:
// GET /v3/job/status_by_domain_key/:domain_key.
func (c *Client) JobStatusByDomainKey(ctx context.Context, key string) (Job, error) {
	return c.job(ctx, "/v3/job/status_by_domain_key/:domain_key", key, "")
}

// job fetches one job; jobID stands in for an ID that the answer leaves out.
func (c *Client) job(ctx context.Context, route, name, jobID string) (job Job, err error) {
	err = c.fetch(ctx, &call{method: "GET", route: route, names: []string{name}}, func(b []byte) error {
		job = Job{}
		if err := unmarshal(b, &job); err != nil {
			return err
		}
		if job.Status == "" {
			return errors.New(`it has no "status"`)
		}
		if job.ID == "" {
			job.ID = jobID
		}
		return nil
	})
	return job, err
}

// KillJob asks for a job to be killed and returns the status that it had, in lower case
// and empty when the service does not tell: POST /v3/job/kill/:job_id. The job ends
// later, perhaps even well. It is safe to ask again.
func (c *Client) KillJob(ctx context.Context, jobID string) (formerStatus string, err error) {
	var answer struct {
		FormerStatus text `json:"former_status"`
	}
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/job/kill/:job_id", names: []string{jobID}, harmless: true,
	}, optional(&answer))
	return strings.ToLower(string(answer.FormerStatus)), err
}

// optional returns a function that decodes a body into out, or leaves it be.
func optional(out any) func([]byte) error {
	return func(b []byte) error {
		_ = unmarshal(b, out) // the call succeeded, whatever it says
		return nil
	}
}
