package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/sandbox/state"
)

func (s *Server) jobRoutes() []route {
	return []route{
		at("GET", "/v3/job/list", s.listJobs),
		at("GET", "/v3/job/show/:id", s.showJob),
		at("GET", "/v3/job/status/:id", s.jobStatus),
		at("GET", "/v3/job/status_by_domain_key/:key", s.jobStatusByKey),
		at("POST", "/v3/job/issue/:type/:db", s.issueJob),
		at("POST", "/v3/job/kill/:id", s.killJob),
		at("POST", "/v3/job/result_export/:id", s.issueResultExport),
		at("GET", "/v3/job/result/:id", s.jobResult),
	}
}

// listJobs lists jobs from an offset to another, both included, newest first.
func (s *Server) listJobs(c *call) (any, error) {
	const most = 1 << 30
	from, err := c.integer("from", 0, 0, most)
	if err != nil {
		return nil, err
	}
	to, err := c.integer("to", from+19, 0, most)
	if err != nil {
		return nil, err
	}
	slower, err := c.integer("slower_than", 0, 0, most)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	jobs := []object{}
	if to >= from {
		filter := state.JobFilter{Status: c.get("status"), SlowerThan: time.Duration(slower) * time.Second, Offset: from, Limit: to - from + 1}
		found, err := s.state.Jobs(c.Context(), filter, now)
		if err != nil {
			return nil, err
		}
		for _, j := range found {
			jobs = append(jobs, jobObject(c.Request, j, now))
		}
	}
	return object{"jobs": jobs, "count": len(jobs), "from": from, "to": to}, nil
}

func (s *Server) showJob(c *call) (any, error) {
	id, err := strconv.ParseInt(c.path[0], 10, 64)
	if err != nil {
		return nil, refuse(http.StatusInternalServerError, "'job_id' parameter is required but missing")
	}
	j, err := s.job(c.Context(), id)
	if err != nil {
		return nil, err
	}
	o := jobObject(c.Request, j, time.Now())
	o["debug"] = object{"cmdout": orNull(j.Cmdout), "stderr": orNull(j.Stderr)}
	return o, nil
}

func (s *Server) jobStatus(c *call) (any, error) {
	id, err := strconv.ParseInt(c.path[0], 10, 64)
	if err != nil {
		return nil, refuse(http.StatusInternalServerError, "'job_id' parameter is required but missing")
	}
	j, err := s.job(c.Context(), id)
	if err != nil {
		return nil, err
	}
	return statusObject(j, time.Now()), nil
}

func (s *Server) jobStatusByKey(c *call) (any, error) {
	j, err := s.state.JobByKey(c.Context(), c.path[0])
	if errors.Is(err, state.ErrNotFound) {
		return nil, refuse(http.StatusNotFound, "Couldn't find Job with domain_key = %s", c.path[0])
	}
	if err != nil {
		return nil, err
	}
	return statusObject(j, time.Now()), nil
}

// killJob asks for a job's end; one that has ended keeps its state.
func (s *Server) killJob(c *call) (any, error) {
	j, err := s.jobOf(c.Context(), c.path[0])
	if err != nil {
		return nil, err
	}
	former, err := s.state.Kill(c.Context(), j.ID, time.Now())
	if err != nil {
		return nil, err
	}
	s.pool.kill(j.ID, errKilled)
	return object{"former_status": former, "job_id": c.path[0]}, nil
}

// jobOf returns the job that a path names.
func (s *Server) jobOf(ctx context.Context, text string) (*state.Job, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, refuse(http.StatusNotFound, "Couldn't find Job with account_id = 1, id = %s", text)
	}
	return s.job(ctx, id)
}

func (s *Server) job(ctx context.Context, id int64) (*state.Job, error) {
	j, err := s.state.Job(ctx, id)
	if errors.Is(err, state.ErrNotFound) {
		return nil, refuse(http.StatusNotFound, "Couldn't find Job with account_id = 1, id = %d", id)
	}
	return j, err
}

// statusObject is a job as status tells it.
func statusObject(j *state.Job, now time.Time) object {
	var cpu any // known of Hive only
	if j.CPUMillis >= 0 && j.Type == "hive" {
		cpu = j.CPUMillis
	}
	var duration any
	if !j.StartAt.IsZero() {
		duration = int64(j.Duration(now) / time.Second)
	}
	return object{
		"job_id":      strconv.FormatInt(j.ID, 10),
		"status":      j.Status,
		"created_at":  stamp(j.CreatedAt),
		"updated_at":  stamp(j.UpdatedAt),
		"start_at":    stamp(j.StartAt),
		"end_at":      stamp(j.EndAt),
		"duration":    duration,
		"cpu_time":    cpu,
		"result_size": known(j.Size),
		"num_records": known(j.Records),
	}
}

// jobObject is a job as list tells it.
func jobObject(r *http.Request, j *state.Job, now time.Time) object {
	o := statusObject(j, now)
	o["type"] = j.Type
	o["query"] = queryOf(j)
	o["database"] = j.Database
	o["url"] = "http://" + r.Host + "/v3/job/show/" + strconv.FormatInt(j.ID, 10)
	o["user_name"] = j.UserName
	o["result"] = maskSecrets(j.Result)
	o["priority"] = j.Priority
	o["retry_limit"] = j.RetryLimit
	o["hive_result_schema"] = orNull(j.Columns)
	o["organization"] = nil
	o["linked_result_export_job_id"] = orNullID(j.LinkedID)
	o["result_export_target_job_id"] = orNullID(j.TargetID)
	return o
}

// queryOf gives a connector's configuration as an object, everything else as text.
func queryOf(j *state.Job) any {
	if j.Type == "bulkload" {
		return json.RawMessage(j.Query)
	}
	return j.Query
}

// stamp writes a time as jobs, databases and tables have it; no time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// iso writes a time as schedules and users have it; no time is null.
func iso(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func orNullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func known(n int64) any {
	if n < 0 {
		return nil
	}
	return n
}
