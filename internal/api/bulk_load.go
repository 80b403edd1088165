package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
)

// A BulkLoad is a connector session, which loads data from a source into a table, on a schedule or on demand.
type BulkLoad struct {
	ID, Name           string
	Cron, Timezone     string // Cron is empty without a schedule
	Delay              Int    // seconds
	Database, Table    string
	StartAt            Time
	TimeColumn         string
	Config, ConfigDiff json.RawMessage // JSON objects; empty when absent
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *BulkLoad) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                   looseID
		Name, Cron, Timezone looseString
		Delay                Int
		Database, Table      json.RawMessage
		StartAt              Time            `json:"start_at"`
		TimeColumn           looseString     `json:"time_column"`
		Config               json.RawMessage `json:"config"`
		ConfigDiff           json.RawMessage `json:"config_diff"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*l = BulkLoad{
		ID: string(w.ID), Name: string(w.Name), Cron: string(w.Cron), Timezone: string(w.Timezone), Delay: w.Delay,
		Database: decodeName(w.Database), Table: decodeName(w.Table), StartAt: w.StartAt, TimeColumn: string(w.TimeColumn),
		Config: nilIfNull(w.Config), ConfigDiff: nilIfNull(w.ConfigDiff),
	}
	return nil
}

// nilIfNull returns raw unless it is a JSON null.
func nilIfNull(raw json.RawMessage) json.RawMessage {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// BulkLoadSettings are the settings of a session. A nil field is left unchanged or set to the service's default; an
// empty Cron removes the schedule.
type BulkLoadSettings struct {
	Name       *string         `json:"name,omitempty"`
	Database   *string         `json:"database,omitempty"`
	Table      *string         `json:"table,omitempty"`
	Cron       *string         `json:"cron,omitempty"`
	Timezone   *string         `json:"timezone,omitempty"`
	Delay      *int            `json:"delay,omitempty"` // seconds
	TimeColumn *string         `json:"time_column,omitempty"`
	Config     json.RawMessage `json:"config,omitempty"`
	ConfigDiff json.RawMessage `json:"config_diff,omitempty"`
}

// BulkLoads returns all sessions.
//
// API: GET /v3/bulk_loads
func (c *Client) BulkLoads(ctx context.Context) ([]BulkLoad, error) {
	return fetchList[BulkLoad](ctx, c, &call{method: "GET", route: "/v3/bulk_loads"}, "bulk_loads")
}

// BulkLoad returns a session.
//
// API: GET /v3/bulk_loads/:name
func (c *Client) BulkLoad(ctx context.Context, name string) (BulkLoad, error) {
	return c.bulkLoad(ctx, &call{method: "GET", route: "/v3/bulk_loads/:name", names: []string{name}})
}

// CreateBulkLoad creates a session.
//
// API: POST /v3/bulk_loads
func (c *Client) CreateBulkLoad(ctx context.Context, s BulkLoadSettings) (BulkLoad, error) {
	return c.bulkLoad(ctx, &call{method: "POST", route: "/v3/bulk_loads", json: s})
}

// UpdateBulkLoad changes a session and returns its new settings.
//
// API: PUT /v3/bulk_loads/:name
func (c *Client) UpdateBulkLoad(ctx context.Context, name string, s BulkLoadSettings) (BulkLoad, error) {
	return c.bulkLoad(ctx, &call{
		method: "PUT", route: "/v3/bulk_loads/:name", names: []string{name}, json: s,
		idempotent: s.Name == nil, // after a rename, a second request would not find the session
	})
}

// DeleteBulkLoad deletes a session. It returns the deleted session if the response contains it.
//
// API: DELETE /v3/bulk_loads/:name
func (c *Client) DeleteBulkLoad(ctx context.Context, name string) (session BulkLoad, err error) {
	err = c.fetch(ctx, &call{
		method: "DELETE", route: "/v3/bulk_loads/:name", names: []string{name}, deletion: true,
	}, decodeOptional(&session))
	return session, err
}

func (c *Client) bulkLoad(ctx context.Context, cl *call) (session BulkLoad, err error) {
	err = c.fetch(ctx, cl, func(b []byte) error {
		if err := unmarshal(b, &session); err != nil {
			return err
		}
		if session.Name == "" {
			return errors.New(`no "name"`)
		}
		return nil
	})
	return session, err
}

// A BulkLoadJob is a run of a session.
type BulkLoadJob struct {
	Job
	Table   string
	Records Int // number of records that were loaded
}

// UnmarshalJSON implements json.Unmarshaler.
func (j *BulkLoadJob) UnmarshalJSON(b []byte) error {
	var w struct {
		Table   json.RawMessage
		Records Int
		Schema  json.RawMessage
	}
	*j = BulkLoadJob{}
	if err := json.Unmarshal(b, &j.Job); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	j.Table, j.Records = decodeName(w.Table), w.Records
	if schema := schemaText(w.Schema); j.Schema == "" && schema != "{}" {
		j.Schema = schema
	}
	return nil
}

// BulkLoadJobs returns the runs of a session.
//
// API: GET /v3/bulk_loads/:name/jobs
func (c *Client) BulkLoadJobs(ctx context.Context, name string) ([]BulkLoadJob, error) {
	return fetchList[BulkLoadJob](ctx, c, &call{
		method: "GET", route: "/v3/bulk_loads/:name/jobs", names: []string{name},
	}, "jobs")
}

// RunBulkLoad starts a run and returns the ID of its job. The scheduled time, in seconds since 1970, and the domain
// key may be empty.
//
// API: POST /v3/bulk_loads/:name/jobs
func (c *Client) RunBulkLoad(ctx context.Context, name, scheduledTime, domainKey string) (jobID string, err error) {
	body := struct {
		ScheduledTime string `json:"scheduled_time,omitempty"`
		DomainKey     string `json:"domain_key,omitempty"`
	}{scheduledTime, domainKey}
	return c.startJob(ctx, &call{
		method: "POST", route: "/v3/bulk_loads/:name/jobs", names: []string{name}, json: body,
	}, domainKey)
}

// IssueBulkLoad runs a configuration once, without a session, and returns the ID of its job.
//
// API: POST /v3/job/issue/bulkload/:db
func (c *Client) IssueBulkLoad(ctx context.Context, database, table string, config json.RawMessage) (jobID string, err error) {
	body := struct {
		Config   json.RawMessage `json:"config"`
		Database string          `json:"database"`
		Table    string          `json:"table"`
	}{config, database, table}
	return c.startJob(ctx, &call{
		method: "POST", route: "/v3/job/issue/bulkload/:db", names: []string{database}, json: body,
	}, "")
}

// configBody is the JSON body of guess and preview.
type configBody struct {
	Config json.RawMessage `json:"config"`
}

// GuessBulkLoad completes a configuration.
//
// API: POST /v3/bulk_loads/guess
func (c *Client) GuessBulkLoad(ctx context.Context, config json.RawMessage) (json.RawMessage, error) {
	var answer configBody
	err := c.fetch(ctx, &call{
		method: "POST", route: "/v3/bulk_loads/guess", json: configBody{config}, idempotent: true, readOnly: true,
	}, decodeInto(&answer))
	return answer.Config, err
}

// A BulkLoadPreview contains the first records that a configuration would load.
type BulkLoadPreview struct {
	Schema  []Column
	Records [][]json.RawMessage // JSON values, ordered like the schema
}

// PreviewBulkLoad returns the first records of a source.
//
// API: POST /v3/bulk_loads/preview
func (c *Client) PreviewBulkLoad(ctx context.Context, config json.RawMessage) (preview BulkLoadPreview, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/bulk_loads/preview", json: configBody{config}, idempotent: true, readOnly: true,
	}, decodeInto(&preview))
	return preview, err
}
