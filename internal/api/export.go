package api

import (
	"context"
	"net/url"
	"strconv"
)

// ExportRequest describes the export of a table.
type ExportRequest struct {
	StorageType                  string // "s3"
	Bucket, FilePrefix           string
	AccessKeyID, SecretAccessKey string
	AssumeRole                   string
	FileFormat                   string
	Encryption                   string // "s3", or "" for no encryption
	From, To                     *int64 // seconds since 1970; To is exclusive
	PoolName, DomainKey          string
}

// ExportTable starts a job that exports a table, and returns the ID of the job.
//
// API: POST /v3/export/run/:db/:table
func (c *Client) ExportTable(ctx context.Context, database, table string, r ExportRequest) (jobID string, err error) {
	form := url.Values{"storage_type": {r.StorageType}}
	setText(form, "bucket", r.Bucket)
	setText(form, "file_prefix", r.FilePrefix)
	setText(form, "access_key_id", r.AccessKeyID)
	setText(form, "secret_access_key", r.SecretAccessKey)
	setText(form, "assume_role", r.AssumeRole)
	setText(form, "file_format", r.FileFormat)
	setText(form, "encryption", r.Encryption)
	setText(form, "pool_name", r.PoolName)
	setText(form, "domain_key", r.DomainKey)
	for name, seconds := range map[string]*int64{"from": r.From, "to": r.To} {
		if seconds != nil {
			form.Set(name, strconv.FormatInt(*seconds, 10))
		}
	}
	return c.startJob(ctx, &call{
		method: "POST", route: "/v3/export/run/:db/:table", names: []string{database, table}, form: form,
	}, r.DomainKey)
}

// ResultExportRequest describes the export of a job's result.
type ResultExportRequest struct {
	ResultURL            string
	Priority, RetryLimit *int // nil means the service's default
	PoolName, DomainKey  string
}

// ExportResult starts a job that exports the result of a finished job, and returns the ID of the new job.
//
// API: POST /v3/job/result_export/:job_id
func (c *Client) ExportResult(ctx context.Context, jobID string, r ResultExportRequest) (exportID string, err error) {
	form := url.Values{"result": {r.ResultURL}}
	setInt(form, "priority", r.Priority)
	setInt(form, "retry_limit", r.RetryLimit)
	setText(form, "pool_name", r.PoolName)
	setText(form, "domain_key", r.DomainKey)
	return c.startJob(ctx, &call{
		method: "POST", route: "/v3/job/result_export/:job_id", names: []string{jobID}, form: form,
	}, r.DomainKey)
}
