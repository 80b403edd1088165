package jobs

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/state"
)

// Object returns a job as job/list shows it.
func Object(r *httpapi.Request, j *state.Job, now time.Time) httpapi.Object {
	o := statusObject(j, now)
	o["type"] = j.Type
	o["query"] = j.Query
	if j.Type == "bulkload" {
		o["query"] = json.RawMessage(j.Query) // the configuration
	}
	o["database"] = j.Database
	o["url"] = jobURL(r, j.ID)
	o["user_name"] = j.UserName
	o["result"] = results.MaskSecrets(j.Result)
	o["priority"] = j.Priority
	o["retry_limit"] = j.RetryLimit
	o["hive_result_schema"] = httpapi.NullIfZero(j.Columns)
	o["organization"] = nil
	o["linked_result_export_job_id"] = httpapi.NullIfZero(j.LinkedID)
	o["result_export_target_job_id"] = httpapi.NullIfZero(j.TargetID)
	return o
}

// fullObject returns a job as job/show shows it.
func fullObject(r *httpapi.Request, j *state.Job) httpapi.Object {
	o := Object(r, j, time.Now())
	o["debug"] = httpapi.Object{"cmdout": httpapi.NullIfZero(j.Cmdout), "stderr": httpapi.NullIfZero(j.Stderr)}
	return o
}

// jobURL returns the URL of a job on this server. The service returns a page of its
// console.
func jobURL(r *httpapi.Request, id int64) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/v3/job/show/" + strconv.FormatInt(id, 10)
}

// statusObject returns a job as job/status shows it.
func statusObject(j *state.Job, now time.Time) httpapi.Object {
	var cpu any // the service measures it only for Hive
	if j.CPUMillis >= 0 && j.Type == "hive" {
		cpu = j.CPUMillis
	}
	var duration any
	if !j.StartAt.IsZero() {
		duration = int64(j.Duration(now) / time.Second)
	}
	return httpapi.Object{
		"job_id":      strconv.FormatInt(j.ID, 10),
		"status":      j.Status,
		"created_at":  httpapi.FormatTime(j.CreatedAt),
		"updated_at":  httpapi.FormatTime(j.UpdatedAt),
		"start_at":    httpapi.FormatTime(j.StartAt),
		"end_at":      httpapi.FormatTime(j.EndAt),
		"duration":    duration,
		"cpu_time":    cpu,
		"result_size": NullIfUnknown(j.Size),
		"num_records": NullIfUnknown(j.Records),
	}
}

// NullIfUnknown returns nil for a negative figure of a job.
func NullIfUnknown(n int64) any {
	if n < 0 {
		return nil
	}
	return n
}
