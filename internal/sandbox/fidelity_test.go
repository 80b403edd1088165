package sandbox_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

// deletedID returns the ID of the table that was deleted last.
func (s *service) deletedID() string {
	s.Helper()
	tables := s.get("/v3/table/deleted").json(s.T).(map[string]any)["tables"].([]any)
	return fmt.Sprint(tables[0].(map[string]any)["id"])
}

// TestIdempotentCreate repeats the creation of a table with the same key.
func TestIdempotentCreate(t *testing.T) {
	s := start(t, sandbox.Options{})
	const path = "/v3/table/create/sample_datasets/t_1/log?idempotent_key="
	first := s.must(s.post(path + "k1"))
	if again := s.must(s.post(path + "k1")); string(again.body) != string(first.body) {
		t.Errorf("second response %s; want %s", again.body, first.body)
	}
	s.wantError(s.post(path+"k2"), 409, "Table t_1 already exists")
	s.wantError(s.post("/v3/table/create/sample_datasets/t_1/log"), 409, "Table t_1 already exists")
	s.must(s.post("/v3/table/create/sample_datasets/t_1", "idempotent_key", "k1"))

	// The key of another table is another key.
	if other := s.must(s.post("/v3/table/create/sample_datasets/t_2/log?idempotent_key=k1")); other.text(t, "table") != "t_2" {
		t.Errorf("key of another table: %s", other.body)
	}
	s.must(s.post("/v3/database/create/other"))
	s.must(s.post("/v3/table/create/other/t_1/log?idempotent_key=k1"))
	if got := s.tables("sample_datasets") + s.tables("other"); !strings.Contains(got, "t_2") || strings.Count(got, "t_1") != 2 {
		t.Errorf("tables: %s", got)
	}
	// A deleted table is created again.
	s.must(s.post("/v3/table/delete/sample_datasets/t_1"))
	s.must(s.post(path + "k1"))
	if got := s.tables("sample_datasets"); !strings.Contains(got, "t_1") {
		t.Errorf("tables: %s", got)
	}
	// A failed request does not use up its key.
	s.wantError(s.post("/v3/table/create/sample_datasets/t_2/log?idempotent_key=k2"), 409, "Table t_2 already exists")
	s.wantError(s.post("/v3/table/create/sample_datasets/t_2/log?idempotent_key=k2"), 409, "Table t_2 already exists")
}

// TestConcurrentCreates sends equal requests with an idempotent key at the same time.
func TestConcurrentCreates(t *testing.T) {
	s := start(t, sandbox.Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if a := s.post("/v3/table/create/sample_datasets/t_1/log?idempotent_key=k"); a.status != 200 {
				t.Errorf("status %d: %s", a.status, a.body)
			}
		})
	}
	wg.Wait()
}

func TestInvalidJobIDs(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.waitJob(s.issue("presto", "SELECT 1"))
	for _, id := range []string{"xxxxxx", "1.json", "1%20", "0x1", "1.0", "+1", "-1", "0", "9223372036854775807", "9223372036854775808", "99999999999999999999"} {
		for _, path := range []string{"status", "show", "result", "statistics"} {
			if a := s.get("/v3/job/" + path + "/" + id + "?format=csv"); a.status != 404 {
				t.Errorf("job/%s/%s: status %d; want 404", path, id, a.status)
			}
		}
		for _, path := range []string{"kill", "result_export"} {
			if a := s.post("/v3/job/"+path+"/"+id, "result", "x"); a.status != 404 {
				t.Errorf("job/%s/%s: status %d; want 404", path, id, a.status)
			}
		}
	}
}

func TestDeletedTables(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/database/create/other"))
	for _, table := range []string{"sample_datasets/t_1", "other/t_2", "sample_datasets/t_3"} {
		s.must(s.post("/v3/table/create/" + table + "/log"))
		s.must(s.post("/v3/table/delete/" + table))
	}
	list := func(query string) (names, cursor string) {
		t.Helper()
		o := s.must(s.get("/v3/table/deleted?" + query)).json(t).(map[string]any)
		var list []string
		for _, table := range o["tables"].([]any) {
			list = append(list, table.(map[string]any)["name"].(string))
		}
		return strings.Join(list, " "), fmt.Sprint(o["cursor_id"])
	}
	if names, cursor := list(""); names != "t_3 t_2 t_1" || cursor != "<nil>" {
		t.Errorf("all tables: %s, cursor %s", names, cursor)
	}
	names, cursor := list("page_size=2")
	if names != "t_3 t_2" || cursor == "<nil>" {
		t.Errorf("first page: %s, cursor %s", names, cursor)
	}
	if names, cursor := list("page_size=2&cursor_id=" + cursor); names != "t_1" || cursor != "<nil>" {
		t.Errorf("second page: %s, cursor %s", names, cursor)
	}
	id := s.get("/v3/database/show/other").text(t, "id")
	if names, _ := list("database_id=" + id); names != "t_2" {
		t.Errorf("tables of a database: %s", names)
	}
	s.wantError(s.get("/v3/table/deleted?page_size=0"), 422, "page_size")
	s.wantError(s.get("/v3/table/deleted?cursor_id=x"), 422, "cursor_id")

	deleted := s.deletedID()
	s.wantError(s.post("/v3/table/recover/"+deleted, "table_name", "No!"), 400, "lower-case")
	s.wantError(s.post("/v3/table/recover/"+deleted, "table_name", "nasdaq"), 409, "Table nasdaq already exists")
	for _, id := range []string{"999", "-1", "+1", "x", "99999999999999999999"} {
		s.wantError(s.post("/v3/table/recover/"+id), 404, "Couldn't find UserTable with id = "+id)
	}
	if recovered := s.must(s.post("/v3/table/recover/"+deleted, "table_name", "rec2")); recovered.text(t, "name") != "rec2" || recovered.text(t, "id") != deleted {
		t.Errorf("recovered: %s", recovered.body)
	}
	if got := s.tables("sample_datasets"); !strings.Contains(got, "rec2:0") || strings.Contains(got, "t_3") {
		t.Errorf("tables: %s", got)
	}
}

func TestDuplicateColumns(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	const path = "/v3/table/update-schema/sample_datasets/t_1"
	s.wantError(s.postJSON(path, `{"schema":[["a","long"],["a","string"]]}`), 422, "duplicate")
	s.must(s.postJSON(path, `{"schema":[["a","long","x"],["a","string"]],"ignore_duplicate_schema":true}`))
	s.must(s.postJSON(path, `{"schema":[["a","double"]]}`))
	if got, want := s.get("/v3/table/show/sample_datasets/t_1").text(t, "schema"), `[["a","double"]]`; got != want {
		t.Errorf("schema %s; want %s", got, want)
	}
}

func TestErrorMessages(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.wantError(s.post("/v3/table/create/sample_datasets/t_1/item"), 422, "Table type must be 'log'")
	s.wantError(s.post("/v3/schedule/create/daily", "query", "SELECT 1", "database", "sample_datasets", "engine_version", "?"), 422, "Engine version is not included in the list")
	for kind, want := range map[string]string{
		"presto": "Table 'td-presto.sample_datasets.nope' does not exist",
		"trino":  "Table 'td-presto.sample_datasets.nope' does not exist",
		"hive":   "Table 'sample_datasets.nope' does not exist",
	} {
		job := s.issue(kind, "SELECT * FROM nope")
		s.waitJob(job)
		if got := s.logs(job); !strings.Contains(got, want) {
			t.Errorf("%s: %s; want %s", kind, got, want)
		}
	}
}

func TestUnknownPathWithWrongKey(t *testing.T) {
	s := start(t, sandbox.Options{APIKey: "1/secret"})
	s.wantError(s.get("/v3/nothing"), 401, "wrong")
	s.wantError(s.post("/v3/job/list"), 401, "wrong")
	s.key = ""
	s.wantError(s.get("/v3/nothing"), 401, "no API key")
	s.key = "1/secret"
	s.wantError(s.get("/v3/nothing"), 404, "not found")
	s.wantError(s.post("/v3/job/list"), 405, "POST")
}

func TestJobListBounds(t *testing.T) {
	s := start(t, sandbox.Options{})
	for query, want := range map[string]string{
		"":             `{"count":0,"from":null,"jobs":[],"to":null}`,
		"?from=&to=":   `{"count":0,"from":null,"jobs":[],"to":null}`,
		"?from=2":      `{"count":0,"from":2,"jobs":[],"to":null}`,
		"?from=0&to=4": `{"count":0,"from":0,"jobs":[],"to":4}`,
	} {
		if got := string(s.must(s.get("/v3/job/list" + query)).body); got != want {
			t.Errorf("%s: %s; want %s", query, got, want)
		}
	}
}

func TestJobURL(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("presto", "SELECT 1")
	s.waitJob(job)
	path := "/v3/job/show/" + job
	if got, want := s.get(path).text(t, "url"), s.url+path; got != want {
		t.Errorf("url %s; want %s", got, want)
	}
	secure := httptest.NewTLSServer(s.Server)
	defer secure.Close()
	r := httptest.NewRequestWithContext(t.Context(), "GET", secure.URL+path, nil)
	r.RequestURI = ""
	r.Header.Set("Authorization", "TD1 x")
	w, err := secure.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	var body strings.Builder
	if err := w.Write(&body); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(`"url":"%s%s"`, secure.URL, path); !strings.Contains(body.String(), want) {
		t.Errorf("over https: %s; want %s", &body, want)
	}
}

func TestStatistics(t *testing.T) {
	s := start(t, sandbox.Options{})
	rows, failed := s.issue("presto", "SELECT * FROM nasdaq LIMIT 3"), s.issue("presto", "SELECT nope")
	s.waitJob(rows)
	for job, want := range map[string]string{rows: `{"records_inserted":"3"}`, failed: `{"records_inserted":"0"}`} {
		if got := string(s.must(s.get("/v3/job/statistics/" + job)).body); got != want {
			t.Errorf("job %s: %s; want %s", job, got, want)
		}
	}
}

func TestResultSchemaText(t *testing.T) {
	s := start(t, sandbox.Options{})
	job := s.issue("presto", `SELECT count(*) AS cnt, map(ARRAY['k'], ARRAY[1]) AS "m<,>""" FROM nasdaq`)
	s.waitJob(job)
	got, want := s.get("/v3/job/show/"+job).text(t, "hive_result_schema"), `[["cnt", "bigint"], ["m<,>\"", "map(`
	if !strings.HasPrefix(got, want) {
		t.Errorf("schema %s; want the prefix %s", got, want)
	}
	if got, want := string(s.get("/v3/job/result/"+job+"?format=csv&header=true").body), "cnt,\"m<,>\"\"\"\n"; !strings.HasPrefix(got, want) {
		t.Errorf("csv %q; want the header %q", got, want)
	}
}

func TestPools(t *testing.T) {
	s := start(t, sandbox.Options{Pools: []string{"big", "small"}})
	for _, pool := range []string{"", "default", "big", "small"} {
		if status := s.waitJob(s.issue("presto", "SELECT 1", "pool_name", pool)); status != "success" {
			t.Errorf("pool %q: %s", pool, status)
		}
	}
	s.wantError(s.post("/v3/job/issue/hive/sample_datasets", "query", "SELECT 1", "pool_name", "x"), 400, "Hive resource pool with name 'x' does not exist")
	s.must(s.post("/v3/schedule/create/daily", "query", "SELECT 1", "database", "sample_datasets", "pool_name", "big"))
	s.wantError(s.post("/v3/schedule/update/daily", "pool_name", "x"), 400, "'x' does not exist")
	s.must(s.post("/v3/bulk_import/create/ses/sample_datasets/nasdaq"))
	s.wantError(s.post("/v3/bulk_import/perform/ses", "pool_name", "x"), 400, "'x' does not exist")
	s.must(s.post("/v3/bulk_import/perform/ses", "pool_name", "small"))
}

// TestEmptyColumnName imports a column without a name, which pytd sends by default.
func TestEmptyColumnName(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.post("/v3/bulk_import/create/ses/sample_datasets/t_1"))
	s.must(s.send("PUT", "/v3/bulk_import/upload_part/ses/p_1", records(t, map[string]any{"time": 1, "": "x", "a": "y"}, map[string]any{"time": 2, "": 3})))
	s.waitJob(s.must(s.post("/v3/bulk_import/perform/ses")).text(t, "job_id"))
	if got := s.get("/v3/bulk_import/show/ses").text(t, "valid_records"); got != "2" {
		t.Fatalf("%s valid records; want 2", got)
	}
	s.must(s.post("/v3/bulk_import/commit/ses"))
	if got, want := s.query("presto", "SELECT time, a FROM t_1 ORDER BY time"), "[1,\"y\"]\n[2,null]\n"; got != want {
		t.Errorf("rows %q; want %q", got, want)
	}
	if got, want := s.get("/v3/table/show/sample_datasets/t_1").text(t, "schema"), `["","string","_"]`; !strings.Contains(got, want) {
		t.Errorf("schema %s; want it to contain %s", got, want)
	}
	var tail []string
	for _, r := range s.get("/v3/table/tail/sample_datasets/t_1?format=json").json(t).([]any) {
		tail = append(tail, fmt.Sprint(r.(map[string]any)[""]))
	}
	if diff := cmp.Diff([]string{"x", "3"}, tail); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

// TestRowIDNames imports keys that are names of SQLite's row number.
func TestRowIDNames(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.send("PUT", "/v3/table/import/sample_datasets/t_1/msgpack.gz", records(t,
		map[string]any{"time": 1, "oid": 7, "rowid": "a", "_rowid_": 1.5}, map[string]any{"time": 2, "ROWID": "b"})))
	if got, want := s.query("presto", "SELECT oid, rowid, _rowid_ FROM t_1 WHERE time = 1"), "[7,\"a\",1.5]\n"; got != want {
		t.Errorf("rows %q; want %q", got, want)
	}
	s.must(s.get("/v3/table/tail/sample_datasets/t_1?format=json"))
}
