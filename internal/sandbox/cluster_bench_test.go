package sandbox_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
)

// openCluster opens a sandbox on the cluster that TD_TEST_TRINO names. The parameters are added to the address.
func openCluster(b *testing.B, parameters string) (s *sandbox.Server, address *url.URL) {
	b.Helper()
	text := os.Getenv("TD_TEST_TRINO")
	if text == "" {
		b.Skip("TD_TEST_TRINO is not set to the address of a cluster such as trino://ann@127.0.0.1:8080/iceberg; .ci/trino starts one")
	}
	address, err := url.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	o := sandbox.EngineOptions{Address: text, Open: func(ctx context.Context, dir string) (engine.Engine, error) {
		return trino.Open(ctx, dir, trino.Options{URL: text + parameters})
	}}
	s, err = sandbox.Open(b.Context(), sandbox.Options{Dir: b.TempDir(), Engine: o, Passive: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s, address
}

// BenchmarkClusterResult runs a query on a real cluster as a job, with a client that decodes the rows to values, and with
// one that discards the rows without an allocation. The ratios compare the rows per second of the job with those of the
// clients. TD_TEST_TRINO_ROWS is the number of rows (1,000,000).
func BenchmarkClusterResult(b *testing.B) {
	s, address := openCluster(b, "")
	count := rowCount(b)
	sql := fmt.Sprint("SELECT * FROM tpch.sf10.lineitem LIMIT ", count)
	var job, client, discard time.Duration
	database, drop := createDatabase(b, s)
	defer drop()
	for b.Loop() {
		client += measure(func() {
			got := 0
			readRows(b, address, sql, protocol.Receiver{Row: func([]any) error { got++; return nil }})
			if got != count {
				b.Fatal(got)
			}
		})
		discard += measure(func() {
			var got rowCounter
			readRows(b, address, sql, protocol.Receiver{Writer: &got})
			if got.rows != count {
				b.Fatal(got.rows)
			}
		})
		job += measure(func() { runJob(b, s, database, sql, count) })
	}
	rows := float64(b.N) * float64(count)
	b.ReportMetric(rows/job.Seconds(), "rows/s")
	b.ReportMetric(client.Seconds()/job.Seconds(), "job/client")
	b.ReportMetric(discard.Seconds()/job.Seconds(), "job/discard")
	b.ReportMetric(peakMemory(b), "MB-peak")
}

// rowCount returns the number of rows of a benchmark on a cluster.
func rowCount(b *testing.B) int {
	b.Helper()
	count, err := strconv.Atoi(cmp.Or(os.Getenv("TD_TEST_TRINO_ROWS"), "1000000"))
	if err != nil {
		b.Fatal(err)
	}
	return count
}

// createDatabase creates a database of the process.
func createDatabase(b *testing.B, s *sandbox.Server) (name string, drop func()) {
	b.Helper()
	name = fmt.Sprint("td_bench_", os.Getpid())
	request(b, s, "POST", "/v3/database/create/"+name, nil)
	return name, func() { request(b, s, "POST", "/v3/database/delete/"+name, nil) }
}

// BenchmarkClusterImport imports records of a web log with 11 columns into a real cluster, as statements and as a file.
// TD_TEST_TRINO_FILES is the folder of the cluster's local files, which the location local:/// names.
func BenchmarkClusterImport(b *testing.B) {
	const parts = 4
	for _, path := range []string{"statements", "file"} {
		b.Run(path, func(b *testing.B) {
			parameters := ""
			if path == "file" {
				warehouse := os.Getenv("TD_TEST_TRINO_FILES")
				if warehouse == "" {
					b.Skip("TD_TEST_TRINO_FILES is not set to the folder of the cluster's local files")
				}
				parameters = "?files=" + warehouse + "/imports&location=local:///imports"
			}
			s, _ := openCluster(b, parameters)
			count := rowCount(b) / parts * parts
			database, drop := createDatabase(b, s)
			defer drop()
			part := webLog(b, count/parts)
			run := 0
			for b.Loop() {
				run++
				table := fmt.Sprint(database, "/log_", run)
				request(b, s, "POST", "/v3/table/create/"+table, nil)
				for i := range parts {
					request(b, s, "PUT", fmt.Sprint("/v3/table/import_with_id/", table, "/", i, "/msgpack.gz"), part)
				}
			}
			b.ReportMetric(float64(b.N)*float64(count)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(peakMemory(b), "MB-peak")
			runJob(b, s, database, fmt.Sprint("SELECT * FROM log_", run), count)
		})
	}
}

// webLog returns records of a web log as a part of an import.
func webLog(b *testing.B, rows int) []byte {
	b.Helper()
	var part bytes.Buffer
	z := gzip.NewWriter(&part)
	e := msgpack.NewEncoder(z)
	for i := range rows {
		err := e.Encode(map[string]any{
			"time": 1_700_000_000 + i, "host": fmt.Sprintf("10.0.%d.%d", i>>8&255, i&255), "user": fmt.Sprint("user", i%5000), "method": "GET", "code": 200 + i%7,
			"path": fmt.Sprintf("/category/%d/item/%d", i%100, i), "referer": "https://www.example.com/search?q=shoes", "size": i * 7919 % 100_000,
			"agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "seconds": float64(i%1000) / 8, "secure": i%3 == 0,
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return part.Bytes()
}

func measure(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// readRows reads the rows of a query with a client of the protocol.
func readRows(b *testing.B, address *url.URL, sql string, r protocol.Receiver) {
	b.Helper()
	c, err := protocol.NewClient(protocol.Options{URL: &url.URL{Scheme: "http", Host: address.Host}, User: "bench", Source: "td-bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	q, err := c.Submit(b.Context(), sql, protocol.Session{})
	if err != nil {
		b.Fatal(err)
	}
	if err := q.Fetch(b.Context(), r); err != nil {
		b.Fatal(err)
	}
}

// A rowCounter counts rows and discards their values.
type rowCounter struct{ rows int }

func (c *rowCounter) BeginRow(int) error {
	c.rows++
	return nil
}

func (*rowCounter) AddNull()         {}
func (*rowCounter) AddBool(bool)     {}
func (*rowCounter) AddInt(int64)     {}
func (*rowCounter) AddFloat(float64) {}
func (*rowCounter) AddText([]byte)   {}
func (*rowCounter) AddValue(any)     {}

// runJob runs a query as a job.
func runJob(b *testing.B, s *sandbox.Server, database, sql string, want int) {
	b.Helper()
	var issued struct {
		ID string `json:"job_id"`
	}
	if err := json.Unmarshal(request(b, s, "POST", "/v3/job/issue/trino/"+database+"?query="+url.QueryEscape(sql), nil), &issued); err != nil {
		b.Fatal(err)
	}
	if err := s.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	var job struct {
		Status  string
		Records int `json:"num_records"`
	}
	if err := json.Unmarshal(request(b, s, "GET", "/v3/job/show/"+issued.ID, nil), &job); err != nil || job.Status != "success" || job.Records != want {
		b.Fatalf("job %+v, %v", job, err)
	}
}

// peakMemory returns the peak of the process's resident memory in megabytes, or 0 if the system does not count it.
func peakMemory(b *testing.B) float64 {
	b.Helper()
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kB / 1024
		}
	}
	return 0
}
