package tables

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

// importRecords appends the records of the body to a table. A second import with
// the same ID adds nothing. The body is received completely before the table is
// locked, so that a slow client does not block others.
func (h *Handlers) importRecords(r *httpapi.Request) (any, error) {
	start := time.Now()
	database, table, id, format := r.PathValue("db"), r.PathValue("table"), r.PathValue("id"), r.PathValue("format")
	if format != "msgpack.gz" && format != "msgpack" {
		return nil, httpapi.Errorf(http.StatusUnsupportedMediaType, "Unsupported import format: %s", format)
	}
	if _, err := h.catalog.Table(r.Context(), database, table); err != nil {
		return nil, err
	}
	u, err := h.uploads.Receive(r.Body)
	if err != nil {
		return nil, err
	}
	defer u.Remove()
	if _, err := h.engine.Append(r.Context(), database, table, id, u.Records(MaxImportColumns)); err != nil {
		return nil, ImportError(err)
	}
	if id == "" {
		id = hex.EncodeToString([]byte(rand.Text())[:12])
	}
	return httpapi.Object{
		"unique_id":    id,
		"md5_hex":      u.MD5,
		"database":     database,
		"table":        table,
		"elapsed_time": time.Since(start).Seconds(),
	}, nil
}

// tailTable sends the records that were added last.
func (h *Handlers) tailTable(r *httpapi.Request) (any, error) {
	database, table, format := r.PathValue("db"), r.PathValue("table"), r.Param("format")
	for _, suffix := range []string{".msgpack", ".json"} {
		if name, ok := strings.CutSuffix(table, suffix); ok {
			table, format = name, suffix[1:]
		}
	}
	count, err := r.IntParam("count", 30, 1, 10000)
	if err != nil {
		return nil, err
	}
	if _, err := h.catalog.Table(r.Context(), database, table); err != nil {
		return nil, err
	}
	records, err := h.engine.Tail(r.Context(), database, table, count)
	if err != nil {
		return nil, err
	}
	switch format {
	case "", "msgpack":
		return recordStream(records)
	case "json":
		list := []json.RawMessage{}
		for _, record := range records {
			list = append(list, msgpackfile.RecordJSON(record))
		}
		return list, nil
	default:
		return nil, httpapi.Errorf(http.StatusNotAcceptable, "Unknown format: %s", format)
	}
}

func recordStream(records []engine.Record) (any, error) {
	var b bytes.Buffer
	if err := msgpackfile.WriteRecords(&b, records); err != nil {
		return nil, err
	}
	return httpapi.Stream(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-msgpack")
		_, _ = w.Write(b.Bytes())
	}), nil
}
