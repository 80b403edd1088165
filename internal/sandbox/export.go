package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/state"
)

func (s *Server) exportRoutes() []route {
	return []route{at("POST", "/v3/export/run/:db/:table", s.issueTableExport)}
}

// A tableExport is what an export job does.
type tableExport struct {
	Table  string `json:"table"`
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix"`
	Format string `json:"format"`
	From   *int64 `json:"from,omitempty"`
	To     *int64 `json:"to,omitempty"`
}

// issueTableExport submits the export of a table. The service writes to S3; here a
// bucket is a directory, file:///DIR.
func (s *Server) issueTableExport(c *call) (any, error) {
	if kind := c.get("storage_type"); kind != "s3" {
		return nil, refuse(http.StatusBadRequest, "Only s3 output type is supported: %s", kind)
	}
	if _, err := s.tableOf(c); err != nil {
		return nil, err
	}
	e := tableExport{Table: c.path[1], Bucket: c.get("bucket"), Prefix: c.get("file_prefix"), Format: c.get("file_format")}
	if e.Bucket == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'bucket' parameter is required")
	}
	if e.Format == "" {
		e.Format = "json.gz"
	}
	switch e.Format {
	case "json.gz", "line-json.gz", "jsonl.gz", "tsv.gz":
	default:
		return nil, refuse(http.StatusUnprocessableEntity, "File format is invalid: %s", e.Format)
	}
	for name, bound := range map[string]**int64{"from": &e.From, "to": &e.To} {
		t, err := c.instant(name)
		if err != nil {
			return nil, err
		}
		if c.get(name) != "" {
			seconds := t.Unix()
			*bound = &seconds
		}
	}
	detail, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	j := &state.Job{Type: "export", Database: c.path[0], Detail: string(detail)}
	if err := s.jobOptions(c, j); err != nil {
		return nil, err
	}
	if err := s.submit(c.Context(), j); err != nil {
		return nil, err
	}
	return issued(j), nil
}

// runTableExport writes the rows of a table into one file.
func (s *Server) runTableExport(ctx context.Context, j *state.Job, log joblog) error {
	var e tableExport
	if err := json.Unmarshal([]byte(j.Detail), &e); err != nil {
		return err
	}
	dir, ok := strings.CutPrefix(e.Bucket, "file://")
	if !ok {
		return failJob("the sandbox cannot reach the bucket %q of S3: name a directory, such as file:///tmp/export", e.Bucket)
	}
	path := filepath.Join(localPath(dir), filepath.FromSlash(e.Prefix+j.Database+"."+e.Table+"."+e.Format))
	query := fmt.Sprintf("SELECT * FROM \"%s\"", e.Table)
	if bounds := timeBounds(e.From, e.To); bounds != "" {
		query += " WHERE " + bounds
	}
	log.cmdout("exporting %s.%s to %s", j.Database, e.Table, path)
	out, err := s.spoolRows(ctx, j, engine.Statement{SQL: query, Dialect: translate.Trino, Database: j.Database})
	if err != nil {
		return queryError(j, err)
	}
	format := map[string]string{"tsv.gz": "tsv", "jsonl.gz": "jsonl", "line-json.gz": "jsonl", "json.gz": "json"}[e.Format]
	target := fileTarget{path: path, format: format, gzip: true, objects: true}
	if err := errors.Join(s.writeFile(target, j.ID, out.Columns), s.spool.Remove(j.ID)); err != nil {
		return failJob("cannot write %q: %v", path, err)
	}
	log.cmdout("%s rows exported", commas(out.Records))
	return nil
}

// timeBounds is a condition on time: from included, to excluded.
func timeBounds(from, to *int64) string {
	var bounds []string
	if from != nil {
		bounds = append(bounds, fmt.Sprintf("time >= %d", *from))
	}
	if to != nil {
		bounds = append(bounds, fmt.Sprintf("time < %d", *to))
	}
	return strings.Join(bounds, " AND ")
}

// issueResultExport submits the export of a finished job's result.
func (s *Server) issueResultExport(c *call) (any, error) {
	target, err := s.jobOf(c.Context(), c.path[0])
	if err != nil {
		return nil, err
	}
	j := &state.Job{
		Type:     "result_export",
		Database: target.Database,
		Query:    "RESULT EXPORT FROM JOB " + strconv.FormatInt(target.ID, 10),
		TargetID: target.ID,
	}
	if err := s.jobOptions(c, j); err != nil {
		return nil, err
	}
	if j.Result == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'result' parameter is required")
	}
	if err := s.submit(c.Context(), j); err != nil {
		return nil, err
	}
	return object{
		"job_id":                      strconv.FormatInt(j.ID, 10),
		"type":                        j.Type,
		"status":                      j.Status,
		"query":                       j.Query,
		"result_export_target_job_id": target.ID,
	}, nil
}

func (s *Server) runResultExport(ctx context.Context, j *state.Job, log joblog) error {
	target, err := s.state.Job(ctx, j.TargetID)
	if err != nil {
		return err
	}
	if target.Status != state.Success || target.ETag == "" {
		return failJob("job %d has no result to export: its status is %s", target.ID, target.Status)
	}
	return s.exportRows(ctx, j.Result, target, target.Columns, log)
}
