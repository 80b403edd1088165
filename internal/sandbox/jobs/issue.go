package jobs

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

var engineVersions = lazyregexp.New(`^(stable|experimental|default|cdh4|[0-9]+(\.[0-9]+)*)$`)

// issue submits a query. Errors in the statement are reported by the job.
// Connectors implement the job type bulkload.
func (h *Handlers) issue(r *httpapi.Request) (any, error) {
	jobType, database := r.PathValue("type"), r.PathValue("db")
	switch jobType {
	case "hive", "presto", "trino":
	case "pig", "impala":
		return nil, httpapi.Invalidf("Job type '%s' is no longer available", jobType)
	default:
		return nil, httpapi.Invalidf("Job type is invalid: %s", jobType)
	}
	if r.Param("query") == "" {
		return nil, httpapi.Invalidf("'query' parameter is required")
	}
	if _, err := h.catalog.Database(r.Context(), database); err != nil {
		return nil, err
	}
	return h.Submit(r, &state.Job{Type: jobType, Database: database, Query: r.Param("query")})
}

// Submit adds the parameters that all submissions share to a job, queues it and
// returns the response.
func (h *Handlers) Submit(r *httpapi.Request, j *state.Job) (any, error) {
	if err := h.readParams(r, j); err != nil {
		return nil, err
	}
	if err := h.Queue.Submit(r.Context(), j); err != nil {
		return nil, err
	}
	id := strconv.FormatInt(j.ID, 10)
	return httpapi.Object{"job": id, "job_id": id, "database": j.Database}, nil
}

func (h *Handlers) readParams(r *httpapi.Request, j *state.Job) (err error) {
	if j.Priority, err = r.IntParam("priority", 0, -2, 2); err != nil {
		return err
	}
	if j.RetryLimit, err = r.IntParam("retry_limit", 0, 0, 32); err != nil {
		return err
	}
	if j.ScheduledTime, err = r.TimeParam("scheduled_time"); err != nil {
		return err
	}
	if !IsEngineVersion(r.Param("engine_version")) {
		return httpapi.Invalidf("Job engine version is invalid")
	}
	if err := h.Pools.Check(j.Type, r.Param("pool_name")); err != nil {
		return err
	}
	if j.Result, err = h.Results.Target(r); err != nil {
		return err
	}
	j.DomainKey, j.UserName = r.Param("domain_key"), r.User.Name
	return nil
}

// IsEngineVersion reports whether version is empty or an engine version of the
// service. All versions run on the same engine.
func IsEngineVersion(version string) bool {
	return version == "" || engineVersions().MatchString(version)
}

// Pools are the names of the account's resource pools, in addition to "default".
// They have no effect on the order of jobs.
type Pools []string

// Check returns an error if a request names an unknown pool.
func (p Pools) Check(jobType, pool string) error {
	if pool == "" || pool == "default" || slices.Contains(p, pool) {
		return nil
	}
	engine := "Presto"
	if jobType == "hive" {
		engine = "Hive"
	}
	return httpapi.Errorf(http.StatusBadRequest, "%s resource pool with name '%s' does not exist", engine, pool)
}
