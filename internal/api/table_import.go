package api

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// An Upload is a body that can be read again from its start, should a first attempt fail.
type Upload struct {
	Open func() (io.ReadCloser, error)
	Size int64  // bytes
	Type string // of the content; empty stands for application/octet-stream
}

// A source is an upload's body. It ends its request when it cannot be read, with a cause
// that is not taken for a failure of the network.
type source struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.cancel(fmt.Errorf("cannot read what is to be uploaded: %w", err))
	}
	return n, err
}

// An Import is what the service says about records that it took.
type Import struct {
	UniqueID    string
	MD5         string // of the bytes that it received, in hexadecimal digits; may be empty
	ElapsedTime string // seconds, as the service writes them
}

// ImportTable appends records to a table, on the import endpoint:
// PUT /v3/table/import/:db/:table/:format. The format is "msgpack.gz": MessagePack maps,
// each with an integer time. With a unique ID, hexadecimal digits, the service drops a
// repeat, so the upload is tried again after failures:
// PUT /v3/table/import_with_id/:db/:table/:unique_id/:format.
func (c *Client) ImportTable(ctx context.Context, database, table, uniqueID, format string, u Upload) (Import, error) {
	cl := &call{
		method: "PUT", route: "/v3/table/import/:db/:table/:format", names: []string{database, table, format},
		upload: &u, imports: true,
	}
	if uniqueID != "" {
		cl.route, cl.harmless = "/v3/table/import_with_id/:db/:table/:unique_id/:format", true
		cl.names = []string{database, table, uniqueID, format}
	}
	var answer struct {
		UniqueID    text `json:"unique_id"`
		MD5         text `json:"md5_hex"`
		ElapsedTime text `json:"elapsed_time"`
	}
	err := c.fetch(ctx, cl, optional(&answer))
	return Import{UniqueID: string(answer.UniqueID), MD5: string(answer.MD5), ElapsedTime: string(answer.ElapsedTime)}, err
}
