// Package schedules implements the API's schedule/* endpoints and submits the jobs of
// schedules that are due.
package schedules

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/jobs"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
)

// A schedule is a saved query.
type schedule struct {
	Timetable
	Type          string    `json:"type"`
	Query         string    `json:"query"`
	Database      string    `json:"database"`
	Priority      int       `json:"priority"`
	RetryLimit    int       `json:"retry_limit"`
	Result        string    `json:"result"`
	EngineVersion string    `json:"engine_version,omitempty"`
	UserID        int64     `json:"user_id"`
	UserName      string    `json:"user_name"`
	CreatedAt     time.Time `json:"created_at"`
}

func (s *schedule) timetable() *Timetable { return &s.Timetable }

// Handlers implements the endpoints of schedules.
type Handlers struct {
	state     *state.DB
	queue     *jobqueue.Queue
	catalog   tables.Catalog
	pools     jobs.Pools
	results   *results.Handlers
	schedules state.Collection[schedule]
}

// New returns handlers for the schedules in db.
func New(db *state.DB, queue *jobqueue.Queue, catalog tables.Catalog, results *results.Handlers, pools jobs.Pools) *Handlers {
	return &Handlers{state: db, queue: queue, catalog: catalog, results: results, pools: pools, schedules: state.Objects[schedule](db, "schedule")}
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "GET /v3/schedule/list", Handle: h.list},
		{Pattern: "POST /v3/schedule/create/{name}", Handle: h.create},
		{Pattern: "POST /v3/schedule/update/{name}", Handle: h.update},
		{Pattern: "POST /v3/schedule/delete/{name}", Handle: h.remove},
		{Pattern: "GET /v3/schedule/history/{name}", Handle: h.history},
		{Pattern: "POST /v3/schedule/run/{name}/{time}", Handle: h.run},
	}
}

// RunDue submits the jobs of all schedules that are due at the time now. Each
// scheduled time is run once, even if several servers share the state: the job's
// domain key can be taken only once. The server was opened at the time opened.
func (h *Handlers) RunDue(ctx context.Context, opened, now time.Time) error {
	return RunDue(ctx, h.schedules, (*schedule).timetable, opened, now, func(o state.Object[schedule]) error {
		_, err := h.submit(ctx, o, o.Value.Next, fmt.Sprintf("schedule-%d-%d", o.ID, o.Value.Next.Unix()))
		return err
	})
}

func (h *Handlers) submit(ctx context.Context, o state.Object[schedule], at time.Time, domainKey string) (*state.Job, error) {
	v := o.Value
	j := &state.Job{
		Type: v.Type, Database: v.Database, Query: v.Query, Priority: v.Priority, RetryLimit: v.RetryLimit,
		Result: v.Result, UserName: v.UserName, ScheduledTime: at, ScheduleID: o.ID, DomainKey: domainKey,
	}
	return j, h.queue.Submit(ctx, j)
}

func (h *Handlers) list(r *httpapi.Request) (any, error) {
	all, err := h.schedules.All(r.Context())
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, o := range all {
		out := scheduleObject(o)
		out["next_time"] = httpapi.FormatISOTime(o.Value.Next)
		list = append(list, out)
	}
	return httpapi.Object{"schedules": list}, nil
}

func scheduleObject(o state.Object[schedule]) httpapi.Object {
	v := o.Value
	return httpapi.Object{
		"name":        o.Name,
		"cron":        httpapi.NullIfZero(v.Cron),
		"timezone":    v.Timezone,
		"delay":       v.Delay,
		"created_at":  httpapi.FormatISOTime(v.CreatedAt),
		"type":        v.Type,
		"query":       v.Query,
		"database":    v.Database,
		"user_name":   v.UserName,
		"priority":    v.Priority,
		"retry_limit": v.RetryLimit,
		"result":      results.MaskSecrets(v.Result),
	}
}

// changedObject is the response to create and update.
func changedObject(o state.Object[schedule]) httpapi.Object {
	out := scheduleObject(o)
	out["id"] = o.ID
	out["start"] = httpapi.NullIfZero(httpapi.FormatTime(o.Value.Next))
	return out
}

func (h *Handlers) create(r *httpapi.Request) (any, error) {
	name, now := r.PathValue("name"), time.Now().UTC()
	v := schedule{Timetable: Timetable{Timezone: "UTC"}, Type: "hive", UserID: r.User.ID, UserName: r.User.Name, CreatedAt: now}
	switch {
	case r.Param("query") == "":
		return nil, httpapi.Invalidf("'query' parameter is required")
	case r.Param("database") == "":
		return nil, httpapi.Invalidf("'database' parameter is required")
	}
	if err := h.change(r, name, &v, now); err != nil {
		return nil, err
	}
	o, err := h.schedules.Add(r.Context(), name, v)
	if err != nil {
		return nil, wrapError(err, name, name)
	}
	return changedObject(o), nil
}

func (h *Handlers) update(r *httpapi.Request) (any, error) {
	name := r.PathValue("name")
	newName := name
	if r.Param("name") != "" {
		newName = r.Param("name")
	}
	o, err := h.schedules.Update(r.Context(), name, func(o *state.Object[schedule]) error {
		o.Name = newName
		return h.change(r, newName, &o.Value, time.Now())
	})
	if err != nil {
		return nil, wrapError(err, name, newName)
	}
	return changedObject(o), nil
}

// wrapError replaces the errors of the state with the API's errors. The schedule was
// looked up as name and stored as newName.
func wrapError(err error, name, newName string) error {
	switch {
	case errors.Is(err, state.ErrNotFound):
		return httpapi.Errorf(http.StatusNotFound, "Couldn't find Schedule with name = %s", name)
	case errors.Is(err, state.ErrExists):
		return httpapi.Errorf(http.StatusConflict, "Schedule %s already exists", newName)
	}
	return err
}

// change applies the parameters of a request to a schedule. An empty cron disables
// the schedule; other empty parameters have no effect.
func (h *Handlers) change(r *httpapi.Request, name string, v *schedule, now time.Time) (err error) {
	if len(name) < 3 {
		return httpapi.Invalidf("Validation failed: Name is too short")
	}
	for parameter, field := range map[string]*string{
		"query": &v.Query, "database": &v.Database, "type": &v.Type, "timezone": &v.Timezone, "engine_version": &v.EngineVersion,
	} {
		if r.Param(parameter) != "" {
			*field = r.Param(parameter)
		}
	}
	if v.Type != "hive" && v.Type != "presto" && v.Type != "trino" {
		return httpapi.Invalidf("Validation failed: Type is invalid: %s", v.Type)
	}
	if !jobs.IsEngineVersion(v.EngineVersion) {
		return httpapi.Invalidf("Validation failed: Engine version is not included in the list")
	}
	if err := h.pools.Check(v.Type, r.Param("pool_name")); err != nil {
		return err
	}
	if r.HasParam("result") || r.HasParam("result_connection_id") {
		if v.Result, err = h.results.Target(r); err != nil {
			return err
		}
	}
	if v.Priority, err = r.IntParam("priority", v.Priority, -2, 2); err != nil {
		return err
	}
	if v.RetryLimit, err = r.IntParam("retry_limit", v.RetryLimit, 0, 32); err != nil {
		return err
	}
	if _, err := h.catalog.Database(r.Context(), v.Database); err != nil {
		return httpapi.Invalidf("Validation failed: Couldn't find UserDatabase with name = %s", v.Database)
	}
	return v.Timetable.Change(r, now)
}

func (h *Handlers) remove(r *httpapi.Request) (any, error) {
	name := r.PathValue("name")
	o, err := h.schedules.Delete(r.Context(), name)
	if err != nil {
		return nil, wrapError(err, name, name)
	}
	out := scheduleObject(o)
	for _, key := range []string{"priority", "retry_limit", "result"} {
		delete(out, key)
	}
	return out, nil
}

// find returns the schedule that the path of a request names.
func (h *Handlers) find(r *httpapi.Request) (state.Object[schedule], error) {
	name := r.PathValue("name")
	o, err := h.schedules.Get(r.Context(), name)
	return o, wrapError(err, name, name)
}

// history lists the jobs of a schedule, newest first. The parameters from and to
// are offsets; to is exclusive.
func (h *Handlers) history(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	from, err := r.IntParam("from", 0, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	to, err := r.IntParam("to", from+20, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	history := []httpapi.Object{}
	if to > from {
		found, err := h.state.Jobs(r.Context(), state.JobFilter{ScheduleID: o.ID, Offset: from, Limit: to - from}, now)
		if err != nil {
			return nil, err
		}
		for _, j := range found {
			out := jobs.Object(r, j, now)
			delete(out, "linked_result_export_job_id")
			delete(out, "result_export_target_job_id")
			out["scheduled_at"] = httpapi.FormatTime(j.ScheduledTime)
			history = append(history, out)
		}
	}
	return httpapi.Object{"history": history, "count": len(history), "from": from, "to": to}, nil
}

// run submits the query of a schedule for num consecutive scheduled times from the
// given time. Without a cron, all jobs have the given time.
func (h *Handlers) run(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	at, err := r.TimeValue("time")
	if err != nil {
		return nil, err
	}
	num, err := r.IntParam("num", 1, 1, 10)
	if err != nil {
		return nil, err
	}
	if o.Value.Cron != "" {
		if at, err = o.Value.NextAfter(at.Add(-time.Second)); err != nil {
			return nil, err
		}
	}
	list := []httpapi.Object{}
	for i := range num {
		key := r.Param("domain_key")
		if key != "" && i > 0 {
			key = fmt.Sprintf("%s-%d", key, i+1)
		}
		j, err := h.submit(r.Context(), o, at, key)
		if err != nil {
			return nil, err
		}
		list = append(list, httpapi.Object{"job_id": j.ID, "type": j.Type, "scheduled_at": httpapi.FormatTime(at)})
		if o.Value.Cron == "" {
			continue
		}
		if at, err = o.Value.NextAfter(at); err != nil {
			return nil, err
		}
	}
	return httpapi.Object{"jobs": list}, nil
}
