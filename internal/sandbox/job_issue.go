package sandbox

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/sandbox/state"
)

// engineVersions are the engine versions that a query may ask for; all run on the same engine.
var engineVersions = regexp.MustCompile(`^(stable|experimental|default|cdh4|[0-9]+(\.[0-9]+)*)$`)

// issueJob submits a query or a connector's load. What is wrong with the statement
// itself shows when the job runs.
func (s *Server) issueJob(c *call) (any, error) {
	kind, database := c.path[0], c.path[1]
	switch kind {
	case "hive", "presto", "trino":
	case "bulkload":
		return s.issueBulkload(c, database)
	case "pig", "impala":
		return nil, refuse(http.StatusUnprocessableEntity, "Job type '%s' is no longer available", kind)
	default:
		return nil, refuse(http.StatusUnprocessableEntity, "Job type is invalid: %s", kind)
	}
	if c.get("query") == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'query' parameter is required")
	}
	if _, err := s.database(c.Context(), database); err != nil {
		return nil, err
	}
	j := &state.Job{Type: kind, Database: database, Query: c.get("query")}
	if err := s.jobOptions(c, j); err != nil {
		return nil, err
	}
	if err := s.submit(c.Context(), j); err != nil {
		return nil, err
	}
	return issued(j), nil
}

func issued(j *state.Job) object {
	id := strconv.FormatInt(j.ID, 10)
	return object{"job": id, "job_id": id, "database": j.Database}
}

// jobOptions reads what all submissions have in common.
func (s *Server) jobOptions(c *call, j *state.Job) (err error) {
	if j.Priority, err = c.integer("priority", 0, -2, 2); err != nil {
		return err
	}
	if j.RetryLimit, err = c.integer("retry_limit", 0, 0, 32); err != nil {
		return err
	}
	if j.ScheduledTime, err = c.instant("scheduled_time"); err != nil {
		return err
	}
	if version := c.get("engine_version"); version != "" && !engineVersions.MatchString(version) {
		return refuse(http.StatusUnprocessableEntity, "Job engine version is invalid")
	}
	if err := checkPool(j.Type, c.get("pool_name")); err != nil {
		return err
	}
	if j.Result, err = s.resultTarget(c); err != nil {
		return err
	}
	j.DomainKey, j.UserName = c.get("domain_key"), c.user.Name
	return nil
}

func checkPool(kind, pool string) error {
	if pool == "" || pool == "default" {
		return nil
	}
	engine := "Presto"
	if kind == "hive" {
		engine = "Hive"
	}
	return refuse(http.StatusBadRequest, "%s resource pool with name '%s' does not exist", engine, pool)
}

// submit keeps a job and hands it to the workers of this process. When it returns
// without an error, the job outlives a crash.
func (s *Server) submit(ctx context.Context, j *state.Job) error {
	if err := s.enlist(ctx, j); err != nil {
		return err
	}
	return s.start(j)
}

// enlist keeps a job as one of this server, and gives it its number.
func (s *Server) enlist(ctx context.Context, j *state.Job) error {
	j.Owner = s.owner.id
	return s.state.AddJob(ctx, j, time.Now())
}

// start hands a job that is kept to the workers.
func (s *Server) start(j *state.Job) error {
	if !s.pool.add(task{id: j.ID, priority: j.Priority, run: func(ctx context.Context) { s.runJob(ctx, j) }}) {
		return refuse(http.StatusServiceUnavailable, "The sandbox is closing")
	}
	return nil
}
