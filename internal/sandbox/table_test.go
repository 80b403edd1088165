package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox"
)

// tables returns the names of the tables of a database and their numbers of records.
func (s *service) tables(database string) string {
	s.Helper()
	var list []string
	for _, t := range s.must(s.get("/v3/table/list/" + database)).json(s.T).(map[string]any)["tables"].([]any) {
		o := t.(map[string]any)
		list = append(list, fmt.Sprintf("%v:%v", o["name"], o["count"]))
	}
	return strings.Join(list, " ")
}

func TestDatabases(t *testing.T) {
	s := start(t, sandbox.Options{})
	if got := string(s.must(s.post("/v3/database/create/my_db")).body); got != `{"database":"my_db"}` {
		t.Errorf("create: %s", got)
	}
	s.wantError(s.post("/v3/database/create/my_db"), 409, "Database my_db already exists")
	s.wantError(s.post("/v3/database/create/a"), 400, "Name must be 3 to 256 characters, got 1 characters. name = 'a'")
	s.wantError(s.post("/v3/database/create/My-Db"), 400, "lower-case")
	s.wantError(s.post("/v3/database/create/my_db%0Ax"), 400, "lower-case")
	s.wantError(s.post("/v3/database/create/"+strings.Repeat("x", 256)), 400, "256 characters")
	if got := s.must(s.get("/v3/database/show/my_db")).text(t, "name"); got != "my_db" {
		t.Errorf("show: %s", got)
	}
	s.wantError(s.get("/v3/database/show/nope"), 404, "Couldn't find UserDatabase with name = nope")
	s.must(s.post("/v3/table/create/my_db/t_1/log"))
	if got := string(s.must(s.post("/v3/database/delete/my_db")).body); got != `{"database":"my_db"}` {
		t.Errorf("delete: %s", got)
	}
	s.wantError(s.post("/v3/database/delete/my_db"), 404, "my_db")
	s.wantError(s.get("/v3/table/list/my_db"), 404, "my_db")
}

func TestTables(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/database/create/d_1"))
	s.must(s.post("/v3/database/create/d_2"))
	if got, want := string(s.must(s.post("/v3/table/create/d_1/one/log", "expire_days", "30", "include_v", "false")).body), `{"database":"d_1","table":"one","type":"log"}`; got != want {
		t.Errorf("create: %s; want %s", got, want)
	}
	s.wantError(s.post("/v3/table/create/d_1/one/log"), 409, "Table one already exists")
	s.wantError(s.post("/v3/table/create/d_1/x/log"), 400, "Name must be 3 to 256 characters")
	s.wantError(s.post("/v3/table/create/nope/one/log"), 404, "nope")
	s.wantError(s.post("/v3/table/create/d_1/two/item"), 422, "Table type must be 'log'")
	s.wantError(s.post("/v3/table/create/d_1/two/log", "expire_days", "-1"), 422, "expire_days")
	s.must(s.post("/v3/table/create/d_1/two"))
	show := s.must(s.get("/v3/table/show/d_1/one")).json(t).(map[string]any)
	if fmt.Sprintf("%v %v", show["expire_days"], show["include_v"]) != "30 false" {
		t.Errorf("options: %v, %v", show["expire_days"], show["include_v"])
	}
	s.must(s.post("/v3/table/update/d_1/one", "expire_days", "0", "include_v", "true"))
	if show := s.get("/v3/table/show/d_1/one").json(t).(map[string]any); show["expire_days"] != nil || show["include_v"] != true {
		t.Errorf("updated options: %v, %v", show["expire_days"], show["include_v"])
	}
	s.wantError(s.post("/v3/table/update/d_1/nope", "expire_days", "0"), 404, "Couldn't find UserTableReference with name = nope")

	s.must(s.send("PUT", "/v3/table/import/d_1/one/msgpack.gz", records(t, map[string]any{"time": 1}, map[string]any{"time": 2})))
	if got, want := string(s.must(s.post("/v3/table/swap/d_1/one/two")).body), `{"database":"d_1","table1":"one","table2":"two"}`; got != want {
		t.Errorf("swap: %s; want %s", got, want)
	}
	if got := s.tables("d_1"); got != "one:0 two:2" {
		t.Errorf("after the swap: %s", got)
	}
	s.wantError(s.post("/v3/table/swap/d_1/one/nope"), 404, "nope")
	s.must(s.post("/v3/table/swap/d_1/one/one"))

	s.wantError(s.post("/v3/table/rename/d_1/two/one"), 409, "Table one already exists")
	s.must(s.post("/v3/table/rename/d_1/two/one", "overwrite", "true"))
	s.must(s.post("/v3/table/rename/d_1/one/three"))
	if got := s.tables("d_1"); got != "three:2" {
		t.Errorf("after renaming: %s", got)
	}
	s.wantError(s.post("/v3/table/change_database/d_1/three", "dest_database_name", "nope"), 404, "Destination database is not found")
	s.must(s.post("/v3/table/create/d_2/three/log"))
	s.wantError(s.post("/v3/table/change_database/d_1/three", "dest_database_name", "d_2"), 403, "Table three already exists in the destination")
	s.must(s.post("/v3/table/delete/d_2/three"))
	s.must(s.post("/v3/table/change_database/d_1/three", "dest_database_name", "d_2"))
	if got := s.tables("d_1") + "|" + s.tables("d_2"); got != "|three:2" {
		t.Errorf("after moving: %s", got)
	}

	if got, want := string(s.must(s.post("/v3/table/delete/d_2/three")).body), `{"database":"d_2","table":"three","type":"log"}`; got != want {
		t.Errorf("delete: %s; want %s", got, want)
	}
	s.wantError(s.post("/v3/table/delete/d_2/three"), 404, "three")
	var id string
	for _, o := range s.must(s.get("/v3/table/deleted")).json(t).(map[string]any)["tables"].([]any) {
		if o := o.(map[string]any); fmt.Sprint(o["count"]) == "2" {
			id = fmt.Sprint(o["id"])
		}
	}
	s.must(s.post("/v3/table/recover/" + id))
	if got := s.tables("d_2"); got != "three:2" {
		t.Errorf("after recovering %s: %s", id, got)
	}
	s.wantError(s.post("/v3/table/recover/99999"), 404, "99999")
	s.wantError(s.post("/v3/table/recover/x"), 404, "x")
}

func TestSchemas(t *testing.T) { checkSchemas(t, start(t, sandbox.Options{})) }

func checkSchemas(t *testing.T, s *service) {
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	const set, add = "/v3/table/update-schema/sample_datasets/t_1", "/v3/table/append-schema/sample_datasets/t_1"
	steps := []struct{ path, schema, want string }{
		{set, `[["a","long"],["b c","string","bc"]]`, `[["a","long"],["b c","string","bc"]]`},
		{set, `[["b c","string",null],["a","double"]]`, `[["b c","string","bc"],["a","double"]]`},
		{add, `[["m","map<string,long>"],["a","string"]]`, `[["b c","string","bc"],["a","double"],["m","map<string,long>"]]`},
		{set, `[]`, `[]`},
	}
	for _, step := range steps {
		s.must(s.post(step.path, "schema", step.schema))
		if diff := cmp.Diff(step.want, s.get("/v3/table/show/sample_datasets/t_1").text(t, "schema")); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", step.path, step.schema, diff)
		}
	}
	s.must(s.postJSON(set, `{"schema":[["j","long"]]}`))
	for _, schema := range []string{`x`, `[["a"]]`, `[["a",null]]`, `[["","long"]]`, `[["time","long"]]`, `[["a","long"],["a","long"]]`, `[["a","long"],["b","long","a"]]`, `[["a","blob"]]`} {
		if a := s.post(set, "schema", schema); a.status != 422 {
			t.Errorf("schema %s: status %d: %s", schema, a.status, a.body)
		}
	}
	s.wantError(s.post(set), 422, "'schema' parameter is required")
	s.wantError(s.post("/v3/table/update-schema/sample_datasets/nope", "schema", "[]"), 404, "nope")
	if got := s.get("/v3/table/show/sample_datasets/t_1").text(t, "schema"); got != `[["j","long"]]` {
		t.Errorf("a refused schema changed something: %s", got)
	}
}

func TestImport(t *testing.T) { checkImport(t, start(t, sandbox.Options{})) }

func checkImport(t *testing.T, s *service) {
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	const path = "/v3/table/import/sample_datasets/t_1/msgpack.gz"
	body := records(t, map[string]any{"time": 10, "a": 1, "b": "x"}, map[string]any{"time": "20", "a": 2.5, "c": []any{1, nil}})
	a := s.must(s.send("PUT", path, body))
	for key, want := range map[string]string{"database": "sample_datasets", "table": "t_1"} {
		if got := a.text(t, key); got != want {
			t.Errorf("%s is %s; want %s", key, got, want)
		}
	}
	if got := len(a.text(t, "md5_hex")); got != 32 {
		t.Errorf("md5_hex has %d digits: %s", got, a.body)
	}
	show := s.get("/v3/table/show/sample_datasets/t_1").json(t).(map[string]any)
	if show["last_log_timestamp"] != "1970-01-01T00:00:20Z" || show["counter_updated_at"] == nil {
		t.Errorf("last_log_timestamp %v, counter_updated_at %v", show["last_log_timestamp"], show["counter_updated_at"])
	}
	if got, want := s.query("presto", "SELECT time, a, b FROM t_1 ORDER BY time"), "[10,1.0,\"x\"]\n[20,2.5,null]\n"; got != want {
		t.Errorf("rows %s; want %s", got, want)
	}
	refusals := []struct {
		name, path string
		body       io.Reader
		status     int
		message    string
	}{
		{"no table", "/v3/table/import/sample_datasets/nope/msgpack.gz", records(t), 404, "nope"},
		{"no database", "/v3/table/import/nope/t_1/msgpack.gz", records(t), 404, "nope"},
		{"format", "/v3/table/import/sample_datasets/t_1/csv", records(t), 415, "csv"},
		{"time", path, records(t, map[string]any{"time": 30}, map[string]any{"time": "noon"}), 422, "noon"},
		{"garbage", path, strings.NewReader("\x81"), 422, "MessagePack"},
		{"no map", path, strings.NewReader("\x01"), 422, "map"},
	}
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			s := *s
			s.T = t
			s.wantError(s.send("PUT", r.path, r.body), r.status, r.message)
		})
	}
	wide := map[string]any{"time": 1}
	for i := range 512 {
		wide[fmt.Sprint("c", i)] = i
	}
	s.wantError(s.send("PUT", path, records(t, wide)), 422, "the maximum is 512")
	s.must(s.send("PUT", path, records(t)))
	s.must(s.send("PUT", path, strings.NewReader("")))
	if got := s.query("presto", "SELECT count(*) FROM t_1"); got != "[2]\n" {
		t.Errorf("refused imports left %s", got)
	}
}

func TestImportWithID(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	for _, id := range []string{"abc123", "abc123", "def"} {
		a := s.must(s.send("PUT", "/v3/table/import_with_id/sample_datasets/t_1/"+id+"/msgpack%2Egz", records(t, map[string]any{"time": 1})))
		if got := a.text(t, "unique_id"); got != id {
			t.Errorf("unique_id %s; want %s", got, id)
		}
	}
	if got := s.tables("sample_datasets"); !strings.Contains(got, "t_1:2") {
		t.Errorf("two different uploads make %s", got)
	}
}

func TestTail(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	const path = "/v3/table/tail/sample_datasets/t_1"
	if a := s.must(s.get(path + "?format=msgpack")); len(a.body) != 0 {
		t.Errorf("the tail of an empty table: %q", a.body)
	}
	s.must(s.send("PUT", "/v3/table/import/sample_datasets/t_1/msgpack.gz", records(t, map[string]any{"time": 1}, map[string]any{"time": 2}, map[string]any{"time": 3, "s": "x"})))
	if got, want := string(s.must(s.get(path+"?format=json&count=2")).body), `[{"time":2},{"time":3,"s":"x"}]`; !sameJSON(t, got, want) {
		t.Errorf("json: %s; want %s", got, want)
	}
	d := msgpack.NewDecoder(bytes.NewReader(s.must(s.get(path + "?format=msgpack&count=1")).body))
	record, err := d.DecodeMap()
	if diff := cmp.Diff(map[string]any{"time": int8(3), "s": "x"}, record); err != nil || diff != "" {
		t.Errorf("msgpack: %v (-want +got):\n%s", err, diff)
	}
	s.must(s.post(path, "count", "5", "from", "2015-01-01 00:00:00 UTC"))
	s.must(s.get(path + ".json"))
	s.wantError(s.get(path+"?format=csv"), 406, "csv")
	s.wantError(s.get(path+"?count=0"), 422, "count")
	s.wantError(s.get("/v3/table/tail/sample_datasets/nope"), 404, "nope")
}
