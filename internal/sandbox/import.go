package sandbox

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

// Columns that a record may have.
const (
	maxImportColumns = 512
	maxBulkColumns   = 4096
)

func (s *Server) importRoutes() []route {
	return []route{
		at("PUT", "/v3/table/import/:db/:table/:format", s.importRecords).upload(),
		at("PUT", "/v3/table/import_with_id/:db/:table/:id/:format", s.importRecords).upload(),
	}
}

// importRecords appends an upload to a table. The body is taken in before the table
// is touched, so that a slow client holds up nobody; an upload with an id that was seen before adds nothing.
func (s *Server) importRecords(c *call) (any, error) {
	began := time.Now()
	database, table, id, format := c.path[0], c.path[1], "", c.path[len(c.path)-1]
	if len(c.path) == 4 {
		id = c.path[2]
	}
	if format != "msgpack.gz" && format != "msgpack" {
		return nil, refuse(http.StatusUnsupportedMediaType, "Unsupported import format: %s", format)
	}
	if _, err := s.lookUp(c.Context(), database, table); err != nil {
		return nil, err
	}
	u, err := s.receive(c.Body)
	if err != nil {
		return nil, err
	}
	defer u.remove()
	if _, err := s.engine.Append(c.Context(), database, table, id, u.records(maxImportColumns)); err != nil {
		return nil, importRefusal(err)
	}
	if id == "" {
		id = hex.EncodeToString([]byte(rand.Text())[:12])
	}
	return object{
		"unique_id":    id,
		"md5_hex":      u.md5,
		"database":     database,
		"table":        table,
		"elapsed_time": time.Since(began).Seconds(),
	}, nil
}

func importRefusal(err error) error {
	if e, ok := errors.AsType[*recordError](err); ok {
		return refuse(http.StatusUnprocessableEntity, "%v", e)
	}
	return err
}

// A recordError is a record that cannot go into a table.
type recordError struct{ err error }

func (e *recordError) Error() string { return e.err.Error() }

// An upload is a body that was received whole, in a file.
type upload struct {
	file *os.File
	size int64
	md5  string
}

func (s *Server) receive(body io.Reader) (*upload, error) {
	dir := filepath.Join(s.options.Dir, uploadsDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, "tmp-*")
	if err != nil {
		return nil, err
	}
	u := &upload{file: file}
	sum := md5.New()
	if u.size, err = io.Copy(io.MultiWriter(file, sum), body); err != nil {
		u.remove()
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, err
		}
		return nil, refuse(http.StatusBadRequest, "The body could not be read: %v", err)
	}
	u.md5 = hex.EncodeToString(sum.Sum(nil))
	return u, nil
}

// records yields the records, each fit for a table. They can be had again.
func (u *upload) records(maxColumns int) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		if _, err := u.file.Seek(0, io.SeekStart); err != nil {
			yield(nil, err)
			return
		}
		for r, err := range msgpackfile.Records(u.file) {
			if err == nil {
				err = wrapRecordError(msgpackfile.Check(r, maxColumns))
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

func wrapRecordError(err error) error {
	if err == nil {
		return nil
	}
	return &recordError{err}
}

// keep moves the upload to a path, for good.
func (u *upload) keep(path string) error {
	if err := u.file.Sync(); err != nil {
		return err
	}
	if err := u.file.Close(); err != nil {
		return err
	}
	return os.Rename(u.file.Name(), path)
}

func (u *upload) remove() {
	u.file.Close()           //nolint:errcheck // nobody wants what is in it
	os.Remove(u.file.Name()) //nolint:errcheck // swept later
}

// tailTable sends the records that were added last.
func (s *Server) tailTable(c *call) (any, error) {
	table, format := c.path[1], c.get("format")
	for _, suffix := range []string{".msgpack", ".json"} {
		if name, ok := strings.CutSuffix(table, suffix); ok {
			table, format = name, suffix[1:]
		}
	}
	count, err := c.integer("count", 30, 1, 10000)
	if err != nil {
		return nil, err
	}
	if _, err := s.lookUp(c.Context(), c.path[0], table); err != nil {
		return nil, err
	}
	records, err := s.engine.Tail(c.Context(), c.path[0], table, count)
	if err != nil {
		return nil, err
	}
	switch format {
	case "", "msgpack":
		return recordStream(records)
	case "json":
		list := []json.RawMessage{}
		for _, r := range records {
			list = append(list, msgpackfile.RecordJSON(r))
		}
		return list, nil
	default:
		return nil, refuse(http.StatusNotAcceptable, "Unknown format: %s", format)
	}
}

func recordStream(records []engine.Record) (any, error) {
	var b bytes.Buffer
	if err := msgpackfile.WriteRecords(&b, records); err != nil {
		return nil, err
	}
	return stream(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType("msgpack"))
		w.Write(b.Bytes()) //nolint:errcheck // the client has gone
	}), nil
}
