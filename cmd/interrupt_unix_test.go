//go:build unix

package cmd_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// TestInterrupted interrupts commands while they wait for a server that has sent a part of its data. They must end with
// status 130, print what they have received as a whole, and leave no temporary files.
func TestInterrupted(t *testing.T) {
	var rows bytes.Buffer
	z := gzip.NewWriter(&rows)
	e := msgpack.NewEncoder(z)
	for i := range 500_000 { // more than the comparison keeps in memory
		if err := e.Encode([]any{i, fmt.Sprintf("row %d with some text", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const page = `{"count":4,"from":0,"to":1,"jobs":[{"job_id":"1"},{"job_id":"2"}]}`
	for _, tt := range []struct{ name, args, stall, stdout string }{
		{"job:diff", "job:diff 1 2 --data --key n", "/v3/job/result/2", ""},
		{"job:diff of the first result", "job:diff 1 2 --data", "/v3/job/result/1", ""},
		{"job:diff of jobs", "job:diff 1 2", "/v3/job/show/2", ""},
		{"api", "api GET /v3/job/list --paginate", "/v3/job/list?from=2&to=3", page},
		{"api with jq", "api GET /v3/job/list --paginate --jq .jobs[].job_id", "/v3/job/list?from=2&to=3", "1\n2\n"},
		{"api of rows", "api GET /v3/job/result/1?format=msgpack.gz", "/v3/job/result/1", "*"},
	} {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(tt.name+" "+sig.String(), func(t *testing.T) {
				t.Parallel()
				stalled, ended := make(chan struct{}, 16), make(chan struct{})
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					path := r.URL.Path
					isStall := strings.HasPrefix(tt.stall, path) && (path != "/v3/job/list" || r.FormValue("from") == "2")
					var body []byte
					switch {
					case strings.HasPrefix(path, "/v3/job/result/"):
						body = rows.Bytes()
					case strings.HasPrefix(path, "/v3/job/show/"):
						body = fmt.Appendf(nil, `{"job_id":%q,"type":"trino","status":"success","database":"web","query":"SELECT 1","num_records":500000,`+
							`"result_size":%d,"hive_result_schema":"[[\"n\",\"bigint\"],[\"text\",\"varchar\"]]"}`, strings.TrimPrefix(path, "/v3/job/show/"), rows.Len())
					default:
						body = []byte(page)
					}
					w.Header().Set("Content-Length", fmt.Sprint(len(body)))
					if !isStall {
						_, _ = w.Write(body) // the client may have ended
						return
					}
					_, _ = w.Write(body[:len(body)/2])
					_ = http.NewResponseController(w).Flush()
					stalled <- struct{}{}
					select {
					case <-r.Context().Done():
					case <-ended:
					}
				}))
				defer server.Close()
				defer close(ended)
				temp := t.TempDir()
				c := exec.Command("td", strings.Fields(tt.args)...)
				c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + temp, "TD_API_SERVER=" + server.URL, "TD_API_KEY=1/test"}
				var stdout, stderr bytes.Buffer
				c.Stdout, c.Stderr = &stdout, &stderr
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				timer := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
				<-stalled
				if err := c.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				_ = c.Wait() // ProcessState has the status
				if status := scripttest.ExitStatus(c.ProcessState); !timer.Stop() || status != 128+int(sig) {
					t.Errorf("status %d:\n%s", status, &stderr)
				}
				if got := stdout.String(); got != tt.stdout && tt.stdout != "*" {
					t.Errorf("stdout %q, want %q", got, tt.stdout)
				}
				if files, err := os.ReadDir(temp); err != nil || len(files) > 0 {
					t.Errorf("temporary files: %v, %v", files, err)
				}
			})
		}
	}
}
