package download

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/pkg/jobresult"
)

// together blocks requests until there are n of them.
type together struct {
	n    int
	h    http.Handler
	mu   sync.Mutex
	open int
	all  chan struct{}
}

func (s *together) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Header.Get("Range") == "bytes=0-11999" { // the first, which settles what there is
		s.h.ServeHTTP(w, req)
		return
	}
	s.mu.Lock()
	if s.open++; s.open == s.n {
		close(s.all)
	}
	s.mu.Unlock()
	<-s.all
	s.h.ServeHTTP(w, req)
}

// TestThreads checks that each byte of a large file is requested once, over several connections.
func TestThreads(t *testing.T) {
	r := newResult(t, 1, 1000)
	size := int64(len(r.body))
	for _, tt := range []struct {
		threads int
		tune    limits
		want    []string
	}{
		{threads: 1, tune: small(), want: []string{""}},
		{threads: 0, tune: never(), want: []string{""}},
		{threads: 3, tune: small(), want: ranges(12_000, size)},
		{threads: 0, tune: small(), want: ranges(12_000, size)},
	} {
		t.Run(fmt.Sprintf("%d/%d", tt.threads, tt.tune.segmented), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := &script{steps: []http.HandlerFunc{r.ServeHTTP}}
				var h http.Handler = srv
				if len(tt.want) > 1 {
					h = &together{n: 2, h: srv, all: make(chan struct{})}
				}
				got, err := fetchBy(t, serve(t, h), r.job(), jobresult.JSONL, way{file: true, threads: tt.threads, tune: tt.tune})
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, r.text(t, jobresult.JSONL)) {
					t.Error("other rows arrived")
				}
				slices.Sort(tt.want)
				if diff := cmp.Diff(tt.want, slices.Sorted(slices.Values(srv.requests()))); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// ranges returns the requests for a result in ranges of the given size.
func ranges(stretch, size int64) []string {
	all := []string{fmt.Sprintf("bytes=0-%d", stretch-1)}
	for from := stretch; from < size; from += stretch {
		all = append(all, fmt.Sprintf(`bytes=%d-%d "1"`, from, min(from+stretch, size)-1))
	}
	return all
}

// TestThreadsWithoutRanges checks that a server without ranges gets one request.
func TestThreadsWithoutRanges(t *testing.T) {
	r := newResult(t, 1, 1000)
	srv := &script{steps: []http.HandlerFunc{unranged(r)}}
	got, err := fetchBy(t, serve(t, srv), r.job(), jobresult.CSV, way{file: true, threads: 4, tune: small()})
	if err != nil || !bytes.Equal(got, r.text(t, jobresult.CSV)) {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
	if asked := srv.requests(); len(asked) != 1 {
		t.Errorf("asked for %q", asked)
	}
}

// leave returns the path of a download that was interrupted after n bytes.
func leave(t *testing.T, r result, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(t.Context())
	h := func(w http.ResponseWriter, req *http.Request) {
		defer cancel()
		r.ServeHTTP(&breaking{w, req, n, cut}, req)
	}
	o := Options{Rows: options(jobresult.CSV), Path: path, Threads: 1}
	if _, err := fetch(ctx, serve(t, http.HandlerFunc(h)), r.job(), o, small()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return path
}

func TestProceed(t *testing.T) {
	r, other := newResult(t, 1, 1000), newResult(t, 2, 1000)
	size := len(r.body)
	resumed := []string{fmt.Sprintf(`bytes=24000-%d "1"`, size-1)}
	restarted := []string{""}
	stale := []string{fmt.Sprintf(`bytes=24000-%d "1"`, size-1), ""}
	edit := func(name string, change func([]byte) []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			b := change(read(t, path+name))
			if err := os.WriteFile(path+name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	journal := func(change func([]byte) []byte) func(t *testing.T, path string) { return edit(".part.journal", change) }
	data := func(change func([]byte) []byte) func(t *testing.T, path string) { return edit(".part.gz", change) }
	header := func(change func(*resultVersion)) func(t *testing.T, path string) {
		return journal(func(b []byte) []byte {
			var v resultVersion
			head, rest, _ := bytes.Cut(b, []byte("\n"))
			if err := json.Unmarshal(head, &v); err != nil {
				t.Fatal(err)
			}
			change(&v)
			head, _ = json.Marshal(v)
			return append(append(head, '\n'), rest...)
		})
	}
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, path string)
		server result
		asked  []string

		foreign bool // the files do not look like ours and are kept
	}{
		{"as it is", func(*testing.T, string) {}, r, resumed, false},
		{"another result", func(*testing.T, string) {}, other, stale, false},
		{"a torn line", journal(func(b []byte) []byte { return append(b, `{"piece":9,"crc`...) }), r, resumed, false},
		{"no last line", journal(func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+3] }), r, []string{fmt.Sprintf(`bytes=20000-%d "1"`, size-1)}, false},
		{"lines of nonsense", journal(func(b []byte) []byte {
			return append(b, "null\n{}\n[]\n{\"piece\":-1}\n{\"piece\":99}\n{\"piece\":8,\"crc32c\":1}\n\xff\n"...)
		}), r, resumed, false},
		{"a wrong byte", data(func(b []byte) []byte { b[5000] ^= 1; return b }), r, []string{`bytes=4000-7999 "1"`, resumed[0]}, false},
		{"data cut off", data(func(b []byte) []byte { return b[:9000] }), r, []string{fmt.Sprintf(`bytes=8000-%d "1"`, size-1)}, false},
		{"no data", data(func([]byte) []byte { return nil }), r, []string{fmt.Sprintf(`bytes=0-%d "1"`, size-1)}, false},
		{"too much data", data(func(b []byte) []byte { return append(b, make([]byte, size)...) }), r, restarted, false},
		{"an empty journal", journal(func([]byte) []byte { return nil }), r, restarted, true},
		{"no journal in it", journal(func([]byte) []byte { return []byte("n,text,x\n1,2,3\n") }), r, restarted, true},
		{"another job", header(func(v *resultVersion) { v.Job = "41" }), r, restarted, false},
		{"another ETag", header(func(v *resultVersion) { v.ETag = `"0"` }), r, []string{fmt.Sprintf(`bytes=24000-%d "0"`, size-1), ""}, false},
		{"another total", header(func(v *resultVersion) { v.Total += 5 }), r, []string{fmt.Sprintf(`bytes=24000-%d "1"`, size+4), ""}, false},
		{"a huge total", header(func(v *resultVersion) { v.Total = 1 << 62 }), r, restarted, true},
		{"other pieces", header(func(v *resultVersion) { v.Piece = 0 }), r, restarted, true},
		{"files removed", func(_ *testing.T, path string) { os.Remove(path + ".part.gz") }, r, restarted, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := leave(t, r, 25_000)
			tt.change(t, path)
			srv := &script{steps: []http.HandlerFunc{tt.server.ServeHTTP}}
			o := Options{Rows: options(jobresult.CSV), Path: path, Threads: 1}
			if _, err := fetch(t.Context(), serve(t, srv), tt.server.job(), o, small()); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(read(t, path), tt.server.text(t, jobresult.CSV)) {
				t.Error("other rows arrived")
			}
			want := "out"
			if tt.foreign {
				want = "out out.part.gz out.part.journal"
			}
			if got := names(t, filepath.Dir(path)); got != want {
				t.Errorf("the directory has %q, want %q", got, want)
			}
			if diff := cmp.Diff(tt.asked, srv.requests()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzJournal checks that only pieces that match their checksum count as complete.
func FuzzJournal(f *testing.F) {
	const head = `{"job":"42","etag":"\"1\"","total":3000000,"piece":1048576}` + "\n"
	f.Add([]byte(head+`{"piece":0,"crc32c":1}`), []byte("data"))
	f.Add([]byte(head+`{"piece":2,"crc32c":0}`+"\n{}\nnull"), make([]byte, 3_000_000))
	f.Add([]byte(strings.Replace(head, "3000000", "9223372036854775807", 1)), []byte{})
	f.Add([]byte(strings.Replace(head, "3000000", "4", 1)+`{"piece":0,"crc32c":2933423569}`+"\n"), []byte("data"))
	f.Add([]byte("\n\xff{"), []byte{})
	f.Fuzz(func(t *testing.T, journal, data []byte) {
		part := filepath.Join(t.TempDir(), "out.part")
		write(t, dataName(part), string(data), 0o600)
		write(t, journalName(part), string(journal), 0o600)
		s, v, there, err := openResumeFiles(t.Context(), part, "42", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if s == nil {
			return
		}
		defer s.close()
		if len(there) != v.pieces() || v.Total > maxTotal {
			t.Fatalf("%d pieces of %+v", len(there), v)
		}
		for i, ok := range there {
			from, end := int64(i)*v.Piece, int64(i)*v.Piece+v.pieceSize(i)
			if !ok {
				continue
			}
			if end > int64(len(data)) {
				t.Fatalf("piece %d is not there", i)
			}
			sum := newChecksum()
			sum.Write(data[from:end])
			if !bytes.Contains(journal, fmt.Append(nil, sum.Sum32())) {
				t.Errorf("piece %d does not match its checksum", i)
			}
		}
	})
}

// TestForeignResumeFile checks that a link in the place of a resume file is not written through.
func TestForeignResumeFile(t *testing.T) {
	r := newResult(t, 1, 1000)
	path := leave(t, r, 25_000)
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, read(t, path+".part.gz"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := read(t, precious)
	os.Remove(path + ".part.gz")
	if err := os.Symlink(precious, path+".part.gz"); err != nil {
		t.Skip(err)
	}
	o := Options{Rows: options(jobresult.CSV), Path: path}
	if _, err := fetch(t.Context(), serve(t, r), r.job(), o, small()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, precious), before) {
		t.Error("the file behind the link was written to")
	}
}

// TestKept checks which failures keep the resume files.
func TestKept(t *testing.T) {
	r := newResult(t, 1, 1000)
	short := r.job()
	short.NumRecords.Value++
	refuse := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }
	}
	for _, tt := range []struct {
		name  string
		then  http.HandlerFunc // after 25,000 bytes
		job   api.Job
		kept  int64
		error error
	}{
		{"the key is refused", refuse(401), r.job(), 24_000, api.ErrUnauthorized},
		{"the result is gone", refuse(404), r.job(), 0, api.ErrNotFound},
		{"the server fails", refuse(503), r.job(), 24_000, api.ErrServer},
		{"the network fails", none(r), r.job(), 24_000, nil},
		{"rows are missing", r.ServeHTTP, short, 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				var kept int64
				srv := &script{steps: []http.HandlerFunc{after(25_000, r), tt.then}}
				_, err := fetch(t.Context(), serve(t, srv), tt.job, Options{
					Rows: options(jobresult.CSV), Path: filepath.Join(dir, "out"), Threads: 1,
					Kept: func(received, _ int64) { kept = received },
				}, small())
				if err == nil || tt.error != nil && !errors.Is(err, tt.error) {
					t.Errorf("got the error %v", err)
				}
				want := ""
				if tt.kept > 0 {
					want = "out.part.gz out.part.journal"
				}
				if got := names(t, dir); got != want {
					t.Errorf("the directory has %q, want %q", got, want)
				}
				if kept != tt.kept {
					t.Errorf("%d bytes were reported as kept, want %d", kept, tt.kept)
				}
			})
		})
	}
}

// TestTwoAtOnce checks that the second of two downloads to a file fails and does not disturb the first.
func TestTwoAtOnce(t *testing.T) {
	r := newResult(t, 1, 1000)
	path := filepath.Join(t.TempDir(), "out")
	o := Options{Rows: options(jobresult.CSV), Path: path}
	var second, checked error
	h := func(w http.ResponseWriter, req *http.Request) {
		if second == nil {
			second = lockfile.ErrHeld // only once
			_, second = fetch(t.Context(), serve(t, r), r.job(), o, small())
			checked = CheckPath(path)
		}
		r.ServeHTTP(w, req)
	}
	o1 := o
	o1.Threads = 1
	if _, err := fetch(t.Context(), serve(t, http.HandlerFunc(h)), r.job(), o1, small()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{second, checked} {
		if _, ok := errors.AsType[*FileError](err); !ok || !errors.Is(err, lockfile.ErrHeld) {
			t.Errorf("the second got the error %v", err)
		}
	}
	if !bytes.Equal(read(t, path), r.text(t, jobresult.CSV)) {
		t.Error("other rows arrived")
	}
	if _, err := fetch(t.Context(), serve(t, r), r.job(), o, small()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestManyAtOnce checks that many downloads to one file leave a complete file.
func TestManyAtOnce(t *testing.T) {
	results := []result{newResult(t, 1, 300), newResult(t, 2, 300)}
	wants := [][]byte{results[0].text(t, jobresult.CSV), results[1].text(t, jobresult.CSV)}
	path := filepath.Join(t.TempDir(), "out")
	clients := []*api.Client{serve(t, results[0]), serve(t, results[1])}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for range 10 {
				o := Options{Rows: options(jobresult.CSV), Path: path}
				_, err := fetch(t.Context(), clients[i%2], results[i%2].job(), o, small())
				if err != nil && !errors.Is(err, lockfile.ErrHeld) {
					t.Error(err)
				}
				if got := read(t, path); got != nil && !bytes.Equal(got, wants[0]) && !bytes.Equal(got, wants[1]) {
					t.Error("the file is a mixture")
				}
			}
		})
	}
	wg.Wait()
	if got := names(t, filepath.Dir(path)); got != "out" {
		t.Errorf("%q is left", got)
	}
}
