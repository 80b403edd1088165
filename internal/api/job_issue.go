package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// IssueRequest describes a query to run.
type IssueRequest struct {
	Type, Database, Query string
	ResultURL             string // destination of the result; may be empty
	Priority, RetryLimit  *int   // nil means the service's default
	PoolName              string
	DomainKey             string // makes the request safe to repeat: at most one job is created per key
	EngineVersion         string
	ScheduledTime         string // seconds since 1970 or ISO 8601: the current time for the query
}

// IssueJob submits a query and returns the ID of its job. With a domain key the request is retried after failures.
// If the key already belongs to the job of an earlier submit, IssueJob returns that job, and existed is true.
//
// API: POST /v3/job/issue/:type/:db
func (c *Client) IssueJob(ctx context.Context, r IssueRequest) (jobID string, existed bool, err error) {
	form := url.Values{"query": {r.Query}}
	setText(form, "result", r.ResultURL)
	setInt(form, "priority", r.Priority)
	setInt(form, "retry_limit", r.RetryLimit)
	setText(form, "pool_name", r.PoolName)
	setText(form, "domain_key", r.DomainKey)
	setText(form, "engine_version", r.EngineVersion)
	setText(form, "scheduled_time", r.ScheduledTime)
	return c.startKeyedJob(ctx, &call{
		method: "POST", route: "/v3/job/issue/:type/:db", names: []string{r.Type, r.Database}, form: form,
	}, r.DomainKey)
}

// startJob sends a call that starts a job, and returns the ID of the job.
func (c *Client) startJob(ctx context.Context, cl *call, domainKey string) (jobID string, err error) {
	jobID, _, err = c.startKeyedJob(ctx, cl, domainKey)
	return jobID, err
}

// startKeyedJob is like startJob. It also reports whether the domain key already belonged to the job of another
// call.
func (c *Client) startKeyedJob(ctx context.Context, cl *call, domainKey string) (jobID string, existed bool, err error) {
	cl.idempotent = domainKey != ""
	err = c.fetch(ctx, cl, func(b []byte) error {
		jobID, err = decodeJobID(b)
		return err
	})
	refused, ok := errors.AsType[*Error](err)
	if !ok || domainKey == "" || !errors.Is(err, ErrConflict) {
		return jobID, false, err
	}
	if refused.ConflictsWith != "" {
		return refused.ConflictsWith, !cl.repeated, nil
	}
	job, lookup := c.JobStatusByDomainKey(ctx, domainKey)
	if lookup != nil || job.ID == "" {
		return "", false, err
	}
	return job.ID, !cl.repeated, nil
}

// decodeJobID returns the ID of the started job.
func decodeJobID(b []byte) (string, error) {
	var answer struct {
		JobID looseID `json:"job_id"`
		Job   json.RawMessage
	}
	if err := unmarshal(b, &answer); err != nil {
		return "", err
	}
	if answer.JobID == "" && len(answer.Job) > 0 && answer.Job[0] != '{' {
		_ = answer.JobID.UnmarshalJSON(answer.Job)
	}
	if answer.JobID == "" {
		return "", errors.New(`no "job_id"`)
	}
	return string(answer.JobID), nil
}
