package api

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
)

// A BulkImport is a session that collects parts of a table, checks them in a job, and
// adds them to the table at once.
type BulkImport struct {
	Name, Database, Table      string
	Status                     string // "uploading", "performing", "ready", "committing", "committed" …
	UploadFrozen               bool
	JobID                      string // of the job that checks the parts
	ValidRecords, ErrorRecords Int
	ValidParts, ErrorParts     Int
}

// UnmarshalJSON reads a session as the service writes it.
func (i *BulkImport) UnmarshalJSON(b []byte) error {
	var w struct {
		Name, Database, Table, Status text
		UploadFrozen                  flag `json:"upload_frozen"`
		JobID                         id   `json:"job_id"`
		ValidRecords                  Int  `json:"valid_records"`
		ErrorRecords                  Int  `json:"error_records"`
		ValidParts                    Int  `json:"valid_parts"`
		ErrorParts                    Int  `json:"error_parts"`
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

// CreateBulkImport opens a session: POST /v3/bulk_import/create/:name/:db/:table.
func (c *Client) CreateBulkImport(ctx context.Context, name, database, table string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/bulk_import/create/:name/:db/:table", names: []string{name, database, table},
	})
}

// BulkImports lists the sessions: GET /v3/bulk_import/list.
func (c *Client) BulkImports(ctx context.Context) ([]BulkImport, error) {
	return fetchList[BulkImport](ctx, c, &call{method: "GET", route: "/v3/bulk_import/list"}, "bulk_imports")
}

// BulkImport returns one session: GET /v3/bulk_import/show/:name.
func (c *Client) BulkImport(ctx context.Context, name string) (session BulkImport, err error) {
	err = c.fetch(ctx, &call{method: "GET", route: "/v3/bulk_import/show/:name", names: []string{name}}, into(&session))
	return session, err
}

// BulkImportParts lists the names of a session's parts: GET /v3/bulk_import/list_parts/:name.
func (c *Client) BulkImportParts(ctx context.Context, name string) ([]string, error) {
	return fetchList[string](ctx, c, &call{
		method: "GET", route: "/v3/bulk_import/list_parts/:name", names: []string{name},
	}, "parts")
}

// UploadBulkImportPart adds a part, gzip of MessagePack maps, or replaces the one of
// that name: PUT /v3/bulk_import/upload_part/:name/:part.
func (c *Client) UploadBulkImportPart(ctx context.Context, name, part string, u Upload) error {
	return c.send(ctx, &call{
		method: "PUT", route: "/v3/bulk_import/upload_part/:name/:part", names: []string{name, part},
		upload: &u, harmless: true,
	})
}

// DeleteBulkImportPart removes a part: POST /v3/bulk_import/delete_part/:name/:part.
func (c *Client) DeleteBulkImportPart(ctx context.Context, name, part string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/bulk_import/delete_part/:name/:part", names: []string{name, part}, gone: true,
	})
}

// FreezeBulkImport ends uploading: POST /v3/bulk_import/freeze/:name.
func (c *Client) FreezeBulkImport(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/bulk_import/freeze/:name", names: []string{name}, harmless: true})
}

// UnfreezeBulkImport allows uploading again: POST /v3/bulk_import/unfreeze/:name.
func (c *Client) UnfreezeBulkImport(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/bulk_import/unfreeze/:name", names: []string{name}, harmless: true})
}

// PerformBulkImport starts the job that checks a session's parts, and returns the job's
// ID: POST /v3/bulk_import/perform/:name.
func (c *Client) PerformBulkImport(ctx context.Context, name, poolName string, priority *int) (jobID string, err error) {
	form := url.Values{}
	setText(form, "pool_name", poolName)
	setInt(form, "priority", priority)
	return c.submit(ctx, &call{
		method: "POST", route: "/v3/bulk_import/perform/:name", names: []string{name}, form: form,
	}, "")
}

// CommitBulkImport starts to add a session's records to its table, and returns the ID
// of a job, if the service names one: POST /v3/bulk_import/commit/:name.
func (c *Client) CommitBulkImport(ctx context.Context, name string) (jobID string, err error) {
	err = c.fetch(ctx, &call{method: "POST", route: "/v3/bulk_import/commit/:name", names: []string{name}},
		func(b []byte) error {
			jobID, _ = startedJob(b)
			return nil
		})
	return jobID, err
}

// BulkImportErrorRecords downloads the records that were not valid:
// GET /v3/bulk_import/error_records/:name. They are gzip of MessagePack maps; no bytes
// mean that there are none. The caller closes the body.
func (c *Client) BulkImportErrorRecords(ctx context.Context, name string) (io.ReadCloser, error) {
	resp, err := c.open(ctx, &call{
		method: "GET", route: "/v3/bulk_import/error_records/:name", names: []string{name}, download: true,
	})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// DeleteBulkImport removes a session: POST /v3/bulk_import/delete/:name.
func (c *Client) DeleteBulkImport(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/bulk_import/delete/:name", names: []string{name}, gone: true})
}
