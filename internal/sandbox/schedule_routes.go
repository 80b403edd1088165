package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/sandbox/state"
)

func (s *Server) scheduleRoutes() []route {
	return []route{
		at("GET", "/v3/schedule/list", s.listSchedules),
		at("POST", "/v3/schedule/create/:name", s.createSchedule),
		at("POST", "/v3/schedule/update/:name", s.updateSchedule),
		at("POST", "/v3/schedule/delete/:name", s.deleteSchedule),
		at("GET", "/v3/schedule/history/:name", s.scheduleHistory),
		at("POST", "/v3/schedule/run/:name/:time", s.runSchedule),
	}
}

func (s *Server) listSchedules(c *call) (any, error) {
	all, err := s.schedules.All(c.Context())
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, o := range all {
		out := scheduleObject(o)
		out["executing_user_id"] = o.Value.UserID
		out["description"] = nil
		out["next_time"] = iso(o.Value.Next)
		list = append(list, out)
	}
	return object{"schedules": list}, nil
}

func scheduleObject(o state.Object[schedule]) object {
	v := o.Value
	return object{
		"id":          o.ID,
		"name":        o.Name,
		"cron":        orNull(v.Cron),
		"timezone":    v.Timezone,
		"delay":       v.Delay,
		"created_at":  iso(v.CreatedAt),
		"type":        v.Type,
		"query":       v.Query,
		"database":    v.Database,
		"user_name":   v.UserName,
		"priority":    v.Priority,
		"retry_limit": v.RetryLimit,
		"result":      maskSecrets(v.Result),
	}
}

// startObject is a schedule as create and update answer it.
func startObject(o state.Object[schedule]) object {
	out := scheduleObject(o)
	out["start"] = nil
	if !o.Value.Next.IsZero() {
		out["start"] = stamp(o.Value.Next)
	}
	return out
}

func (s *Server) createSchedule(c *call) (any, error) {
	now := time.Now().UTC()
	v := schedule{Type: "hive", UserID: c.user.ID, UserName: c.user.Name, CreatedAt: now}
	v.Timezone = "UTC"
	switch {
	case c.get("query") == "":
		return nil, refuse(http.StatusUnprocessableEntity, "'query' parameter is required")
	case c.get("database") == "":
		return nil, refuse(http.StatusUnprocessableEntity, "'database' parameter is required")
	}
	if err := s.change(c, c.path[0], &v, now); err != nil {
		return nil, err
	}
	o, err := s.schedules.Add(c.Context(), c.path[0], v)
	if errors.Is(err, state.ErrExists) {
		return nil, refuse(http.StatusConflict, "Schedule %s already exists", c.path[0])
	}
	if err != nil {
		return nil, err
	}
	return startObject(o), nil
}

func (s *Server) updateSchedule(c *call) (any, error) {
	name := c.path[0]
	if c.get("name") != "" {
		name = c.get("name")
	}
	o, err := s.schedules.Update(c.Context(), c.path[0], func(o *state.Object[schedule]) error {
		o.Name = name
		return s.change(c, name, &o.Value, time.Now())
	})
	switch {
	case errors.Is(err, state.ErrNotFound):
		return nil, noSchedule(c.path[0])
	case errors.Is(err, state.ErrExists):
		return nil, refuse(http.StatusConflict, "Schedule %s already exists", name)
	case err != nil:
		return nil, err
	}
	return startObject(o), nil
}

func noSchedule(name string) error {
	return refuse(http.StatusNotFound, "Couldn't find Schedule with name = %s", name)
}

// change puts the parameters that were given into a schedule. An empty cron is one
// that never comes; other empty parameters are none.
func (s *Server) change(c *call, name string, v *schedule, now time.Time) (err error) {
	if len(name) < 3 {
		return refuse(http.StatusUnprocessableEntity, "Validation failed: Name is too short")
	}
	for parameter, field := range map[string]*string{
		"query": &v.Query, "database": &v.Database, "type": &v.Type, "timezone": &v.Timezone, "engine_version": &v.EngineVersion,
	} {
		if c.get(parameter) != "" {
			*field = c.get(parameter)
		}
	}
	if v.Type != "hive" && v.Type != "presto" && v.Type != "trino" {
		return refuse(http.StatusUnprocessableEntity, "Validation failed: Type is invalid: %s", v.Type)
	}
	if v.EngineVersion != "" && !engineVersions.MatchString(v.EngineVersion) {
		return refuse(http.StatusUnprocessableEntity, "Job engine version is invalid")
	}
	if err := checkPool(v.Type, c.get("pool_name")); err != nil {
		return err
	}
	if c.has("result") || c.has("result_connection_id") {
		if v.Result, err = s.resultTarget(c); err != nil {
			return err
		}
	}
	if v.Priority, err = c.integer("priority", v.Priority, -2, 2); err != nil {
		return err
	}
	if v.RetryLimit, err = c.integer("retry_limit", v.RetryLimit, 0, 32); err != nil {
		return err
	}
	if _, err := s.database(c.Context(), v.Database); err != nil {
		return refuse(http.StatusUnprocessableEntity, "Validation failed: Couldn't find UserDatabase with name = %s", v.Database)
	}
	return v.change(c, now)
}

// change puts the parameters that were given into a timetable.
func (t *timetable) change(c *call, now time.Time) (err error) {
	if t.Delay, err = c.integer("delay", t.Delay, 0, 1<<30); err != nil {
		return err
	}
	if c.has("cron") {
		t.Cron = c.get("cron")
	}
	if c.get("timezone") != "" {
		t.Timezone = c.get("timezone")
	}
	if _, err := zoneOf(t.Timezone); err != nil {
		return err
	}
	t.Next, err = t.after(now)
	return err
}

func (s *Server) deleteSchedule(c *call) (any, error) {
	o, err := s.schedules.Delete(c.Context(), c.path[0])
	if errors.Is(err, state.ErrNotFound) {
		return nil, noSchedule(c.path[0])
	}
	if err != nil {
		return nil, err
	}
	out := scheduleObject(o)
	for _, key := range []string{"id", "priority", "retry_limit", "result"} {
		delete(out, key)
	}
	return out, nil
}

// scheduleHistory lists the jobs of a schedule from an offset up to another, the
// second excluded, newest first.
func (s *Server) scheduleHistory(c *call) (any, error) {
	o, err := s.schedules.Get(c.Context(), c.path[0])
	if errors.Is(err, state.ErrNotFound) {
		return nil, noSchedule(c.path[0])
	}
	if err != nil {
		return nil, err
	}
	from, err := c.integer("from", 0, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	to, err := c.integer("to", from+20, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	history := []object{}
	if to > from {
		jobs, err := s.state.Jobs(c.Context(), state.JobFilter{ScheduleID: o.ID, Offset: from, Limit: to - from}, now)
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			out := jobObject(c.Request, j, now)
			delete(out, "linked_result_export_job_id")
			delete(out, "result_export_target_job_id")
			out["scheduled_at"] = stamp(j.ScheduledTime)
			history = append(history, out)
		}
	}
	return object{"history": history, "count": len(history), "from": from, "to": to}, nil
}

// runSchedule submits a schedule's query for some consecutive scheduled times from
// one on; without a timetable that is the time itself.
func (s *Server) runSchedule(c *call) (any, error) {
	o, err := s.schedules.Get(c.Context(), c.path[0])
	if errors.Is(err, state.ErrNotFound) {
		return nil, noSchedule(c.path[0])
	}
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(c.path[1], 10, 64)
	if err != nil {
		return nil, refuse(http.StatusUnprocessableEntity, "'time' parameter is not a number of seconds: %s", c.path[1])
	}
	num, err := c.integer("num", 1, 1, 10)
	if err != nil {
		return nil, err
	}
	at := time.Unix(seconds, 0).UTC()
	if o.Value.Cron != "" {
		if at, err = o.Value.after(at.Add(-time.Second)); err != nil {
			return nil, err
		}
	}
	jobs := []object{}
	for i := range num {
		key := c.get("domain_key")
		if key != "" && i > 0 {
			key = fmt.Sprintf("%s-%d", key, i+1)
		}
		j, err := s.submitScheduled(c.Context(), o, at, key)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, object{"job_id": j.ID, "type": j.Type, "scheduled_at": stamp(at)})
		if o.Value.Cron == "" {
			continue
		}
		if at, err = o.Value.after(at); err != nil {
			return nil, err
		}
	}
	return object{"jobs": jobs}, nil
}
