package sandbox_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino"
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

// BenchmarkClusterResult runs a query on a real cluster as a job, and with two clients of the protocol that store nothing:
// one reads the pages without looking at the rows, the other decodes them with encoding/json and counts the rows. The
// threads of the process are those of sandbox:serve. The ratios compare the rows per second of the job with those of a client in the same round. TD_TEST_TRINO_ROWS is the number
// of rows (1,000,000), TD_TEST_TRINO_QUERY another query with so many rows.
func BenchmarkClusterResult(b *testing.B) {
	s, address := openCluster(b, "")
	count := rowCount(b)
	sql := cmp.Or(os.Getenv("TD_TEST_TRINO_QUERY"), fmt.Sprint("SELECT * FROM tpch.sf10.lineitem LIMIT ", count))
	database, drop := createDatabase(b, s)
	defer drop()
	contenders := []struct {
		name string
		run  func()
	}{
		{"job", func() { runJob(b, s, database, sql, count) }},
		{"read", func() { readPages(b, address, sql, func([]byte) {}) }},
		{"count", func() {
			if got := countRows(b, address, sql); got != count {
				b.Fatalf("%d rows, want %d", got, count)
			}
		}},
	}
	const threads = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), threads)))
	ratios := map[string][]float64{}
	var job time.Duration
	for round := 0; b.Loop(); round++ {
		times := map[string]time.Duration{}
		for i := range contenders {
			c := contenders[(round+i)%len(contenders)]
			times[c.name] = measure(c.run)
		}
		job += times["job"]
		for _, c := range contenders[1:] {
			ratios[c.name] = append(ratios[c.name], times[c.name].Seconds()/times["job"].Seconds())
		}
	}
	b.ReportMetric(float64(b.N)*float64(count)/job.Seconds(), "rows/s")
	for name, list := range ratios {
		slices.Sort(list)
		b.ReportMetric(list[0], "job/"+name+"-min")
		b.ReportMetric(list[len(list)/2], "job/"+name)
		b.ReportMetric(list[len(list)-1], "job/"+name+"-max")
	}
	b.ReportMetric(peakMemory(b), "MB-peak")
}

// readPages submits a statement with the fewest possible steps, and passes each response to handle.
func readPages(b *testing.B, address *url.URL, sql string, handle func(body []byte)) {
	b.Helper()
	next := regexp.MustCompile(`"nextUri":"([^"]*)"`)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+address.Host+"/v1/statement", strings.NewReader(sql))
	if err != nil {
		b.Fatal(err)
	}
	var body bytes.Buffer
	for {
		r.Header.Set("X-Trino-User", "bench")
		r.Header.Set("Accept-Encoding", "identity") // compression is slower
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		body.Reset()
		if _, err := body.ReadFrom(response.Body); err != nil || response.StatusCode != http.StatusOK {
			b.Fatal(response.Status, err)
		}
		_ = response.Body.Close()
		handle(body.Bytes())
		head := body.Bytes() // the rows follow the address
		if i := bytes.Index(head, []byte(`"data":`)); i >= 0 {
			head = head[:i]
		}
		match := next.FindSubmatch(head)
		if match == nil {
			return
		}
		if r, err = http.NewRequestWithContext(b.Context(), http.MethodGet, string(match[1]), http.NoBody); err != nil {
			b.Fatal(err)
		}
	}
}

// countRows returns the number of rows of a query.
func countRows(b *testing.B, address *url.URL, sql string) (rows int) {
	b.Helper()
	readPages(b, address, sql, func(body []byte) {
		var page struct {
			Data  [][]json.RawMessage
			Error json.RawMessage
		}
		if err := json.Unmarshal(body, &page); err != nil || page.Error != nil {
			b.Fatal(err, string(page.Error))
		}
		rows += len(page.Data)
	})
	return rows
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
