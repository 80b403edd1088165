package jobs

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/state"
)

// A field is a member of a JSON object.
type field struct {
	name  string
	value any // nil, a string, an int, an int64 or JSON text
}

// appendListFields appends the members of a job in job/list, except its URL. Their order has no
// meaning.
func appendListFields(list []field, j *state.Job, now time.Time) []field {
	var query any = j.Query
	if j.Type == "bulkload" {
		query = json.RawMessage(j.Query) // the configuration
	}
	return append(appendStatusFields(list, j, now),
		field{"type", j.Type},
		field{"query", query},
		field{"database", j.Database},
		field{"user_name", j.UserName},
		field{"result", results.MaskSecrets(j.Result)},
		field{"priority", j.Priority},
		field{"retry_limit", j.RetryLimit},
		field{"hive_result_schema", httpapi.NullIfZero(j.Columns)},
		field{"organization", nil},
		field{"linked_result_export_job_id", httpapi.NullIfZero(j.LinkedID)},
		field{"result_export_target_job_id", httpapi.NullIfZero(j.TargetID)},
	)
}

// appendStatusFields appends the members of a job in job/status.
func appendStatusFields(list []field, j *state.Job, now time.Time) []field {
	var cpu any // the service measures it only for Hive
	if j.CPUMillis >= 0 && j.Type == "hive" {
		cpu = j.CPUMillis
	}
	var duration any
	if !j.StartAt.IsZero() {
		duration = int64(j.Duration(now) / time.Second)
	}
	return append(list,
		field{"job_id", strconv.FormatInt(j.ID, 10)},
		field{"status", j.Status},
		field{"created_at", httpapi.FormatTime(j.CreatedAt)},
		field{"updated_at", httpapi.FormatTime(j.UpdatedAt)},
		field{"start_at", httpapi.FormatTime(j.StartAt)},
		field{"end_at", httpapi.FormatTime(j.EndAt)},
		field{"duration", duration},
		field{"cpu_time", cpu},
		field{"result_size", NullIfUnknown(j.Size)},
		field{"num_records", NullIfUnknown(j.Records)},
	)
}

// newObject returns an object with the given fields.
func newObject(fields []field) httpapi.Object {
	o := make(httpapi.Object, len(fields))
	for _, f := range fields {
		o[f.name] = f.value
	}
	return o
}

// appendObject appends an object as JSON. For a list of jobs this is several times as fast as
// encoding maps.
func appendObject(b []byte, fields []field) ([]byte, error) {
	for i, f := range fields {
		b = append(b, `{"`[min(i, 1):]...) // only the first one has a brace
		b = append(append(b, f.name...), `":`...)
		switch v := f.value.(type) {
		case nil:
			b = append(b, "null"...)
		case int:
			b = strconv.AppendInt(b, int64(v), 10)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		default:
			text, ok := v.(string)
			if ok && isPlain(text) {
				b = append(append(append(b, '"'), text...), '"')
				break
			}
			encoded, err := httpapi.Marshal(v)
			if err != nil {
				return nil, err
			}
			b = append(b, encoded...)
		}
		b = append(b, ',')
	}
	b[len(b)-1] = '}'
	return b, nil
}

// isPlain reports whether a text needs no escaping in JSON.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// Object returns a job as job/list shows it.
func Object(r *httpapi.Request, j *state.Job, now time.Time) httpapi.Object {
	o := newObject(appendListFields(nil, j, now))
	o["url"] = jobURL(r, j.ID)
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
func jobURL(r *httpapi.Request, id int64) string { return jobsURL(r) + strconv.FormatInt(id, 10) }

// jobsURL returns the URL of all jobs, without an ID.
func jobsURL(r *httpapi.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/v3/job/show/"
}

// statusObject returns a job as job/status shows it.
func statusObject(j *state.Job) httpapi.Object {
	return newObject(appendStatusFields(nil, j, time.Now()))
}

// NullIfUnknown returns nil for a negative figure of a job.
func NullIfUnknown(n int64) any {
	if n < 0 {
		return nil
	}
	return n
}
