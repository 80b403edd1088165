package jobs

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/results"
	"github.com/td-cli/td/internal/sandbox/state"
)

// contentType returns the content type of a result format, or "" if the format is
// unknown.
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

// result sends the rows of a job. They never change, so every form has a strong
// ETag and supports range requests (https://www.rfc-editor.org/rfc/rfc9110#section-14).
func (h *Handlers) result(r *httpapi.Request) (any, error) {
	j, err := h.job(r)
	if err != nil {
		return nil, err
	}
	format := r.Param("format")
	if format == "" {
		return nil, httpapi.Errorf(http.StatusInternalServerError, "'format' parameter is required but missing")
	}
	if contentType(format) == "" {
		return nil, httpapi.Errorf(http.StatusNotAcceptable, "Unknown format: %s", format)
	}
	if j.ETag == "" || !j.Finished() {
		return nil, httpapi.Errorf(http.StatusNotFound, "Job %d has no result", j.ID)
	}
	f, err := chooseForm(r, format)
	if err != nil {
		return nil, err
	}
	file, err := h.openForm(j, f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, httpapi.Errorf(http.StatusNotFound, "The result of job %d has been removed", j.ID)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return httpapi.Stream(func(w http.ResponseWriter, r *http.Request) {
		defer func() { _ = file.Close() }()
		header := w.Header()
		header.Set("Content-Type", contentType(format))
		header.Set("ETag", `"`+j.ETag+"-"+f.name()+f.encoding+`"`)
		header.Set("Vary", "Accept-Encoding")
		if f.encoding != "" {
			header.Set("Content-Encoding", f.encoding)
			header.Set("Content-Length", strconv.FormatInt(info.Size(), 10)) // ServeContent omits it for encoded bodies
		}
		http.ServeContent(w, r, "", time.Time{}, file)
	}), nil
}

// A form is one representation of a result.
type form struct {
	format   string
	header   bool   // starts with a line of column names
	nullify  bool   // NaN and infinities are NULL
	encoding string // Content-Encoding
}

// name identifies the form in the spool and in ETags.
func (f form) name() string {
	name := f.format
	if f.header {
		name = "header." + name
	}
	if f.nullify {
		name = "nullified." + name
	}
	return name
}

// chooseForm returns the form that answers a request. A request for msgpack that
// accepts gzip gets the stored msgpack.gz file as an encoded body.
func chooseForm(r *httpapi.Request, format string) (form, error) {
	header, err := r.BoolParam("header")
	if err != nil {
		return form{}, err
	}
	nullify, err := r.BoolParam("nullify_special")
	if err != nil {
		return form{}, err
	}
	switch {
	case format == "msgpack" && acceptsGzip(r.Header.Get("Accept-Encoding")):
		return form{format: "msgpack.gz", encoding: "gzip"}, nil
	case format == "msgpack" || format == "msgpack.gz":
		return form{format: format}, nil
	}
	return form{format: format, header: header != nil && *header, nullify: nullify != nil && *nullify}, nil
}

func acceptsGzip(acceptEncoding string) bool {
	for part := range strings.SplitSeq(acceptEncoding, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

func (h *Handlers) openForm(j *state.Job, f form) (*os.File, error) {
	switch f.format {
	case "msgpack.gz":
		return h.Spool.Open(j.ID)
	case "msgpack":
		return h.Spool.Render(j.ID, f.name(), msgpackfile.Gunzip)
	}
	options := msgpackfile.TextOptions{NullifySpecial: f.nullify}
	if f.header {
		options.Header = results.ColumnNames(j.Columns)
	}
	return h.Spool.Render(j.ID, f.name(), func(w io.Writer, r io.Reader) error {
		return msgpackfile.WriteText(w, msgpackfile.Format(f.format), options, msgpackfile.Rows(r))
	})
}
