package sandbox_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

const bulk = "/v3/bulk_import"

func TestBulkImport(t *testing.T) { checkBulkImport(t, start(t, sandbox.Options{})) }

func checkBulkImport(t *testing.T, s *service) {
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.post(bulk + "/create/ses/sample_datasets/t_1"))
	s.wantError(s.post(bulk+"/create/ses/sample_datasets/t_1"), 409, "ses")
	s.wantError(s.post(bulk+"/create/s/sample_datasets/t_1"), 422, "Validation failed: Name is too short")
	s.wantError(s.post(bulk+"/create/other/sample_datasets/nope"), 404, "nope")

	upload := func(part string, list ...map[string]any) response {
		return s.send("PUT", bulk+"/upload_part/ses/"+part, records(t, list...))
	}
	s.must(upload("one", map[string]any{"time": 1}))
	s.must(upload("one", map[string]any{"time": 1, "a": "x"}, map[string]any{"a": "no time"}))
	s.must(upload("two%2Etsv", map[string]any{"time": 2, "a": "y"}, map[string]any{"time": "late"}))
	s.must(upload("three", map[string]any{"time": 3}))
	s.must(s.send("PUT", bulk+"/upload_part/ses/broken", strings.NewReader("\x82\xa4time")))
	s.must(s.post(bulk + "/delete_part/ses/three"))
	s.wantError(s.post(bulk+"/delete_part/ses/three"), 404, "three")
	s.wantError(upload("a.b.c"), 422, "a.b.c")
	s.must(s.post(bulk + "/freeze/ses"))
	s.wantError(upload("four"), 422, "frozen")
	s.wantError(s.post(bulk+"/delete_part/ses/one"), 422, "frozen")
	s.must(s.post(bulk + "/unfreeze/ses"))
	if got := string(s.get(bulk + "/list_parts/ses").body); !strings.Contains(got, `"parts":["broken","one","two.tsv"]`) {
		t.Errorf("parts: %s", got)
	}
	s.wantError(s.post(bulk+"/commit/ses"), 422, "uploading")
	if a := s.must(s.get(bulk + "/error_records/ses")); len(a.body) != 0 {
		t.Errorf("error records before perform: %q", a.body)
	}

	job := s.must(s.post(bulk+"/perform/ses", "priority", "", "pool_name", "")).text(t, "job_id")
	if status := s.waitJob(job); status != "success" {
		t.Fatalf("%s", s.get("/v3/job/show/"+job).body)
	}
	session := s.get(bulk + "/show/ses").json(t).(map[string]any)
	for key, want := range map[string]string{
		"status": "ready", "job_id": job, "valid_records": "2", "error_records": "2", "valid_parts": "2", "error_parts": "1", "upload_frozen": "false",
	} {
		if got := fmt.Sprint(session[key]); got != want {
			t.Errorf("%s is %s; want %s", key, got, want)
		}
	}
	var failed []string
	for r, err := range msgpackfile.Records(bytes.NewReader(s.must(s.get(bulk+"/error_records/ses")).body), msgpackfile.DefaultMaxRecord) {
		if err != nil {
			t.Fatal(err)
		}
		failed = append(failed, string(msgpackfile.RecordJSON(r)))
	}
	if diff := cmp.Diff([]string{`{"a":"no time"}`, `{"time":"late"}`}, failed); diff != "" {
		t.Errorf("error records (-want +got):\n%s", diff)
	}

	s.must(s.post(bulk + "/commit/ses"))
	if got := s.get(bulk+"/show/ses").text(t, "status"); got != "committed" {
		t.Errorf("after the commit: %s", got)
	}
	s.wantError(s.post(bulk+"/commit/ses"), 422, "committed")
	s.wantError(s.post(bulk+"/perform/ses"), 422, "committed")
	if got, want := s.query("presto", "SELECT time, a FROM t_1 ORDER BY time"), "[1,\"x\"]\n[2,\"y\"]\n"; got != want {
		t.Errorf("rows %s; want %s", got, want)
	}
	s.must(s.post(bulk + "/delete/ses"))
	s.wantError(s.get(bulk+"/show/ses"), 404, "ses")
	s.wantError(s.post(bulk+"/delete/ses"), 404, "ses")
	if got := string(s.get(bulk + "/list").body); got != `{"bulk_imports":[]}` {
		t.Errorf("list: %s", got)
	}
}

// TestKilledPerform checks that a session accepts parts again after its job was
// killed.
func TestKilledPerform(t *testing.T) {
	t.Parallel()
	checkKilledPerform(t, start(t, sandbox.Options{Workers: 1}))
}

func checkKilledPerform(t *testing.T, s *service) {
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.post(bulk + "/create/ses/sample_datasets/t_1"))
	blocker := s.issue("presto", slow)
	s.waitRunning(blocker)
	job := s.must(s.post(bulk+"/perform/ses")).text(t, "job_id")
	s.wantError(s.post(bulk+"/perform/ses"), 409, "performing")
	s.wantError(s.post(bulk+"/delete/ses"), 422, "performing")
	s.must(s.post("/v3/job/kill/" + job))
	for s.get(bulk+"/show/ses").text(t, "status") != "uploading" {
		if t.Context().Err() != nil {
			t.Fatal("the session stays busy")
		}
	}
	s.must(s.post("/v3/job/kill/" + blocker))
	s.waitJob(blocker)
	again := s.must(s.post(bulk+"/perform/ses")).text(t, "job_id")
	if status := s.waitJob(again); status != "success" {
		t.Errorf("the second perform: %s", status)
	}
	s.must(s.post(bulk + "/commit/ses"))
}

// TestCommitToNoTable checks that a failed commit can be repeated.
func TestCommitToNoTable(t *testing.T) { checkCommitToNoTable(t, start(t, sandbox.Options{})) }

func checkCommitToNoTable(t *testing.T, s *service) {
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.post(bulk + "/create/ses/sample_datasets/t_1"))
	s.must(s.send("PUT", bulk+"/upload_part/ses/one", records(t, map[string]any{"time": 1})))
	s.waitJob(s.must(s.post(bulk+"/perform/ses")).text(t, "job_id"))
	s.must(s.post("/v3/table/delete/sample_datasets/t_1"))
	if a := s.post(bulk + "/commit/ses"); a.status != 404 {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.post(bulk + "/commit/ses"))
	if got := s.tables("sample_datasets"); !strings.Contains(got, "t_1:1") {
		t.Errorf("tables: %s", got)
	}
}
