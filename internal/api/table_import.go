package api

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// An Upload is a body that can be read again for another attempt.
type Upload struct {
	Open func() (io.ReadCloser, error)
	Size int64  // bytes
	Type string // Content-Type; empty means application/octet-stream
}

// An uploadReader is the body of an upload. If it cannot be read, it cancels the request with the error as the
// cause, which distinguishes it from a network error.
type uploadReader struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

// Read implements io.Reader.
func (r *uploadReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.cancel(fmt.Errorf("cannot read the upload: %w", err))
	}
	return n, err
}

// An Import is the response to imported records.
type Import struct {
	UniqueID    string
	MD5         string // MD5 hash of the received bytes in hexadecimal; may be empty
	ElapsedTime string // seconds, as received
}

// ImportTable appends records to a table. It uses the import endpoint. The format is "msgpack.gz": MessagePack maps,
// each with an integer time. With a unique ID, which consists of hexadecimal digits, the service ignores repeated
// imports, so the upload is retried after failures.
//
// API: PUT /v3/table/import/:db/:table/:format
func (c *Client) ImportTable(ctx context.Context, database, table, uniqueID, format string, u Upload) (Import, error) {
	cl := &call{
		method: "PUT", route: "/v3/table/import/:db/:table/" + format, names: []string{database, table},
		upload: &u, imports: true,
	}
	if uniqueID != "" {
		cl.route, cl.idempotent = "/v3/table/import_with_id/:db/:table/:unique_id/"+format, true
		cl.names = []string{database, table, uniqueID}
	}
	var answer struct {
		UniqueID    looseString `json:"unique_id"`
		MD5         looseString `json:"md5_hex"`
		ElapsedTime looseString `json:"elapsed_time"`
	}
	err := c.fetch(ctx, cl, decodeOptional(&answer))
	return Import{UniqueID: string(answer.UniqueID), MD5: string(answer.MD5), ElapsedTime: string(answer.ElapsedTime)}, err
}
