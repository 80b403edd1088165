package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

func TestHosts(t *testing.T) {
	s := start(t, sandbox.Options{CheckHost: true, Hosts: []string{"Build.example", "10.0.0.1"}})
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:8899": 200, "127.0.0.1": 200, "127.0.0.1:1": 200, "127.1.2.3": 200, "[::1]:8899": 200, "[::1]": 200,
		"build.example": 200, "BUILD.example:80": 200, "10.0.0.1:8899": 200,
		"evil.example": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403, "10.0.0.2": 403, "0.0.0.0:8899": 403, "sandbox": 403,
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/v3/system/server_status", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		w, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		w.Body.Close()
		if w.StatusCode != want {
			t.Errorf("%s: status %d; want %d", host, w.StatusCode, want)
		}
	}
}

// TestFilesDirectory names files outside of the files directory in all requests that
// take file names.
func TestFilesDirectory(t *testing.T) {
	outside := t.TempDir()
	secret := map[string]string{"secret.csv": "a,b\n1,secret\n", "sub/secret.csv": "a,b\n1,secret\n"}
	writeTree(t, outside, secret)
	dir := filepath.Join(outside, "files")
	writeTree(t, dir, map[string]string{"in.csv": "a,time\n1,5\n"})
	for name, target := range map[string]string{"link": "..", "secret.csv": "../secret.csv", "out.csv": filepath.Join(outside, "sub", "secret.csv")} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skipf("symbolic links are not available: %v", err)
		}
	}
	s := start(t, sandbox.Options{Files: dir})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	paths := []string{
		"../secret.csv", "/../secret.csv", "x/../../secret.csv", "link/secret.csv", "secret.csv", "out.csv", "link/sub/secret.csv",
		filepath.Join(outside, "secret.csv"), "%2e%2e/secret.csv", "..%2Fsecret.csv", "/etc/passwd",
	}
	for _, path := range paths {
		for _, key := range []string{"path", "path_prefix"} {
			config := fmt.Sprintf(`{"config":{"in":{"type":"file",%q:%q,"parser":{"type":"csv","columns":[{"name":"a","type":"string"},{"name":"b","type":"string"}]}}}}`, key, path)
			for _, endpoint := range []string{"guess", "preview"} {
				if a := s.postJSON("/v3/bulk_loads/"+endpoint, config); a.status != 422 || bytes.Contains(a.body, []byte("1,secret")) {
					t.Errorf("%s of %s %s: %d %s", endpoint, key, path, a.status, a.body)
				}
			}
			var inner struct{ Config json.RawMessage }
			if err := json.Unmarshal([]byte(config), &inner); err != nil {
				t.Fatal(err)
			}
			job := s.must(s.postJSON("/v3/job/issue/bulkload/sample_datasets", `{"table":"t_1","config":`+string(inner.Config)+`}`)).text(t, "job_id")
			if status := s.waitJob(job); status != "error" {
				t.Errorf("load of %s %s: %s", key, path, status)
			}
		}
		for _, target := range []string{"file:///" + path + "?format=csv", "file:" + strings.TrimLeft(path, "/") + "?format=tsv"} {
			s.waitJob(s.issue("presto", "SELECT 1 AS a", "result", target))
		}
		s.waitJob(s.must(s.post("/v3/export/run/sample_datasets/t_1", "storage_type", "s3", "bucket", "file:///", "file_prefix", path, "file_format", "tsv.gz")).text(t, "job_id"))
	}
	if got := s.query("presto", "SELECT count(*) FROM t_1"); got != "[0]\n" {
		t.Errorf("%s rows were read", got)
	}
	after := tree(t, outside)
	for name := range after {
		if strings.HasPrefix(name, "files/") {
			delete(after, name)
		}
	}
	if diff := cmp.Diff(secret, after); diff != "" {
		t.Errorf("files outside of the directory (-want +got):\n%s", diff)
	}

	for _, path := range []string{"in.csv", "/in.csv", "./in.csv"} {
		config := fmt.Sprintf(`{"config":{"in":{"type":"file","path":%q}}}`, path)
		s.must(s.postJSON("/v3/bulk_loads/guess", config))
	}
	for target, file := range map[string]string{"file:///a.csv": "a.csv", "file:b/b.csv": "b/b.csv", "file:///b/../c.csv": "c.csv"} {
		if job := s.issue("presto", "SELECT 1 AS a", "result", target); s.waitJob(job) != "success" {
			t.Errorf("%s: %s", target, s.logs(job))
		}
		if got := read(t, filepath.Join(dir, file)); got != "a\n1\n" {
			t.Errorf("%s: %q", target, got)
		}
	}
}

// TestBodyPause sends a body that stops after some bytes.
func TestBodyPause(t *testing.T) {
	dir := newDir(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir, Passive: true})
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: s.Transport()}
		for _, pause := range []time.Duration{59 * time.Second, 61 * time.Second} {
			body, w := io.Pipe()
			var sender sync.WaitGroup
			sender.Go(func() {
				data, _ := io.ReadAll(records(t, map[string]any{"time": 1}))
				for _, b := range [][]byte{data[:4], data[4:8], data[8:]} {
					_, _ = w.Write(b)
					time.Sleep(pause)
				}
				w.Close()
			})
			r, err := http.NewRequestWithContext(t.Context(), "PUT", "http://sandbox/v3/table/import/sample_datasets/nasdaq/msgpack.gz", body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "TD1 x")
			answer, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			body.Close()
			sender.Wait()
			want := http.StatusOK
			if pause > time.Minute {
				want = http.StatusRequestTimeout
			}
			if answer.StatusCode != want {
				t.Errorf("pauses of %v: status %d; want %d", pause, answer.StatusCode, want)
			}
		}
		client.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestPartsAfterPerform changes the parts of a session that is ready.
func TestPartsAfterPerform(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.must(s.post(bulk + "/create/ses/sample_datasets/t_1"))
	upload := func(part string, time int) response {
		return s.send("PUT", bulk+"/upload_part/ses/"+part, records(t, map[string]any{"time": time}))
	}
	perform := func() { s.waitJob(s.must(s.post(bulk+"/perform/ses")).text(t, "job_id")) }
	s.must(upload("one", 1))
	s.must(upload("two", 2))
	perform()
	s.must(upload("three", 3))
	show := s.get(bulk + "/show/ses").json(t).(map[string]any)
	if show["status"] != "uploading" || fmt.Sprint(show["valid_records"]) != "0" {
		t.Errorf("after an upload: %v", show)
	}
	s.wantError(s.post(bulk+"/commit/ses"), 422, "uploading")
	perform()
	s.must(s.post(bulk + "/delete_part/ses/one"))
	s.wantError(s.post(bulk+"/commit/ses"), 422, "uploading")
	perform()
	s.wantError(s.post(bulk+"/delete_part/ses/nope"), 404, "nope")
	s.must(s.post(bulk + "/commit/ses"))
	if got, want := s.query("presto", "SELECT time FROM t_1 ORDER BY time"), "[2]\n[3]\n"; got != want {
		t.Errorf("rows %q; want %q", got, want)
	}
}
