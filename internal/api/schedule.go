package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"
)

// A Schedule is a query that runs again and again.
type Schedule struct {
	ID, Name             string
	Cron, Timezone       string // Cron is empty when it never runs by itself
	Delay                Int    // seconds
	Type, Query          string
	Database             string
	UserName             string
	Priority, RetryLimit Int
	ResultURL            string // secrets masked by the service
	CreatedAt            Time
	NextTime             Time // the next run, or the first one when the schedule was just made; zero when there is none
}

// UnmarshalJSON reads a schedule as the service writes it.
func (s *Schedule) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                    id
		Name, Cron, Timezone  text
		Delay                 Int
		Type, Query, Database text
		UserName              text `json:"user_name"`
		Priority              Int
		RetryLimit            Int `json:"retry_limit"`
		Result                text
		CreatedAt             Time `json:"created_at"`
		NextTime              Time `json:"next_time"`
		Start                 Time
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*s = Schedule{
		ID: string(w.ID), Name: string(w.Name), Cron: string(w.Cron), Timezone: string(w.Timezone), Delay: w.Delay,
		Type: string(w.Type), Query: string(w.Query), Database: string(w.Database), UserName: string(w.UserName),
		Priority: w.Priority, RetryLimit: w.RetryLimit, ResultURL: string(w.Result),
		CreatedAt: w.CreatedAt, NextTime: w.NextTime,
	}
	if s.NextTime.Raw == "" {
		s.NextTime = w.Start
	}
	return nil
}

// ScheduleSettings are what a schedule is made of. Nil leaves a setting as it is, or to
// the service; an empty Cron ends the runs.
type ScheduleSettings struct {
	Name                    *string // a new one, in an update
	Cron, Timezone          *string
	Delay                   *int // seconds
	Type, Query, Database   *string
	ResultURL               *string
	Priority, RetryLimit    *int
	EngineVersion, PoolName *string
}

func (s ScheduleSettings) form() url.Values {
	form := url.Values{}
	for name, value := range map[string]*string{
		"name": s.Name, "cron": s.Cron, "timezone": s.Timezone, "type": s.Type, "query": s.Query, "database": s.Database,
		"result": s.ResultURL, "engine_version": s.EngineVersion, "pool_name": s.PoolName,
	} {
		if value != nil {
			form.Set(name, *value)
		}
	}
	setInt(form, "delay", s.Delay)
	setInt(form, "priority", s.Priority)
	setInt(form, "retry_limit", s.RetryLimit)
	return form
}

// Schedules lists the schedules: GET /v3/schedule/list.
func (c *Client) Schedules(ctx context.Context) ([]Schedule, error) {
	return fetchList[Schedule](ctx, c, &call{method: "GET", route: "/v3/schedule/list"}, "schedules")
}

// CreateSchedule makes a schedule: POST /v3/schedule/create/:name.
func (c *Client) CreateSchedule(ctx context.Context, name string, s ScheduleSettings) (schedule Schedule, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/schedule/create/:name", names: []string{name}, form: s.form(),
	}, into(&schedule))
	return schedule, err
}

// UpdateSchedule changes a schedule and returns what the service tells of it:
// POST /v3/schedule/update/:name.
func (c *Client) UpdateSchedule(ctx context.Context, name string, s ScheduleSettings) (schedule Schedule, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/schedule/update/:name", names: []string{name}, form: s.form(),
		harmless: s.Name == nil, // the old name is gone the second time
	}, optional(&schedule))
	return schedule, err
}

// DeleteSchedule removes a schedule and returns what the service tells of it:
// POST /v3/schedule/delete/:name.
func (c *Client) DeleteSchedule(ctx context.Context, name string) (schedule Schedule, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/schedule/delete/:name", names: []string{name}, gone: true,
	}, optional(&schedule))
	return schedule, err
}

// ScheduleHistory lists a schedule's jobs, which are numbered from 0, the newest first;
// to, unlike in [JobsRequest], is not included: GET /v3/schedule/history/:name.
func (c *Client) ScheduleHistory(ctx context.Context, name string, from, to int) ([]Job, error) {
	return fetchList[Job](ctx, c, &call{
		method: "GET", route: "/v3/schedule/history/:name", names: []string{name},
		query: url.Values{"from": {strconv.Itoa(from)}, "to": {strconv.Itoa(to)}},
	}, "history")
}

// RunSchedule starts the jobs of num scheduled times, from one on, and returns them with
// ID, type and ScheduledAt: POST /v3/schedule/run/:name/:time. The domain key may be empty.
func (c *Client) RunSchedule(ctx context.Context, name string, from time.Time, num int, domainKey string) ([]Job, error) {
	form := url.Values{"num": {strconv.Itoa(num)}}
	setText(form, "domain_key", domainKey)
	return fetchList[Job](ctx, c, &call{
		method: "POST", route: "/v3/schedule/run/:name/:time", names: []string{name, strconv.FormatInt(from.Unix(), 10)},
		form: form, harmless: domainKey != "",
	}, "jobs")
}
