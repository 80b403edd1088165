// Package connectors implements the API's bulk_loads endpoints and runs the loads of
// local files.
package connectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/td-cli/td/internal/sandbox/connectorfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/jobs"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/schedules"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
	"github.com/td-cli/td/internal/sandbox/users"
)

// A connector is a saved load.
type connector struct {
	schedules.Timetable
	Database   string          `json:"database"`
	Table      string          `json:"table"`
	TimeColumn string          `json:"time_column,omitempty"`
	Config     json.RawMessage `json:"config"`
	ConfigDiff json.RawMessage `json:"config_diff,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
}

func (c *connector) timetable() *schedules.Timetable { return &c.Timetable }

// Handlers implements the endpoints of connectors.
type Handlers struct {
	state      *state.DB
	queue      *jobqueue.Queue
	jobs       *jobs.Handlers
	engine     engine.Engine
	catalog    tables.Catalog
	files      files.Dir
	connectors state.Collection[connector]
}

// New returns handlers for the connectors in db, which read the files in dir, and
// registers their type of job.
func New(db *state.DB, queue *jobqueue.Queue, jobs *jobs.Handlers, e engine.Engine, dir files.Dir) *Handlers {
	h := &Handlers{
		state: db, queue: queue, jobs: jobs, engine: e, files: dir,
		catalog:    tables.NewCatalog(e),
		connectors: state.Objects[connector](db, "connector"),
	}
	queue.Register("bulkload", h.runBulkload)
	queue.RegisterCommitted("bulkload", h.committedBulkload)
	return h
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "POST /v3/job/issue/bulkload/{db}", Handle: h.issueBulkload},
		{Pattern: "POST /v3/bulk_loads/guess", Handle: h.guess, Body: httpapi.JSONBody},
		{Pattern: "POST /v3/bulk_loads/preview", Handle: h.preview, Body: httpapi.JSONBody},
		{Pattern: "GET /v3/bulk_loads", Handle: h.list},
		{Pattern: "POST /v3/bulk_loads", Handle: h.create, Body: httpapi.JSONBody},
		{Pattern: "GET /v3/bulk_loads/{name}", Handle: h.show},
		{Pattern: "PUT /v3/bulk_loads/{name}", Handle: h.update, Body: httpapi.JSONBody},
		{Pattern: "DELETE /v3/bulk_loads/{name}", Handle: h.remove},
		{Pattern: "GET /v3/bulk_loads/{name}/jobs", Handle: h.history},
		{Pattern: "POST /v3/bulk_loads/{name}/jobs", Handle: h.run, Body: httpapi.JSONBody},
	}
}

// RunDue submits the jobs of all connectors that are due; see
// [schedules.Handlers.RunDue].
func (h *Handlers) RunDue(ctx context.Context, opened, now time.Time) error {
	return schedules.RunDue(ctx, h.connectors, (*connector).timetable, opened, now, func(o state.Object[connector]) error {
		_, err := h.submit(ctx, o, o.Value.Next, fmt.Sprintf("connector-%d-%d", o.ID, o.Value.Next.Unix()), users.OwnerName)
		return err
	})
}

func (h *Handlers) submit(ctx context.Context, o state.Object[connector], at time.Time, domainKey, user string) (*state.Job, error) {
	v := o.Value
	detail, err := json.Marshal(target{Table: v.Table, TimeColumn: v.TimeColumn})
	if err != nil {
		return nil, err
	}
	j := &state.Job{
		Type: "bulkload", Database: v.Database, Query: string(v.Config), Detail: string(detail),
		UserName: user, ScheduledTime: at, ConnectorID: o.ID, DomainKey: domainKey,
	}
	return j, h.queue.Submit(ctx, j)
}

// configParam returns the configuration in the body of a request.
func configParam(r *httpapi.Request) ([]byte, error) {
	config := r.Param("config")
	if config == "" {
		return nil, httpapi.Invalidf("'config' parameter is required")
	}
	return []byte(config), nil
}

// wrapConfigError replaces [connectorfile.ErrConfig] by the API's error for an
// invalid request.
func wrapConfigError(err error) error {
	if errors.Is(err, connectorfile.ErrConfig) {
		return httpapi.Invalidf("%v", err)
	}
	return err
}

func (h *Handlers) guess(r *httpapi.Request) (any, error) {
	config, err := configParam(r)
	if err != nil {
		return nil, err
	}
	guessed, err := connectorfile.Guess(config, h.files)
	if err != nil {
		return nil, wrapConfigError(err)
	}
	return httpapi.Object{"config": json.RawMessage(guessed)}, nil
}

func (h *Handlers) preview(r *httpapi.Request) (any, error) {
	const maxRecords = 30
	data, err := configParam(r)
	if err != nil {
		return nil, err
	}
	config, err := connectorfile.Parse(data)
	if err != nil {
		return nil, wrapConfigError(err)
	}
	preview, err := config.Preview(h.files, maxRecords)
	if err != nil {
		return nil, wrapConfigError(err)
	}
	schema := []httpapi.Object{}
	for i, column := range preview.Columns {
		schema = append(schema, httpapi.Object{"index": i, "name": column.Name, "type": column.Type})
	}
	rows := []json.RawMessage{}
	for _, row := range preview.Records {
		for i, v := range row {
			if t, ok := v.(time.Time); ok {
				row[i] = t.UTC().Format("2006-01-02 15:04:05.000 UTC")
			}
		}
		rows = append(rows, msgpackfile.RowJSON(row))
	}
	return httpapi.Object{"schema": schema, "records": rows}, nil
}

func (h *Handlers) list(r *httpapi.Request) (any, error) {
	all, err := h.connectors.All(r.Context())
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, o := range all {
		list = append(list, connectorObject(o))
	}
	return list, nil
}

func connectorObject(o state.Object[connector]) httpapi.Object {
	v := o.Value
	out := httpapi.Object{
		"id":          o.ID,
		"name":        o.Name,
		"database":    v.Database,
		"table":       v.Table,
		"cron":        httpapi.NullIfZero(v.Cron),
		"timezone":    v.Timezone,
		"delay":       v.Delay,
		"start_at":    httpapi.FormatISOTime(v.Next),
		"config":      v.Config,
		"config_diff": httpapi.Object{},
	}
	if len(v.ConfigDiff) > 0 {
		out["config_diff"] = v.ConfigDiff
	}
	if v.TimeColumn != "" {
		out["time_column"] = v.TimeColumn
	}
	return out
}

func (h *Handlers) create(r *httpapi.Request) (any, error) {
	name := r.Param("name")
	v := connector{Timetable: schedules.Timetable{Timezone: "UTC"}, CreatedAt: time.Now().UTC()}
	if _, err := configParam(r); err != nil {
		return nil, err
	}
	if err := h.change(r, name, &v); err != nil {
		return nil, err
	}
	o, err := h.connectors.Add(r.Context(), name, v)
	if err != nil {
		return nil, wrapError(err, name, name)
	}
	return connectorObject(o), nil
}

// change applies the parameters of a request to a connector.
func (h *Handlers) change(r *httpapi.Request, name string, v *connector) error {
	if len(name) < 3 {
		return httpapi.Invalidf("Validation failed: Name is too short")
	}
	for parameter, field := range map[string]*string{"database": &v.Database, "table": &v.Table, "time_column": &v.TimeColumn} {
		if r.Param(parameter) != "" {
			*field = r.Param(parameter)
		}
	}
	for parameter, field := range map[string]*json.RawMessage{"config": &v.Config, "config_diff": &v.ConfigDiff} {
		text := r.Param(parameter)
		if text == "" {
			continue
		}
		var o map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			return httpapi.Invalidf("'%s' parameter is not a JSON object", parameter)
		}
		*field = json.RawMessage(text)
	}
	if _, err := h.catalog.Table(r.Context(), v.Database, v.Table); err != nil {
		return err
	}
	return v.Timetable.Change(r, time.Now())
}

// wrapError replaces the errors of the state with the API's errors. The connector was
// looked up as name and stored as newName.
func wrapError(err error, name, newName string) error {
	switch {
	case errors.Is(err, state.ErrNotFound):
		return httpapi.Errorf(http.StatusNotFound, "Couldn't find BulkLoad with name = %s", name)
	case errors.Is(err, state.ErrExists):
		return httpapi.Errorf(http.StatusConflict, "BulkLoad %s already exists", newName)
	}
	return err
}

// find returns the connector that the path of a request names.
func (h *Handlers) find(r *httpapi.Request) (state.Object[connector], error) {
	name := r.PathValue("name")
	o, err := h.connectors.Get(r.Context(), name)
	return o, wrapError(err, name, name)
}

func (h *Handlers) show(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	return connectorObject(o), nil
}

func (h *Handlers) update(r *httpapi.Request) (any, error) {
	name := r.PathValue("name")
	newName := name
	if r.Param("name") != "" {
		newName = r.Param("name")
	}
	o, err := h.connectors.Update(r.Context(), name, func(o *state.Object[connector]) error {
		o.Name = newName
		return h.change(r, newName, &o.Value)
	})
	if err != nil {
		return nil, wrapError(err, name, newName)
	}
	return connectorObject(o), nil
}

func (h *Handlers) remove(r *httpapi.Request) (any, error) {
	name := r.PathValue("name")
	o, err := h.connectors.Delete(r.Context(), name)
	if err != nil {
		return nil, wrapError(err, name, name)
	}
	return connectorObject(o), nil
}

// history lists the latest jobs of a connector, newest first.
func (h *Handlers) history(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	const maxJobs = 100
	found, err := h.state.Jobs(r.Context(), state.JobFilter{ConnectorID: o.ID, Limit: maxJobs}, time.Now())
	if err != nil {
		return nil, err
	}
	var tableID any
	if t, err := h.catalog.Table(r.Context(), o.Value.Database, o.Value.Table); err == nil {
		tableID = t.ID
	}
	list := []httpapi.Object{}
	for _, j := range found {
		list = append(list, runObject(j, httpapi.Object{"id": tableID, "name": o.Value.Table}))
	}
	return list, nil
}

// runObject returns a job as the history of a connector shows it.
func runObject(j *state.Job, table httpapi.Object) httpapi.Object {
	out := httpapi.Object{
		"job_id":     j.ID,
		"account_id": 1,
		"type":       j.Type,
		"status":     j.Status,
		"priority":   j.Priority,
		"records":    jobs.NullIfUnknown(j.Records),
		"cpu_time":   nil,
		"schema":     nil,
		"config":     json.RawMessage(j.Query),
		"database":   httpapi.Object{"id": json.Number(tables.DatabaseID(j.Database)), "name": j.Database},
		"table":      table,
	}
	for key, t := range map[string]time.Time{"created_at": j.CreatedAt, "updated_at": j.UpdatedAt, "start_at": j.StartAt, "end_at": j.EndAt} {
		out[key] = nil
		if !t.IsZero() {
			out[key] = t.Unix()
		}
	}
	return out
}

func (h *Handlers) run(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	at, err := r.TimeParam("scheduled_time")
	if err != nil {
		return nil, err
	}
	if _, err := h.catalog.Table(r.Context(), o.Value.Database, o.Value.Table); err != nil {
		return nil, err
	}
	j, err := h.submit(r.Context(), o, at, r.Param("domain_key"), r.User.Name)
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"job_id": j.ID}, nil
}
