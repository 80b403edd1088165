package connectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/td-cli/td/internal/sandbox/connectorfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
	"github.com/td-cli/td/internal/text"
)

// A target is the detail of a bulkload job. Its query is the configuration.
type target struct {
	Table      string `json:"table"`
	TimeColumn string `json:"time_column,omitempty"`
}

// issueBulkload submits a load that is not saved as a connector.
func (h *Handlers) issueBulkload(r *httpapi.Request) (any, error) {
	database, t, config := r.PathValue("db"), target{r.Param("table"), r.Param("time_column")}, r.Param("config")
	if config == "" || t.Table == "" {
		return nil, httpapi.Invalidf("'config' and 'table' parameters are required")
	}
	if !json.Valid([]byte(config)) {
		return nil, httpapi.Invalidf("'config' parameter is not JSON")
	}
	if _, err := h.catalog.Table(r.Context(), database, t.Table); err != nil {
		return nil, err
	}
	detail, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return h.jobs.Submit(r, &state.Job{Type: "bulkload", Database: database, Query: config, Detail: string(detail)})
}

// parseJob returns what a job loads into which table.
func (h *Handlers) parseJob(j *state.Job) (config *connectorfile.Config, load tables.Load, t target, err error) {
	if err := json.Unmarshal([]byte(j.Detail), &t); err != nil {
		return nil, load, t, err
	}
	if config, err = h.parseConfig([]byte(j.Query)); err != nil {
		return nil, load, t, err
	}
	return config, tables.Load{Database: j.Database, Table: t.Table, Mode: config.Out.Mode, ID: fmt.Sprintf("job-%d", j.ID)}, t, nil
}

// committedBulkload implements jobqueue.CommittedFunc. The number of records is not known.
func (h *Handlers) committedBulkload(ctx context.Context, j *state.Job, _ *jobqueue.Log) (state.Output, bool, error) {
	_, load, _, err := h.parseJob(j)
	if err != nil {
		return state.NoOutput(), false, nil // runBulkload fails before it adds records
	}
	ok, err := load.Committed(ctx, h.engine)
	return state.NoOutput(), ok, err
}

// runBulkload reads the files of a job's configuration into its table.
func (h *Handlers) runBulkload(ctx context.Context, j *state.Job, log *jobqueue.Log) (state.Output, error) {
	out := state.NoOutput()
	config, load, t, err := h.parseJob(j)
	if err != nil {
		return out, jobqueue.Failf("%v", err)
	}
	l := &loader{config: config, files: h.files, timeColumn: t.TimeColumn, now: j.StartAt, log: log}
	if l.timeColumn == "" {
		l.timeColumn = config.Out.TimeColumn
	}
	added, err := load.Run(ctx, h.engine, l.records(ctx))
	if errors.Is(err, connectorfile.ErrConfig) {
		return out, jobqueue.Failf("%v", err)
	}
	if err != nil {
		return out, err
	}
	log.Cmdout("%s records loaded into %s.%s, %d skipped", text.Commas(added), j.Database, t.Table, l.skipped)
	out.Records = added
	return out, nil
}

// parseConfig parses a configuration and guesses the parser if it is missing.
func (h *Handlers) parseConfig(data []byte) (*connectorfile.Config, error) {
	config, err := connectorfile.Parse(data)
	if err != nil || config.In.Parser != nil {
		return config, err
	}
	if data, err = connectorfile.Guess(data, h.files); err != nil {
		return nil, err
	}
	return connectorfile.Parse(data)
}

// A loader converts the records of files to records of a table.
type loader struct {
	config     *connectorfile.Config
	files      files.Dir
	timeColumn string
	now        time.Time // time of records that have none
	log        *jobqueue.Log
	skipped    int
}

// records returns the valid records. The first invalid ones are logged.
func (l *loader) records(ctx context.Context) iter.Seq2[engine.Record, error] {
	const maxLogged = 20
	return func(yield func(engine.Record, error) bool) {
		for r, err := range l.config.Records(l.files) {
			if err == nil {
				r = l.setTime(r)
				err = tables.CheckRecord(r, tables.MaxBulkColumns)
			}
			if l.canSkip(err) {
				if l.skipped++; l.skipped <= maxLogged {
					l.log.Stderr("skipped: %v", err)
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

// canSkip reports whether err concerns a single record and the configuration
// allows invalid records.
func (l *loader) canSkip(err error) bool {
	_, unreadable := errors.AsType[*connectorfile.SkippedError](err)
	_, invalid := errors.AsType[*tables.RecordError](err)
	return (unreadable || invalid) && !l.config.In.Parser.StopOnError
}

// setTime sets the time of a record, using the time column if there is one, and
// converts timestamps to text.
func (l *loader) setTime(r engine.Record) engine.Record {
	var at any = l.now.Unix()
	timeField := -1
	for i := range r {
		value := r[i].Value
		if t, ok := value.(time.Time); ok {
			value = t.Unix()
			r[i].Value = t.UTC().Format("2006-01-02 15:04:05.000")
		}
		if r[i].Key == "time" {
			timeField = i
		}
		switch {
		case l.timeColumn != "" && r[i].Key == l.timeColumn:
			at = value
		case l.timeColumn == "" && r[i].Key == "time" && value != nil:
			at = value
		}
	}
	if timeField < 0 {
		return append(r, struct {
			Key   string
			Value any
		}{"time", at})
	}
	r[timeField].Value = at
	return r
}
