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
func openBench(b *testing.B) (*sandbox.Server, string) {
	b.Helper()
	dir := b.TempDir()
	s, err := sandbox.Open(b.Context(), sandbox.Options{Dir: dir, Passive: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s, dir
}

// request sends a request without a connection.
func request(b *testing.B, s *sandbox.Server, method, path string, body []byte) {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, path, bytes.NewReader(body))
	r.Header.Set("Authorization", "TD1 x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%s %s: status %d: %s", method, path, w.Code, w.Body)
	}
}

// BenchmarkIssue submits jobs to a sandbox with many databases.
func BenchmarkIssue(b *testing.B) {
	for _, databases := range []int{1, 200} {
		b.Run(fmt.Sprint(databases, " databases"), func(b *testing.B) {
			s, _ := openBench(b)
			for i := range databases {
				request(b, s, "POST", fmt.Sprintf("/v3/database/create/db_%d", i), nil)
			}
			for b.Loop() {
				request(b, s, "POST", "/v3/job/issue/presto/sample_datasets?query="+url.QueryEscape("SELECT 1"), nil)
			}
			if err := s.Wait(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkLists lists many jobs and many tables.
func BenchmarkLists(b *testing.B) {
	s, dir := openBench(b)
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
	request(b, s, "POST", "/v3/database/create/many", nil)
	for i := range 2000 {
		request(b, s, "POST", fmt.Sprintf("/v3/table/create/many/t_%d/log", i), nil)
	}
	for name, path := range map[string]string{"10000 jobs": "/v3/job/list?from=0&to=9999", "last 20 jobs": "/v3/job/list", "2000 tables": "/v3/table/list/many"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				request(b, s, "GET", path, nil)
			}
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
	s, _ := openBench(b)
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
