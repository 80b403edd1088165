package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"
)

// A Schedule is a saved query that runs periodically or on demand.
type Schedule struct {
	ID, Name             string
	Cron, Timezone       string // Cron is empty if it does not run periodically
	Delay                Int    // seconds
	Type, Query          string
	Database             string
	UserName             string
	Priority, RetryLimit Int
	ResultURL            string // secrets are masked by the service
	CreatedAt            Time
	NextTime             Time // the next run, or the first one after creation; zero if there is none
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Schedule) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                    looseID
		Name, Cron, Timezone  looseString
		Delay                 Int
		Type, Query, Database looseString
		UserName              looseString `json:"user_name"`
		Priority              Int
		RetryLimit            Int `json:"retry_limit"`
		Result                looseString
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

// ScheduleSettings are the settings of a schedule. A nil field is left unchanged or set to the service's default; an
// empty Cron ends periodic runs.
type ScheduleSettings struct {
	Name                    *string // the new name in an update
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

// Schedules returns all schedules.
//
// API: GET /v3/schedule/list
func (c *Client) Schedules(ctx context.Context) ([]Schedule, error) {
	return fetchList[Schedule](ctx, c, &call{method: "GET", route: "/v3/schedule/list"}, "schedules")
}

// CreateSchedule creates a schedule.
//
// API: POST /v3/schedule/create/:name
func (c *Client) CreateSchedule(ctx context.Context, name string, s ScheduleSettings) (schedule Schedule, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/schedule/create/:name", names: []string{name}, form: s.form(),
	}, decodeInto(&schedule))
	return schedule, err
}

// UpdateSchedule changes a schedule and returns the fields that the response contains.
//
// API: POST /v3/schedule/update/:name
func (c *Client) UpdateSchedule(ctx context.Context, name string, s ScheduleSettings) (schedule Schedule, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/schedule/update/:name", names: []string{name}, form: s.form(),
		idempotent: s.Name == nil, // after a rename, a second request would not find the schedule
	}, decodeOptional(&schedule))
	return schedule, err
}

// DeleteSchedule deletes a schedule and returns the fields that the response contains.
//
// API: POST /v3/schedule/delete/:name
func (c *Client) DeleteSchedule(ctx context.Context, name string) (schedule Schedule, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/schedule/delete/:name", names: []string{name}, deletion: true,
	}, decodeOptional(&schedule))
	return schedule, err
}

// ScheduleHistory returns jobs of a schedule. They are numbered from 0, newest first. Unlike in [JobsRequest], to is
// exclusive.
//
// API: GET /v3/schedule/history/:name
func (c *Client) ScheduleHistory(ctx context.Context, name string, from, to int) ([]Job, error) {
	return fetchList[Job](ctx, c, &call{
		method: "GET", route: "/v3/schedule/history/:name", names: []string{name},
		query: url.Values{"from": {strconv.Itoa(from)}, "to": {strconv.Itoa(to)}},
	}, "history")
}

// RunSchedule starts the jobs for num scheduled times, starting at one time. The returned jobs have an ID, a
// type and ScheduledAt. The domain key may be empty.
//
// API: POST /v3/schedule/run/:name/:time
func (c *Client) RunSchedule(ctx context.Context, name string, from time.Time, num int, domainKey string) ([]Job, error) {
	form := url.Values{"num": {strconv.Itoa(num)}}
	setText(form, "domain_key", domainKey)
	return fetchList[Job](ctx, c, &call{
		method: "POST", route: "/v3/schedule/run/:name/:time", names: []string{name, strconv.FormatInt(from.Unix(), 10)},
		form: form, idempotent: domainKey != "",
	}, "jobs")
}
