//go:build conformance

package conformance

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/url"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// curl sends a call and returns the status and the body.
func (s *server) curl(t *testing.T, method, path string, form ...string) (status string, body []byte) {
	t.Helper()
	args := []string{"--silent", "--show-error", "--max-time", "60", "--request", method, "--header", "Authorization: TD1 " + apiKey, "--write-out", "\n%{http_code}"}
	if s.certificate != "" {
		args = append(args, "--cacert", s.certificate)
	}
	for _, f := range form {
		args = append(args, "--data-urlencode", f)
	}
	var stderr bytes.Buffer
	c := exec.CommandContext(t.Context(), "curl", append(args, s.url+"/v3/"+path)...)
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("curl: %v: %s", err, stderr.Bytes())
	}
	i := bytes.LastIndexByte(out, '\n')
	return string(out[i+1:]), out[:i]
}

// object sends a call and returns the JSON object of a response with status 200.
func (s *server) object(t *testing.T, method, path string, form ...string) map[string]any {
	t.Helper()
	status, body := s.curl(t, method, path, form...)
	var o map[string]any
	if err := json.Unmarshal(body, &o); status != "200" || err != nil {
		t.Fatalf("%s %s: status %s, %v: %s", method, path, status, err, body)
	}
	return o
}

// issue submits a Trino query and returns the ID of its job.
func (s *server) issue(t *testing.T, query string) string {
	t.Helper()
	id, _ := s.object(t, "POST", "job/issue/trino/sample_datasets", "query="+query)["job_id"].(string)
	return id
}

// wait polls a job until its status is none of the given ones.
func (s *server) wait(t *testing.T, id string, pending ...string) string {
	t.Helper()
	for range 600 {
		status, _ := s.object(t, "GET", "job/status/"+id)["status"].(string)
		if !strings.Contains(strings.Join(pending, " "), status) {
			return status
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("job %s does not end", id)
	return ""
}

// checkCoreCalls sends the eight calls that scripts send with curl.
func checkCoreCalls(t *testing.T, s *server) {
	if s.certificate != "" {
		t.Run("untrusted certificate", func(t *testing.T) {
			if out, err := exec.CommandContext(t.Context(), "curl", "--silent", "--show-error", s.url).CombinedOutput(); err == nil || !strings.Contains(string(out), "certificate") {
				t.Errorf("curl accepts it: %v, %s", err, out)
			}
		})
	}
	t.Run("database/list", func(t *testing.T) {
		databases, _ := s.object(t, "GET", "database/list")["databases"].([]any)
		if len(databases) != 1 || databases[0].(map[string]any)["name"] != "sample_datasets" || databases[0].(map[string]any)["count"] != 13352.0 {
			t.Errorf("got %v", databases)
		}
	})
	t.Run("table/list", func(t *testing.T) {
		o := s.object(t, "GET", "table/list/sample_datasets")
		tables, _ := o["tables"].([]any)
		if o["database"] != "sample_datasets" || len(tables) != 2 || tables[0].(map[string]any)["count"] != 8352.0 {
			t.Errorf("got %v", o)
		}
		if status, body := s.curl(t, "GET", "table/list/no_such_database"); status != "404" || !bytes.Contains(body, []byte("no_such_database")) {
			t.Errorf("a missing database: %s %s", status, body)
		}
	})
	t.Run("table/swap", func(t *testing.T) {
		got := s.object(t, "POST", "table/swap/sample_datasets/nasdaq/www_access")
		if want := (map[string]any{"database": "sample_datasets", "table1": "nasdaq", "table2": "www_access"}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if n := s.object(t, "GET", "table/show/sample_datasets/nasdaq")["count"]; n != 5000.0 {
			t.Errorf("the swapped table has %v rows", n)
		}
		s.object(t, "POST", "table/swap/sample_datasets/www_access/nasdaq")
	})
	const query = `SELECT 1 AS i, 1.5e0 AS d, 'a,"b' AS s, true AS b, CAST(NULL AS varchar) AS n, ARRAY[1,2] AS a`
	job := ""
	t.Run("job/issue", func(t *testing.T) {
		o := s.object(t, "POST", "job/issue/trino/sample_datasets", "query="+query, "priority=1")
		job, _ = o["job_id"].(string)
		if o["job"] != job || o["database"] != "sample_datasets" || job == "" {
			t.Errorf("got %v", o)
		}
		if status, _ := s.curl(t, "POST", "job/issue/trino/no_such_database", "query=SELECT 1"); status != "404" {
			t.Errorf("a missing database: %s", status)
		}
		if status, body := s.curl(t, "POST", "job/issue/nonsense/sample_datasets", "query=SELECT 1"); status != "422" {
			t.Errorf("an unknown type: %s %s", status, body)
		}
	})
	t.Run("job/status", func(t *testing.T) {
		if got := s.wait(t, job, "queued", "running"); got != "success" {
			t.Errorf("the job ends with %s", got)
		}
		if o := s.object(t, "GET", "job/status/"+job); o["job_id"] != job || o["start_at"] == "" || o["end_at"] == "" {
			t.Errorf("got %v", o)
		}
	})
	t.Run("job/show", func(t *testing.T) {
		o := s.object(t, "GET", "job/show/"+job)
		for key, want := range map[string]any{
			"job_id": job, "type": "trino", "query": query, "status": "success", "num_records": 1.0, "priority": 1.0, "database": "sample_datasets",
			"hive_result_schema": `[["i", "integer"], ["d", "double"], ["s", "varchar"], ["b", "boolean"], ["n", "varchar"], ["a", "array(integer)"]]`,
		} {
			if o[key] != want {
				t.Errorf("%s is %v, want %v", key, o[key], want)
			}
		}
	})
	t.Run("job/kill", func(t *testing.T) {
		slow := s.issue(t, "SELECT count(*) FROM nasdaq a CROSS JOIN nasdaq b CROSS JOIN nasdaq c WHERE a.time + b.time + c.time = 1")
		if got := s.wait(t, slow, "queued"); got != "running" {
			t.Fatalf("the job is %s", got)
		}
		if o := s.object(t, "POST", "job/kill/"+slow); o["former_status"] != "running" || o["job_id"] != slow {
			t.Errorf("got %v", o)
		}
		if got := s.wait(t, slow, "running"); got != "killed" {
			t.Errorf("the job ends with %s", got)
		}
	})
	checkFormats(t, s, &job)
}

// checkFormats fetches the result of a job in all formats.
func checkFormats(t *testing.T, s *server, job *string) {
	row := []any{int64(1), 1.5, `a,"b`, true, nil, []any{int64(1), int64(2)}}
	for format, want := range map[string]string{
		"csv":  "1,1.5,\"a,\"\"b\",true,,\"[1,2]\"\n",
		"json": "[1,1.5,\"a,\\\"b\",true,null,[1,2]]\n",
		"tsv":  "1\t1.5\ta,\"b\ttrue\t\t[1,2]\n",
	} {
		t.Run("job/result in "+format, func(t *testing.T) {
			status, body := s.curl(t, "GET", "job/result/"+*job+"?"+url.Values{"format": {format}}.Encode())
			if got := strings.ReplaceAll(string(body), "\r\n", "\n"); status != "200" || got != want {
				t.Errorf("status %s, got %q, want %q", status, got, want)
			}
		})
	}
	for _, format := range []string{"msgpack", "msgpack.gz"} {
		t.Run("job/result in "+format, func(t *testing.T) {
			status, body := s.curl(t, "GET", "job/result/"+*job+"?format="+format)
			var r io.Reader = bytes.NewReader(body)
			if format == "msgpack.gz" {
				z, err := gzip.NewReader(r)
				if err != nil {
					t.Fatal(err)
				}
				r = z
			}
			d := msgpack.NewDecoder(r)
			d.UseLooseInterfaceDecoding(true)
			got, err := d.DecodeInterface()
			if status != "200" || err != nil || !reflect.DeepEqual(got, any(row)) {
				t.Errorf("status %s, %v: got %v, want %v", status, err, got, row)
			}
			if _, err := d.DecodeInterface(); err != io.EOF {
				t.Errorf("after the row: %v", err)
			}
		})
	}
	t.Run("job/result in an unknown format", func(t *testing.T) {
		if status, body := s.curl(t, "GET", "job/result/"+*job+"?format=xml"); status != "406" {
			t.Errorf("status %s: %s", status, body)
		}
	})
}
