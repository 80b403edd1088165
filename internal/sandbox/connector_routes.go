package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/td-cli/td/internal/sandbox/connectorfile"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

func (s *Server) connectorRoutes() []route {
	return []route{
		at("POST", "/v3/bulk_loads/guess", s.guessConfig).json(),
		at("POST", "/v3/bulk_loads/preview", s.previewConfig).json(),
		at("GET", "/v3/bulk_loads", s.listConnectors),
		at("POST", "/v3/bulk_loads", s.createConnector).json(),
		at("GET", "/v3/bulk_loads/:name", s.showConnector),
		at("PUT", "/v3/bulk_loads/:name", s.updateConnector).json(),
		at("DELETE", "/v3/bulk_loads/:name", s.deleteConnector),
		at("GET", "/v3/bulk_loads/:name/jobs", s.connectorHistory),
		at("POST", "/v3/bulk_loads/:name/jobs", s.runConnector).json(),
	}
}

// configOf returns the configuration that a body holds.
func configOf(c *call) ([]byte, error) {
	config := c.get("config")
	if config == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'config' parameter is required")
	}
	return []byte(config), nil
}

// configRefusal is the refusal of a configuration that cannot be used.
func configRefusal(err error) error {
	if errors.Is(err, connectorfile.ErrConfig) {
		return refuse(http.StatusUnprocessableEntity, "%v", err)
	}
	return err
}

func (s *Server) guessConfig(c *call) (any, error) {
	config, err := configOf(c)
	if err != nil {
		return nil, err
	}
	guessed, err := connectorfile.Guess(config)
	if err != nil {
		return nil, configRefusal(err)
	}
	return object{"config": json.RawMessage(guessed)}, nil
}

func (s *Server) previewConfig(c *call) (any, error) {
	const records = 30
	data, err := configOf(c)
	if err != nil {
		return nil, err
	}
	config, err := connectorfile.Parse(data)
	if err != nil {
		return nil, configRefusal(err)
	}
	preview, err := config.Preview(records)
	if err != nil {
		return nil, configRefusal(err)
	}
	schema := []object{}
	for i, column := range preview.Columns {
		schema = append(schema, object{"index": i, "name": column.Name, "type": column.Type})
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
	return object{"schema": schema, "records": rows}, nil
}

func (s *Server) listConnectors(c *call) (any, error) {
	all, err := s.connectors.All(c.Context())
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, o := range all {
		list = append(list, connectorObject(o))
	}
	return list, nil
}

func connectorObject(o state.Object[connector]) object {
	v := o.Value
	out := object{
		"id":          o.ID,
		"name":        o.Name,
		"database":    v.Database,
		"table":       v.Table,
		"cron":        orNull(v.Cron),
		"timezone":    v.Timezone,
		"delay":       v.Delay,
		"start_at":    iso(v.Next),
		"config":      v.Config,
		"config_diff": object{},
	}
	if len(v.ConfigDiff) > 0 {
		out["config_diff"] = v.ConfigDiff
	}
	if v.TimeColumn != "" {
		out["time_column"] = v.TimeColumn
	}
	return out
}

func (s *Server) createConnector(c *call) (any, error) {
	name := c.get("name")
	v := connector{CreatedAt: time.Now().UTC()}
	v.Timezone = "UTC"
	if c.get("config") == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'config' parameter is required")
	}
	if err := s.changeConnector(c, name, &v); err != nil {
		return nil, err
	}
	o, err := s.connectors.Add(c.Context(), name, v)
	if errors.Is(err, state.ErrExists) {
		return nil, refuse(http.StatusConflict, "BulkLoad %s already exists", name)
	}
	if err != nil {
		return nil, err
	}
	return connectorObject(o), nil
}

// changeConnector puts the parameters that were given into a connector.
func (s *Server) changeConnector(c *call, name string, v *connector) error {
	if len(name) < 3 {
		return refuse(http.StatusUnprocessableEntity, "Validation failed: Name is too short")
	}
	for parameter, field := range map[string]*string{"database": &v.Database, "table": &v.Table, "time_column": &v.TimeColumn} {
		if c.get(parameter) != "" {
			*field = c.get(parameter)
		}
	}
	for parameter, field := range map[string]*json.RawMessage{"config": &v.Config, "config_diff": &v.ConfigDiff} {
		text := c.get(parameter)
		if text == "" {
			continue
		}
		var o map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			return refuse(http.StatusUnprocessableEntity, "'%s' parameter is not a JSON object", parameter)
		}
		*field = json.RawMessage(text)
	}
	if _, err := s.lookUp(c.Context(), v.Database, v.Table); err != nil {
		return err
	}
	return v.change(c, time.Now())
}

func (s *Server) showConnector(c *call) (any, error) {
	o, err := s.connectorOf(c)
	if err != nil {
		return nil, err
	}
	return connectorObject(o), nil
}

func (s *Server) connectorOf(c *call) (state.Object[connector], error) {
	o, err := s.connectors.Get(c.Context(), c.path[0])
	return o, connectorRefusal(err, c.path[0])
}

func connectorRefusal(err error, name string) error {
	if errors.Is(err, state.ErrNotFound) {
		return refuse(http.StatusNotFound, "Couldn't find BulkLoad with name = %s", name)
	}
	return err
}

func (s *Server) updateConnector(c *call) (any, error) {
	name := c.path[0]
	if c.get("name") != "" {
		name = c.get("name")
	}
	o, err := s.connectors.Update(c.Context(), c.path[0], func(o *state.Object[connector]) error {
		o.Name = name
		return s.changeConnector(c, name, &o.Value)
	})
	if errors.Is(err, state.ErrExists) {
		return nil, refuse(http.StatusConflict, "BulkLoad %s already exists", name)
	}
	if err != nil {
		return nil, connectorRefusal(err, c.path[0])
	}
	return connectorObject(o), nil
}

func (s *Server) deleteConnector(c *call) (any, error) {
	o, err := s.connectors.Delete(c.Context(), c.path[0])
	if err != nil {
		return nil, connectorRefusal(err, c.path[0])
	}
	return connectorObject(o), nil
}

// connectorHistory lists the jobs of a connector, newest first.
func (s *Server) connectorHistory(c *call) (any, error) {
	o, err := s.connectorOf(c)
	if err != nil {
		return nil, err
	}
	const most = 100
	jobs, err := s.state.Jobs(c.Context(), state.JobFilter{ConnectorID: o.ID, Limit: most}, time.Now())
	if err != nil {
		return nil, err
	}
	var tableID any
	t, err := s.lookUp(c.Context(), o.Value.Database, o.Value.Table)
	if err == nil {
		tableID = t.ID
	}
	list := []object{}
	for _, j := range jobs {
		list = append(list, loadObject(j, o, tableID))
	}
	return list, nil
}

func loadObject(j *state.Job, o state.Object[connector], tableID any) object {
	out := object{
		"job_id":     j.ID,
		"account_id": 1,
		"type":       j.Type,
		"status":     j.Status,
		"priority":   j.Priority,
		"records":    known(j.Records),
		"cpu_time":   nil,
		"schema":     nil,
		"config":     json.RawMessage(j.Query),
		"database":   object{"id": json.Number(databaseID(j.Database)), "name": j.Database},
		"table":      object{"id": tableID, "name": o.Value.Table},
	}
	for key, t := range map[string]time.Time{"created_at": j.CreatedAt, "updated_at": j.UpdatedAt, "start_at": j.StartAt, "end_at": j.EndAt} {
		out[key] = nil
		if !t.IsZero() {
			out[key] = t.Unix()
		}
	}
	return out
}

func (s *Server) runConnector(c *call) (any, error) {
	o, err := s.connectorOf(c)
	if err != nil {
		return nil, err
	}
	at, err := c.instant("scheduled_time")
	if err != nil {
		return nil, err
	}
	if _, err := s.lookUp(c.Context(), o.Value.Database, o.Value.Table); err != nil {
		return nil, fmt.Errorf("the target of the load: %w", err)
	}
	j, err := s.submitConnector(c.Context(), o, at, c.get("domain_key"), c.user.Name)
	if err != nil {
		return nil, err
	}
	return object{"job_id": j.ID}, nil
}
