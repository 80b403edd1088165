// Package jobs implements the API's job/* and export/* endpoints and runs queries and
// exports.
package jobs

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
)

// MaxResult is the maximum compressed size of a result in bytes.
const MaxResult = 1 << 30

// Options holds the dependencies of [Handlers].
type Options struct {
	State   *state.DB
	Queue   *jobqueue.Queue
	Engine  engine.Engine
	Spool   *msgpackfile.Spool
	Results *results.Handlers
	Pools   Pools
	Files   files.Dir

	// ScheduledTime is the scheduled time of jobs that have none. If it is zero,
	// the start of the job is used.
	ScheduledTime time.Time
	// HiveAsTrino runs the text of Hive jobs as Trino statements.
	HiveAsTrino bool
	// Cluster is set if Engine reports the progress of queries, whose IDs the logs of jobs then contain.
	Cluster bool
}

// Handlers implements the endpoints of jobs.
type Handlers struct {
	Options
	catalog tables.Catalog
	sender  *results.Sender
	listed  listCache
}

// New returns handlers for jobs and registers the types of jobs that they submit.
func New(o Options) *Handlers {
	h := &Handlers{Options: o, catalog: tables.NewCatalog(o.Engine), sender: &results.Sender{Engine: o.Engine, Spool: o.Spool, Files: o.Files}}
	for _, jobType := range []string{"hive", "presto", "trino"} {
		h.Queue.Register(jobType, h.runQuery)
		h.Queue.RegisterCommitted(jobType, h.committedQuery)
	}
	h.Queue.Register("export", h.runTableExport)
	h.Queue.Register("result_export", h.runResultExport)
	h.Queue.RegisterCommitted("result_export", h.committedResultExport)
	return h
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "GET /v3/job/list", Handle: h.list},
		{Pattern: "GET /v3/job/show/{id}", Handle: h.show},
		{Pattern: "GET /v3/job/status/{id}", Handle: h.status},
		{Pattern: "GET /v3/job/statistics/{id}", Handle: h.statistics},
		{Pattern: "GET /v3/job/status_by_domain_key/{key}", Handle: h.statusByDomainKey},
		{Pattern: "POST /v3/job/issue/{type}/{db}", Handle: h.issue},
		{Pattern: "POST /v3/job/kill/{id}", Handle: h.kill},
		{Pattern: "POST /v3/job/result_export/{id}", Handle: h.issueResultExport},
		{Pattern: "GET /v3/job/result/{id}", Handle: h.result},
		{Pattern: "POST /v3/export/run/{db}/{table}", Handle: h.issueTableExport},
	}
}

func (h *Handlers) show(r *httpapi.Request) (any, error) {
	j, err := h.job(r)
	if err != nil {
		return nil, err
	}
	return fullObject(r, j), nil
}

// statistics returns the number of records of a job as text.
func (h *Handlers) statistics(r *httpapi.Request) (any, error) {
	j, err := h.job(r)
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"records_inserted": strconv.FormatInt(max(j.Records, 0), 10)}, nil
}

func (h *Handlers) status(r *httpapi.Request) (any, error) {
	j, err := h.job(r)
	if err != nil {
		return nil, err
	}
	return statusObject(j), nil
}

func (h *Handlers) statusByDomainKey(r *httpapi.Request) (any, error) {
	key := r.PathValue("key")
	j, err := h.State.JobByKey(r.Context(), key)
	if errors.Is(err, state.ErrNotFound) {
		return nil, httpapi.Errorf(http.StatusNotFound, "Couldn't find Job with domain_key = %s", key)
	}
	if err != nil {
		return nil, err
	}
	return statusObject(j), nil
}

// kill requests the end of a job. A finished job keeps its status.
func (h *Handlers) kill(r *httpapi.Request) (any, error) {
	j, err := h.job(r)
	if err != nil {
		return nil, err
	}
	former, err := h.Queue.Kill(r.Context(), j.ID)
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"former_status": former, "job_id": strconv.FormatInt(j.ID, 10)}, nil
}

// job returns the job that the path of a request names. The status of the error for
// an ID that is not a number is 404. The service was seen to answer some calls with
// 500, which clients retry.
func (h *Handlers) job(r *httpapi.Request) (*state.Job, error) {
	id, ok := r.IDValue("id")
	if ok {
		j, err := h.State.Job(r.Context(), id)
		if !errors.Is(err, state.ErrNotFound) {
			return j, err
		}
	}
	return nil, httpapi.Errorf(http.StatusNotFound, "Couldn't find Job with account_id = 1, id = %s", r.PathValue("id"))
}
