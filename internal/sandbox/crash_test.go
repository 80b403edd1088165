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
	"time"

	"github.com/td-cli/td/internal/sandbox"
)

// victimDir names the data directory in which a copy of the test binary is to be killed.
const victimDir = "TD_SANDBOX_TEST_VICTIM"

// victim imports records and submits jobs until it is killed. What the service has
// acknowledged it says on stdout.
func victim(dir string) {
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

// A process may be killed at any moment: what it acknowledged is there, no job is left
// unfinished, and the next start is quick.
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
		command.Env = append(os.Environ(), victimDir+"="+dir)
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
				t.Fatalf("the process that is to be killed: %s", value)
			}
			if acknowledged++; acknowledged > 3+5*round {
				if err := command.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		for lines.Scan() { // what it said before it died counts too
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
		t.Errorf("an interrupted job does not say so: %s", show)
	}
}

// A server that lives on ends the jobs of a process that died beside it.
func TestSurvivorReaps(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/database/create/crash"))
	s.must(s.post("/v3/table/create/crash/t_t"))
	command := exec.CommandContext(t.Context(), executable)
	command.Env = append(os.Environ(), victimDir+"="+s.dir)
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
	s.untilRunning(job)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	command.Wait()
	for deadline := time.Now().Add(time.Minute); ; {
		status := s.must(s.get("/v3/job/status/"+job)).text(t, "status")
		if status == "error" {
			return
		}
		if status != "running" || time.Now().After(deadline) {
			t.Fatalf("the dead process's job is %s; want error", status)
		}
	}
}
