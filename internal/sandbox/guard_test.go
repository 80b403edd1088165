package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
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
		"[::ffff:127.0.0.1]": 200, "localhost.": 403, "evil.example:8899": 403, "[::2]:8899": 403, "127.0.0.1@evil.example": 403,
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
		"%252e%252e/secret.csv", `..\secret.csv`, "./../secret.csv", "..//secret.csv", "*/../../secret.csv", "link/secret*", "../secret*", "",
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
			if path == "" && key == "path_prefix" {
				continue // names all files of the directory
			}
			job := s.must(s.postJSON("/v3/job/issue/bulkload/sample_datasets", `{"table":"t_1","config":`+string(inner.Config)+`}`)).text(t, "job_id")
			if status := s.waitJob(job); status != "error" {
				t.Errorf("load of %s %s: %s", key, path, status)
			}
		}
		for _, target := range []string{
			"file:///" + path + "?format=csv", "file:" + strings.TrimLeft(path, "/") + "?format=tsv", "FILE:///" + path + "?format=csv",
			"file://localhost/" + path + "?format=csv", "file://host/" + path + "?format=csv", "file://u:p@h/" + path + "?format=csv", "file:////" + path + "?format=csv",
		} {
			if a := s.post("/v3/job/issue/presto/sample_datasets", "query", "SELECT 1 AS a", "result", target); a.status == 200 {
				s.waitJob(a.text(t, "job_id"))
			}
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

// TestNamesAreNoPaths sends names that are paths in all requests whose names could become names of files.
func TestNamesAreNoPaths(t *testing.T) {
	outside := t.TempDir()
	dir := filepath.Join(outside, "data", "sandbox")
	if err := os.CopyFS(dir, os.DirFS(newDir(t))); err != nil {
		t.Fatal(err)
	}
	secret := map[string]string{"secret.db": "secret", "data/secret.db": "secret", "data/secret.msgpack.gz": "secret"}
	writeTree(t, outside, secret)
	s := start(t, sandbox.Options{Dir: dir, Files: filepath.Join(dir, "files")})
	s.must(s.post(bulk + "/create/session/sample_datasets/nasdaq"))
	for _, name := range []string{
		"..%2Fsecret", "..%2F..%2Fsecret", "..%2F..%2F..%2Fsecret", "%2e%2e%2f%2e%2e%2fsecret", "..%252F..%252Fsecret", "%2Fetc%2Fpasswd", "..%5C..%5Csecret",
		"a%00b", "%00", "..", ".", "%2e%2e", "secret%0A", "a%2Fb", "C:%5Csecret", "~",
	} {
		for _, request := range []struct{ method, path string }{
			{"POST", "/v3/database/create/%s"},
			{"POST", "/v3/database/delete/%s"},
			{"GET", "/v3/table/list/%s"},
			{"POST", "/v3/table/create/%s/t_1"},
			{"POST", "/v3/table/create/sample_datasets/%s"},
			{"POST", "/v3/table/delete/sample_datasets/%s"},
			{"GET", "/v3/table/tail/sample_datasets/%s"},
			{"POST", "/v3/table/rename/sample_datasets/nasdaq/%s"},
			{"POST", "/v3/table/swap/sample_datasets/nasdaq/%s"},
			{"PUT", "/v3/table/import/%s/t_1/msgpack.gz"},
			{"PUT", "/v3/table/import_with_id/sample_datasets/www_access/%s/msgpack.gz"},
			{"POST", "/v3/bulk_import/create/%s/sample_datasets/nasdaq"},
			{"PUT", "/v3/bulk_import/upload_part/session/%s"},
			{"PUT", "/v3/bulk_import/upload_part/%s/one"},
			{"POST", "/v3/bulk_import/delete_part/session/%s"},
			{"GET", "/v3/bulk_import/error_records/%s"},
			{"POST", "/v3/bulk_import/perform/%s"},
			{"POST", "/v3/bulk_import/delete/%s"},
			{"GET", "/v3/job/result/%s?format=csv"},
			{"GET", "/v3/job/result/1?format=%s"},
			{"POST", "/v3/job/issue/presto/%s?query=SELECT+1"},
			{"POST", "/v3/job/kill/%s"},
			{"POST", "/v3/schedule/create/%s?cron=@hourly&query=SELECT+1&database=sample_datasets"},
			{"POST", "/v3/user/create/%s?email=a@example.com&password=x"},
			{"POST", "/v3/result/create/%s?url=td://@/sample_datasets/x_x"},
			{"POST", "/v3/export/run/%s/nasdaq?storage_type=s3&bucket=file:///"},
		} {
			var body io.Reader
			if request.method == "PUT" {
				body = records(t, map[string]any{"time": 1})
			}
			if a := s.send(request.method, fmt.Sprintf(request.path, name), body); a.status >= 500 && !bytes.Contains(a.body, []byte("'format'")) || bytes.Contains(a.body, []byte("secret\n")) {
				t.Errorf("%s %s with %s: status %d: %s", request.method, request.path, name, a.status, a.body)
			}
		}
	}
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := tree(t, outside)
	for name := range after {
		if strings.HasPrefix(name, "data/sandbox/") {
			delete(after, name)
		}
	}
	if diff := cmp.Diff(secret, after); diff != "" {
		t.Errorf("files outside of the data directory (-want +got):\n%s", diff)
	}
}

// TestOtherOrigins sends what a web page of another origin can send: forms without a key, and the request that
// precedes one with a key.
func TestOtherOrigins(t *testing.T) {
	s := start(t, sandbox.Options{CheckHost: true})
	origin := []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization"}
	for _, path := range []string{"/v3/database/create/evil_db", "/v3/job/issue/presto/sample_datasets?query=SELECT+1"} {
		a := s.send("OPTIONS", path, nil, origin...)
		if a.status < 400 || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("OPTIONS %s: status %d, %v", path, a.status, a.header)
		}
		s.key = ""
		if a := s.send("POST", path, strings.NewReader("apikey=1"), origin[:2]...); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
			t.Errorf("POST %s without a key: status %d: %s", path, a.status, a.body)
		}
		s.key = "1/abc"
	}
	for target, want := range map[string]string{ // absolute form, https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
		"http://evil.example/v3/system/server_status": "403", "http://127.0.0.1/v3/system/server_status": "200", "http://[::1]:1/v3/system/server_status": "200",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", target)
		answer, err := io.ReadAll(conn)
		conn.Close()
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+want) {
			t.Errorf("%s: %.40q, %v; want %s", target, answer, err, want)
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
