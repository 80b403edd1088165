package sandbox_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox"
)

// childDir is the environment variable with the data directory of a child
// process that is killed by a test.
const childDir = "TD_SANDBOX_TEST_CHILD"

// runChild imports records and submits jobs until the process is killed. It prints a
// line for each acknowledged request.
func runChild(dir string) {
	s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	client := &http.Client{Transport: s.Transport()}
	send := func(method, path, kind string, body io.Reader) (string, error) {
		r, err := http.NewRequest(method, "http://sandbox"+path, body)
		if err != nil {
			return "", err
		}
		r.Header.Set("Authorization", "TD1 x")
		r.Header.Set("Content-Type", kind)
		w, err := client.Do(r)
		if err != nil {
			return "", err
		}
		defer w.Body.Close()
		data, err := io.ReadAll(w.Body)
		if err == nil && w.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d: %s", w.StatusCode, data)
		}
		return string(data), err
	}
	fmt.Println("open")
	for i := 0; ; i++ {
		body := "\x82\xa4time\xce\x50\x00\x00\x00\xa1n" + string([]byte{0xcd, byte(i >> 8), byte(i)})
		if _, err := send("PUT", "/v3/table/import/crash/t_t/msgpack", "application/octet-stream", strings.NewReader(body)); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("imported", i)
		query := url.Values{"query": {"SELECT 1"}}
		if i%3 == 0 {
			query.Set("query", slow)
		}
		answer, err := send("POST", "/v3/job/issue/presto/sample_datasets", "application/x-www-form-urlencoded", strings.NewReader(query.Encode()))
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("issued", strings.Split(answer, `"`)[7])
	}
}

// TestKilledProcess kills a process repeatedly. Acknowledged records and jobs must be
// preserved, and its jobs must be ended by the next server.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := newDir(t)
	imported, jobs := 0, map[string]bool{}
	first := start(t, sandbox.Options{Dir: dir})
	first.must(first.post("/v3/database/create/crash"))
	first.must(first.post("/v3/table/create/crash/t_t"))
	for round := range 4 {
		command := exec.CommandContext(t.Context(), executable)
		command.Env = append(os.Environ(), childDir+"="+dir)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for acknowledged := 0; lines.Scan(); {
			kind, value, _ := strings.Cut(lines.Text(), " ")
			switch kind {
			case "imported":
				imported++
			case "issued":
				jobs[value] = true
			case "error":
				t.Fatalf("the child process: %s", value)
			}
			if acknowledged++; acknowledged > 3+5*round {
				if err := command.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		for lines.Scan() { // lines printed before the kill
			switch kind, value, _ := strings.Cut(lines.Text(), " "); kind {
			case "imported":
				imported++
			case "issued":
				jobs[value] = true
			}
		}
		command.Wait()

		s := start(t, sandbox.Options{Dir: dir})
		var got int
		if _, err := fmt.Sscanf(s.query("presto", "SELECT count(*) FROM crash.t_t"), "[%d]", &got); err != nil || got < imported || got > imported+round+1 {
			t.Errorf("round %d: %d records, %v; %d were acknowledged", round, got, err, imported)
		}
		for job := range jobs {
			switch status := s.get("/v3/job/status/"+job).text(t, "status"); status {
			case "success", "error":
			default:
				t.Errorf("round %d: job %s of the dead process is %s", round, job, status)
			}
		}
		imported = got
	}
	stderr := first.get("/v3/job/list?status=error&to=0").json(t).(map[string]any)["jobs"].([]any)
	if len(stderr) == 0 {
		t.Fatal("no job was interrupted")
	}
	id := stderr[0].(map[string]any)["job_id"].(string)
	if show := string(first.get("/v3/job/show/" + id).body); !strings.Contains(show, "interrupted") {
		t.Errorf("the log of an interrupted job: %s", show)
	}
}

// TestReapWhileOpen checks that an open server ends the jobs of a killed process.
func TestReapWhileOpen(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/database/create/crash"))
	s.must(s.post("/v3/table/create/crash/t_t"))
	command := exec.CommandContext(t.Context(), executable)
	command.Env = append(os.Environ(), childDir+"="+s.dir)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	job := ""
	for job == "" && lines.Scan() {
		_, job, _ = strings.Cut(lines.Text(), "issued ")
	}
	s.waitRunning(job)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	command.Wait()
	status := "running"
	for status == "running" {
		status = s.must(s.get("/v3/job/status/"+job)).text(t, "status")
	}
	if status != "error" {
		t.Errorf("the job of the killed process is %s; want error", status)
	}
}
