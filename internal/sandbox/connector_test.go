package sandbox_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox"
)

// writeFile creates a file in a new directory.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func fileConfig(path, out string) string {
	return fmt.Sprintf(`{"in":{"type":"file","path_prefix":%q},"out":%s,"exec":{},"filters":[]}`, path, out)
}

func TestGuessPreviewIssue(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	path := writeFile(t, "in.csv", "id,name,at\n1,ann,2026-01-02 00:00:00\n2,\"b,ob\",2026-01-03 00:00:00\nx,bad,2026-01-03 00:00:00\n")
	guessed := s.must(s.postJSON("/v3/bulk_loads/guess", `{"config":`+fileConfig(path, `{"mode":"append"}`)+`}`))
	// Because of the invalid line, the guessed type is string.
	config := strings.Replace(string(guessed.body), `{"name":"id","type":"string"}`, `{"name":"id","type":"long"}`, 1)
	preview := s.must(s.postJSON("/v3/bulk_loads/preview", config))
	want := `{"schema":[{"index":0,"name":"id","type":"long"},{"index":1,"name":"name","type":"string"},{"index":2,"name":"at","type":"timestamp"}],
		"records":[[1,"ann","2026-01-02 00:00:00.000 UTC"],[2,"b,ob","2026-01-03 00:00:00.000 UTC"]]}`
	if !sameJSON(t, want, string(preview.body)) {
		t.Errorf("preview: %s", preview.body)
	}
	var inner struct{ Config json.RawMessage }
	if err := json.Unmarshal([]byte(config), &inner); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"append", "append", "replace"} {
		body := fmt.Sprintf(`{"config":%s,"database":"sample_datasets","table":"t_1","time_column":"at"}`, strings.Replace(string(inner.Config), `"append"`, `"`+mode+`"`, 1))
		job := s.must(s.postJSON("/v3/job/issue/bulkload/sample_datasets", body)).text(t, "job_id")
		if status := s.waitJob(job); status != "success" {
			t.Fatalf("%s", s.get("/v3/job/show/"+job).body)
		}
		show := s.get("/v3/job/show/" + job).json(t).(map[string]any)
		if _, ok := show["query"].(map[string]any); !ok || show["type"] != "bulkload" || fmt.Sprint(show["num_records"]) != "2" {
			t.Errorf("the job: %v", show)
		}
		if debug := fmt.Sprint(show["debug"]); !strings.Contains(debug, "record 3") || !strings.Contains(debug, "1 skipped") {
			t.Errorf("logs: %s", debug)
		}
		s.wantError(s.get("/v3/job/result/"+job+"?format=csv"), 404, "no result")
	}
	if got, want := s.query("presto", "SELECT time, id, name, at FROM t_1 ORDER BY id"), "[1767312000,1,\"ann\",\"2026-01-02 00:00:00.000\"]\n[1767398400,2,\"b,ob\",\"2026-01-03 00:00:00.000\"]\n"; got != want {
		t.Errorf("rows after replacing %s; want %s", got, want)
	}
}

func TestBulkloadRefusals(t *testing.T) {
	s := start(t, sandbox.Options{})
	const issue = "/v3/job/issue/bulkload/sample_datasets"
	s3 := `{"in":{"type":"s3","bucket":"b"}}`
	s.wantError(s.postJSON("/v3/bulk_loads/guess", `{"config":`+s3+`}`), 422, `input type "s3"`)
	s.wantError(s.postJSON("/v3/bulk_loads/guess", `{}`), 422, "'config' parameter is required")
	s.wantError(s.postJSON("/v3/bulk_loads/preview", `{"config":`+fileConfig("/nope/nope", "{}")+`}`), 422, "parser")
	s.wantError(s.postJSON(issue, `{"config":`+s3+`}`), 422, "'table'")
	s.wantError(s.postJSON(issue, `{"config":`+s3+`,"table":"nope"}`), 404, "nope")
	job := s.must(s.postJSON(issue, `{"config":`+s3+`,"table":"nasdaq"}`)).text(t, "job_id")
	if status := s.waitJob(job); status != "error" {
		t.Errorf("a load from S3 is %s", status)
	}
	if show := string(s.get("/v3/job/show/" + job).body); !strings.Contains(show, "is not available in the sandbox") {
		t.Errorf("the log does not contain the reason: %s", show)
	}
}

func TestConnectors(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	path := writeFile(t, "in.json", "{\"a\":1,\"time\":7}\n{\"a\":{\"k\":[1]}}\n")
	create := `{"name":"my load","database":"sample_datasets","table":"t_1","config":` + fileConfig(path, "{}") + `}`
	s.must(s.postJSON("/v3/bulk_loads", create))
	s.wantError(s.postJSON("/v3/bulk_loads", create), 409, "my load")
	s.wantError(s.postJSON("/v3/bulk_loads", `{"name":"x","config":{}}`), 422, "too short")
	s.wantError(s.postJSON("/v3/bulk_loads", `{"name":"xxx","config":[]}`), 422, "config")
	s.wantError(s.postJSON("/v3/bulk_loads", `{"name":"xxx","config":{},"database":"sample_datasets","table":"nope"}`), 404, "nope")
	put := func(body string) response {
		return s.send("PUT", "/v3/bulk_loads/my%20load", strings.NewReader(body), "Content-Type", "application/json")
	}
	if a := s.must(put(`{"cron":"0 3 * * *","timezone":"Asia/Tokyo","delay":60}`)); a.text(t, "cron") != "0 3 * * *" || !strings.HasSuffix(a.text(t, "start_at"), "T18:00:00Z") {
		t.Errorf("updated: %s", a.body)
	}
	if a := s.must(put(`{"cron":""}`)); a.json(t).(map[string]any)["cron"] != nil {
		t.Errorf("the schedule is not removed: %s", a.body)
	}
	s.wantError(put(`{"cron":"soon"}`), 422, "Cron is invalid")
	s.wantError(put(`{"timezone":"Mars"}`), 422, "Timezone is invalid")

	s.wantError(s.postJSON("/v3/bulk_loads/nope/jobs", `{}`), 404, "nope")
	job := s.must(s.postJSON("/v3/bulk_loads/my%20load/jobs", `{"scheduled_time":"1420070400","domain_key":"k"}`)).text(t, "job_id")
	s.wantError(s.postJSON("/v3/bulk_loads/my%20load/jobs", `{"domain_key":"k"}`), 409, "k")
	if status := s.waitJob(job); status != "success" {
		t.Fatalf("%s", s.get("/v3/job/show/"+job).body)
	}
	history := s.must(s.get("/v3/bulk_loads/my%20load/jobs")).json(t).([]any)
	if h := history[0].(map[string]any); len(history) != 1 || fmt.Sprint(h["records"]) != "2" || fmt.Sprint(h["job_id"]) != job {
		t.Errorf("history: %v", history)
	}
	if got := s.query("presto", "SELECT count(*), min(time) FROM t_1"); got != "[2,7]\n" {
		t.Errorf("rows: %s", got)
	}
	s.must(put(`{"name":"renamed"}`))
	s.wantError(put(`{"name":"again"}`), 404, "my load")
	if a := s.must(s.send("DELETE", "/v3/bulk_loads/renamed", nil)); a.text(t, "name") != "renamed" {
		t.Errorf("deleted: %s", a.body)
	}
	s.wantError(s.get("/v3/bulk_loads/renamed"), 404, "renamed")
}
