package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

// decode decodes a JSON text.
func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// sameJSON reports whether two texts are the same JSON value.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	return cmp.Equal(decode(t, a), decode(t, b))
}

// differences returns the differences between the shapes of two values: missing and
// additional keys, and other types. A null in want matches any value.
func differences(at string, want, got any) []string {
	switch want := want.(type) {
	case nil:
		return nil
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is a %T; want an object", at, got)}
		}
		var list []string
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if value, ok := got[key]; ok {
				list = append(list, differences(at+"."+key, want[key], value)...)
			} else {
				list = append(list, at+"."+key+" is missing")
			}
		}
		for _, key := range slices.Sorted(maps.Keys(got)) {
			if _, ok := want[key]; !ok {
				list = append(list, at+"."+key+" is not expected")
			}
		}
		return list
	case []any:
		got, ok := got.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is a %T; want an array", at, got)}
		}
		if len(want) > 0 && len(got) == 0 {
			return []string{at + " is empty"}
		}
		var list []string
		for i := range got {
			if len(want) > 0 {
				list = append(list, differences(fmt.Sprintf("%s[%d]", at, i), want[min(i, len(want)-1)], got[i])...)
			}
		}
		return list
	default:
		if a, b := fmt.Sprintf("%T", want), fmt.Sprintf("%T", got); a != b {
			return []string{fmt.Sprintf("%s is a %s; want a %s", at, b, a)}
		}
		return nil
	}
}

// TestShapes compares the shapes of the responses with documented ones.
func TestShapes(t *testing.T) { checkShapes(t, start(t, sandbox.Options{})) }

func checkShapes(t *testing.T, s *service) {
	file := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(file, []byte("a,time\n1,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`{"in":{"type":"file","path":%q},"out":{"mode":"append"},"exec":{},"filters":[]}`, file)
	const db = "sample_datasets"
	steps := []struct {
		file string
		ask  func() response
	}{
		{"server_status", func() response { return s.get("/v3/system/server_status") }},
		{"database_create", func() response { return s.post("/v3/database/create/shapes") }},
		{"database_delete", func() response { return s.post("/v3/database/delete/shapes") }},
		{"database_list_full", func() response { return s.get("/v3/database/list") }},
		{"database_show", func() response { return s.get("/v3/database/show/" + db) }},
		{"table_create", func() response { return s.post("/v3/table/create/" + db + "/t_1/log") }},
		{"table_create", func() response { return s.post("/v3/table/create/" + db + "/t_2/log") }},
		{"table_update", func() response { return s.post("/v3/table/update/"+db+"/t_1", "expire_days", "3") }},
		{"table_update_schema", func() response { return s.post("/v3/table/update-schema/"+db+"/t_1", "schema", `[["a","long"]]`) }},
		{"table_swap_seed", func() response { return s.post("/v3/table/swap/" + db + "/t_1/t_2") }},
		{"table_import", func() response {
			return s.send("PUT", "/v3/table/import/"+db+"/t_1/msgpack.gz", records(t, map[string]any{"time": 1}))
		}},
		{"table_import", func() response {
			return s.send("PUT", "/v3/table/import_with_id/"+db+"/t_1/0a/msgpack.gz", records(t, map[string]any{"time": 1}))
		}},
		{"table_update_schema", func() response { return s.post("/v3/table/append-schema/"+db+"/t_1", "schema", `[["b","long"]]`) }},
		{"table_update", func() response { return s.post("/v3/table/rename/" + db + "/t_2/t_3") }},
		{"database_create", func() response { return s.post("/v3/database/create/other") }},
		{"table_update", func() response { return s.post("/v3/table/change_database/"+db+"/t_3", "dest_database_name", "other") }},
		{"table_create", func() response { return s.post("/v3/table/create/" + db + "/t_2") }},
		{"table_list_full", func() response { return s.get("/v3/table/list/" + db) }},
		{"table_show", func() response { return s.get("/v3/table/show/" + db + "/t_1") }},
		{"table_delete", func() response { return s.post("/v3/table/delete/" + db + "/t_2") }},
		{"table_deleted", func() response { return s.get("/v3/table/deleted") }},
		{"table_recover", func() response {
			return s.post("/v3/table/recover/"+s.deletedID(), "table_name", "t_2")
		}},
		{"job_issue_today", func() response {
			return s.post("/v3/job/issue/hive/"+db, "query", "SELECT path FROM www_access LIMIT 1", "domain_key", "k")
		}},
		{"job_issue_conflict", func() response { return s.post("/v3/job/issue/hive/"+db, "query", "SELECT 1", "domain_key", "k") }},
		{"job_status_seed", func() response { s.waitJob("1"); return s.get("/v3/job/status/1") }},
		{"job_status_seed", func() response { return s.get("/v3/job/status_by_domain_key/k") }},
		{"job_show_full", func() response { return s.get("/v3/job/show/1") }},
		{"job_list", func() response { return s.get("/v3/job/list") }},
		{"job_list_page", func() response { return s.get("/v3/job/list?from=0&to=1") }},
		{"job_statistics", func() response { return s.get("/v3/job/statistics/1") }},
		{"job_kill_seed", func() response { return s.post("/v3/job/kill/1") }},
		{"job_result_export", func() response {
			return s.post("/v3/job/result_export/1", "result", "td://@/"+db+"/t_1", "priority", "", "retry_limit", "")
		}},
		{"error_full", func() response { return s.get("/v3/job/show/9999") }},
		{"export_run", func() response {
			return s.post("/v3/export/run/"+db+"/t_1", "storage_type", "s3", "bucket", "b", "file_format", "jsonl.gz")
		}},
		{"bulk_import_create", func() response { return s.post("/v3/bulk_import/create/session/" + db + "/t_1") }},
		{"bulk_import_create", func() response {
			return s.send("PUT", "/v3/bulk_import/upload_part/session/p_1", records(t, map[string]any{"time": 1}))
		}},
		{"bulk_import_create", func() response {
			return s.send("PUT", "/v3/bulk_import/upload_part/session/p_2", records(t, map[string]any{"time": 1}))
		}},
		{"bulk_import_create", func() response { return s.post("/v3/bulk_import/delete_part/session/p_2") }},
		{"bulk_import_create", func() response { return s.post("/v3/bulk_import/freeze/session") }},
		{"bulk_import_create", func() response { return s.post("/v3/bulk_import/unfreeze/session") }},
		{"bulk_import_list_parts", func() response { return s.get("/v3/bulk_import/list_parts/session") }},
		{"bulk_import_perform", func() response { return s.post("/v3/bulk_import/perform/session") }},
		{"bulk_import_show", func() response { s.waitJob("1"); return s.get("/v3/bulk_import/show/session") }},
		{"bulk_import_list", func() response { return s.get("/v3/bulk_import/list") }},
		{"bulk_import_commit", func() response { return s.post("/v3/bulk_import/commit/session") }},
		{"bulk_import_create", func() response { return s.post("/v3/bulk_import/delete/session") }},
		{"bulk_loads_guess", func() response { return s.postJSON("/v3/bulk_loads/guess", `{"config":`+config+`}`) }},
		{"bulk_loads_preview", func() response {
			guessed := s.postJSON("/v3/bulk_loads/guess", `{"config":`+config+`}`)
			return s.postJSON("/v3/bulk_loads/preview", string(guessed.body))
		}},
		{"bulk_loads_issue", func() response {
			return s.postJSON("/v3/job/issue/bulkload/"+db, `{"config":`+config+`,"database":"`+db+`","table":"t_1"}`)
		}},
		{"bulk_loads_session", func() response {
			return s.postJSON("/v3/bulk_loads", `{"name":"load","database":"`+db+`","table":"t_1","cron":"@daily","config":`+config+`}`)
		}},
		{"bulk_loads_list", func() response { return s.get("/v3/bulk_loads") }},
		{"bulk_loads_run", func() response { return s.postJSON("/v3/bulk_loads/load/jobs", `{"scheduled_time":"1420070400"}`) }},
		{"bulk_loads_jobs", func() response { s.waitJob("1"); return s.get("/v3/bulk_loads/load/jobs") }},
		{"bulk_loads_session", func() response { return s.get("/v3/bulk_loads/load") }},
		{"bulk_loads_session", func() response {
			return s.send("PUT", "/v3/bulk_loads/load", strings.NewReader(`{"timezone":"UTC"}`), "Content-Type", "application/json")
		}},
		{"bulk_loads_session", func() response { return s.send("DELETE", "/v3/bulk_loads/load", nil) }},
		{"result_create", func() response { return s.post("/v3/result/create/res", "url", "mysql://user:secret@host/db/t") }},
		{"result_list", func() response { return s.get("/v3/result/list") }},
		{"connections_lookup", func() response { return s.get("/v3/connections/lookup?name=res") }},
		{"result_create", func() response { return s.post("/v3/result/delete/res") }},
		{"schedule_create", func() response {
			return s.post("/v3/schedule/create/daily", "cron", "@daily", "query", "SELECT 1", "database", db, "type", "presto", "result", "", "timezone", "")
		}},
		{"schedule_create", func() response { return s.post("/v3/schedule/update/daily", "delay", "1") }},
		{"schedule_list", func() response { return s.get("/v3/schedule/list") }},
		{"schedule_run", func() response { return s.post("/v3/schedule/run/daily/1472688000", "num", "2") }},
		{"schedule_history", func() response { s.waitJob("1"); return s.get("/v3/schedule/history/daily") }},
		{"schedule_delete", func() response { return s.post("/v3/schedule/delete/daily") }},
		{"user_authenticate", func() response {
			return s.post("/v3/user/authenticate", "user", "sandbox@example.com", "password", "sandbox")
		}},
		{"user_add", func() response { return s.post("/v3/user/add/foo", "email", "foo@example.com", "password", "12345678") }},
		{"user_list", func() response { return s.get("/v3/user/list") }},
		{"user_show", func() response { return s.get("/v3/user/show") }},
		{"user_apikey_add", func() response { return s.post("/v3/user/apikey/add/foo") }},
		{"user_apikey_list", func() response { return s.get("/v3/user/apikey/list/foo%40example%2Ecom") }},
		{"user_apikey_validate", func() response { return s.get("/v3/user/apikey/validate") }},
		{"user_changed", func() response { return s.post("/v3/user/email/change/foo", "email", "bar@example.com") }},
		{"user_changed", func() response { return s.post("/v3/user/password/change/foo", "password", "123456789") }},
		{"user_changed", func() response {
			return s.post("/v3/user/password/change", "old_password", "sandbox", "password", "123456789")
		}},
		{"user_changed", func() response {
			keys := s.get("/v3/user/apikey/list/foo").json(t).(map[string]any)["apikeys"].([]any)
			return s.post("/v3/user/apikey/remove/foo", "apikey", keys[0].(string))
		}},
		{"user_changed", func() response { return s.post("/v3/user/remove/foo") }},
		{"account_show", func() response { return s.get("/v3/account/show") }},
	}
	used := map[string]bool{}
	for _, step := range steps {
		data, err := os.ReadFile(filepath.Join("testdata", "wire", step.file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		used[step.file+".json"] = true
		a := step.ask()
		for _, d := range differences("answer", decode(t, string(data)), decode(t, string(a.body))) {
			t.Errorf("%s: %s\n%s", step.file, d, a.body)
		}
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "wire"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !used[e.Name()] {
			t.Errorf("no answer is compared with %s", e.Name())
		}
	}
}

// TestTimes checks the layout of times.
func TestTimes(t *testing.T) { checkTimes(t, start(t, sandbox.Options{})) }

func checkTimes(t *testing.T, s *service) {
	job := s.issue("presto", "SELECT 1")
	s.waitJob(job)
	show := s.get("/v3/job/show/" + job).json(t).(map[string]any)
	for _, key := range []string{"created_at", "updated_at", "start_at", "end_at"} {
		if text := show[key].(string); !strings.HasSuffix(text, " UTC") {
			t.Errorf("%s is %q", key, text)
		} else if _, err := time.Parse("2006-01-02 15:04:05 MST", text); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}
