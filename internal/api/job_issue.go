package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// IssueRequest is a query to run.
type IssueRequest struct {
	Type, Database, Query string
	ResultURL             string // where to deliver the result; may be empty
	Priority, RetryLimit  *int   // nil: the service's default
	PoolName              string
	DomainKey             string // makes the submit safe to repeat: one key, one job
	EngineVersion         string
	ScheduledTime         string // epoch seconds or ISO 8601: what the query takes for now
}

// IssueJob submits a query and returns its job's ID: POST /v3/job/issue/:type/:db. With
// a domain key it is tried again after failures. When the key belongs to an earlier submit's
// job already, that job is the answer, and existed is true.
func (c *Client) IssueJob(ctx context.Context, r IssueRequest) (jobID string, existed bool, err error) {
	form := url.Values{"query": {r.Query}}
	setText(form, "result", r.ResultURL)
	setInt(form, "priority", r.Priority)
	setInt(form, "retry_limit", r.RetryLimit)
	setText(form, "pool_name", r.PoolName)
	setText(form, "domain_key", r.DomainKey)
	setText(form, "engine_version", r.EngineVersion)
	setText(form, "scheduled_time", r.ScheduledTime)
	return c.issue(ctx, &call{
		method: "POST", route: "/v3/job/issue/:type/:db", names: []string{r.Type, r.Database}, form: form,
	}, r.DomainKey)
}

// submit makes a call that starts a job, and returns the job's ID.
func (c *Client) submit(ctx context.Context, cl *call, domainKey string) (jobID string, err error) {
	jobID, _, err = c.issue(ctx, cl, domainKey)
	return jobID, err
}

// issue is submit that tells whether the domain key was taken, by another submit than this one.
func (c *Client) issue(ctx context.Context, cl *call, domainKey string) (jobID string, existed bool, err error) {
	cl.harmless = domainKey != ""
	err = c.fetch(ctx, cl, func(b []byte) error {
		jobID, err = startedJob(b)
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

// startedJob reads the ID of the job that an answer says was started.
func startedJob(b []byte) (string, error) {
	var answer struct {
		JobID id `json:"job_id"`
		Job   json.RawMessage
	}
	if err := unmarshal(b, &answer); err != nil {
		return "", err
	}
	if answer.JobID == "" && len(answer.Job) > 0 && answer.Job[0] != '{' {
		_ = answer.JobID.UnmarshalJSON(answer.Job)
	}
	if answer.JobID == "" {
		return "", errors.New(`it has no "job_id"`)
	}
	return string(answer.JobID), nil
}
