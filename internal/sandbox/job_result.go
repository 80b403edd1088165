package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// contentType is the content type of a result format; empty when there is no such format.
func contentType(format string) string {
	switch format {
	case "msgpack":
		return "application/x-msgpack"
	case "msgpack.gz":
		return "application/x-gzip"
	case "csv":
		return "text/csv; charset=utf-8"
	case "tsv":
		return "text/tab-separated-values; charset=utf-8"
	case "json":
		return "application/json; charset=utf-8"
	default:
		return ""
	}
}

// jobResult sends a job's rows. The rows of a job never change, so every form has
// a strong ETag, and any range of it can be had.
func (s *Server) jobResult(c *call) (any, error) {
	j, err := s.jobOf(c.Context(), c.path[0])
	if err != nil {
		return nil, err
	}
	format := c.get("format")
	if format == "" {
		return nil, refuse(http.StatusInternalServerError, "'format' parameter is required but missing")
	}
	if contentType(format) == "" {
		return nil, refuse(http.StatusNotAcceptable, "Unknown format: %s", format)
	}
	if j.ETag == "" {
		return nil, refuse(http.StatusNotFound, "Job %d has no result", j.ID)
	}
	form, encoding, err := resultForm(c, format)
	if err != nil {
		return nil, err
	}
	file, err := s.openForm(j, format, form)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse(http.StatusNotFound, "The result of job %d has been removed", j.ID)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close() //nolint:errcheck // it was only read
		return nil, err
	}
	return stream(func(w http.ResponseWriter, r *http.Request) {
		defer file.Close() //nolint:errcheck // it was only read
		h := w.Header()
		h.Set("Content-Type", contentType(format))
		h.Set("ETag", `"`+j.ETag+"-"+form+encoding+`"`)
		h.Set("Vary", "Accept-Encoding")
		if encoding != "" {
			h.Set("Content-Encoding", encoding)
			h.Set("Content-Length", strconv.FormatInt(info.Size(), 10)) // ServeContent leaves it out of encoded bodies
		}
		http.ServeContent(w, r, "", time.Time{}, file)
	}), nil
}

// resultForm names the stored form that answers a request. MessagePack for a client
// that takes gzip is the compressed form as it is.
func resultForm(c *call, format string) (form, encoding string, err error) {
	header, err := c.boolean("header")
	if err != nil {
		return "", "", err
	}
	nullify, err := c.boolean("nullify_special")
	if err != nil {
		return "", "", err
	}
	switch {
	case format == "msgpack.gz":
		return format, "", nil
	case format == "msgpack" && acceptsGzip(c.Header.Get("Accept-Encoding")):
		return "msgpack.gz", "gzip", nil
	case format == "msgpack":
		return format, "", nil
	}
	form = format
	if header != nil && *header {
		form = "header." + form
	}
	if nullify != nil && *nullify {
		form = "nullified." + form
	}
	return form, "", nil
}

func acceptsGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

func (s *Server) openForm(j *state.Job, format, form string) (*os.File, error) {
	switch form {
	case "msgpack.gz":
		return s.spool.Open(j.ID)
	case "msgpack":
		return s.spool.Render(j.ID, form, msgpackfile.Gunzip)
	}
	var o msgpackfile.TextOptions
	if strings.Contains(form, "header.") {
		o.Header = columnNames(j.Columns)
	}
	o.NullifySpecial = strings.Contains(form, "nullified.")
	return s.spool.Render(j.ID, form, func(w io.Writer, r io.Reader) error {
		return msgpackfile.WriteText(w, msgpackfile.Format(format), o, msgpackfile.Rows(r))
	})
}

// columnNames returns the names in a job's schema.
func columnNames(schema string) []string {
	var columns [][2]string
	json.Unmarshal([]byte(schema), &columns) //nolint:errcheck // we wrote it; none is no columns
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c[0]
	}
	return names
}
