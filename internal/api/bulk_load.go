package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
)

// A BulkLoad is a connector session: a source, and the table that it is loaded into,
// now and then or when told to.
type BulkLoad struct {
	ID, Name           string
	Cron, Timezone     string // Cron is empty when it never runs by itself
	Delay              Int    // seconds
	Database, Table    string
	StartAt            Time
	TimeColumn         string
	Config, ConfigDiff json.RawMessage // objects; empty when absent
}

// UnmarshalJSON reads a session as the service writes it.
func (l *BulkLoad) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                   id
		Name, Cron, Timezone text
		Delay                Int
		Database, Table      json.RawMessage
		StartAt              Time            `json:"start_at"`
		TimeColumn           text            `json:"time_column"`
		Config               json.RawMessage `json:"config"`
		ConfigDiff           json.RawMessage `json:"config_diff"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*l = BulkLoad{
		ID: string(w.ID), Name: string(w.Name), Cron: string(w.Cron), Timezone: string(w.Timezone), Delay: w.Delay,
		Database: nameOf(w.Database), Table: nameOf(w.Table), StartAt: w.StartAt, TimeColumn: string(w.TimeColumn),
		Config: present(w.Config), ConfigDiff: present(w.ConfigDiff),
	}
	return nil
}

// present returns raw unless it is null.
func present(raw json.RawMessage) json.RawMessage {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// BulkLoadSettings are what a session is made of. Nil leaves a setting as it is, or to
// the service; an empty Cron ends the schedule.
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

// BulkLoads lists the sessions: GET /v3/bulk_loads.
func (c *Client) BulkLoads(ctx context.Context) ([]BulkLoad, error) {
	return fetchList[BulkLoad](ctx, c, &call{method: "GET", route: "/v3/bulk_loads"}, "bulk_loads")
}

// BulkLoad returns one session: GET /v3/bulk_loads/:name.
func (c *Client) BulkLoad(ctx context.Context, name string) (BulkLoad, error) {
	return c.bulkLoad(ctx, &call{method: "GET", route: "/v3/bulk_loads/:name", names: []string{name}})
}

// CreateBulkLoad makes a session: POST /v3/bulk_loads.
func (c *Client) CreateBulkLoad(ctx context.Context, s BulkLoadSettings) (BulkLoad, error) {
	return c.bulkLoad(ctx, &call{method: "POST", route: "/v3/bulk_loads", json: s})
}

// UpdateBulkLoad changes a session and returns it as it is then: PUT /v3/bulk_loads/:name.
func (c *Client) UpdateBulkLoad(ctx context.Context, name string, s BulkLoadSettings) (BulkLoad, error) {
	return c.bulkLoad(ctx, &call{
		method: "PUT", route: "/v3/bulk_loads/:name", names: []string{name}, json: s,
		harmless: s.Name == nil, // the old name is gone the second time
	})
}

// DeleteBulkLoad removes a session and returns it as it was, if the service tells:
// DELETE /v3/bulk_loads/:name.
func (c *Client) DeleteBulkLoad(ctx context.Context, name string) (session BulkLoad, err error) {
	err = c.fetch(ctx, &call{
		method: "DELETE", route: "/v3/bulk_loads/:name", names: []string{name}, gone: true,
	}, optional(&session))
	return session, err
}

func (c *Client) bulkLoad(ctx context.Context, cl *call) (session BulkLoad, err error) {
	err = c.fetch(ctx, cl, func(b []byte) error {
		if err := unmarshal(b, &session); err != nil {
			return err
		}
		if session.Name == "" {
			return errors.New(`it has no "name"`)
		}
		return nil
	})
	return session, err
}

// A BulkLoadJob is one run of a session.
type BulkLoadJob struct {
	Job
	Table   string
	Records Int // that were loaded
}

// UnmarshalJSON reads a run as the service writes it.
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
	j.Table, j.Records = nameOf(w.Table), w.Records
	if schema := schemaText(w.Schema); j.Schema == "" && schema != "{}" {
		j.Schema = schema
	}
	return nil
}

// BulkLoadJobs lists a session's runs: GET /v3/bulk_loads/:name/jobs.
func (c *Client) BulkLoadJobs(ctx context.Context, name string) ([]BulkLoadJob, error) {
	return fetchList[BulkLoadJob](ctx, c, &call{
		method: "GET", route: "/v3/bulk_loads/:name/jobs", names: []string{name},
	}, "jobs")
}

// RunBulkLoad starts a run and returns its job's ID: POST /v3/bulk_loads/:name/jobs. The
// scheduled time, in epoch seconds, and the domain key may be empty.
func (c *Client) RunBulkLoad(ctx context.Context, name, scheduledTime, domainKey string) (jobID string, err error) {
	body := struct {
		ScheduledTime string `json:"scheduled_time,omitempty"`
		DomainKey     string `json:"domain_key,omitempty"`
	}{scheduledTime, domainKey}
	return c.submit(ctx, &call{
		method: "POST", route: "/v3/bulk_loads/:name/jobs", names: []string{name}, json: body,
	}, domainKey)
}

// IssueBulkLoad runs a configuration once, without a session, and returns its job's ID:
// POST /v3/job/issue/bulkload/:db.
func (c *Client) IssueBulkLoad(ctx context.Context, database, table string, config json.RawMessage) (jobID string, err error) {
	body := struct {
		Config   json.RawMessage `json:"config"`
		Database string          `json:"database"`
		Table    string          `json:"table"`
	}{config, database, table}
	return c.submit(ctx, &call{
		method: "POST", route: "/v3/job/issue/bulkload/:db", names: []string{database}, json: body,
	}, "")
}

// configBody is what guess and preview send.
type configBody struct {
	Config json.RawMessage `json:"config"`
}

// GuessBulkLoad fills in what a configuration leaves out: POST /v3/bulk_loads/guess.
func (c *Client) GuessBulkLoad(ctx context.Context, config json.RawMessage) (json.RawMessage, error) {
	var answer configBody
	err := c.fetch(ctx, &call{
		method: "POST", route: "/v3/bulk_loads/guess", json: configBody{config}, harmless: true,
	}, into(&answer))
	return answer.Config, err
}

// A BulkLoadPreview is the first records that a configuration would load.
type BulkLoadPreview struct {
	Schema  []Column
	Records [][]json.RawMessage // JSON values, in the order of the schema
}

// PreviewBulkLoad reads the first records of a source: POST /v3/bulk_loads/preview.
func (c *Client) PreviewBulkLoad(ctx context.Context, config json.RawMessage) (preview BulkLoadPreview, err error) {
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/bulk_loads/preview", json: configBody{config}, harmless: true,
	}, into(&preview))
	return preview, err
}
