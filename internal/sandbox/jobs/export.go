package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/text"
)

// A tableExport is the detail of an export job.
type tableExport struct {
	Table  string `json:"table"`
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix"`
	Format string `json:"format"`
	From   *int64 `json:"from,omitempty"` // seconds since 1970
	To     *int64 `json:"to,omitempty"`   // seconds since 1970, exclusive
}

// issueTableExport submits the export of a table. The service writes to S3; in the
// sandbox, a bucket is a directory with a name like file:///DIR.
func (h *Handlers) issueTableExport(r *httpapi.Request) (any, error) {
	if storage := r.Param("storage_type"); storage != "s3" {
		return nil, httpapi.Errorf(http.StatusBadRequest, "Only s3 output type is supported: %s", storage)
	}
	database, table := r.PathValue("db"), r.PathValue("table")
	if _, err := h.catalog.Table(r.Context(), database, table); err != nil {
		return nil, err
	}
	e := tableExport{Table: table, Bucket: r.Param("bucket"), Prefix: r.Param("file_prefix"), Format: r.Param("file_format")}
	if e.Bucket == "" {
		return nil, httpapi.Invalidf("'bucket' parameter is required")
	}
	if e.Format == "" {
		e.Format = "json.gz"
	}
	if _, ok := exportFormat(e.Format); !ok {
		return nil, httpapi.Invalidf("File format is invalid: %s", e.Format)
	}
	for name, bound := range map[string]**int64{"from": &e.From, "to": &e.To} {
		t, err := r.TimeParam(name)
		if err != nil {
			return nil, err
		}
		if r.Param(name) != "" {
			seconds := t.Unix()
			*bound = &seconds
		}
	}
	detail, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return h.Submit(r, &state.Job{Type: "export", Database: database, Detail: string(detail)})
}

// exportFormat returns the format of the lines of an exported file.
func exportFormat(fileFormat string) (format string, ok bool) {
	switch fileFormat {
	case "tsv.gz":
		return "tsv", true
	case "jsonl.gz", "line-json.gz":
		return "jsonl", true
	case "json.gz":
		return "json", true
	default:
		return "", false
	}
}

// runTableExport writes the rows of a table to one file.
func (h *Handlers) runTableExport(ctx context.Context, j *state.Job, log *jobqueue.Log) (state.Output, error) {
	none := state.NoOutput()
	var e tableExport
	if err := json.Unmarshal([]byte(j.Detail), &e); err != nil {
		return none, err
	}
	dir, ok := strings.CutPrefix(e.Bucket, "file://")
	if !ok {
		return none, jobqueue.Failf("the sandbox cannot reach the S3 bucket %q: use a directory such as file:///tmp/export", e.Bucket)
	}
	format, _ := exportFormat(e.Format)
	// The prefix must not be cleaned before it is checked.
	path := files.FromURL(strings.TrimSuffix(dir, "/") + "/" + e.Prefix + j.Database + "." + e.Table + "." + e.Format)
	query := fmt.Sprintf("SELECT * FROM \"%s\"", e.Table)
	if bounds := timeCondition(e.From, e.To); bounds != "" {
		query += " WHERE " + bounds
	}
	log.Cmdout("exporting %s.%s to %s", j.Database, e.Table, h.Files.Resolve(path))
	out, err := h.spoolRows(ctx, j, engine.Statement{SQL: query, Dialect: translate.Trino, Database: j.Database})
	if err != nil {
		return none, queryError(j, queryID(j), err)
	}
	j.Output = out
	file := results.File{Path: path, Format: format, Gzip: true, Objects: true}
	if err := errors.Join(h.sender.WriteFile(file, j), h.Spool.Remove(j.ID)); err != nil {
		return none, jobqueue.Failf("cannot write the file: %v", err)
	}
	log.Cmdout("%s rows exported", text.Commas(out.Records))
	return none, nil
}

// timeCondition returns an SQL condition for times from the first bound,
// inclusive, to the second one, exclusive.
func timeCondition(from, to *int64) string {
	var bounds []string
	if from != nil {
		bounds = append(bounds, fmt.Sprintf("time >= %d", *from))
	}
	if to != nil {
		bounds = append(bounds, fmt.Sprintf("time < %d", *to))
	}
	return strings.Join(bounds, " AND ")
}

// issueResultExport submits the export of the result of a finished job.
func (h *Handlers) issueResultExport(r *httpapi.Request) (any, error) {
	target, err := h.job(r)
	if err != nil {
		return nil, err
	}
	j := &state.Job{
		Type:     "result_export",
		Database: target.Database,
		Query:    "RESULT EXPORT FROM JOB " + strconv.FormatInt(target.ID, 10),
		TargetID: target.ID,
	}
	if err := h.readParams(r, j); err != nil {
		return nil, err
	}
	if j.Result == "" {
		return nil, httpapi.Invalidf("'result' parameter is required")
	}
	if err := h.Queue.Submit(r.Context(), j); err != nil {
		return nil, err
	}
	// The job may be running already and must not be read.
	stored, err := h.State.Job(r.Context(), j.ID)
	if err != nil {
		return nil, err
	}
	return fullObject(r, stored), nil
}

func (h *Handlers) runResultExport(ctx context.Context, j *state.Job, log *jobqueue.Log) (state.Output, error) {
	target, err := h.State.Job(ctx, j.TargetID)
	if err != nil {
		return state.NoOutput(), err
	}
	if target.Status != state.Success || target.ETag == "" {
		return state.NoOutput(), jobqueue.Failf("job %d has no result to export: its status is %s", target.ID, target.Status)
	}
	return state.NoOutput(), h.sender.Send(ctx, j.Result, target, log)
}

// committedResultExport implements jobqueue.CommittedFunc.
func (h *Handlers) committedResultExport(ctx context.Context, j *state.Job, _ *jobqueue.Log) (state.Output, bool, error) {
	sent, err := h.sender.Sent(ctx, j.Result, j.ID)
	return state.NoOutput(), sent, err
}
