package download

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/pkg/jobresult"
)

// chunked sends the first n bytes without a Content-Length.
func chunked(r result, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if r.etag != "" {
			w.Header().Set("ETag", r.etag)
		}
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write(r.body[:n])
	}
}

// empty sends no body.
func empty(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// tooLong reports more bytes than there are.
func tooLong(r result, more int) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Range") != "" {
			r.ServeHTTP(w, req)
			return
		}
		w.Header().Set("ETag", r.etag)
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("Content-Length", strconv.Itoa(len(r.body)+more))
		_, _ = w.Write(r.body)
		abortLater(w, req)
	}
}

// unfinished sends everything without a Content-Length, but not the end of the body.
func unfinished(r result) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Range") != "" {
			r.ServeHTTP(w, req)
			return
		}
		chunked(r, len(r.body))(w, req)
		abortLater(w, req)
	}
}

// abortLater closes the connection when the client has had time to read the response.
func abortLater(w http.ResponseWriter, req *http.Request) {
	_ = http.NewResponseController(w).Flush()
	select {
	case <-time.After(time.Second):
	case <-req.Context().Done():
	}
	panic(http.ErrAbortHandler)
}

// unplaced sends parts without a Content-Range.
func unplaced(r result) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Range") == "" {
			r.ServeHTTP(w, req)
			return
		}
		w.Header().Set("ETag", r.etag)
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(r.body[:10])
	}
}

// encoded sends the result with a Content-Encoding.
func encoded(t testing.TB, r result, encoding string) result {
	t.Helper()
	var b bytes.Buffer
	var z io.WriteCloser = gzip.NewWriter(&b)
	if encoding == "deflate" {
		z = zlib.NewWriter(&b)
	}
	if _, err := z.Write(r.body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r.body = b.Bytes()
	return r
}

func withEncoding(encoding string, h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		h.ServeHTTP(w, req)
	}
}

// unknown returns a job that reports neither rows nor bytes.
func unknown(r result) api.Job {
	job := r.job()
	job.NumRecords, job.ResultSize = api.Int{}, api.Int{}
	return job
}

// TestComplete checks responses from which the whole result can be recovered.
func TestComplete(t *testing.T) {
	r := newResult(t, 1, 500)
	size := len(r.body)
	bare := r
	bare.etag = ""
	gzipped, deflated := encoded(t, r, "gzip"), encoded(t, r, "deflate")
	for _, tt := range []struct {
		name  string
		steps []http.HandlerFunc
		job   api.Job
		only  string // name of a way
	}{
		{"without a length", []http.HandlerFunc{chunked(r, size)}, r.job(), ""},
		{"without a length, unknown size", []http.HandlerFunc{chunked(r, size)}, unknown(r), ""},
		{"truncated without a length", []http.HandlerFunc{chunked(r, 9000), r.ServeHTTP}, r.job(), ""},
		{"truncated without a length and an ETag", []http.HandlerFunc{chunked(bare, 9000), bare.ServeHTTP}, r.job(), "file"},
		{"truncated without a length, unknown size", []http.HandlerFunc{chunked(r, 9000), r.ServeHTTP}, unknown(r), "file"},
		{"empty once", []http.HandlerFunc{empty(200), r.ServeHTTP}, r.job(), ""},
		{"no content once", []http.HandlerFunc{empty(204), r.ServeHTTP}, r.job(), ""},
		{"empty once, unknown size", []http.HandlerFunc{empty(200), r.ServeHTTP}, unknown(r), ""},
		{"a length that is too large", []http.HandlerFunc{tooLong(r, 5)}, r.job(), ""},
		{"a length that is too large, unknown size", []http.HandlerFunc{tooLong(r, 5)}, unknown(r), ""},
		{"a length that is much too large", []http.HandlerFunc{tooLong(r, 50_000)}, r.job(), ""},
		{"an unfinished body", []http.HandlerFunc{unfinished(r)}, r.job(), ""},
		{"an unfinished body, unknown size", []http.HandlerFunc{unfinished(r)}, unknown(r), ""},
		{"parts without a range", []http.HandlerFunc{after(9000, r), unplaced(r), unranged(r)}, r.job(), "file"},
		{"an encoding", []http.HandlerFunc{withEncoding("gzip", gzipped)}, r.job(), ""},
		{"an encoding in capitals", []http.HandlerFunc{withEncoding("X-GZIP", gzipped)}, r.job(), ""},
		{"another encoding", []http.HandlerFunc{withEncoding("deflate", deflated)}, r.job(), ""},
		{"followed by zeros", []http.HandlerFunc{r.followed(string(make([]byte, 512))).ServeHTTP}, unknown(r), ""},
		{"no encoding", []http.HandlerFunc{withEncoding("identity", r)}, r.job(), ""},
		{"a broken encoding", []http.HandlerFunc{after(9000, withEncoding("gzip", gzipped)), withEncoding("gzip", gzipped)}, r.job(), ""},
		{"a damaged encoding once", []http.HandlerFunc{withEncoding("gzip", r.truncated(9000)), r.ServeHTTP}, r.job(), "file"},
	} {
		for _, w := range ways() {
			if tt.only != "" && w.name != tt.only {
				continue
			}
			t.Run(tt.name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv := &script{steps: tt.steps}
					got, err := fetchBy(t, serve(t, srv), tt.job, jobresult.CSV, w)
					if err != nil || !bytes.Equal(got, r.text(t, jobresult.CSV)) {
						t.Errorf("%d bytes, %v (requests %q)", len(got), err, srv.requests())
					}
				})
			})
		}
	}
}

// truncated returns r with only n bytes.
func (r result) truncated(n int) result {
	r.body = r.body[:n]
	return r
}

// flipped returns r with a wrong bit in byte n.
func (r result) flipped(n int) result {
	r.body = bytes.Clone(r.body)
	r.body[n] ^= 4
	return r
}

// followed returns r with additional bytes.
func (r result) followed(text string) result {
	r.body = append(bytes.Clone(r.body), text...)
	return r
}

// members returns the result as two gzip members, and the size of the first one.
func (r result) members(t testing.TB) (result, int) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	first := 0
	half := bytes.Index(plain[len(plain)/2:], []byte{0x93}) + len(plain)/2 // the head of a row of three values
	var b bytes.Buffer
	for i, part := range [][]byte{plain[:half], plain[half:]} {
		if i == 1 {
			first = b.Len()
		}
		w := gzip.NewWriter(&b)
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r.body = b.Bytes()
	return r, first
}

// TestIncomplete checks that damaged results are never delivered without an error, and
// that they leave no file.
func TestIncomplete(t *testing.T) {
	r := newResult(t, 1, 500)
	two, first := r.members(t)
	sized := unknown(two)
	sized.ResultSize = two.job().ResultSize
	counted := unknown(two)
	counted.NumRecords = two.job().NumRecords
	noRows := unknown(r)
	noRows.NumRecords = api.Int{Valid: true}
	for _, tt := range []struct {
		name   string
		server http.Handler
		job    api.Job
	}{
		{"empty", empty(200), r.job()},
		{"empty, unknown size", empty(200), unknown(r)},
		{"no content, unknown size", empty(204), unknown(r)},
		{"no content", empty(204), r.job()},
		{"cut between members, known size", two.truncated(first), sized},
		{"cut between members, known rows", two.truncated(first), counted},
		{"cut between members without a length", chunked(two, first), sized},
		{"a damaged second member", two.flipped(first + 1), unknown(r)},
		{"text after the result", r.followed("text"), unknown(r)},
		{"zeros and text after the result", r.followed(string(make([]byte, 512)) + "text"), unknown(r)},
		{"fewer rows", r.truncated(len(r.body)), func() api.Job { j := r.job(); j.NumRecords.Value++; return j }()},
		{"more rows", r, func() api.Job { j := r.job(); j.NumRecords.Value--; return j }()},
		{"fewer bytes", r, func() api.Job {
			j := unknown(r)
			j.ResultSize = api.Int{Value: int64(len(r.body)) + 1, Valid: true}
			return j
		}()},
		{"more bytes", r, func() api.Job {
			j := unknown(r)
			j.ResultSize = api.Int{Value: int64(len(r.body)) - 1, Valid: true}
			return j
		}()},
		{"rows for a job without rows", r, noRows},
		{"always truncated", r.truncated(9000), unknown(r)},
		{"always truncated without a length", chunked(r, 9000), unknown(r)},
		{"a damaged encoding", withEncoding("gzip", r.truncated(9000)), r.job()},
	} {
		for _, w := range ways() {
			t.Run(tt.name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					got, err := fetchBy(t, serve(t, tt.server), tt.job, jobresult.CSV, w)
					if _, ok := errors.AsType[*IncompleteError](err); !ok {
						t.Errorf("got the error %v", err)
					}
					if w.file && got != nil {
						t.Errorf("there is a file of %d bytes", len(got))
					}
				})
			})
		}
	}
}

// TestEmpty checks that a job that reports no rows may have an empty result.
func TestEmpty(t *testing.T) {
	r := newResult(t, 1, 0)
	noRows, noBytes := unknown(r), unknown(r)
	noRows.NumRecords = api.Int{Valid: true}
	noBytes.ResultSize = api.Int{Valid: true}
	for name, tt := range map[string]struct {
		server http.Handler
		job    api.Job
	}{
		"no bytes, no rows":        {empty(200), noRows},
		"no content, no rows":      {empty(204), noRows},
		"no bytes, a size of zero": {empty(200), noBytes},
		"an empty gzip stream":     {r, r.job()},
		"an unknown size":          {r, unknown(r)},
	} {
		for _, w := range ways() {
			if got, err := fetchBy(t, serve(t, tt.server), tt.job, jobresult.CSV, w); err != nil || len(got) > 0 {
				t.Errorf("%s, %s: %q, %v", name, w.name, got, err)
			}
		}
	}
}

// TestSmallResume checks that a small download is resumed by the next one, down to the
// documented size.
func TestSmallResume(t *testing.T) {
	r := newResult(t, 1, 12_000)
	if size := len(r.body); size < MinResumable || size > 2*MinResumable {
		t.Fatalf("the result has %d bytes", size)
	}
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "out")
		o := Options{Rows: options(jobresult.CSV), Path: path}
		half := MinResumable/2 + 1000
		var kept int64
		o.Kept = func(received, _ int64) { kept = received }
		broken := &script{steps: []http.HandlerFunc{after(half, r), refuse(http.StatusUnauthorized)}}
		if _, err := Fetch(t.Context(), serve(t, broken), r.job(), o); !errors.Is(err, api.ErrUnauthorized) {
			t.Fatal(err)
		}
		if kept != MinResumable/2 {
			t.Errorf("kept %d bytes", kept)
		}
		srv := &script{steps: []http.HandlerFunc{r.ServeHTTP}}
		if _, err := Fetch(t.Context(), serve(t, srv), r.job(), o); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(`bytes=%d-%d "1"`, MinResumable/2, len(r.body)-1); !slices.Equal(srv.requests(), []string{want}) {
			t.Errorf("requested %q, want %q", srv.requests(), want)
		}
		if !bytes.Equal(read(t, path), r.text(t, jobresult.CSV)) {
			t.Error("the file has other rows")
		}
	})
}

func refuse(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }
}

// TestUnrelatedFiles checks that files with the names of temporary files are kept, whatever
// happens to the download, also to one that cannot be resumed.
func TestUnrelatedFiles(t *testing.T) {
	r := newResult(t, 1, 1000)
	files := map[string]string{"out.part": "draft", "out.part.gz": "precious", "out.part.journal": "diary"}
	for i, present := range [][]string{
		{"out.part.gz"},
		{"out.part.journal"},
		{"out.part.gz", "out.part.journal"},
		{"out.part"},
		{"out.part", "out.part.gz"},
		{"out.part", "out.part.journal"},
	} {
		tune := small()
		if i%2 == 1 {
			tune = never()
		}
		for name, server := range map[string]http.Handler{
			"success": r, "failure": &script{steps: []http.HandlerFunc{after(25_000, r), refuse(500)}}, "not found": refuse(404),
		} {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				for _, file := range present {
					write(t, filepath.Join(dir, file), files[file], 0o600)
				}
				o := Options{Rows: options(jobresult.CSV), Path: filepath.Join(dir, "out"), Threads: 1}
				_, err := fetch(t.Context(), serve(t, server), r.job(), o, tune)
				if (err == nil) != (name == "success") {
					t.Errorf("%s: %v", name, err)
				}
				for _, file := range present {
					if got := string(read(t, filepath.Join(dir, file))); got != files[file] {
						t.Errorf("%s: %s has %q", name, file, got)
					}
				}
				if got := read(t, filepath.Join(dir, "out")); err == nil && !bytes.Equal(got, r.text(t, jobresult.CSV)) {
					t.Errorf("%s: the file has other rows", name)
				}
			})
		}
	}
}
