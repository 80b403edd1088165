package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/td-cli/td/internal/sandbox/connectorfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// A connector is a load that is kept under a name.
type connector struct {
	timetable
	Database   string          `json:"database"`
	Table      string          `json:"table"`
	TimeColumn string          `json:"time_column,omitempty"`
	Config     json.RawMessage `json:"config"`
	ConfigDiff json.RawMessage `json:"config_diff,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
}

// A bulkload is what a bulkload job does, besides its configuration.
type bulkload struct {
	Table      string `json:"table"`
	TimeColumn string `json:"time_column,omitempty"`
}

// issueBulkload submits a load that has no name.
func (s *Server) issueBulkload(c *call, database string) (any, error) {
	j, err := s.newBulkload(c, database, c.get("table"), c.get("time_column"), []byte(c.get("config")))
	if err != nil {
		return nil, err
	}
	if err := s.jobOptions(c, j); err != nil {
		return nil, err
	}
	if err := s.submit(c.Context(), j); err != nil {
		return nil, err
	}
	return issued(j), nil
}

func (s *Server) newBulkload(c *call, database, table, timeColumn string, config []byte) (*state.Job, error) {
	if len(config) == 0 || table == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'config' and 'table' parameters are required")
	}
	if !json.Valid(config) {
		return nil, refuse(http.StatusUnprocessableEntity, "'config' parameter is not JSON")
	}
	if _, err := s.lookUp(c.Context(), database, table); err != nil {
		return nil, err
	}
	detail, err := json.Marshal(bulkload{Table: table, TimeColumn: timeColumn})
	if err != nil {
		return nil, err
	}
	return &state.Job{Type: "bulkload", Database: database, Query: string(config), Detail: string(detail), UserName: c.user.Name}, nil
}

// runBulkload reads the files of a job's configuration into its table.
func (s *Server) runBulkload(ctx context.Context, j *state.Job, log joblog) (state.Output, error) {
	out := state.NoOutput()
	var detail bulkload
	if err := json.Unmarshal([]byte(j.Detail), &detail); err != nil {
		return out, err
	}
	config, err := connectorfile.Parse([]byte(j.Query))
	if err != nil {
		return out, failJob("%v", err)
	}
	if config.In.Parser == nil {
		guessed, err := connectorfile.Guess([]byte(j.Query))
		if err == nil {
			config, err = connectorfile.Parse(guessed)
		}
		if err != nil {
			return out, failJob("%v", err)
		}
	}
	column := detail.TimeColumn
	if column == "" {
		column = config.Out.TimeColumn
	}
	loader := &loader{config: config, timeColumn: column, now: j.StartAt, log: log}
	added, err := s.load(ctx, j.Database, detail.Table, config.Out.Mode, fmt.Sprintf("job-%d", j.ID), loader.records(ctx))
	if errors.Is(err, connectorfile.ErrConfig) {
		return out, failJob("%v", err)
	}
	if err != nil {
		return out, err
	}
	log.cmdout("%s records loaded into %s.%s, %d skipped", commas(added), j.Database, detail.Table, loader.skipped)
	out.Records = added
	return out, nil
}

// A loader makes a table's records of a file's.
type loader struct {
	config     *connectorfile.Config
	timeColumn string
	now        time.Time
	log        joblog
	skipped    int
}

// records yields the records that fit; of those that do not, the first few are named in the job's log.
func (l *loader) records(ctx context.Context) iter.Seq2[engine.Record, error] {
	const named = 20
	return func(yield func(engine.Record, error) bool) {
		for r, err := range l.config.Records() {
			if err == nil {
				r = l.fit(r)
				err = wrapRecordError(msgpackfile.Check(r, maxBulkColumns))
			}
			if l.skips(err) {
				if l.skipped++; l.skipped <= named {
					l.log.stderr("skipped: %v", err)
				}
				continue
			}
			if err == nil {
				err = ctx.Err()
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// skips tells whether err concerns one record only, and is to be passed over.
func (l *loader) skips(err error) bool {
	_, skipped := errors.AsType[*connectorfile.SkippedError](err)
	_, unfit := errors.AsType[*recordError](err)
	return (skipped || unfit) && !l.config.In.Parser.StopOnError
}

// fit gives a record its time, from the time column when there is one, and writes other timestamps as text.
func (l *loader) fit(r engine.Record) engine.Record {
	var at any = l.now.Unix()
	has := -1
	for i := range r {
		value := r[i].Value
		if t, ok := value.(time.Time); ok {
			value = t.Unix()
			r[i].Value = t.UTC().Format("2006-01-02 15:04:05.000")
		}
		switch r[i].Key {
		case l.timeColumn:
			at = value
		case "time":
			has = i
			if l.timeColumn == "" && value != nil {
				at = value
			}
		}
		if r[i].Key == "time" {
			has = i
		}
	}
	if has < 0 {
		return append(r, struct {
			Key   string
			Value any
		}{"time", at})
	}
	r[has].Value = at
	return r
}

func (s *Server) fireConnectors(ctx context.Context, opened, now time.Time) error {
	all, err := s.connectors.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		run, missed := o.Value.due(opened, now)
		if run {
			_, err := s.submitConnector(ctx, o, o.Value.Next, fmt.Sprintf("connector-%d-%d", o.ID, o.Value.Next.Unix()), ownerName)
			if _, taken := errors.AsType[*state.ConflictError](err); err != nil && !taken {
				return err
			}
		}
		if run || missed {
			if err := advance(ctx, s.connectors, o, now, func(v *connector) *timetable { return &v.timetable }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Server) submitConnector(ctx context.Context, o state.Object[connector], at time.Time, key, user string) (*state.Job, error) {
	v := o.Value
	detail, err := json.Marshal(bulkload{Table: v.Table, TimeColumn: v.TimeColumn})
	if err != nil {
		return nil, err
	}
	j := &state.Job{
		Type: "bulkload", Database: v.Database, Query: string(v.Config), Detail: string(detail),
		UserName: user, ScheduledTime: at, ConnectorID: o.ID, DomainKey: key,
	}
	return j, s.submit(ctx, j)
}
