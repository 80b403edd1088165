package sandbox_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

const twoRows = "SELECT * FROM (VALUES (10, 'x,y'), (20, NULL)) AS t (time, name) ORDER BY time"

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		data = unzip(t, data)
	}
	return string(data)
}

// logs returns the logs of a job.
func (s *service) logs(job string) string {
	s.Helper()
	return fmt.Sprint(s.get("/v3/job/show/" + job).json(s.T).(map[string]any)["debug"])
}

func TestResultURLFile(t *testing.T) {
	s := start(t, sandbox.Options{})
	dir := filepath.Join(t.TempDir(), "new")
	for name, want := range map[string]string{
		"a.csv":      "time,name\n10,\"x,y\"\n20,\n",
		"a.tsv":      "time\tname\n10\tx,y\n20\t\n",
		"a.jsonl.gz": "{\"time\":10,\"name\":\"x,y\"}\n{\"time\":20,\"name\":null}\n",
		"a.msgpack":  "\x92\x0a\xa3x,y\x92\x14\xc0",
	} {
		path := filepath.Join(dir, name)
		job := s.issue("presto", twoRows, "result", "file://"+filepath.ToSlash(path))
		if status := s.waitJob(job); status != "success" {
			t.Fatalf("%s: %s", name, s.logs(job))
		}
		if diff := cmp.Diff(want, read(t, path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestResultURLRefusals(t *testing.T) {
	s := start(t, sandbox.Options{})
	for target, want := range map[string]string{
		"mysql://user:secret@host/db/t":          `cannot write to "mysql"`,
		"file:///tmp/x.xls":                      "does not end in",
		"file:relative.csv":                      "absolute",
		"file:///dev/null/a.csv":                 "cannot write",
		"td://@/sample_datasets":                 "does not name a table",
		"td://@/nope/t_1":                        "nope",
		"td://@/sample_datasets/T!":              "Name must",
		"td://@/sample_datasets/t_1?mode=update": `mode "update"`,
		"nothing":                                "cannot be read",
	} {
		job := s.issue("presto", twoRows, "result", target)
		if status := s.waitJob(job); status != "error" {
			t.Errorf("%s: %s", target, status)
		}
		if why := s.logs(job); !strings.Contains(why, want) || strings.Contains(why, "secret") {
			t.Errorf("%s: %s; want %s", target, why, want)
		}
		if got := string(s.must(s.get("/v3/job/result/" + job + "?format=csv")).body); got != "10,\"x,y\"\n20,\n" {
			t.Errorf("%s: the rows are lost: %q", target, got)
		}
	}
}

func TestResultURLTable(t *testing.T) {
	s := start(t, sandbox.Options{})
	for _, step := range []struct{ mode, want string }{{"", "[2]\n"}, {"?mode=append", "[4]\n"}, {"?mode=replace", "[2]\n"}} {
		job := s.issue("presto", twoRows, "result", "td://@/sample_datasets/out_t"+step.mode)
		if status := s.waitJob(job); status != "success" {
			t.Fatalf("%s: %s", step.mode, s.logs(job))
		}
		if got := s.query("presto", "SELECT count(*) FROM out_t"); got != step.want {
			t.Errorf("mode %q leaves %s; want %s", step.mode, got, step.want)
		}
	}
	if got := s.tables("sample_datasets"); strings.Contains(got, "tmp") {
		t.Errorf("a temporary table is left: %s", got)
	}
	if got, want := s.query("presto", "SELECT time, name FROM out_t ORDER BY time"), "[10,\"x,y\"]\n[20,null]\n"; got != want {
		t.Errorf("rows %s; want %s", got, want)
	}
}

func TestSavedResults(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/result/create/saved", "url", "td://@/sample_datasets/saved_t"))
	s.wantError(s.post("/v3/result/create/saved", "url", "x"), 409, "Result must be unique")
	s.wantError(s.post("/v3/result/create/sa", "url", "x"), 422, "Validation failed: Name is too short")
	s.wantError(s.post("/v3/result/create/other"), 422, "'url' parameter is required")
	job := s.issue("presto", twoRows, "result", "saved")
	if status := s.waitJob(job); status != "success" {
		t.Fatal(s.logs(job))
	}
	id := s.must(s.get("/v3/connections/lookup?name=saved")).text(t, "id")
	job = s.issue("presto", twoRows, "result_connection_id", id)
	if status := s.waitJob(job); status != "success" {
		t.Fatal(s.logs(job))
	}
	if got := s.query("presto", "SELECT count(*) FROM saved_t"); got != "[4]\n" {
		t.Errorf("rows: %s", got)
	}
	s.must(s.post("/v3/result/delete/saved"))
	s.wantError(s.post("/v3/result/delete/saved"), 404, "saved")
	s.wantError(s.get("/v3/connections/lookup?name=saved"), 404, "saved")
	s.must(s.post("/v3/result/create/secret", "url", "mysql://user:pa:ss@w/rd@host/db"))
	if got := string(s.get("/v3/result/list").body); !strings.Contains(got, "mysql://user:***@host/db") {
		t.Errorf("a password shows: %s", got)
	}
}

func TestResultExport(t *testing.T) {
	s := start(t, sandbox.Options{})
	source := s.issue("presto", twoRows)
	s.waitJob(source)
	path := filepath.Join(t.TempDir(), "out.csv")
	target := "file://" + filepath.ToSlash(path)
	s.wantError(s.post("/v3/job/result_export/"+source), 422, "'result' parameter is required")
	s.wantError(s.post("/v3/job/result_export/999", "result", target), 404, "999")
	job := s.must(s.post("/v3/job/result_export/"+source, "result", target)).text(t, "job_id")
	if status := s.waitJob(job); status != "success" {
		t.Fatal(s.logs(job))
	}
	if got := read(t, path); got != "time,name\n10,\"x,y\"\n20,\n" {
		t.Errorf("exported: %q", got)
	}
	if got := s.get("/v3/job/show/"+source).text(t, "linked_result_export_job_id"); got != job {
		t.Errorf("the source is linked with %s; want %s", got, job)
	}
	failed := s.issue("presto", "SELECT nope")
	s.waitJob(failed)
	job = s.must(s.post("/v3/job/result_export/"+failed, "result", target)).text(t, "job_id")
	if status := s.waitJob(job); status != "error" || !strings.Contains(s.logs(job), "has no result to export") {
		t.Errorf("the export of a failed job is %s: %s", status, s.logs(job))
	}
}

func TestTableExport(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.send("PUT", "/v3/table/import/sample_datasets/t_1/msgpack.gz",
		records(t, map[string]any{"time": 1, "a": "x"}, map[string]any{"time": 2, "a": "y"}, map[string]any{"time": 3, "a": "z"})))
	dir := t.TempDir()
	const path = "/v3/export/run/sample_datasets/t_1"
	for format, want := range map[string]string{
		"jsonl.gz":     "{\"a\":\"y\",\"time\":2}\n",
		"line-json.gz": "{\"a\":\"y\",\"time\":2}\n",
		"json.gz":      "[{\"a\":\"y\",\"time\":2}]\n",
		"tsv.gz":       "a\ttime\ny\t2\n",
	} {
		a := s.must(s.post(path, "storage_type", "s3", "bucket", "file://"+filepath.ToSlash(dir), "file_prefix", "p/", "file_format", format,
			"from", "2", "to", "3", "access_key_id", "k", "secret_access_key", "s"))
		if status := s.waitJob(a.text(t, "job_id")); status != "success" {
			t.Fatal(s.logs(a.text(t, "job_id")))
		}
		got := read(t, filepath.Join(dir, "p", "sample_datasets.t_1."+format))
		if format == "tsv.gz" {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", format, diff)
			}
		} else if !sameJSON(t, want, got) {
			t.Errorf("%s: %q; want %q", format, got, want)
		}
	}
	s.wantError(s.post(path, "storage_type", "gridfs", "bucket", "b"), 400, "Only s3 output type is supported: gridfs")
	s.wantError(s.post(path, "storage_type", "s3"), 422, "bucket")
	s.wantError(s.post(path, "storage_type", "s3", "bucket", "b", "file_format", "xls"), 422, "xls")
	s.wantError(s.post("/v3/export/run/sample_datasets/nope", "storage_type", "s3", "bucket", "b"), 404, "nope")
	job := s.must(s.post(path, "storage_type", "s3", "bucket", "real")).text(t, "job_id")
	if status := s.waitJob(job); status != "error" || !strings.Contains(s.logs(job), "cannot reach the S3 bucket") {
		t.Errorf("an export to S3 is %s: %s", status, s.logs(job))
	}
	if a := s.get("/v3/job/result/" + job + "?format=msgpack"); a.status != 404 || bytes.Contains(a.body, []byte("SELECT")) {
		t.Errorf("an export has a result: %d %s", a.status, a.body)
	}
}
