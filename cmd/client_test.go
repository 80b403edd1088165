//go:build unix

package cmd_test

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
)

// keys describes the members of a JSON object by type: text, int, number, flag, time (three
// layouts), list (the JSON text of an array), texts (an array), keys, or []keys. With "?"
// the member may be missing or null, and a time may be "".
type keys map[string]any

// The members that the strictest official client accepts. It rejects others.
var (
	databaseKeys = keys{
		"id": "text?", "user_id": "int?", "description": "text?", "name": "text", "organization": "text?", "count": "int",
		"created_at": "time", "updated_at": "time", "permission": "text", "delete_protected": "flag",
	}
	// A table must have a schema.
	tableKeys = keys{
		"id": "int", "name": "text", "type": "text?", "count": "int?", "created_at": "time", "updated_at": "time",
		"counter_updated_at": "time?", "last_log_timestamp": "time?", "delete_protected": "flag", "estimated_storage_size": "int",
		"schema": "list", "expire_days": "int?", "primary_key": "text?", "primary_key_type": "text?", "include_v": "flag?",
	}
	statusKeys = keys{
		"job_id": "text", "status": "text", "created_at": "time", "updated_at": "time", "start_at": "time?", "end_at": "time?",
		"duration": "number?", "cpu_time": "number?", "result_size": "int?", "num_records": "int?",
	}
	historyKeys = with(statusKeys, keys{
		"type": "text?", "database": "text", "query": "text", "user_name": "text", "result": "text", "url": "text",
		"hive_result_schema": "list?", "organization": "text?", "priority": "int", "retry_limit": "int", "scheduled_at": "time?",
	})
	jobKeys = with(without(historyKeys, "scheduled_at"), keys{
		"result_export_target_job_id": "number?", "linked_result_export_job_id": "number?",
	})
	showKeys     = with(jobKeys, keys{"debug": keys{"cmdout": "text?", "stderr": "text?"}})
	issueKeys    = keys{"job": "text", "job_id": "text", "database": "text"}
	importKeys   = keys{"unique_id": "text?", "database": "text", "table": "text", "md5_hex": "text", "elapsed_time": "number"}
	scheduleKeys = keys{
		"id": "int", "name": "text?", "cron": "text?", "timezone": "text", "delay": "int", "created_at": "time", "type": "text", "query": "text?",
		"database": "text?", "user_name": "text?", "priority": "int", "retry_limit": "int", "result": "text?", "start": "text?",
	}
	listedScheduleKeys  = with(without(scheduleKeys, "start"), keys{"id": "int?", "executing_user_id": "int?", "description": "text?", "next_time": "text?"})
	deletedScheduleKeys = keys{
		"name": "text", "cron": "text?", "timezone": "text", "delay": "int", "created_at": "time", "type": "text", "query": "text",
		"database": "text", "user_name": "text",
	}
	userKeys = keys{
		"id": "int", "first_name": "text?", "last_name": "text?", "email": "text", "phone": "text?", "gravatar_url": "text", "administrator": "flag",
		"created_at": "time", "updated_at": "time", "name": "text", "account_owner": "flag", "organization": "text?", "roles": "texts",
	}
	accountKeys = keys{
		"id": "int", "plan": "int", "presto_plan": "int?", "storage_size": "int", "guaranteed_cores": "int", "maximum_cores": "int", "created_at": "time",
	}
	sessionNameKeys = keys{"name": "text", "bulk_import": "text"}
	sessionKeys     = keys{
		"name": "text", "database": "text?", "table": "text?", "status": "text?", "job_id": "text?", "upload_frozen": "flag",
		"valid_records": "int?", "error_records": "int?", "valid_parts": "int?", "error_parts": "int?",
	}
)

func with(k, more keys) keys {
	k = maps.Clone(k)
	maps.Copy(k, more)
	return k
}

func without(k keys, name string) keys {
	k = maps.Clone(k)
	delete(k, name)
	return k
}

// refusals returns why the client rejects a value.
func refusals(at string, want, got any) (list []string) {
	switch want := want.(type) {
	case keys:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is no object: %v", at, got)}
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if _, known := want[key]; !known {
				list = append(list, fmt.Sprintf("%s has the key %q", at, key))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(want)) {
			list = append(list, refusals(at+"."+key, want[key], object[key])...)
		}
	case []keys:
		array, ok := got.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is no array: %v", at, got)}
		}
		for i, v := range array {
			list = append(list, refusals(fmt.Sprintf("%s[%d]", at, i), want[0], v)...)
		}
	case string:
		kind, optional := strings.CutSuffix(want, "?")
		if optional && (got == nil || kind == "time" && got == "") || isA(kind, got) {
			return nil
		}
		return []string{fmt.Sprintf("%s is not a %s: %v", at, kind, got)}
	}
	return list
}

// isA reports whether a value is of a kind.
func isA(kind string, v any) bool {
	text, isText := v.(string)
	number, isNumber := v.(float64)
	switch kind {
	case "text":
		return isText
	case "int":
		return isNumber && number == float64(int64(number))
	case "number":
		return isNumber
	case "flag":
		_, ok := v.(bool)
		return ok
	case "time":
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"} {
			if _, err := time.Parse(layout, text); err == nil {
				return true
			}
		}
		return false
	case "list":
		var list []any
		return isText && json.Unmarshal([]byte(text), &list) == nil
	case "texts":
		array, ok := v.([]any)
		return ok && !slices.ContainsFunc(array, func(v any) bool { return !isA("text", v) })
	}
	return false
}

func TestRefusals(t *testing.T) {
	want := keys{"a": "text", "b": "time?", "c": []keys{{"d": "int"}}}
	for text, n := range map[string]int{
		`{"a":"x","c":[]}`:                             0,
		`{"a":"x","b":"","c":[{"d":1}]}`:               0,
		`{"a":"x","b":"2012-09-17 21:00 UTC","c":[]}`:  1,
		`{"a":null,"b":null,"c":[{"d":1.5}],"e":null}`: 3,
		`{"a":1}`: 2,
		`[]`:      1,
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if got := refusals("", want, v); len(got) != n {
			t.Errorf("%s: %d refusals, want %d: %v", text, len(got), n, got)
		}
	}
}

// accepts makes a request and checks that the client accepts the response.
func (s *served) accepts(want keys, method, path string, form ...string) map[string]any {
	s.Helper()
	data, err := s.ask(method, path, form...)
	if err != nil {
		s.Fatal(err)
	}
	return s.accepted(want, path, data)
}

func (s *served) accepted(want keys, path string, data []byte) map[string]any {
	s.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		s.Fatalf("%s: %v: %s", path, err, data)
	}
	for _, r := range refusals(path+": ", want, v) {
		s.Error(r)
	}
	return v
}

// refused makes a request that must fail. The client expects the reason in "error".
func (s *served) refused(want int, method, path string) {
	s.Helper()
	status, data, err := s.send(method, path, "application/x-www-form-urlencoded", nil)
	if err != nil || status != want || member(data, "error") == "" || member(data, "error") == "<nil>" {
		s.Errorf("%s %s: status %d, want %d, %v: %s", method, path, status, want, err, data)
	}
}

// upload imports, checks the response as the client does, and returns it.
func (s *served) upload(want keys, path string, body []byte) map[string]any {
	s.Helper()
	status, data, err := s.send(http.MethodPut, path, "application/octet-stream", bytes.NewReader(body))
	if err != nil || status != http.StatusOK {
		s.Fatalf("PUT %s: status %d, %v: %s", path, status, err, data)
	}
	return s.accepted(want, path, data)
}

func compress(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestStrictClient makes the requests of the strictest official client to a server in another
// process and checks that the client accepts every response: it uses only https, rejects
// unknown members and unexpected nulls, and compares checksums.
func TestStrictClient(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "--tls")
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("it listens on %s", s.url)
	}
	if _, _, err := s.send("GET", "/v3/system/server_status", "", nil); err == nil {
		t.Fatal("a client trusts a certificate that nobody told it of")
	}
	s.trust()
	s.accepts(keys{"status": "text"}, "GET", "/v3/system/server_status")
	s.accepts(keys{"account": accountKeys}, "GET", "/v3/account/show")
	s.post("/v3/database/create/strict")
	s.refused(409, "POST", "/v3/database/create/strict")
	s.refused(404, "GET", "/v3/table/list/nowhere")
	s.accepts(keys{"databases": []keys{databaseKeys}}, "GET", "/v3/database/list")

	// The parts depend on each other: a table with data, jobs, other objects, and deletions.
	for _, part := range []struct {
		name string
		run  func(*testing.T, served)
	}{
		{"tables", strictTables},
		{"jobs", strictJobs},
		{"schedules", strictSchedules},
		{"bulk imports", strictBulkImports},
		{"users and results", strictUsers},
	} {
		t.Run(part.name, func(t *testing.T) {
			own := *s
			own.T = t
			part.run(t, own)
		})
	}
	s.accepts(keys{"table": "text", "database": "text", "type": "text?"}, "POST", "/v3/table/delete/strict/t_1")
	s.post("/v3/database/delete/strict")
	s.refused(404, "POST", "/v3/database/delete/strict")
}

func strictTables(t *testing.T, s served) {
	s.post("/v3/table/create/strict/t_1/log")
	s.refused(409, "POST", "/v3/table/create/strict/t_1/log")
	listed := keys{"database": "text", "tables": []keys{tableKeys}}
	s.accepts(listed, "GET", "/v3/table/list/strict") // empty table
	s.accepts(tableKeys, "GET", "/v3/table/show/strict/t_1")

	body := compress(t, batch(t, 0, 10))
	sum := md5.Sum(body)
	answer := s.upload(importKeys, "/v3/table/import/strict/t_1/msgpack.gz", body)
	if want := hex.EncodeToString(sum[:]); answer["md5_hex"] != want {
		t.Errorf("the checksum is %v; want %s", answer["md5_hex"], want)
	}
	for range 2 { // the second upload has no effect
		s.upload(importKeys, "/v3/table/import_with_id/strict/t_1/part-1/msgpack.gz", compress(t, batch(t, 10, 10)))
	}
	s.post("/v3/table/update-schema/strict/t_1", "schema", `[["n","long"],["host","string"],["more","double"]]`)
	s.post("/v3/table/update/strict/t_1", "expire_days", "30")
	s.post("/v3/table/create/strict/t_2/log")
	s.post("/v3/table/swap/strict/t_1/t_2")
	s.accepts(listed, "GET", "/v3/table/list/strict")
	table := s.accepts(tableKeys, "GET", "/v3/table/show/strict/t_2")
	if table["count"] != 20.0 || table["expire_days"] != 30.0 || table["schema"] != `[["n","long"],["host","string"],["more","double"]]` {
		t.Errorf("after imports and a swap: %v", table)
	}
	s.post("/v3/table/swap/strict/t_1/t_2")

	tail := s.post("/v3/table/tail/strict/t_1", "count", "3", "to", "2014-10-03 00:00:00 UTC", "from", "2014-10-01 00:00:00 UTC")
	dec := msgpack.NewDecoder(bytes.NewReader(tail))
	n := 0
	for ; ; n++ {
		var record map[string]any
		if err := dec.Decode(&record); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 {
		t.Errorf("the tail has %d records; want 3", n)
	}
}

func strictJobs(t *testing.T, s served) {
	const query = "SELECT n, host, CAST(NULL AS varchar) AS nothing FROM t_1 WHERE n < 2 ORDER BY n"
	job := s.accepts(issueKeys, "POST", "/v3/job/issue/presto/strict", "query", query, "priority", "1", "retry_limit", "0")["job_id"].(string)
	s.accepts(statusKeys, "GET", "/v3/job/status/"+job)
	s.accepts(showKeys, "GET", "/v3/job/show/"+job) // in any state
	if status, err := s.await(job); status != "success" {
		t.Fatalf("the job is %s, %v", status, err)
	}
	s.accepts(showKeys, "GET", "/v3/job/show/"+job)

	for format, want := range map[string]string{
		"json": "[0,\"host-0\",null]\n[1,\"host-1\",null]\n",
		"csv":  "0,host-0,\n1,host-1,\n",
		"tsv":  "0\thost-0\t\n1\thost-1\t\n",
	} {
		got := string(s.get("/v3/job/result/"+job, "format", format))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the result as %s (-want +got):\n%s", format, diff)
		}
	}
	packed := s.get("/v3/job/result/"+job, "format", "msgpack")
	zipped := s.get("/v3/job/result/"+job, "format", "msgpack.gz")
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	if unzipped, err := io.ReadAll(r); err != nil || !bytes.Equal(unzipped, packed) {
		t.Errorf("msgpack.gz holds % x, %v; msgpack is % x", unzipped, err, packed)
	}
	if diff := cmp.Diff([]any{int64(0), "host-0", nil, int64(1), "host-1", nil}, flatRows(t, packed)); diff != "" {
		t.Errorf("the result as msgpack (-want +got):\n%s", diff)
	}

	hive := s.accepts(issueKeys, "POST", "/v3/job/issue/hive/strict", "query", "SELECT COUNT(1) FROM t_1", "priority", "0", "retry_limit", "0")["job_id"].(string)
	s.await(hive)
	broken := s.accepts(issueKeys, "POST", "/v3/job/issue/presto/strict", "query", "SELECT FROM")["job_id"].(string)
	if status, err := s.await(broken); status != "error" {
		t.Errorf("a wrong query is %s, %v", status, err)
	}
	long := s.accepts(issueKeys, "POST", "/v3/job/issue/presto/strict", "query", endless)["job_id"].(string)
	s.untilRunning(long)
	s.accepts(showKeys, "GET", "/v3/job/show/"+long)
	s.post("/v3/job/kill/" + long)
	if status, err := s.await(long); status != "killed" {
		t.Errorf("a killed query is %s, %v", status, err)
	}
	exported := s.accepts(issueKeys, "POST", "/v3/export/run/strict/t_1", "storage_type", "s3", "bucket", "b", "file_format", "jsonl.gz")["job_id"].(string)
	s.await(exported)
	sent := s.post("/v3/job/issue/presto/strict", "query", "SELECT 1 AS a", "result", "td://@/strict/t_3")
	s.await(member(sent, "job_id"))
	for _, id := range []string{hive, broken, long, exported, member(sent, "job_id")} {
		s.accepts(showKeys, "GET", "/v3/job/show/"+id)
	}
	list := keys{"jobs": []keys{jobKeys}, "count": "int?", "from": "number?", "to": "number?"}
	s.accepts(list, "GET", "/v3/job/list")
	s.accepts(list, "GET", "/v3/job/list", "from", "0", "to", "2", "status", "success")
	s.refused(404, "GET", "/v3/job/show/999999")
}

// flatRows returns the values of msgpack rows.
func flatRows(t *testing.T, packed []byte) (flat []any) {
	t.Helper()
	dec := msgpack.NewDecoder(bytes.NewReader(packed))
	dec.UseLooseInterfaceDecoding(true)
	for {
		row, err := dec.DecodeSlice()
		if err == io.EOF {
			return flat
		}
		if err != nil {
			t.Fatal(err)
		}
		flat = append(flat, row...)
	}
}

func strictSchedules(t *testing.T, s served) {
	s.accepts(scheduleKeys, "POST", "/v3/schedule/create/daily", "cron", "0 0 * * *", "query", "SELECT 1", "database", "strict", "type", "presto")
	s.accepts(scheduleKeys, "POST", "/v3/schedule/create/never", "cron", "", "query", "SELECT 1", "database", "strict", "type", "hive")
	s.accepts(scheduleKeys, "POST", "/v3/schedule/update/daily", "delay", "60", "priority", "1")
	s.accepts(keys{"schedules": []keys{listedScheduleKeys}}, "GET", "/v3/schedule/list")
	run := s.accepts(keys{"jobs": []keys{{"job_id": "int", "scheduled_at": "time?", "type": "text"}}}, "POST", "/v3/schedule/run/daily/1472688000", "num", "2")
	for _, job := range run["jobs"].([]any) {
		s.await(fmt.Sprintf("%.0f", job.(map[string]any)["job_id"]))
	}
	history := s.accepts(keys{"history": []keys{historyKeys}, "count": "int?", "from": "int?", "to": "int?"}, "GET", "/v3/schedule/history/daily")
	if n := len(history["history"].([]any)); n != 2 {
		t.Errorf("the history has %d jobs; want 2", n)
	}
	s.accepts(deletedScheduleKeys, "POST", "/v3/schedule/delete/daily")
	s.accepts(deletedScheduleKeys, "POST", "/v3/schedule/delete/never")
}

func strictBulkImports(t *testing.T, s served) {
	const bulk = "/v3/bulk_import"
	listed := keys{"bulk_imports": []keys{sessionKeys}}
	s.accepts(sessionNameKeys, "POST", bulk+"/create/session/strict/t_1")
	s.accepts(listed, "GET", bulk+"/list")
	s.upload(sessionNameKeys, bulk+"/upload_part/session/part_1", compress(t, batch(t, 20, 5)))
	s.upload(sessionNameKeys, bulk+"/upload_part/session/part_2", compress(t, batch(t, 25, 5)))
	s.accepts(sessionNameKeys, "POST", bulk+"/delete_part/session/part_2")
	s.accepts(with(sessionNameKeys, keys{"parts": "texts"}), "GET", bulk+"/list_parts/session")
	s.accepts(sessionNameKeys, "POST", bulk+"/freeze/session")
	s.accepts(sessionNameKeys, "POST", bulk+"/unfreeze/session")
	s.accepts(sessionNameKeys, "POST", bulk+"/freeze/session")
	performed := s.accepts(with(sessionNameKeys, keys{"job_id": "int"}), "POST", bulk+"/perform/session")
	job := fmt.Sprintf("%.0f", performed["job_id"])
	if status, err := s.await(job); status != "success" {
		t.Fatalf("the job is %s, %v", status, err)
	}
	s.accepts(showKeys, "GET", "/v3/job/show/"+job)
	s.accepts(sessionKeys, "GET", bulk+"/show/session")
	s.accepts(sessionNameKeys, "POST", bulk+"/commit/session")
	s.accepts(listed, "GET", bulk+"/list")
	s.accepts(sessionNameKeys, "POST", bulk+"/delete/session")
	if table := s.accepts(tableKeys, "GET", "/v3/table/show/strict/t_1"); table["count"] != 25.0 {
		t.Errorf("the table has %v records; want 25", table["count"])
	}
}

func strictUsers(_ *testing.T, s served) {
	s.post("/v3/user/add/ann", "organization", "", "email", "ann@example.com", "password", "long enough")
	s.accepts(keys{"users": []keys{userKeys}}, "GET", "/v3/user/list")
	s.accepts(keys{"apikeys": "texts"}, "GET", "/v3/user/apikey/list/"+url.QueryEscape("ann@example.com"))
	s.post("/v3/user/remove/ann")
	s.post("/v3/result/create/saved", "url", "mysql://user:secret@host/db/t")
	s.accepts(keys{"results": []keys{{"name": "text", "url": "text", "organization": "text?"}}}, "GET", "/v3/result/list")
	s.post("/v3/result/delete/saved")
}
