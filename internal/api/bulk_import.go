package api

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
)

// A BulkImport is a session that collects parts for a table, validates them in a job, and adds the valid records to
// the table in one step.
type BulkImport struct {
	Name, Database, Table      string
	Status                     string // "uploading", "performing", "ready", "committing", "committed" or another value
	UploadFrozen               bool
	JobID                      string // the job that validates the parts
	ValidRecords, ErrorRecords Int
	ValidParts, ErrorParts     Int
}

// UnmarshalJSON implements json.Unmarshaler.
func (i *BulkImport) UnmarshalJSON(b []byte) error {
	var w struct {
		Name, Database, Table, Status looseString
		UploadFrozen                  looseBool `json:"upload_frozen"`
		JobID                         looseID   `json:"job_id"`
		ValidRecords                  Int       `json:"valid_records"`
		ErrorRecords                  Int       `json:"error_records"`
		ValidParts                    Int       `json:"valid_parts"`
		ErrorParts                    Int       `json:"error_parts"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*i = BulkImport{
		Name: string(w.Name), Database: string(w.Database), Table: string(w.Table), Status: string(w.Status),
		UploadFrozen: bool(w.UploadFrozen), JobID: string(w.JobID),
		ValidRecords: w.ValidRecords, ErrorRecords: w.ErrorRecords, ValidParts: w.ValidParts, ErrorParts: w.ErrorParts,
	}
	return nil
}

// CreateBulkImport creates a session.
//
// API: POST /v3/bulk_import/create/:name/:db/:table
func (c *Client) CreateBulkImport(ctx context.Context, name, database, table string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/bulk_import/create/:name/:db/:table", names: []string{name, database, table},
	})
}

// BulkImports returns all sessions.
//
// API: GET /v3/bulk_import/list
func (c *Client) BulkImports(ctx context.Context) ([]BulkImport, error) {
	return fetchList[BulkImport](ctx, c, &call{method: "GET", route: "/v3/bulk_import/list"}, "bulk_imports")
}

// BulkImport returns a session.
//
// API: GET /v3/bulk_import/show/:name
func (c *Client) BulkImport(ctx context.Context, name string) (session BulkImport, err error) {
	err = c.fetch(ctx, &call{method: "GET", route: "/v3/bulk_import/show/:name", names: []string{name}}, decodeInto(&session))
	return session, err
}

// BulkImportParts returns the names of a session's parts.
//
// API: GET /v3/bulk_import/list_parts/:name
func (c *Client) BulkImportParts(ctx context.Context, name string) ([]string, error) {
	return fetchList[string](ctx, c, &call{
		method: "GET", route: "/v3/bulk_import/list_parts/:name", names: []string{name},
	}, "parts")
}

// UploadBulkImportPart adds or replaces a part, which consists of gzip-compressed MessagePack maps.
//
// API: PUT /v3/bulk_import/upload_part/:name/:part
func (c *Client) UploadBulkImportPart(ctx context.Context, name, part string, u Upload) error {
	return c.send(ctx, &call{
		method: "PUT", route: "/v3/bulk_import/upload_part/:name/:part", names: []string{name, part},
		upload: &u, idempotent: true,
	})
}

// DeleteBulkImportPart deletes a part.
//
// API: POST /v3/bulk_import/delete_part/:name/:part
func (c *Client) DeleteBulkImportPart(ctx context.Context, name, part string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/bulk_import/delete_part/:name/:part", names: []string{name, part}, deletion: true,
	})
}

// FreezeBulkImport prevents further uploads.
//
// API: POST /v3/bulk_import/freeze/:name
func (c *Client) FreezeBulkImport(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/bulk_import/freeze/:name", names: []string{name}, idempotent: true})
}

// UnfreezeBulkImport permits uploads again.
//
// API: POST /v3/bulk_import/unfreeze/:name
func (c *Client) UnfreezeBulkImport(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/bulk_import/unfreeze/:name", names: []string{name}, idempotent: true})
}

// PerformBulkImport starts the job that validates a session's parts, and returns the ID of the job.
//
// API: POST /v3/bulk_import/perform/:name
func (c *Client) PerformBulkImport(ctx context.Context, name, poolName string, priority *int) (jobID string, err error) {
	form := url.Values{}
	setText(form, "pool_name", poolName)
	setInt(form, "priority", priority)
	return c.startJob(ctx, &call{
		method: "POST", route: "/v3/bulk_import/perform/:name", names: []string{name}, form: form,
	}, "")
}

// CommitBulkImport starts adding a session's records to its table. It returns a job ID if the response contains one.
//
// API: POST /v3/bulk_import/commit/:name
func (c *Client) CommitBulkImport(ctx context.Context, name string) (jobID string, err error) {
	err = c.fetch(ctx, &call{method: "POST", route: "/v3/bulk_import/commit/:name", names: []string{name}},
		func(b []byte) error {
			jobID, _ = decodeJobID(b)
			return nil
		})
	return jobID, err
}

// BulkImportErrorRecords downloads the invalid records as gzip-compressed MessagePack maps. The body is empty if
// there are none. The caller must close it.
//
// API: GET /v3/bulk_import/error_records/:name
func (c *Client) BulkImportErrorRecords(ctx context.Context, name string) (io.ReadCloser, error) {
	resp, err := c.open(ctx, &call{
		method: "GET", route: "/v3/bulk_import/error_records/:name", names: []string{name}, download: true,
	})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// DeleteBulkImport deletes a session.
//
// API: POST /v3/bulk_import/delete/:name
func (c *Client) DeleteBulkImport(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/bulk_import/delete/:name", names: []string{name}, deletion: true})
}
