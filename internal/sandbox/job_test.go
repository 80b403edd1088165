package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox"
)

// slow is a query that runs for hours.
const slow = "SELECT count(*) FROM nasdaq a CROSS JOIN nasdaq b CROSS JOIN nasdaq c WHERE a.close + b.close + c.close < 0"

// waitRunning waits until a job is running.
func (s *service) waitRunning(job string) {
	s.Helper()
	status := "queued"
	for status == "queued" {
		status = s.must(s.get("/v3/job/status/"+job)).text(s.T, "status")
	}
	if status != "running" {
		s.Fatalf("job %s is %s; want running", job, status)
	}
}

func TestJobShapes(t *testing.T) {
	s := start(t, sandbox.Options{})
	issued := s.must(s.post("/v3/job/issue/presto/sample_datasets", "query", "SELECT symbol, 1 AS n FROM nasdaq ORDER BY symbol LIMIT 2", "priority", "-1", "retry_limit", "3"))
	job := issued.text(t, "job_id")
	if want := fmt.Sprintf(`{"database":"sample_datasets","job":%q,"job_id":%q}`, job, job); string(issued.body) != want {
		t.Errorf("issue: %s; want %s", issued.body, want)
	}
	if status := s.waitJob(job); status != "success" {
		t.Fatal(status)
	}
	show := s.must(s.get("/v3/job/show/" + job)).json(t).(map[string]any)
	for key, want := range map[string]any{
		"job_id": job, "type": "presto", "status": "success", "database": "sample_datasets", "user_name": "sandbox", "result": "",
		"hive_result_schema": `[["symbol", "varchar"], ["n", "integer"]]`, "organization": nil, "cpu_time": nil, "linked_result_export_job_id": nil,
	} {
		if diff := cmp.Diff(want, show[key]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
	for key, want := range map[string]string{"priority": "-1", "retry_limit": "3", "num_records": "2", "duration": "0"} {
		if got := fmt.Sprint(show[key]); got != want {
			t.Errorf("%s is %s; want %s", key, got, want)
		}
	}
	debug := show["debug"].(map[string]any)
	if log, ok := debug["cmdout"].(string); !ok || !strings.Contains(log, "executing query: SELECT symbol") || !strings.Contains(log, "FINISHED") {
		t.Errorf("cmdout: %v", debug["cmdout"])
	}
}

func TestHiveSpellsTypesItsWay(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("hive", "SELECT path, count(1), avg(size) FROM www_access GROUP BY path LIMIT 1")
	if status := s.waitJob(job); status != "success" {
		t.Fatalf("%s\n%s", status, s.get("/v3/job/show/"+job).body)
	}
	if got, want := s.get("/v3/job/show/"+job).text(t, "hive_result_schema"), `[["path", "string"], ["_c1", "bigint"], ["_c2", "double"]]`; got != want {
		t.Errorf("schema %s; want %s", got, want)
	}
}

func TestFailedJobs(t *testing.T) {
	s := start(t, sandbox.Options{})
	tests := []struct{ name, kind, query, want string }{
		{"unknown column", "presto", "SELECT x FROM nasdaq", "failed: line 1:8: Column 'x' cannot be resolved"},
		{"unknown table", "trino", "SELECT 1 FROM nope", "nope' does not exist"},
		{"syntax", "presto", "SELEC 1", "failed: line 1:1: mismatched input 'SELEC'"},
		{"hive", "hive", "SELECT x FROM nasdaq", "FAILED: SemanticException line 1:8: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := *s
			s.T = t
			job := s.issue(test.kind, test.query, "retry_limit", "2")
			if status := s.waitJob(job); status != "error" {
				t.Fatalf("status %s; want error", status)
			}
			debug := s.get("/v3/job/show/" + job).json(t).(map[string]any)["debug"].(map[string]any)
			stderr, _ := debug["stderr"].(string)
			if !strings.Contains(stderr, test.want) || strings.Contains(stderr, "Attempt") {
				t.Errorf("stderr %q; want %q, and no second attempt", stderr, test.want)
			}
			s.wantError(s.get("/v3/job/result/"+job+"?format=csv"), 404, "no result")
		})
	}
}

func TestIssueRefusals(t *testing.T) {
	s := start(t, sandbox.Options{})
	const presto = "/v3/job/issue/presto/sample_datasets"
	s.wantError(s.post("/v3/job/issue/presto/nope", "query", "SELECT 1"), 404, "nope")
	s.wantError(s.post("/v3/job/issue/pig/sample_datasets", "query", "x"), 422, "pig")
	s.wantError(s.post("/v3/job/issue/cobol/sample_datasets", "query", "x"), 422, "cobol")
	s.wantError(s.post(presto), 422, "'query' parameter is required")
	s.wantError(s.post(presto, "query", "SELECT 1", "priority", "3"), 422, "priority")
	s.wantError(s.post(presto, "query", "SELECT 1", "retry_limit", "-1"), 422, "retry_limit")
	s.wantError(s.post(presto, "query", "SELECT 1", "engine_version", "fast!"), 422, "Job engine version is invalid")
	s.wantError(s.post(presto, "query", "SELECT 1", "pool_name", "x"), 400, "Presto resource pool with name 'x' does not exist")
	s.wantError(s.post(presto, "query", "SELECT 1", "scheduled_time", "soon"), 422, "scheduled_time")
	s.wantError(s.get("/v3/job/show/999"), 404, "Couldn't find Job with account_id = 1, id = 999")
	s.wantError(s.post("/v3/job/kill/abc"), 404, "abc")
	s.wantError(s.get("/v3/job/result/999?format=csv"), 404, "999")
	s.wantError(s.get("/v3/job/status_by_domain_key/nope"), 404, "nope")
}

func TestDomainKey(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("presto", "SELECT 1", "domain_key", "k.1/2")
	again := s.post("/v3/job/issue/presto/sample_datasets", "query", "SELECT 1", "domain_key", "k.1/2")
	s.wantError(again, 409, "k.1/2")
	details := again.json(t).(map[string]any)["details"].(map[string]any)
	if details["conflicts_with"] != job {
		t.Errorf("conflicts_with %v; want %q", details["conflicts_with"], job)
	}
	if got := s.must(s.get("/v3/job/status_by_domain_key/k%2E1%2F2")).text(t, "job_id"); got != job {
		t.Errorf("the key's job is %s; want %s", got, job)
	}
}

func TestScheduledTime(t *testing.T) {
	s := start(t, sandbox.Options{ScheduledTime: time.Unix(1412208100, 0)})
	const query = "SELECT TD_SCHEDULED_TIME()"
	if got, want := s.query("presto", query), "[1412208100]\n"; got != want {
		t.Errorf("the server's: %s; want %s", got, want)
	}
	if got, want := s.query("presto", query, "scheduled_time", "1400000000"), "[1400000000]\n"; got != want {
		t.Errorf("the job's: %s; want %s", got, want)
	}
	if got, want := s.query("presto", query, "scheduled_time", "2014-05-13T16:53:20Z"), "[1400000000]\n"; got != want {
		t.Errorf("the job's in ISO 8601: %s; want %s", got, want)
	}
}

func TestKill(t *testing.T) {
	s := start(t, sandbox.Options{Workers: 1})
	running := s.issue("presto", slow)
	queued := s.issue("presto", "SELECT 1")
	s.waitRunning(running)
	if got := s.must(s.get("/v3/job/status/"+queued)).text(t, "status"); got != "queued" {
		t.Errorf("the second job of one worker is %s; want queued", got)
	}
	if got := s.Busy(); got != 2 {
		t.Errorf("Busy is %d; want 2", got)
	}
	for _, k := range []struct{ job, former string }{{queued, "queued"}, {queued, "killed"}, {running, "running"}} {
		a := s.must(s.post("/v3/job/kill/" + k.job))
		if want := fmt.Sprintf(`{"former_status":%q,"job_id":%q}`, k.former, k.job); string(a.body) != want {
			t.Errorf("kill: %s; want %s", a.body, want)
		}
	}
	if got := s.waitJob(running); got != "killed" {
		t.Errorf("the killed job is %s", got)
	}
	if got := s.query("presto", "SELECT 7"); got != "[7]\n" {
		t.Errorf("a job after it: %q", got)
	}
}

// TestKillFromAnotherProcess uses a second server on the same directory.
func TestKillFromAnotherProcess(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("presto", slow)
	s.waitRunning(job)
	other := start(t, sandbox.Options{Dir: s.dir})
	if got := other.must(other.post("/v3/job/kill/"+job)).text(t, "former_status"); got != "running" {
		t.Errorf("former_status %s", got)
	}
	if got := s.waitJob(job); got != "killed" {
		t.Errorf("the job is %s; want killed", got)
	}
}

func TestKillAllAndClose(t *testing.T) {
	dir := newDir(t)
	s := start(t, sandbox.Options{Workers: 1})
	running, queued := s.issue("presto", slow), s.issue("presto", slow)
	s.waitRunning(running)
	s.KillAll()
	for _, job := range []string{running, queued} {
		if got := s.waitJob(job); got != "killed" {
			t.Errorf("after KillAll: %s", got)
		}
	}

	closing, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: closing.Transport()}
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://sandbox/v3/job/issue/presto/sample_datasets", strings.NewReader(`{"query":"`+slow+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "TD1 x")
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		w.Body.Close()
	}
	if err := closing.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, sandbox.Options{Dir: dir})
	for _, job := range []string{"1", "2"} {
		if got := again.must(again.get("/v3/job/status/"+job)).text(t, "status"); got != "killed" {
			t.Errorf("job %s of a closed sandbox is %s; want killed", job, got)
		}
	}
}

func TestPriorities(t *testing.T) {
	s := start(t, sandbox.Options{Workers: 1})
	first := s.issue("presto", slow)
	s.waitRunning(first)
	low := s.issue("presto", "SELECT 1", "priority", "-2")
	high := s.issue("presto", slow, "priority", "2")
	s.must(s.post("/v3/job/kill/" + first))
	s.waitRunning(high)
	if got := s.must(s.get("/v3/job/status/"+low)).text(t, "status"); got != "queued" {
		t.Errorf("the job of low priority is %s; want queued", got)
	}
	s.must(s.post("/v3/job/kill/" + high))
	if got := s.waitJob(low); got != "success" {
		t.Errorf("the job of low priority ends as %s", got)
	}
}

func TestJobList(t *testing.T) {
	s := start(t, sandbox.Options{})
	for i := range 25 {
		query := "SELECT 1"
		if i%5 == 0 {
			query = "SELECT nope"
		}
		s.issue("presto", query)
	}
	s.waitJob("1")
	tests := []struct{ query, ids string }{
		{"", "25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6"},
		{"?from=0&to=0", "25"},
		{"?from=23&to=100", "2 1"},
		{"?from=5&to=4", ""},
		{"?status=error", "21 16 11 6 1"},
		{"?status=error&from=1&to=2", "16 11"},
		{"?status=&from=&to=1", "25 24"},
		{"?slower_than=3600", ""},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			a := s.must(s.get("/v3/job/list" + test.query)).json(t).(map[string]any)
			var ids []string
			for _, j := range a["jobs"].([]any) {
				ids = append(ids, j.(map[string]any)["job_id"].(string))
				if _, ok := j.(map[string]any)["debug"]; ok {
					t.Error("job/list has logs")
				}
			}
			if diff := cmp.Diff(test.ids, strings.Join(ids, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if fmt.Sprint(a["count"]) != strconv.Itoa(len(ids)) {
				t.Errorf("count %v of %d jobs", a["count"], len(ids))
			}
		})
	}
	s.wantError(s.get("/v3/job/list?from=x"), 422, "from")
}

func TestResultFormats(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("presto", `SELECT 'a,"b' AS s, CAST(NULL AS bigint) AS n, 1.5e0 AS d UNION ALL SELECT '', 2, infinity()`)
	if status := s.waitJob(job); status != "success" {
		t.Fatalf("%s", s.get("/v3/job/show/"+job).body)
	}
	path := "/v3/job/result/" + job + "?format="
	for format, want := range map[string]string{
		"csv":                                   "\"a,\"\"b\",,1.5\n\"\",2,Infinity\n",
		"csv&header=true":                       "s,n,d\n\"a,\"\"b\",,1.5\n\"\",2,Infinity\n",
		"csv&header=True":                       "s,n,d\n\"a,\"\"b\",,1.5\n\"\",2,Infinity\n",
		"tsv":                                   "a,\"b\t\t1.5\n\t2\tInfinity\n",
		"json":                                  "[\"a,\\\"b\",null,1.5]\n[\"\",2,Infinity]\n",
		"json&header=true&nullify_special=true": "[\"s\",\"n\",\"d\"]\n[\"a,\\\"b\",null,1.5]\n[\"\",2,null]\n",
	} {
		if diff := cmp.Diff(want, string(s.must(s.get(path+format)).body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
	plain := s.must(s.send("GET", path+"msgpack", nil, "Accept-Encoding", "identity")).body
	d := msgpack.NewDecoder(bytes.NewReader(plain))
	for _, want := range [][]any{{`a,"b`, nil, 1.5}} {
		row, err := d.DecodeSlice()
		if diff := cmp.Diff(want, row); err != nil || diff != "" {
			t.Errorf("msgpack: %v (-want +got):\n%s", err, diff)
		}
	}
	zipped := s.must(s.get(path + "msgpack.gz"))
	if size := s.get("/v3/job/show/"+job).text(t, "result_size"); size != strconv.Itoa(len(zipped.body)) || zipped.header.Get("Content-Length") != size {
		t.Errorf("result_size %s, Content-Length %s of %d bytes", size, zipped.header.Get("Content-Length"), len(zipped.body))
	}
	if got := unzip(t, zipped.body); !bytes.Equal(got, plain) {
		t.Error("msgpack.gz does not hold what msgpack does")
	}
	encoded := s.must(s.send("GET", path+"msgpack", nil, "Accept-Encoding", "deflate, gzip"))
	if encoded.header.Get("Content-Encoding") != "gzip" || !bytes.Equal(unzip(t, encoded.body), plain) {
		t.Errorf("msgpack for a client that takes gzip: %q", encoded.header)
	}
	s.wantError(s.get("/v3/job/result/"+job), 500, "format")
	s.wantError(s.get(path+"xml"), 406, "xml")
}

func unzip(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// TestResultRanges requests parts of a result in all formats.
func TestResultRanges(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("presto", "SELECT * FROM nasdaq")
	if status := s.waitJob(job); status != "success" {
		t.Fatal(status)
	}
	for _, form := range []struct{ format, encoding string }{
		{"msgpack", "identity"}, {"msgpack", "gzip"}, {"msgpack.gz", "identity"}, {"csv", "identity"}, {"tsv", "identity"}, {"json", "identity"},
	} {
		t.Run(form.format+" "+form.encoding, func(t *testing.T) {
			path := "/v3/job/result/" + job + "?format=" + form.format
			get := func(method string, header ...string) response {
				return s.send(method, path, nil, append([]string{"Accept-Encoding", form.encoding}, header...)...)
			}
			whole := get("GET")
			etag := whole.header.Get("ETag")
			if !strings.HasPrefix(etag, `"`) || whole.header.Get("Content-Length") != strconv.Itoa(len(whole.body)) {
				t.Fatalf("ETag %s, Content-Length %s of %d bytes", etag, whole.header.Get("Content-Length"), len(whole.body))
			}
			middle := len(whole.body) / 2
			rest := get("GET", "Range", fmt.Sprintf("bytes=%d-", middle), "If-Range", etag)
			if rest.status != 206 || !bytes.Equal(rest.body, whole.body[middle:]) {
				t.Errorf("the second half: status %d, %d bytes", rest.status, len(rest.body))
			}
			if want := fmt.Sprintf("bytes %d-%d/%d", middle, len(whole.body)-1, len(whole.body)); rest.header.Get("Content-Range") != want {
				t.Errorf("Content-Range %q; want %q", rest.header.Get("Content-Range"), want)
			}
			if a := get("GET", "Range", "bytes=5-9"); a.status != 206 || !bytes.Equal(a.body, whole.body[5:10]) {
				t.Errorf("five bytes: status %d, %q", a.status, a.body)
			}
			if a := get("GET", "Range", "bytes=5-9", "If-Range", `"other"`); a.status != 200 || len(a.body) != len(whole.body) {
				t.Errorf("another ETag: status %d, %d bytes", a.status, len(a.body))
			}
			if a := get("GET", "Range", fmt.Sprintf("bytes=%d-", len(whole.body))); a.status != 416 {
				t.Errorf("beyond the end: status %d", a.status)
			}
			if a := get("GET", "If-None-Match", etag); a.status != 304 {
				t.Errorf("If-None-Match: status %d", a.status)
			}
			if a := get("HEAD"); a.status != 200 || len(a.body) != 0 || a.header.Get("Content-Length") != strconv.Itoa(len(whole.body)) {
				t.Errorf("HEAD: status %d, Content-Length %s", a.status, a.header.Get("Content-Length"))
			}
		})
	}
}

func TestStatementsWithoutRows(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("hive", "INSERT INTO TABLE copy SELECT symbol, time FROM nasdaq LIMIT 3")
	if status := s.waitJob(job); status != "error" {
		t.Errorf("an insert into no table is %s", status)
	}
	s.must(s.post("/v3/table/create/sample_datasets/copy/log", "schema", `[["symbol","string"]]`))
	job = s.issue("hive", "INSERT INTO TABLE copy SELECT symbol, time FROM nasdaq LIMIT 3")
	if status := s.waitJob(job); status != "success" {
		t.Fatalf("%s", s.get("/v3/job/show/"+job).body)
	}
	if a := s.get("/v3/job/result/" + job + "?format=msgpack.gz"); a.status != 200 {
		t.Errorf("the result of an insert: status %d", a.status)
	}
	if got := s.query("presto", "SELECT count(*) FROM copy"); got != "[3]\n" {
		t.Errorf("%s rows were inserted", got)
	}
}
