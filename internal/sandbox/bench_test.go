package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox"
)

// openBench opens a sandbox for a benchmark.
func openBench(b *testing.B, dir string) *sandbox.Server {
	b.Helper()
	s, err := sandbox.Open(b.Context(), sandbox.Options{Dir: dir, Passive: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// request sends a request without a connection and returns the body of the response.
func request(b *testing.B, s *sandbox.Server, method, path string, body []byte) []byte {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, path, bytes.NewReader(body))
	r.Header.Set("Authorization", "TD1 x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%s %s: status %d: %s", method, path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// BenchmarkIssue submits jobs to sandboxes with 1, 100 and 1,000 databases. The ratio compares the
// time of a call with that for one database.
func BenchmarkIssue(b *testing.B) {
	const path = "/v3/job/issue/presto/sample_datasets?query=SELECT+1"
	single := openBench(b, b.TempDir())
	for _, databases := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(databases, " databases"), func(b *testing.B) {
			s := openBench(b, b.TempDir())
			for i := 1; i < databases; i++ {
				request(b, s, "POST", fmt.Sprintf("/v3/database/create/db_%d", i), nil)
			}
			var many, one time.Duration
			measure := func(s *sandbox.Server, total *time.Duration) {
				start := time.Now()
				request(b, s, "POST", path, nil)
				*total += time.Since(start)
				if err := s.Wait(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				measure(s, &many)
				measure(single, &one)
			}
			b.ReportMetric(float64(many.Microseconds())/1000/float64(b.N), "ms/call")
			b.ReportMetric(float64(many)/float64(one), "many/one")
		})
	}
}

// BenchmarkLists lists many jobs and many tables. The ratio compares the time per element with
// that of a list of a hundredth of the length.
func BenchmarkLists(b *testing.B) {
	dir := b.TempDir()
	s := openBench(b, dir)
	request(b, s, "POST", "/v3/job/issue/presto/sample_datasets?query="+url.QueryEscape("SELECT count(*) FROM nasdaq"), nil)
	if err := s.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", dir+"/service.db")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	columns := "type, db, query, status, priority, retry_limit, result, user_name, scheduled_time, schedule, connector, target, detail, owner, created, updated, started, ended, columns"
	if _, err := db.Exec("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO jobs (" + columns + ") SELECT " + columns + " FROM jobs, n"); err != nil {
		b.Fatal(err)
	}
	for database, tables := range map[string]int{"few": 20, "many": 2000} {
		request(b, s, "POST", "/v3/database/create/"+database, nil)
		for i := range tables {
			request(b, s, "POST", fmt.Sprintf("/v3/table/create/%s/t_%d/log", database, i), nil)
		}
	}
	for _, list := range []struct {
		name, long, short string
		restart           bool // the server has not listed the jobs before
	}{
		{"10000 jobs", "/v3/job/list?from=0&to=9999", "/v3/job/list?from=0&to=99", false},
		{"10000 jobs for the first time", "/v3/job/list?from=0&to=9999", "/v3/job/list?from=0&to=99", true},
		{"2000 tables", "/v3/table/list/many", "/v3/table/list/few", false},
	} {
		b.Run(list.name, func(b *testing.B) {
			var long, short time.Duration
			measure := func(path string, total *time.Duration) {
				current := s
				if list.restart {
					current = openBench(b, dir)
				}
				start := time.Now()
				request(b, current, "GET", path, nil)
				*total += time.Since(start)
			}
			for b.Loop() {
				measure(list.long, &long)
				measure(list.short, &short)
			}
			b.ReportMetric(float64(long.Milliseconds())/float64(b.N), "ms/list")
			b.ReportMetric(float64(long)/float64(short)/100, "long/short")
		})
	}
}

// BenchmarkImport imports the same records by streaming and by a bulk import. The ratio compares
// performing and committing, including the upload, with the streaming import.
func BenchmarkImport(b *testing.B) {
	const rows = 100_000
	var part bytes.Buffer
	z := gzip.NewWriter(&part)
	e := msgpack.NewEncoder(z)
	for i := range rows {
		if err := e.Encode(map[string]any{"time": 1_400_000_000 + i, "user": fmt.Sprint("user", i%1000), "n": i, "price": float64(i) / 8}); err != nil {
			b.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	s := openBench(b, b.TempDir())
	run := 0
	table := func() string {
		run++
		name := fmt.Sprintf("sample_datasets/bench_%d", run)
		request(b, s, "POST", "/v3/table/create/"+name, nil)
		return name
	}
	stopwatches := map[string]time.Duration{}
	measure := func(name string, f func()) {
		start := time.Now()
		f()
		stopwatches[name] += time.Since(start)
	}
	for b.Loop() {
		streamed := table()
		measure("streaming", func() { request(b, s, "PUT", "/v3/table/import/"+streamed+"/msgpack.gz", part.Bytes()) })
		name := table()
		session := fmt.Sprint("/ses_", run)
		measure("bulk", func() {
			request(b, s, "POST", bulk+"/create"+session+"/"+name, nil)
			request(b, s, "PUT", bulk+"/upload_part"+session+"/p_1", part.Bytes())
			measure("perform", func() {
				request(b, s, "POST", bulk+"/perform"+session, nil)
				if err := s.Wait(b.Context()); err != nil {
					b.Fatal(err)
				}
			})
			request(b, s, "POST", bulk+"/commit"+session, nil)
		})
	}
	for name, d := range stopwatches {
		b.ReportMetric(float64(rows)*float64(b.N)/d.Seconds(), name+"-rows/s")
	}
	b.ReportMetric(float64(stopwatches["bulk"])/float64(stopwatches["streaming"]), "bulk/streaming")
}
